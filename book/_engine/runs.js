// What a run did, in numbers and words: `arrival`, `regime` and `_shown` of
// helpers/runs.py and helpers/explorer/picture.py, whose rules these are.

// Return the length of the gradient at each iteration. `gradients` has a row for each,
// with an entry for each variable.
export function steepness(gradients) {
  return gradients.map((row) =>
    Math.sqrt(row.reduce((sum, slope) => sum + slope * slope, 0))
  );
}

// Return which part of its first the slope of a run at rest is at most.
export function restPart(variables) {
  return variables > 1 ? 0.001 : 0.01;
}

// Return the iteration from which on a run is at rest, or null.
export function arrival(gradients) {
  const slopes = steepness(gradients);
  const most = restPart(gradients[0].length) * slopes[0];
  const rest = slopes.map((slope) => !(slope <= most)).lastIndexOf(true) + 1;
  return rest < slopes.length ? rest : null;
}

// Return in a word or two how a run went.
export function regime(loss, gradients) {
  const last = loss.at(-1);
  if (!Number.isFinite(last) || last > loss[0]) return "diverges";
  const rest = arrival(gradients);
  const least = 0.01 * steepness(gradients)[0];
  const before = gradients.slice(0, rest ?? undefined);
  const swings = gradients[0].some((_, variable) => {
    const signs = before.map((row) => row[variable])
      .filter((slope) => Math.abs(slope) >= least).map(Math.sign);
    return signs.filter((sign, k) => k && sign !== signs[k - 1]).length >= 2;
  });
  if (rest === null) return swings ? "oscillates" : "creeps";
  return swings ? "converges, swinging" : "converges";
}

// Return a number as Python's format(number, ".3g") writes it.
export function general(number, digits) {
  if (!Number.isFinite(number)) {
    return Number.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
  }
  const [mantissa, power] = number.toExponential(digits - 1).split("e");
  const trim = (text) => text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  if (power < -4 || power >= digits) {
    const size = String(Math.abs(power)).padStart(2, "0");
    return `${trim(mantissa)}e${power < 0 ? "-" : "+"}${size}`;
  }
  return trim(number.toFixed(digits - 1 - power));
}

// Return the parts of a point as text, in parentheses if there are several.
export function pointText(parts) {
  return parts.length === 1 ? parts[0] : `(${parts.join(", ")})`;
}

// Encode whole numbers as `packed` of helpers/explorer/encoding.py does.
export function packed(positions) {
  let [text, before] = ["", 0];
  for (const position of positions) {
    const difference = position - before;
    let number = difference < 0 ? ~(difference << 1) : difference << 1;
    for (; number > 31; number >>= 5) {
      text += String.fromCharCode(63 + (32 | (number & 31)));
    }
    text += String.fromCharCode(63 + number);
    before = position;
  }
  return text;
}
