"""Run an optimizer on a loss of one number and keep every step as NumPy data."""

from collections.abc import Callable
import inspect
import math
import numbers
from typing import Any

from helpers.records import Run
import numpy as np
import tensorflow as tf

Loss = Callable[[Any], Any]


def run_descent(f: Loss, opt: Any, *, start: float, steps: int) -> Run:
    """Minimize ``f`` from ``start`` with ``opt`` and write every step down.

    It is this loop, with its numbers kept::

        x = tf.Variable(start)
        for _ in range(steps):
            with tf.GradientTape() as t:
                y = f(x)
            gradients = t.gradient(y, [x])
            opt.apply_gradients(zip(gradients, [x]))

    Parameters
    ----------
    f
        A function of one scalar tensor that returns a scalar tensor.
    opt
        A new Keras optimizer, from ``tf.keras`` or ``tf_keras``.
    start
        Where the run begins; a finite number.
    steps
        How many updates to make; 1 or more.

    Returns
    -------
    Run
        ``steps + 1`` rows, the start included.

    Raises
    ------
    ValueError
        If an argument makes no sense: the message names it, its value and what
        would be right. Divergence is data, not an error.

    Examples
    --------
    >>> def f(x):
    ...     return (x - 4.0) ** 2
    >>> run_descent(f, tf.keras.optimizers.SGD(0.5), start=10.0, steps=1)
    Run(1 iterations, x: 10 -> 4, loss: 36 -> 0)
    """
    check_loss(f)
    check_start(start)
    check_steps(steps)
    check_optimizer(opt)
    x = tf.Variable(start, dtype=tf.float32)
    rows = [(0, float(x), *loss_and_gradient(f, x))]
    for _ in range(steps):
        opt.apply_gradients([(tf.constant(rows[-1][3]), x)])
        rows.append((int(opt.iterations), float(x), *loss_and_gradient(f, x)))
    iterations, *values = zip(*rows, strict=True)
    return Run(np.array(iterations), *(np.array(v, np.float32) for v in values))


def loss_and_gradient(f: Loss, x: Any) -> tuple[float, float]:
    """Return ``f(x)`` and its derivative at the scalar variable ``x``.

    Raises
    ------
    ValueError
        If ``f`` returns anything but a scalar tensor that depends on ``x``.
    """
    with tf.GradientTape() as t:
        y = f(x)
    if not tf.is_tensor(y):
        raise ValueError(
            f"f must return a scalar tensor computed from its argument; "
            f"f({float(x):g}) returned {y!r} ({type(y).__name__})"
        )
    if y.shape.rank != 0:
        raise ValueError(
            f"f must return a scalar; f({float(x):g}) has the shape {tuple(y.shape)}"
        )
    gradient = t.gradient(y, x)
    if gradient is None:
        raise ValueError(
            f"f must depend on its argument by TensorFlow operations; "
            f"the gradient of f at {float(x):g} is None"
        )
    return float(y), float(gradient)


def check_loss(f: Loss) -> None:
    """Raise a ValueError unless ``f`` can be called with one argument."""
    if not callable(f):
        raise ValueError(f"f must be a function of one tensor, not {f!r}")
    try:
        signature = inspect.signature(f)
    except ValueError:  # some built-in callables do not tell theirs
        return
    try:
        signature.bind(None)
    except TypeError:
        name = getattr(f, "__name__", repr(f))
        raise ValueError(
            f"f must take one argument, the tensor x; got {name}{signature}"
        ) from None


def check_start(start: float) -> None:
    """Raise a ValueError unless ``start`` is a finite number."""
    if not is_number(start) or not math.isfinite(start):
        raise ValueError(f"start must be a finite number, not {start!r}")


def check_steps(steps: int) -> None:
    """Raise a ValueError unless ``steps`` is a whole number of 1 or more."""
    whole = isinstance(steps, numbers.Integral) and not isinstance(steps, bool)
    if not whole or steps < 1:
        raise ValueError(f"steps must be a whole number of 1 or more, not {steps!r}")


def check_optimizer(opt: Any) -> None:
    """Raise a ValueError unless ``opt`` is a new optimizer with a usable rate."""
    if not hasattr(opt, "apply_gradients") or isinstance(opt, type):
        raise ValueError(
            f"opt must be a Keras optimizer such as tf.keras.optimizers.SGD(0.1), "
            f"not {opt!r}"
        )
    done = int(opt.iterations)
    if done:
        raise ValueError(
            f"opt must be new; this {type(opt).__name__} has done {done} iterations "
            f"already, and an optimizer serves only the variables it was built for"
        )
    rate = np.asarray(opt.learning_rate)
    if rate.shape != () or not np.isfinite(rate) or rate <= 0:
        raise ValueError(
            f"the learning rate of opt must be one positive, finite number, not {rate}"
        )


def is_number(value: object) -> bool:
    """Say whether ``value`` is a real number (a bool is not meant as one)."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)
