// The contours of a loss over a grid of points: `plot_contours` of helpers/plots.py
// chooses the same levels.

const LEVELS = 13;

// Return levels nearly all of which are close above the lowest of some heights: from
// a ten-thousandth of the highest on, evenly on a logarithmic scale. If that lies far
// below the lowest point of a view, the loss falls on and on, and they divide all
// heights evenly.
export function levelsOf(heights, { lowest, height }) {
  const finite = heights.filter(Number.isFinite);
  let [low, high] = [Infinity, -Infinity];
  for (const value of finite) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(low < high)) return []; // the same everywhere
  const fallsOn = lowest - low > 0.1 * height;
  return Array.from({ length: LEVELS }, (_, k) => {
    const part = fallsOn ? (k + 1) / (LEVELS + 1) : 1e-4 ** (1 - k / LEVELS);
    return low + (high - low) * part;
  });
}

// Return the ends of the pieces of the contours, as [column, row]: two for each. The
// heights are those of a grid, row by row. A cell with a corner that has no height has
// no piece.
export function pieces(heights, columns, levels) {
  const ends = [];
  for (let row = 0; row + 1 < heights.length / columns; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      const [a, b] = [heights[at], heights[at + 1]];
      const [c, d] = [heights[at + columns + 1], heights[at + columns]];
      const [low, high] = [Math.min(a, b, c, d), Math.max(a, b, c, d)];
      if (!Number.isFinite(high - low)) continue;
      for (const level of levels) {
        if (level <= low || level > high) continue;
        for (const [x, y] of crossings([a, b, c, d], level)) {
          ends.push([column + x, row + y]);
        }
      }
    }
  }
  return ends;
}

// Return where a level crosses the sides of a cell of the size 1, whose corners go
// around it: one pair of points, or two of a saddle.
function crossings(corners, level) {
  const found = [];
  corners.forEach((from, side) => {
    const to = corners[(side + 1) % 4];
    if (from < level === to < level) return;
    const part = (level - from) / (to - from);
    found.push([[part, 0], [1, part], [1 - part, 1], [0, 1 - part]][side]);
  });
  // On a saddle, the middle says which corners are on one side of the level.
  const middle = corners.reduce((sum, height) => sum + height / 4, 0);
  if (found.length > 2 && corners[0] < level === middle < level) {
    found.push(found.shift());
  }
  return found;
}
