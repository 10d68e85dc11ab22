// Run a typed loss at all learning rates at once, as `compile_sweep` of
// helpers/descent.py does: each variable has an entry for each rate, and all is
// elementwise.
import { VARIABLES } from "./grammar.js";
import { RULES } from "./rules.js";
import { tf } from "./tensorflow.js";

// Return the function of tensors, one for each variable, that a tree of grammar.js
// says.
export function lossOf(tree) {
  if (tree.variable) {
    const position = VARIABLES.indexOf(tree.variable);
    return (...variables) => tf.clone(variables[position]);
  }
  if (!tree.name) return () => tf.scalar(tree.number);
  const children = tree.children.map(lossOf);
  const operation = tf[tree.name];
  return (...variables) =>
    operation(...children.map((child) => child(...variables)));
}

// Return the loss at some points, given as the numbers of each variable.
export function lossAt(f, ...numbers) {
  return tf.tidy(() =>
    f(...numbers.map((each) => tf.tensor1d(each))).dataSync()
  );
}

// Yield after each iteration, so that whoever calls can let the page breathe; return
// {points, loss, gradients}: by iteration, then by rate; what has an entry for each
// variable, by variable before the rate.
export function* sweep(f, method, start, learningRates, steps) {
  const { slots, step } = RULES[method];
  const size = learningRates.length;
  const ones = tf.fill([size], 1);
  const rates = tf.tensor1d(learningRates);
  // For each variable what its rule goes on from: where it is, and its slots.
  let state = start.map((number) =>
    [number, ...slots].map((first) => tf.fill([size], first))
  );
  const rows = { points: [], loss: [], gradients: [] };
  const numbers = (tensors) => tensors.map((tensor) => tensor.dataSync());
  try {
    for (let k = 0; k <= steps; k++) {
      const next = tf.tidy(() => {
        const variables = state.map(([variable]) => variable);
        const { value, grads } = tf.valueAndGrads(f)(variables, ones);
        rows.points.push(numbers(variables));
        rows.loss.push(value.dataSync());
        rows.gradients.push(numbers(grads));
        return state.map(([variable, ...held], v) =>
          step(variable, grads[v], rates, held, k + 1)
        );
      });
      tf.dispose(state);
      state = next;
      yield k;
    }
  } finally {
    tf.dispose([state, ones, rates]);
  }
  return rows;
}
