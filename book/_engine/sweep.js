// Run a typed loss at all learning rates at once, as `compile_sweep` of
// helpers/descent.py does: x has an entry for each rate, and all is elementwise.
import { RULES } from "./rules.js";
import { tf } from "./tensorflow.js";

// Return the function of a tensor x that a tree of grammar.js says.
export function lossOf(tree) {
  if (tree.x) return (x) => tf.clone(x);
  if (!tree.name) return () => tf.scalar(tree.number);
  const children = tree.children.map(lossOf);
  const operation = tf[tree.name];
  return (x) => operation(...children.map((child) => child(x)));
}

// Return the values of a loss and of its gradient at some numbers.
export function valuesAt(f, numbers) {
  return tf.tidy(() => {
    const x = tf.tensor1d(numbers);
    const { value, grad } = tf.valueAndGrad(f)(x, tf.fill(x.shape, 1));
    return { loss: value.dataSync(), gradient: grad.dataSync() };
  });
}

// Yield after each iteration, so that whoever calls can let the page breathe;
// return {x, loss, gradients}: by iteration, then by rate.
export function* sweep(f, method, start, learningRates, steps) {
  const { slots, step } = RULES[method];
  const size = learningRates.length;
  const ones = tf.fill([size], 1);
  const rates = tf.tensor1d(learningRates);
  let state = [start, ...slots].map((number) => tf.fill([size], number));
  const rows = { x: [], loss: [], gradients: [] };
  try {
    for (let k = 0; k <= steps; k++) {
      const next = tf.tidy(() => {
        const { value, grad } = tf.valueAndGrad(f)(state[0], ones);
        rows.x.push(state[0].dataSync());
        rows.loss.push(value.dataSync());
        rows.gradients.push(grad.dataSync());
        return step(state[0], grad, rates, state.slice(1), k + 1);
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
