export function twoSteps(tf) {
  const x = tf.variable(tf.scalar(10));
  const lossFunction = () => tf.square(tf.sub(x, 4));
  const { grads } = tf.variableGrads(lossFunction); // the tape
  tf.train.sgd(0.1).applyGradients(grads); // the step

  const y = tf.variable(tf.scalar(10));
  // Both in one:
  tf.train.sgd(0.1).minimize(() => tf.square(tf.sub(y, 4)));
  return [x.dataSync()[0], y.dataSync()[0]];
}
