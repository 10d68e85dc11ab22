// The picture of a single step: it puts the chosen step's points into a figure
// that matplotlib drew, and its sentence below. TensorFlow computed the numbers.

const RADIUS = 4.5; // of a marker, in SVG units
const HEAD = 6; // the length of an arrow's head

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// Decode what `packed` of encoding.py encodes; widget.js has the same function.
export function unpacked(text) {
  const positions = [];
  let [position, number, bits] = [0, 0, 0];
  for (let k = 0; k < text.length; k++) {
    const five = text.charCodeAt(k) - 63;
    number |= (five & 31) << bits;
    bits += 5;
    if (five > 31) continue; // the number goes on
    position += number & 1 ? ~(number >> 1) : number >> 1;
    positions.push(position);
    number = bits = 0;
  }
  return positions;
}

// An arrow along a row, from `x` to `end`; a short one has a short head.
export function arrow(x, end, y) {
  if (x === end) return "";
  const back = Math.sign(x - end) * Math.min(HEAD, Math.abs(x - end));
  const side = Math.abs(back) * 0.7;
  return `M${x},${y}L${end},${y}` +
    `M${end + back},${y - side}L${end},${y}L${end + back},${y + side}`;
}

const circle = (x, y) =>
  `M${x - RADIUS},${y}a${RADIUS},${RADIUS} 0 1 0 ${2 * RADIUS},0` +
  `a${RADIUS},${RADIUS} 0 1 0 ${-2 * RADIUS},0z`;

function render({ model, el }) {
  const { steps } = model.get("data");
  const prefix =
    `run${(globalThis.bookFigures = (globalThis.bookFigures ?? 0) + 1)}-`;
  const drawing = document.createElement("template");
  // Two figures share a page, so each gets names of its own.
  drawing.innerHTML = model.get("svg").replace(
    /( id="|url\(#|href="#)/g,
    `$1${prefix}`,
  );
  const figure = drawing.content.firstElementChild;
  figure.setAttribute("role", "img");
  figure.setAttribute(
    "aria-label",
    "One step on the curve of the loss: the tangent at x, the step, and where " +
      "it lands; its numbers are told below.",
  );
  const part = (name) => figure.querySelector(`#${prefix}${name} path`);
  part("landing").style.fill = part("landing").style.stroke;
  const reading = make("p", { class: "step-reading" });
  const spoken = make("p", { class: "step-spoken", "aria-live": "polite" });
  el.classList.add("single-step");
  el.append(figure, reading, spoken);

  let speaking;
  function draw() {
    const rate = model.get("rate");
    const chosen = steps[model.get("start")];
    const [x, y] = chosen.begin;
    const [end, low] = [chosen.x, chosen.y].map((text) => unpacked(text)[rate]);
    const [left, leftUp, right, rightUp] = chosen.tangent;
    const paths = {
      tangent: `M${left},${leftUp}L${right},${rightUp}`,
      step: arrow(x, end, y),
      drop: `M${end},${y}L${end},${low}`,
      begin: circle(x, y),
      landing: circle(end, low),
    };
    for (const [name, path] of Object.entries(paths)) {
      part(name).setAttribute("d", path);
    }
    reading.textContent = `${chosen.slope} ${chosen.words[rate]}`;
    clearTimeout(speaking); // it is spoken where a drag comes to rest
    speaking = setTimeout(
      () => (spoken.textContent = reading.textContent),
      500,
    );
  }
  model.on("change:rate change:start", draw);
  draw();
  return () => clearTimeout(speaking);
}

export default { render };
