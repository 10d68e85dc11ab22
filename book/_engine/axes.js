// Axes of a figure, as matplotlib draws them for the other explorers: scales, ticks
// and labels. What is written into the drawing is made of numbers; no typed text gets
// there.
import { general } from "./runs.js";

export const [WIDTH, HEIGHT] = [360, 300];
export const [RIGHT, TOP, BOTTOM] = [357, 5, 264];
const FONT = "font-size: 11px; font-family: 'DejaVu Sans', sans-serif";

// Return a function from a number to a place on the drawing.
export function scale([low, high], [from, to]) {
  const factor = (to - from) / (high - low);
  return (value) => from + (value - low) * factor;
}

const logarithm = ([low, high], places) => {
  const linear = scale([Math.log10(low), Math.log10(high)], places);
  return (value) => linear(Math.log10(value));
};

function tickText(value) {
  return general(value, 6).replace("-", "−");
}

function powerOfTen(value) {
  const digits = { "-": "⁻" };
  [..."⁰¹²³⁴⁵⁶⁷⁸⁹"].forEach((sign, k) => (digits[k] = sign));
  return "10" +
    [...String(Math.round(Math.log10(value)))].map((d) => digits[d]).join("");
}

export function text(x, y, words, anchor = "middle", more = "") {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" style="${FONT}; ` +
    `text-anchor: ${anchor}; fill: #333333"${more}>${words}</text>`;
}

// To a thousandth: what measures by the ticks shall not lose by their rounding.
function line(x1, y1, x2, y2, color) {
  const path = [x1, y1, x2, y2].map((place) => Number(place.toFixed(3)));
  return `<path d="M${path[0]} ${path[1]}L${path[2]} ${path[3]}" ` +
    `style="fill: none; stroke: ${color}; stroke-width: 0.8"/>`;
}

const LONGEST = 9; // letters of a tick's text
const beside = (letters) => 32 + 6.6 * Math.min(letters, LONGEST);
// The width of axes beside the longest texts.
export const NARROWEST = RIGHT - beside(LONGEST);

// Return where axes begin on the left, beside the texts of their ticks.
export function leftOf(yTicks, yText = tickText) {
  return beside(Math.max(...yTicks.map((tick) => yText(tick).length)));
}

// Return the scales of axes, and what makes a figure of contents.
export function axes(
  { x, y, xTicks, yTicks, xLabel, yLabel, top = TOP, isLog, hasGrid = true },
) {
  const yText = isLog ? powerOfTen : tickText;
  const left = leftOf(yTicks, yText);
  const [across, up] = [
    scale(x, [left, RIGHT]),
    (isLog ? logarithm : scale)(y, [BOTTOM, top]),
  ];
  const gridLine = (...ends) => hasGrid ? line(...ends, "#e3e3e3") : "";
  const columns = xTicks.map((tick) => {
    const place = across(tick);
    return `<g class="x-tick">${gridLine(place, BOTTOM, place, top)}` +
      line(place, BOTTOM, place, BOTTOM + 3.5, "#333333") +
      `${text(place, BOTTOM + 15.4, tickText(tick))}</g>`;
  });
  const rows = yTicks.map((tick) => {
    const place = up(tick);
    return `<g class="y-tick">${gridLine(left, place, RIGHT, place)}` +
      line(left - 3.5, place, left, place, "#333333") +
      `${text(left - 7, place + 4.2, yText(tick), "end")}</g>`;
  });
  const middle = [(left + RIGHT) / 2, (top + BOTTOM) / 2];
  const turned = ` transform="rotate(-90 11.4 ${middle[1]})"`;
  const labels = text(middle[0], 294.4, xLabel) +
    text(11.4, middle[1], yLabel, "middle", turned);
  const frame = line(left, BOTTOM, left, top, "#555555") +
    line(left, BOTTOM, RIGHT, BOTTOM, "#555555");
  const moving = ["trail 1.2", "dots 0.5", "head 3"].map((part) => {
    const [id, width] = part.split(" ");
    return `<g id="${id}"><path clip-path="url(#clip)" d="" ` +
      `style="fill: none; stroke-width: ${width}"/></g>`;
  });
  const svg = (contents) =>
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}">` +
    `<defs><clipPath id="clip"><rect x="${left}" y="${top}" ` +
    `width="${RIGHT - left}" height="${BOTTOM - top}"/></clipPath></defs>` +
    columns.join("") + rows.join("") + labels + contents + moving.join("") +
    frame + `</svg>`;
  return { across, up, svg };
}
