// What TensorFlow.js as it is published does, for the facts that the page
// `your_loss` states about it.
import "@tensorflow/tfjs-backend-cpu/dist/index.js";
import * as tf from "@tensorflow/tfjs-core/dist/base.js";
import { absGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Abs_grad.js";
import { castGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Cast_grad.js";
import { identityGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Identity_grad.js";
import { minimumGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Minimum_grad.js";
import { multiplyGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Multiply_grad.js";
import { sqrtGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sqrt_grad.js";
import { subGradConfig } from "@tensorflow/tfjs-core/dist/gradients/Sub_grad.js";

// A bundler drops the module that registers all of them.
for (
  const gradient of [
    absGradConfig,
    castGradConfig,
    identityGradConfig,
    minimumGradConfig,
    multiplyGradConfig,
    sqrtGradConfig,
    subGradConfig,
  ]
) tf.registerGradient(gradient);

const gradientAt0 = (f) => String(tf.grad(f)(tf.scalar(0)).dataSync()[0]);
const optimizers = () => ({
  momentum: tf.train.momentum(0.1, 0.9),
  RMSprop: tf.train.rmsprop(0.1),
  Adagrad: tf.train.adagrad(0.1),
  Adam: tf.train.adam(0.1),
});

// Return where an optimizer goes on the line `slope * x`.
function path(opt, slope) {
  const x = tf.variable(tf.scalar(0));
  return Array.from({ length: 5 }, () => {
    opt.minimize(() => tf.mul(x, slope));
    return x.dataSync()[0];
  });
}

globalThis.stock = (slope) => ({
  version: tf.version_core,
  abs: gradientAt0(tf.abs),
  branch: gradientAt0((x) => tf.minimum(tf.sub(x, 1), tf.sqrt(x))),
  paths: Object.fromEntries(
    Object.entries(optimizers()).map(([name, opt]) => [name, path(opt, slope)]),
  ),
});
