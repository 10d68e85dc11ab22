// What a page needs to show a reader's own loss. It becomes one script, which the
// page `your_loss` asks for when the reader comes to its field.
import { LossError, parse } from "./grammar.js";
import { picture, viewOf } from "./picture.js";
import { lossOf, sweep, valuesAt } from "./sweep.js";
import { general } from "./runs.js";
import { STYLES } from "./styles.js";
import { tf, VERSION } from "./tensorflow.js";
import { twoSteps } from "./two_steps.js";

// Check a loss and a start as they were typed; return what `explore` takes.
function read(text, startText) {
  const tree = parse(text);
  const start = Number(startText.trim() || NaN);
  if (!Number.isFinite(Math.fround(start))) {
    throw new LossError("the start must be a number such as 10 or -2.5", null);
  }
  const f = lossOf(tree);
  const { loss: [loss] } = valuesAt(f, [start]);
  if (!Number.isFinite(loss)) {
    const written = general(loss, 3);
    throw new LossError(
      `at the start, x = ${general(start, 6)}, this loss is ${written}: ` +
        `choose another start`,
      null,
    );
  }
  return { f, start: Math.fround(start), startText: general(start, 6) };
}

// Yield often; return the sweep of each method, those in `done` being there already.
function* sweepsOf({ f, start }, methods, rates, steps, done = {}) {
  for (const method of methods) {
    done[method] ??= yield* sweep(f, method, start, rates, steps);
  }
  return methods.map((method) => done[method]);
}

globalThis.bookLoss = {
  LossError,
  parse,
  picture,
  read,
  STYLES,
  sweepsOf,
  tf,
  twoSteps: () => twoSteps(tf),
  valuesAt,
  VERSION,
  viewOf,
};
