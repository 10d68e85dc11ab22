"""A single step to explore, and the same step by one call of ``minimize``."""

from helpers.explorer import explore_step
from support.oracles import f
import tensorflow as tf
import tf_keras

STARTS, RATES = [-2.0, 1.0, 4.0, 10.0], [0.01, 0.1, 0.5, 0.9, 1.1]


def explored():
    """Return the explorer of all these starts and rates."""
    return explore_step(f, starts=STARTS, learning_rates=RATES)


def choose(explorer, start, rate):
    """Move both sliders."""
    for slider, values, value in zip(
        explorer.children, (STARTS, RATES), (start, rate), strict=False
    ):
        slider.index = values.index(value)


def by_minimize(start, rate):
    """Return x after one call of ``minimize``."""
    x = tf.Variable(start)
    tf_keras.optimizers.SGD(rate).minimize(lambda: f(x), var_list=[x])
    return float(x)
