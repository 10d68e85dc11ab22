// Draw the two figures of a typed loss, as matplotlib draws them for the other
// explorers (helpers/explorer), and put the points of its runs on them.
import { ticks } from "d3-array";
import {
  axes,
  BOTTOM,
  HEIGHT,
  leftOf,
  NARROWEST,
  RIGHT,
  scale,
  text,
  TOP,
  WIDTH,
} from "./axes.js";
import { levelsOf, pieces } from "./contours.js";
import {
  arrival,
  general,
  packed,
  pointText,
  regime,
  restPart,
  steepness,
} from "./runs.js";
import { lossAt } from "./sweep.js";

const FLOOR = 1e-14; // the lowest loss on the logarithmic axis, as a part
const NEAR = 3; // how far a run is followed that does not come to rest
const LEGEND = 22; // the room of the legend above contours
const [COLUMNS, ROWS] = [91, 73]; // of the grid that contours are drawn from
const STAR =
  "m0-5.5l-1.2 3.8h-4l3.2 2.3-1.2 3.8 3.2-2.3 3.2 2.3-1.2-3.8 3.2-2.3h-4z";
const CIRCLE = "m-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0z";

// Return {bottom, lowest, height}: the lowest point at rest or else near the start,
// the loss there, and how far above it the start is. See `TypedView`.
export function viewOf(sweeps, start) {
  let [rest, near] = [null, null];
  for (const { points, loss, gradients } of sweeps) {
    for (let i = 0; i < loss[0].length; i++) {
      const slopes = steepness(column(gradients, i));
      const most = restPart(start.length) * slopes[0];
      column(points, i).forEach((bottom, k) => {
        const point = { bottom, lowest: loss[k][i] };
        if (![...bottom, point.lowest].every(Number.isFinite)) return;
        // A run that jumps up may come to rest there, far too high.
        const isCalm = slopes[k] <= most && loss[k][i] <= loss[0][i];
        if (isCalm) rest = lower(rest, point);
        const isNear = bottom.every((value, v) =>
          Math.abs(value - start[v]) <= NEAR * (1 + Math.abs(start[v]))
        );
        if (isNear) near = lower(near, point);
      });
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

// Return a run's points or gradients, by iteration and variable.
const column = (rows, rate) =>
  rows.map((variables) => variables.map((row) => row[rate]));

// Return a place on the grid of whole units, as `on_grid` of canvas.py does.
function onGrid(place) {
  const limit = 3 * WIDTH;
  return Math.round(
    Math.min(Math.max(Number.isNaN(place) ? 0 : place, -limit), limit),
  );
}

const range = (count, value) =>
  Array.from({ length: count }, (_, k) => value(k));

// Return where the landmarks stand on the drawing, and a legend of them.
function landmarks(bottom, start, legend) {
  const outline = `style="fill: none; stroke: #333333"`;
  const filled = `style="fill: #333333; stroke: #333333"`;
  const at = (places) =>
    `M${places.map((place) => place.toFixed(1)).join(" ")}`;
  return `<path clip-path="url(#clip)" d="${at(bottom)}${STAR}" ${filled}/>` +
    `<path class="start" clip-path="url(#clip)" ` +
    `d="${at(start)}${CIRCLE}" ${outline}/>` +
    `<path d="${at([120, legend])}${STAR}" ${filled}/>` +
    text(135, legend + 3.9, "lowest found", "start") +
    `<path d="${at([240, legend])}${CIRCLE}" ${outline}/>` +
    text(255, legend + 3.9, "start", "start");
}

const outlined = (width) =>
  `fill: none; stroke: #6b6b6b; stroke-width: ${width}`;

// Return axes with the curve of f, the start and the lowest point; and where the
// points of runs lie on them.
function curveAxes(f, { bottom: [bottom], lowest, height }, [start]) {
  const reach = 1.3 * Math.abs(start - bottom) || 1;
  const x = [bottom - reach, bottom + reach];
  const y = [lowest - 0.08 * height, lowest + 1.4 * height];
  const { across, up, svg } = axes({
    x,
    y,
    xTicks: ticks(...x, 7),
    yTicks: ticks(...y, 6),
    xLabel: "x",
    yLabel: "loss",
  });
  const grid = range(121, (k) => x[0] + (k * reach) / 60);
  const loss = lossAt(f, grid);
  let [path, pen] = ["", "M"];
  grid.forEach((place, k) => {
    const isDrawn = Number.isFinite(loss[k]);
    if (isDrawn) {
      const high = Math.min(Math.max(up(loss[k]), -HEIGHT), 2 * HEIGHT);
      path += `${pen}${across(place).toFixed(1)} ${high.toFixed(1)}`;
    }
    pen = isDrawn ? "L" : "M";
  });
  const place = ([x], loss) => [across(x), up(loss)];
  const marks = [place([bottom], lowest), place([start], lowest + height)];
  return {
    place,
    svg: svg(
      `<path class="curve" clip-path="url(#clip)" d="${path}" ` +
        `style="${outlined(1.2)}"/>${landmarks(...marks, 19.6)}`,
    ),
  };
}

// Return axes with the contours of f, the start and the lowest point; and where the
// points of runs lie on them. A unit is equally long on both axes.
function contourAxes(f, view, start) {
  const { bottom } = view;
  const top = TOP + LEGEND;
  const reach = bottom.map((value, v) => 1.3 * Math.abs(start[v] - value));
  // Which of the two decides how long a unit is: all of both has to be seen.
  const unit = Math.max(reach[0] / NARROWEST, reach[1] / (BOTTOM - top)) ||
    1 / NARROWEST;
  const ends = (
    middle,
    pixels,
  ) => [middle - unit * pixels, middle + unit * pixels];
  const y = ends(bottom[1], BOTTOM - top);
  const yTicks = ticks(...y, 6);
  const x = ends(bottom[0], RIGHT - leftOf(yTicks));
  const { across, up, svg } = axes({
    x,
    y,
    xTicks: ticks(...x, 7),
    yTicks,
    xLabel: "x",
    yLabel: "y",
    top,
    hasGrid: false,
  });
  const [columns, rows] = [
    range(COLUMNS, scale([0, COLUMNS - 1], x)),
    range(ROWS, scale([0, ROWS - 1], y)),
  ];
  const heights = lossAt(
    f,
    rows.flatMap(() => columns),
    rows.flatMap((row) => columns.map(() => row)),
  );
  // In tenths of a unit: whole numbers are written, and read, faster.
  const [across10, up10] = [
    scale([0, COLUMNS - 1], x.map((end) => 10 * across(end))),
    scale([0, ROWS - 1], y.map((end) => 10 * up(end))),
  ];
  const path = pieces(heights, COLUMNS, levelsOf(heights, view)).map(
    ([column, row], k) =>
      `${k % 2 ? "L" : "M"}${Math.round(across10(column))} ` +
      `${Math.round(up10(row))}`,
  );
  const place = ([x, y]) => [across(x), up(y)];
  return {
    place,
    svg: svg(
      `<g clip-path="url(#clip)"><path class="contours" d="${path.join("")}" ` +
        `transform="scale(0.1)" style="${outlined(8)}"/></g>` +
        landmarks(place(bottom), place(start), 12),
    ),
  };
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

// Return what a `ConvergencePlot` shows of a typed loss: its two figures, its words,
// and a function from a sweep to its runs.
export function picture(f, view, start, steps) {
  const isCurve = start.length === 1;
  const surface = (isCurve ? curveAxes : contourAxes)(f, view, start);
  const falling = lossAxes(view, steps);
  const end = (point) =>
    isCurve
      ? `x = ${general(point[0], 6)}`
      : `(x, y) = ${pointText(point.map((value) => general(value, 4)))}`;
  const runsOf = ({ points, loss, gradients }) =>
    Array.from(loss[0], (_, i) => {
      const [path, slopes] = [points, gradients].map((rows) => column(rows, i));
      const losses = loss.map((row) => row[i]);
      const isFinite = path.map((point, k) =>
        [...point, losses[k]].every(Number.isFinite)
      );
      const inside = isFinite.lastIndexOf(true) + 1;
      const places = path.slice(0, inside)
        .map((point, k) => surface.place(point, losses[k]));
      const above = losses.slice(0, inside)
        .map((value) => Math.max(value - view.lowest, falling.floor));
      return {
        x: packed(places.map(([x]) => onGrid(x))),
        y: packed(places.map(([, y]) => onGrid(y))),
        loss: packed(above.map((value) => onGrid(falling.up(value)))),
        regime: regime(losses, slopes),
        arrival: arrival(slopes),
        end: [end(path.at(-1)), general(losses.at(-1), 3)],
      };
    });
  return {
    pathSvg: surface.svg,
    lossSvg: falling.svg,
    words: {
      surface: isCurve ? "on the curve" : "among the contours",
      rest: ["slope", isCurve ? "a hundredth" : "a thousandth"],
    },
    columns: packed(range(steps + 1, (k) => onGrid(falling.across(k)))),
    runsOf,
  };
}
