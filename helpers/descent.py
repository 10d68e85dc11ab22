"""Run an optimizer on a loss; keep its steps as NumPy data.

A loss has one variable, ``f(x)``, or several, ``f(x, y)``. One loop serves them
all: how many there are is read from the start of a run, or from ``f``.
"""

from collections.abc import Callable, Sequence
from typing import Any

from helpers.checks import (
    Variables,
    check_elementwise,
    check_learning_rates,
    check_optimizer,
    check_optimizer_name,
    check_point,
    check_scalar,
    check_steps,
    variables_at,
    variables_of,
)
from helpers.runs import Run, Sweep
import numpy as np
import tensorflow as tf

__all__ = ["OPTIMIZERS", "compile_sweep", "run_descent"]

_Loss = Callable[..., Any]

#: The methods of the book by name, each from a learning rate alone. A number
#: makes an optimizer for one run; a callable that returns a vector, for a sweep.
OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "SGD": lambda rate: tf.keras.optimizers.SGD(rate),
    "momentum": lambda rate: tf.keras.optimizers.SGD(rate, momentum=0.9),
    "RMSprop": lambda rate: tf.keras.optimizers.RMSprop(rate),
    "Adagrad": lambda rate: tf.keras.optimizers.Adagrad(rate),
    "Adam": lambda rate: tf.keras.optimizers.Adam(rate),
}


def run_descent(
    f: _Loss, opt: Any, *, start: float | Sequence[float], steps: int
) -> Run:
    """Minimize ``f`` from ``start`` with ``opt`` and write each step down.

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
        A function of scalar tensors, one for each variable, that returns a
        scalar tensor.
    opt
        A new Keras optimizer, from ``tf.keras`` or ``tf_keras``.
    start
        Where the run begins: a finite number, or one for each variable.
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
        would be right. A run that diverges raises no error.

    Examples
    --------
    >>> def f(x):
    ...     return (x - 4.0) ** 2
    >>> run_descent(f, tf.keras.optimizers.SGD(0.5), start=10.0, steps=1)
    Run(1 iterations, x: 10 -> 4, loss: 36 -> 0)
    """
    names = variables_at(start)
    check_point("start", start, names)
    check_steps(steps)
    check_optimizer(opt)
    check_scalar(f, names, np.ravel(start).tolist())
    variables = [tf.Variable(float(v), dtype=tf.float32) for v in np.ravel(start)]
    iterations, rows = [], []
    for step in range(steps + 1):
        with tf.GradientTape() as t:
            loss = f(*variables)
        gradients = t.gradient(loss, variables)
        iterations.append(int(opt.iterations))
        rows.append([float(value) for value in (loss, *variables, *gradients)])
        if step < steps:
            opt.apply_gradients(zip(gradients, variables, strict=True))
    return Run(
        np.array(iterations), *_columns(np.array(rows, np.float32), np.shape(start))
    )


def compile_sweep(
    f: _Loss, optimizer: str, *, learning_rates: Sequence[float], steps: int
) -> Callable[[float | Sequence[float]], Sweep]:
    """Return a function that runs ``optimizer`` at every learning rate at once.

    Each variable of ``f`` has an entry for each rate, and a Keras optimizer gets
    the vector of rates. Since ``f`` and the update rules are elementwise, each
    entry moves as it would alone, in `run_descent`. The loop is compiled here,
    once; the returned function takes milliseconds from any start.

    Parameters
    ----------
    f
        An elementwise loss, written with TensorFlow operations: of one argument,
        x, or of two, x and y.
    optimizer
        A name in `OPTIMIZERS`.
    learning_rates
        Positive, finite numbers in rising order, shape ``(n,)``.
    steps
        How many updates to make; 1 or more.

    Returns
    -------
    Callable
        It takes a start, a finite number for each variable, and returns a `Sweep`.

    Raises
    ------
    ValueError
        If an argument makes no sense: the message names it, its value and what
        would be right. Infinite and nan entries are data, not errors.

    Examples
    --------
    >>> def f(x):
    ...     return (x - 4.0) ** 2
    >>> sweep = compile_sweep(f, "SGD", learning_rates=[0.1, 0.5], steps=3)
    >>> sweep(10.0)
    Sweep(2 learning rates from 0.1 to 0.5, 3 iterations)
    >>> sweep(10.0).x[:, 1].tolist()
    [10.0, 4.0, 4.0, 4.0]
    >>> def valley(x, y):
    ...     return x**2 + (y - 1.0) ** 2
    >>> sweep = compile_sweep(valley, "SGD", learning_rates=[0.1, 0.5], steps=3)
    >>> sweep((2.0, 3.0)).run(1)
    Run(3 iterations, (x, y): (2, 3) -> (0, 1), loss: 8 -> 0)
    """
    variables = variables_of(f)
    check_optimizer_name(optimizer, OPTIMIZERS)
    check_learning_rates(learning_rates)
    check_steps(steps)
    check_elementwise(f, variables)
    sweep = _compile_sweep(f, variables, optimizer, learning_rates, steps)

    def checked(start: float | Sequence[float]) -> Sweep:
        check_point("start", start, variables)
        return sweep(start)

    return checked


def sweep_from_each_start(
    f: _Loss,
    variables: Variables,
    optimizer: str,
    starts: Sequence[Any],
    learning_rates: Sequence[float],
    steps: int,
) -> list[Sweep]:
    """Return a sweep from each start; the arguments are checked already."""
    sweep = _compile_sweep(f, variables, optimizer, learning_rates, steps)
    return [sweep(start) for start in starts]


def _compile_sweep(
    f: _Loss,
    variables: Variables,
    optimizer: str,
    learning_rates: Sequence[float],
    steps: int,
) -> Callable[[Any], Sweep]:
    """Do the work of `compile_sweep`, with arguments that are checked already."""
    rates = np.array(learning_rates, np.float32)
    loop = _compile_loop(f, variables, optimizer, rates, steps)

    def sweep(start: Any) -> Sweep:
        rows = loop(tf.constant(np.ravel(start), tf.float32)).numpy()
        return Sweep(rates, *_columns(np.moveaxis(rows, 1, -1), np.shape(start)))

    return sweep


def _columns(
    rows: np.ndarray, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return points, losses and gradients from rows of the numbers of a loop.

    The last axis of ``rows`` holds the loss, the variables and the slopes. A
    point, and a gradient, gets the ``shape`` of a start: none for a number.
    """
    loss, numbers = rows[..., 0], rows[..., 1:]
    points, gradients = np.split(numbers, 2, axis=-1)
    shape = (*loss.shape, *shape)
    return points.reshape(shape), loss, gradients.reshape(shape)


def _compile_loop(
    f: _Loss,
    names: Variables,
    optimizer: str,
    learning_rates: np.ndarray,
    steps: int,
) -> Callable[[Any], Any]:
    """Return the loop of a sweep over a loss of the named variables, compiled.

    It takes where each variable starts, shape ``(n,)``. Of what it returns,
    entry ``[k, :, i]`` tells of iteration k at rate i: the loss, the variables,
    the slopes.
    """
    rates = tf.constant(learning_rates)
    variables = [tf.Variable(tf.zeros_like(rates)) for _ in names]
    # A learning rate that is a number has to be one float; what a callable
    # returns, Keras uses as it is. So a vector of rates fits variables that have
    # an entry for each rate.
    opt = OPTIMIZERS[optimizer](lambda: rates)
    # An optimizer makes its own variables (momenta, averages) when it is built,
    # by itself at its first step. Built now, they are there before the loop is
    # compiled, and their first values can be read.
    opt.build(variables)
    # They keep their values from call to call, and the next call is a new run: it
    # begins by putting back what they held when they were new.
    fresh = [tf.constant(variable.numpy()) for variable in opt.variables]
    shape = [1 + 2 * len(names), *rates.shape]

    def descend(start: Any) -> Any:
        for i, variable in enumerate(variables):
            variable.assign(tf.fill(rates.shape, start[i]))
        for variable, value in zip(opt.variables, fresh, strict=True):
            variable.assign(value)
        rows = tf.TensorArray(tf.float32, steps + 1, element_shape=shape)
        for k in tf.range(steps + 1):
            with tf.GradientTape() as t:
                loss = f(*variables)
            gradients = t.gradient(loss, variables)
            rows = rows.write(k, tf.stack([loss, *variables, *gradients]))
            opt.apply_gradients(zip(gradients, variables, strict=True))
        return rows.stack()

    return tf.function(descend).get_concrete_function(  # type: ignore[no-any-return]
        tf.TensorSpec([len(names)])
    )
