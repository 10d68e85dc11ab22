// What a run did, in numbers and words: `arrival`, `regime` and `_shown` of
// helpers/runs.py and helpers/explorer/picture.py, whose rules these are.

// Return the iteration from which on the slope stays at a hundredth of the first
// or less, or null.
export function arrival(gradients) {
  const slopes = gradients.map(Math.abs);
  const onItsWay = slopes.map((slope) => !(slope <= 0.01 * slopes[0]));
  const rest = onItsWay.lastIndexOf(true) + 1;
  return rest < slopes.length ? rest : null;
}

// Return in a word or two how a run went.
export function regime(loss, gradients) {
  const last = loss.at(-1);
  if (!Number.isFinite(last) || last > loss[0]) return "diverges";
  const rest = arrival(gradients);
  const least = 0.01 * Math.abs(gradients[0]);
  const signs = gradients.slice(0, rest ?? undefined)
    .filter((slope) => Math.abs(slope) >= least).map(Math.sign);
  const swings = signs.filter((sign, k) => k && sign !== signs[k - 1]).length;
  if (rest === null) return swings >= 2 ? "oscillates" : "creeps";
  return swings >= 2 ? "converges, swinging" : "converges";
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
