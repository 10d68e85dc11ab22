// Draw the two figures of a typed loss, as matplotlib draws them for the other
// explorers (helpers/explorer), and put the points of its runs on them. What is
// written into the drawing is made of numbers; no typed text gets there.
import { ticks } from "d3-array";
import { arrival, general, packed, regime } from "./runs.js";
import { valuesAt } from "./sweep.js";

const [WIDTH, HEIGHT] = [360, 300];
const [RIGHT, TOP, BOTTOM] = [357, 5, 264];
const FLOOR = 1e-14; // the lowest loss on the logarithmic axis, as a part
const FONT = "font-size: 11px; font-family: 'DejaVu Sans', sans-serif";
const STAR =
  "m0-5.5l-1.2 3.8h-4l3.2 2.3-1.2 3.8 3.2-2.3 3.2 2.3-1.2-3.8 3.2-2.3h-4z";

// Return {bottom, lowest, height}: the lowest point at rest or else near the start,
// the loss there, and how far above it the start is. See `TypedCurveView`.
export function viewOf(sweeps, start) {
  let [rest, near] = [null, null];
  for (const { x, loss, gradients } of sweeps) {
    for (let k = 0; k < x.length; k++) {
      for (let i = 0; i < x[k].length; i++) {
        const point = { bottom: x[k][i], lowest: loss[k][i] };
        if (!Number.isFinite(point.bottom + point.lowest)) continue;
        const slopes = [gradients[k][i], gradients[0][i]].map(Math.abs);
        // A run that jumps up may come to rest there, far too high.
        const isCalm = slopes[0] <= 0.01 * slopes[1] &&
          loss[k][i] <= loss[0][i];
        if (isCalm) rest = lower(rest, point);
        const isNear = Math.abs(point.bottom - start) <=
          10 * (1 + Math.abs(start));
        if (isNear) near = lower(near, point);
      }
    }
  }
  const { bottom, lowest } = rest ?? near;
  const height = sweeps[0].loss[0][0] - lowest ||
    Math.max(1, 1e-6 * Math.abs(lowest));
  return {
    bottom,
    height,
    lowest: Math.abs(lowest) > 1e-6 * height ? lowest : 0,
  };
}

const lower = (one, other) => one && one.lowest <= other.lowest ? one : other;

// Return a function from a number to a place on the drawing.
function scale([low, high], [from, to]) {
  const factor = (to - from) / (high - low);
  return (value) => from + (value - low) * factor;
}

const logarithm = ([low, high], places) => {
  const linear = scale([Math.log10(low), Math.log10(high)], places);
  return (value) => linear(Math.log10(value));
};

// Return a place on the grid of whole units, as `on_grid` of canvas.py does.
function onGrid(place) {
  const limit = 3 * WIDTH;
  return Math.round(
    Math.min(Math.max(Number.isNaN(place) ? 0 : place, -limit), limit),
  );
}

function tickText(value) {
  return general(value, 6).replace("-", "−");
}

function powerOfTen(value) {
  const digits = { "-": "⁻" };
  [..."⁰¹²³⁴⁵⁶⁷⁸⁹"].forEach((sign, k) => (digits[k] = sign));
  return "10" +
    [...String(Math.round(Math.log10(value)))].map((d) => digits[d]).join("");
}

function text(x, y, words, anchor = "middle", more = "") {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" style="${FONT}; ` +
    `text-anchor: ${anchor}; fill: #333333"${more}>${words}</text>`;
}

// To a thousandth: what measures by the ticks shall not lose by their rounding.
function line(x1, y1, x2, y2, color) {
  const path = [x1, y1, x2, y2].map((place) => Number(place.toFixed(3)));
  return `<path d="M${path[0]} ${path[1]}L${path[2]} ${path[3]}" ` +
    `style="fill: none; stroke: ${color}; stroke-width: 0.8"/>`;
}

// Return axes: their left end, their scales, and what makes a figure of contents.
function axes({ x, y, xTicks, yTicks, xLabel, yLabel, isLog }) {
  const yText = isLog ? powerOfTen : tickText;
  const widest = Math.max(...yTicks.map((tick) => yText(tick).length));
  const left = 32 + 6.6 * Math.min(widest, 9);
  const [across, up] = [
    scale(x, [left, RIGHT]),
    (isLog ? logarithm : scale)(y, [BOTTOM, TOP]),
  ];
  const columns = xTicks.map((tick) => {
    const place = across(tick);
    return `<g class="x-tick">${line(place, BOTTOM, place, TOP, "#e3e3e3")}` +
      line(place, BOTTOM, place, BOTTOM + 3.5, "#333333") +
      `${text(place, BOTTOM + 15.4, tickText(tick))}</g>`;
  });
  const rows = yTicks.map((tick) => {
    const place = up(tick);
    return `<g class="y-tick">${line(left, place, RIGHT, place, "#e3e3e3")}` +
      line(left - 3.5, place, left, place, "#333333") +
      `${text(left - 7, place + 4.2, yText(tick), "end")}</g>`;
  });
  const middle = [(left + RIGHT) / 2, (TOP + BOTTOM) / 2];
  const turned = ` transform="rotate(-90 11.4 ${middle[1]})"`;
  const labels = text(middle[0], 294.4, xLabel) +
    text(11.4, middle[1], yLabel, "middle", turned);
  const frame = line(left, BOTTOM, left, TOP, "#555555") +
    line(left, BOTTOM, RIGHT, BOTTOM, "#555555");
  const moving = ["trail 1.2", "dots 0.5", "head 3"].map((part) => {
    const [id, width] = part.split(" ");
    return `<g id="${id}"><path clip-path="url(#clip)" d="" ` +
      `style="fill: none; stroke-width: ${width}"/></g>`;
  });
  const svg = (contents) =>
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}">` +
    `<defs><clipPath id="clip"><rect x="${left}" y="${TOP}" ` +
    `width="${RIGHT - left}" height="${BOTTOM - TOP}"/></clipPath></defs>` +
    columns.join("") + rows.join("") + labels + contents + moving.join("") +
    frame + `</svg>`;
  return { across, up, svg };
}

// Return the axes with the curve of f, the start and the lowest point.
function curveAxes(f, { bottom, lowest, height }, start) {
  const reach = 1.3 * Math.abs(start - bottom) || 1;
  const x = [bottom - reach, bottom + reach];
  const y = [lowest - 0.08 * height, lowest + 1.4 * height];
  const found = axes({
    x,
    y,
    xTicks: ticks(...x, 7),
    yTicks: ticks(...y, 6),
    xLabel: "x",
    yLabel: "loss",
  });
  const grid = Array.from({ length: 121 }, (_, k) => x[0] + (k * reach) / 60);
  const { loss } = valuesAt(f, grid);
  let [path, pen] = ["", "M"];
  grid.forEach((place, k) => {
    const isDrawn = Number.isFinite(loss[k]);
    if (isDrawn) {
      const up = Math.min(Math.max(found.up(loss[k]), -HEIGHT), 2 * HEIGHT);
      path += `${pen}${found.across(place).toFixed(1)} ${up.toFixed(1)}`;
    }
    pen = isDrawn ? "L" : "M";
  });
  const at = (place, value) =>
    `M${found.across(place).toFixed(1)} ${found.up(value).toFixed(1)}`;
  const circle = "m-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0z";
  const outline = `style="fill: none; stroke: #333333"`;
  const filled = `style="fill: #333333; stroke: #333333"`;
  const curve = `<path class="curve" clip-path="url(#clip)" d="${path}" ` +
    `style="fill: none; stroke: #6b6b6b; stroke-width: 1.2"/>` +
    `<path clip-path="url(#clip)" d="${
      at(bottom, lowest)
    }${STAR}" ${filled}/>` +
    `<path class="start" clip-path="url(#clip)" ` +
    `d="${at(start, lowest + height)}${circle}" ${outline}/>` +
    `<path d="M120 19.6${STAR}" ${filled}/>` +
    text(135, 23.5, "lowest found", "start") +
    `<path d="M240 19.6${circle}" ${outline}/>` +
    text(255, 23.5, "start", "start");
  return { ...found, svg: found.svg(curve) };
}

// Return the logarithmic axes of the loss, measured from the lowest.
function lossAxes({ lowest, height }, steps) {
  const y = [FLOOR * height, 1e3 * height];
  const first = Math.ceil(Math.log10(y[0]));
  const powers = ticks(first, Math.floor(Math.log10(y[1])), 6)
    .filter(Number.isInteger);
  const found = axes({
    x: [-0.02 * steps, 1.02 * steps],
    y,
    xTicks: ticks(0, steps, 5),
    yTicks: powers.map((power) => Number(`1e${power}`)),
    xLabel: "iteration",
    yLabel: lowest === 0
      ? "loss"
      : `loss above ${general(lowest, 4).replace("-", "−")}`,
    isLog: true,
  });
  return { ...found, svg: found.svg(""), floor: y[0] };
}

// Return what a `ConvergencePlot` shows of a typed loss: its two figures, and a
// function from a sweep to its runs.
export function picture(f, view, start, steps) {
  const [curve, falling] = [curveAxes(f, view, start), lossAxes(view, steps)];
  const columns = Array.from(
    { length: steps + 1 },
    (_, k) => onGrid(falling.across(k)),
  );
  const runsOf = ({ x, loss, gradients }) =>
    Array.from(x[0], (_, i) => {
      const [xs, ls, gs] = [x, loss, gradients].map((rows) =>
        rows.map((row) => row[i])
      );
      const isFinite = xs.map((value, k) => Number.isFinite(value + ls[k]));
      const inside = isFinite.lastIndexOf(true) + 1;
      const [path, heights] = [xs.slice(0, inside), ls.slice(0, inside)];
      const above = heights.map((value) =>
        Math.max(value - view.lowest, falling.floor)
      );
      return {
        x: packed(path.map((value) => onGrid(curve.across(value)))),
        y: packed(heights.map((value) => onGrid(curve.up(value)))),
        loss: packed(above.map((value) => onGrid(falling.up(value)))),
        regime: regime(ls, gs),
        arrival: arrival(gs),
        end: [`x = ${general(xs.at(-1), 6)}`, general(ls.at(-1), 3)],
      };
    });
  return {
    pathSvg: curve.svg,
    lossSvg: falling.svg,
    columns: packed(columns),
    runsOf,
  };
}
