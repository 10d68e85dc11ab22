// The picture of a single step: it puts the chosen step's points into a figure
// that matplotlib drew, and its sentence below. TensorFlow computed the numbers.

import { figure, make, unpacked, voice } from "./figures.js";

const RADIUS = 4.5; // of a marker, in SVG units
const HEAD = 6; // the length of an arrow's head

// An arrow along a row, from `x` to `end`; a short one has a short head.
export function arrow(x, end, y) {
  if (x === end) return "";
  const back = Math.sign(x - end) * Math.min(HEAD, Math.abs(x - end));
  const side = Math.abs(back) * 0.7;
  return `M${x},${y}L${end},${y}` +
    `M${end + back},${y - side}L${end},${y}L${end + back},${y + side}`;
}

export const circle = (x, y) =>
  `M${x - RADIUS},${y}a${RADIUS},${RADIUS} 0 1 0 ${2 * RADIUS},0` +
  `a${RADIUS},${RADIUS} 0 1 0 ${-2 * RADIUS},0z`;

// The path of each part of the figure, for the chosen start and rate.
export function pathsOf({ begin: [x, y], tangent, ...landings }, rate) {
  const [end, low] = [landings.x, landings.y].map((text) =>
    unpacked(text)[rate]
  );
  const [left, leftUp, right, rightUp] = tangent;
  return {
    tangent: `M${left},${leftUp}L${right},${rightUp}`,
    step: arrow(x, end, y),
    drop: `M${end},${y}L${end},${low}`,
    begin: circle(x, y),
    landing: circle(end, low),
  };
}

function render({ model, el }) {
  const { steps, longest } = model.get("data");
  const { node, part } = figure(
    model.get("svg"),
    "One step on the curve of the loss: the tangent at x, the step, and where " +
      "it lands; its numbers are told below.",
  );
  part("landing").style.fill = part("landing").style.stroke;
  const reading = make("p", { class: "step-reading" });
  // Room for the longest sentences, so that nothing moves while one drags.
  const unseen = { class: "step-reading", "aria-hidden": "true" };
  const copies = longest.map((text) => make("p", unseen, text));
  const room = make("div", { class: "step-room" }, reading, ...copies);
  const spoken = voice("step-spoken");
  el.classList.add("single-step");
  el.append(node, room, spoken.node);

  function draw() {
    const rate = model.get("rate");
    const chosen = steps[model.get("start")];
    for (const [name, path] of Object.entries(pathsOf(chosen, rate))) {
      part(name).setAttribute("d", path);
    }
    reading.textContent = `${chosen.slope} ${chosen.words[rate]}`;
    spoken.say(reading.textContent);
  }
  model.on("change:rate change:start", draw);
  draw();
  return spoken.stop;
}

export default { render };
