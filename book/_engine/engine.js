// What a page needs to show a reader's own loss. It becomes one script, which the
// page `your_loss` asks for when the reader comes to its field.
import { LossError, parse } from "./grammar.js";
import { picture, viewOf } from "./picture.js";
import { general, pointText } from "./runs.js";
import { STYLES } from "./styles.js";
import { lossAt, lossOf, sweep } from "./sweep.js";
import { tf, VERSION } from "./tensorflow.js";
import { twoSteps } from "./two_steps.js";

// Check the start of a parsed loss, as it was typed: a text for each variable. Return
// what `explore` takes.
function read({ tree, variables }, startTexts) {
  const start = variables.map((name, v) => {
    const number = Number(startTexts[v].trim() || NaN);
    if (Number.isFinite(Math.fround(number))) return number;
    throw new LossError(
      `the start of \`${name}\` must be a number such as 10 or -2.5`,
      null,
      [name],
    );
  });
  const f = lossOf(tree);
  const startText = pointText(start.map((number) => general(number, 6)));
  const [loss] = lossAt(f, ...start.map((number) => [number]));
  if (!Number.isFinite(loss)) {
    throw new LossError(
      `at the start, ${pointText(variables)} = ${startText}, this loss is ` +
        `${general(loss, 3)}: choose another start`,
      null,
      variables,
    );
  }
  return { f, start: start.map(Math.fround), startText };
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
  VERSION,
  viewOf,
};
