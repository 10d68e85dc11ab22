"""Run an optimizer on a loss of one or two numbers; keep every step as NumPy data."""

from collections.abc import Callable, Sequence
import inspect
import itertools
import math
import numbers
from typing import Any

from helpers.runs import Run, Sweep, WalkSweep
import numpy as np
import tensorflow as tf

Loss = Callable[..., Any]

#: The methods of the book by name, each from a learning rate alone. A number
#: makes an optimizer for one run; a callable that returns a vector, for a sweep.
OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "SGD": lambda rate: tf.keras.optimizers.SGD(rate),
    "momentum": lambda rate: tf.keras.optimizers.SGD(rate, momentum=0.9),
    "RMSprop": lambda rate: tf.keras.optimizers.RMSprop(rate),
    "Adagrad": lambda rate: tf.keras.optimizers.Adagrad(rate),
    "Adam": lambda rate: tf.keras.optimizers.Adam(rate),
}


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


def compile_sweep(
    f: Loss, optimizer: str, *, learning_rates: Sequence[float], steps: int
) -> Callable[[float], Sweep]:
    """Return a function that runs ``optimizer`` at every learning rate at once.

    One variable has an entry for each rate, and a Keras optimizer gets the
    vector of rates: since ``f`` and the update rules are elementwise, each
    entry goes its own way, as in `run_descent` alone. The loop is compiled
    here, once; the returned function takes milliseconds from any start.

    Parameters
    ----------
    f
        An elementwise loss, written with TensorFlow operations.
    optimizer
        A name in `OPTIMIZERS`.
    learning_rates
        Positive, finite numbers in rising order, shape ``(n,)``.
    steps
        How many updates to make; 1 or more.

    Returns
    -------
    Callable
        It takes a start, a finite number, and returns a `Sweep`.

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
    """
    check_sweep(f, 1, optimizer, learning_rates, steps)
    rates = np.array(learning_rates, np.float32)
    descend = compile_loop(f, 1, optimizer, rates, steps)

    def sweep(start: float) -> Sweep:
        check_start(start)
        rows = descend([start])
        return Sweep(rates, x=rows[:, 1], loss=rows[:, 0], gradients=rows[:, 2])

    return sweep


def compile_walk_sweep(
    f: Loss, optimizer: str, *, learning_rates: Sequence[float], steps: int
) -> Callable[[Sequence[float]], WalkSweep]:
    """Return a function that runs ``optimizer`` in two variables, at every rate.

    It is `compile_sweep` with a second variable: ``f`` takes x and y, and each
    has an entry for every learning rate.

    Parameters
    ----------
    f
        An elementwise loss of two arguments, written with TensorFlow operations.
    optimizer, learning_rates, steps
        As in `compile_sweep`.

    Returns
    -------
    Callable
        It takes a start, a pair of finite numbers, and returns a `WalkSweep`.

    Raises
    ------
    ValueError
        If an argument makes no sense: the message names it, its value and what
        would be right. Infinite and nan entries are data, not errors.

    Examples
    --------
    >>> def f(x, y):
    ...     return x**2 + (y - 1.0) ** 2
    >>> sweep = compile_walk_sweep(f, "SGD", learning_rates=[0.1, 0.5], steps=3)
    >>> sweep((2.0, 3.0))
    WalkSweep(2 learning rates from 0.1 to 0.5, 3 iterations)
    >>> sweep((2.0, 3.0)).run(1)
    Walk(3 iterations, (x, y): (2, 3) -> (0, 1), loss: 8 -> 0)
    """
    check_sweep(f, 2, optimizer, learning_rates, steps)
    rates = np.array(learning_rates, np.float32)
    descend = compile_loop(f, 2, optimizer, rates, steps)

    def sweep(start: Sequence[float]) -> WalkSweep:
        check_point("start", start)
        rows = descend(start)
        gradients = np.moveaxis(rows[:, 3:], 1, -1)
        return WalkSweep(rates, rows[:, 1], rows[:, 0], gradients, rows[:, 2])

    return sweep


def compile_loop(
    f: Loss, count: int, optimizer: str, learning_rates: np.ndarray, steps: int
) -> Callable[[Sequence[float]], np.ndarray]:
    """Return the loop of a sweep over a loss of ``count`` variables, compiled.

    It takes where each variable starts. Of what it returns, entry ``[k, :, i]``
    tells of iteration k at rate i: the loss, every variable, every slope.
    """
    rates = tf.constant(learning_rates)
    variables = [tf.Variable(tf.zeros_like(rates)) for _ in range(count)]
    opt = OPTIMIZERS[optimizer](lambda: rates)
    opt.build(variables)
    fresh = [tf.constant(variable.numpy()) for variable in opt.variables]
    shape = [1 + 2 * count, *rates.shape]

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

    compiled = tf.function(descend).get_concrete_function(tf.TensorSpec([count]))

    def loop(start: Sequence[float]) -> np.ndarray:
        rows: np.ndarray = compiled(tf.constant(start, tf.float32)).numpy()
        return rows

    return loop


def loss_and_gradient(f: Loss, *variables: Any) -> tuple[float, ...]:
    """Return ``f`` at the scalar ``variables``, and its derivative along each.

    Raises
    ------
    ValueError
        If ``f`` returns anything but a scalar tensor that depends on them all.
    """
    place = ", ".join(f"{float(variable):g}" for variable in variables)
    with tf.GradientTape() as t:
        y = f(*variables)
    if not tf.is_tensor(y):
        raise ValueError(
            f"f must return a scalar tensor computed from its argument; "
            f"f({place}) returned {y!r} ({type(y).__name__})"
        )
    if y.shape.rank != 0:
        raise ValueError(
            f"f must return a scalar; f({place}) has the shape {tuple(y.shape)}"
        )
    gradients = t.gradient(y, variables)
    for name, gradient in zip("xy", gradients, strict=False):
        if gradient is None:
            raise ValueError(
                f"f must depend on its argument {name} by TensorFlow operations; "
                f"the gradient of f at {place} is None"
            )
    return float(y), *map(float, gradients)


def check_sweep(
    f: Loss, count: int, optimizer: str, learning_rates: Sequence[float], steps: int
) -> None:
    """Raise a ValueError unless a sweep can be made of these."""
    check_loss(f, count)
    check_optimizer_name(optimizer)
    check_learning_rates(learning_rates)
    check_steps(steps)
    check_elementwise(f, count)


def check_loss(f: Loss, count: int = 1) -> None:
    """Raise a ValueError unless ``f`` can be called with ``count`` arguments."""
    if not callable(f):
        number = ["one tensor", "two tensors"][count - 1]
        raise ValueError(f"f must be a function of {number}, not {f!r}")
    try:
        signature = inspect.signature(f)
    except ValueError:  # some built-in callables do not tell theirs
        return
    try:
        signature.bind(*[None] * count)
    except TypeError:
        name = getattr(f, "__name__", repr(f))
        right = ["one argument, the tensor x", "two arguments, the tensors x and y"]
        raise ValueError(
            f"f must take {right[count - 1]}; got {name}{signature}"
        ) from None


def check_elementwise(f: Loss, count: int = 1) -> None:
    """Raise a ValueError unless ``f`` treats each entry of vectors alone."""
    vectors = [[0.75, 3.5], [1.25, 2.0]][:count]
    alone = []
    for point in zip(*vectors, strict=True):
        loss_and_gradient(f, *map(tf.Variable, point))  # its messages are for scalars
        alone.append(float(f(*map(tf.constant, point))))
    together = f(*map(tf.constant, vectors))
    if together.shape != (2,) or not np.allclose(together, alone, rtol=1e-5):
        right = ["f([a, b]) equal to [f(a), f(b)]"]
        right.append("f([a, b], [c, d]) equal to [f(a, c), f(b, d)]")
        raise ValueError(
            f"f must be elementwise, {right[count - 1]}; for "
            f"{', '.join(map(str, vectors))} they are "
            f"{np.asarray(together).tolist()} and {alone}"
        )


def check_learning_rates(learning_rates: Sequence[float]) -> None:
    """Raise a ValueError unless the rates are positive and in rising order."""
    right = "learning_rates must be positive, finite numbers in rising order"
    rates = list(learning_rates)
    if not rates:
        raise ValueError(f"{right}; got none")
    for rate in rates:
        if not is_number(rate) or not math.isfinite(rate) or rate <= 0:
            raise ValueError(f"{right}; got {rate!r}")
    for before, after in itertools.pairwise(rates):
        if after <= before:
            raise ValueError(f"{right}; got {before!r} and then {after!r}")


def check_optimizer_name(optimizer: str) -> None:
    """Raise a ValueError unless ``optimizer`` is a name in `OPTIMIZERS`."""
    if optimizer not in OPTIMIZERS:
        known = ", ".join(OPTIMIZERS)
        raise ValueError(f"optimizer must be one of {known}; not {optimizer!r}")


def check_start(start: float) -> None:
    """Raise a ValueError unless ``start`` is a finite number."""
    if not is_number(start) or not math.isfinite(start):
        raise ValueError(f"start must be a finite number, not {start!r}")


def check_point(argument: str, point: Sequence[float]) -> None:
    """Raise a ValueError unless ``point`` is a pair of finite numbers."""
    is_pair = isinstance(point, Sequence | np.ndarray) and len(point) == 2
    if not is_pair or not all(is_number(v) and math.isfinite(v) for v in point):
        raise ValueError(f"{argument} must be a pair of finite numbers, not {point!r}")


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
