"""The loss and the optimizers of the book in plain loops, to test facts against."""

from importlib import import_module
import logging

import helpers  # noqa: F401 (loads TensorFlow without its log lines)
import numpy as np
import pytest
import tensorflow as tf
import tf_keras

BOTH = pytest.mark.parametrize("library", [tf.keras, tf_keras], ids=["new", "old"])
# The optimizers that the book compares, as readers write them.
OPTIMIZERS = {
    "SGD": lambda rate: tf.keras.optimizers.SGD(rate),
    "momentum": lambda rate: tf.keras.optimizers.SGD(rate, momentum=0.9),
    "RMSprop": lambda rate: tf.keras.optimizers.RMSprop(rate),
    "Adagrad": lambda rate: tf.keras.optimizers.Adagrad(rate),
    "Adam": lambda rate: tf.keras.optimizers.Adam(rate),
}


def f(x):
    return (x - 4.0) ** 2


def count(opt):
    return int(opt.iterations.numpy())


def rate_of(opt):
    return float(opt.learning_rate.numpy())


def step(opt, x, gradient=12.0):
    """Take one step with a gradient that is given."""
    opt.apply_gradients([(tf.constant(gradient), x)])
    return float(x)


def since(package, first):
    """Say whether ``package`` is at least the version ``first``, such as 3.5."""
    numbers = import_module(package).__version__.split(".")[:2]
    return tuple(map(int, numbers)) >= tuple(map(int, first.split(".")))


def path_by_minimize(opt, start=10.0, steps=20):
    x = tf.Variable(start)
    path = [x.numpy()]
    for _ in range(steps):
        opt.minimize(lambda: f(x), var_list=[x])
        path.append(x.numpy())
    return np.array(path)


def path_by_hand(opt, start=10.0, steps=20):
    x = tf.Variable(start)
    path = [x.numpy()]
    for _ in range(steps):
        with tf.GradientTape() as t:
            y = f(x)
        opt.apply_gradients(zip(t.gradient(y, [x]), [x], strict=True))
        path.append(x.numpy())
    return np.array(path)


def log_lines_of(action, name="absl"):
    """Return what ``action`` returns, and the lines logged meanwhile.

    Keras logs as "absl", TensorFlow as "tensorflow".
    """
    lines = []

    def keep(record):
        lines.append(record.getMessage())
        return False

    logger = logging.getLogger(name)
    logger.addFilter(keep)
    try:
        return action(), lines
    finally:
        logger.removeFilter(keep)
