// The update rules of Keras, from its sources, in TensorFlow.js' operations.
// TensorFlow.js' own optimizers put epsilon elsewhere and choose another: with them,
// the page and a notebook would show different runs.
import { tf } from "./tensorflow.js";

const EPSILON = 1e-7;

// A rule has the numbers that its slots begin with, and a step: from x, its gradient,
// the learning rates, the slots and the number of the step, from 1, to the next x
// and the next slots.
export const RULES = {
  SGD: {
    slots: [],
    step: (x, g, rate) => [tf.sub(x, tf.mul(g, rate))],
  },
  momentum: {
    slots: [0],
    step: (x, g, rate, [velocity]) => {
      const next = tf.sub(tf.mul(velocity, 0.9), tf.mul(g, rate));
      return [tf.add(x, next), next];
    },
  },
  RMSprop: {
    slots: [0],
    step: (x, g, rate, [average]) => {
      const next = tf.add(tf.mul(average, 0.9), tf.mul(tf.square(g), 1 - 0.9));
      const scaled = tf.div(tf.mul(rate, g), tf.sqrt(tf.add(next, EPSILON)));
      return [tf.sub(x, scaled), next];
    },
  },
  Adagrad: {
    slots: [0.1],
    step: (x, g, rate, [total]) => {
      const next = tf.add(total, tf.square(g));
      const scaled = tf.div(tf.mul(rate, g), tf.sqrt(tf.add(next, EPSILON)));
      return [tf.sub(x, scaled), next];
    },
  },
  Adam: {
    slots: [0, 0],
    step: (x, g, rate, [mean, variance], k) => {
      const [mean1, variance1] = [
        tf.add(mean, tf.mul(tf.sub(g, mean), 1 - 0.9)),
        tf.add(variance, tf.mul(tf.sub(tf.square(g), variance), 1 - 0.999)),
      ];
      const power = (beta) => tf.pow(tf.scalar(beta), tf.scalar(k));
      const one = tf.scalar(1);
      const alpha = tf.div(
        tf.mul(rate, tf.sqrt(tf.sub(one, power(0.999)))),
        tf.sub(one, power(0.9)),
      );
      const root = tf.add(tf.sqrt(variance1), EPSILON);
      return [tf.sub(x, tf.div(tf.mul(mean1, alpha), root)), mean1, variance1];
    },
  },
};
