// The colour and the marker of each method's runs: `marker_style` of
// helpers/explorer/encoding.py.
export const STYLES = {
  SGD: {
    color: "#0b6bb0",
    marker:
      "m0,3.4l1.3,-0.2 1.1,-0.8 0.8,-1.1 0.2,-1.3 -0.2,-1.3 -0.8,-1.1 -1.1,-0.8 -1.3,-0.2 -1.3,0.2 -1.1,0.8 -0.8,1.1 -0.2,1.3 0.2,1.3 0.8,1.1 1.1,0.8z",
  },
  momentum: { color: "#b8480c", marker: "m-3.4,3.4l6.8,0 0,-6.8 -6.8,0z" },
  RMSprop: { color: "#8a4fbf", marker: "m0,-3.4l-3.4,6.8 6.8,0z" },
  Adagrad: {
    color: "#8a6d00",
    marker: "m-0,4.8l4.8,-4.8 -4.8,-4.8 -4.8,4.8z",
  },
  Adam: { color: "#0a7d4f", marker: "m-0,3.4l3.4,-6.8 -6.8,-0z" },
};
