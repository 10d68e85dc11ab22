"""What the cheat sheet states beside its patterns, one test for each statement."""

from support.oracles import f, path_by_hand
import tensorflow as tf


def test_a_short_step_may_come_from_a_small_rate_and_the_gradient_does_not():
    path = path_by_hand(tf.keras.optimizers.SGD(0.0001), steps=1)
    x = tf.Variable(10.0)
    with tf.GradientTape() as t:
        y = f(x)
    assert abs(path[1] - path[0]) < 0.01
    assert float(t.gradient(y, x)) == 12
