"""Check arguments: a bad one raises a ValueError that says what would be right.

A public function calls these once, at its top; what it calls then trusts what
it is given. Each message names the argument, its value and what would be right.
"""

from collections.abc import Collection, Mapping, Sequence
import inspect
import itertools
import math
import numbers
from typing import Any

import numpy as np
import tensorflow as tf

__all__: list[str] = []

Variables = tuple[str, ...]

# The variables that a loss may have, each with two values to try it at.
_TRIALS = {"x": [0.75, 3.5], "y": [1.25, 2.0], "z": [2.25, 0.5]}


def variables_of(f: Any) -> Variables:
    """Return the names of the variables of ``f``: it takes one argument for each.

    >>> variables_of(lambda x: x**2), variables_of(lambda a, b: a * b)
    (('x',), ('x', 'y'))
    """
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):  # not callable, or a built-in without signature
        return ("x",)
    asked = [
        parameter
        for parameter in parameters
        if parameter.kind <= parameter.POSITIONAL_OR_KEYWORD
        and parameter.default is parameter.empty
    ]
    return tuple(_TRIALS)[: max(1, len(asked))]


def variables_at(start: Any) -> Variables:
    """Return the names of the variables of a loss that can start at ``start``.

    >>> variables_at(10.0), variables_at((-4.0, 2.0))
    (('x',), ('x', 'y'))
    """
    return tuple(_TRIALS)[: max(1, np.size(np.array(start, dtype=object)))]


def _check_loss(f: Any, variables: Variables) -> None:
    """Raise a ValueError unless ``f`` can be called with these variables."""
    count = len(variables)
    if not callable(f):
        tensors = ["one tensor", "two tensors", "three tensors"][count - 1]
        raise ValueError(f"f must be a function of {tensors}, not {f!r}")
    try:
        signature = inspect.signature(f)
    except ValueError:  # some built-in callables do not tell theirs
        return
    try:
        signature.bind(*variables)
    except TypeError:
        name = getattr(f, "__name__", repr(f))
        arguments = [
            "one argument, the tensor x",
            "two arguments, the tensors x and y",
            "three arguments, the tensors x, y and z",
        ][count - 1]
        raise ValueError(f"f must take {arguments}; got {name}{signature}") from None


def check_elementwise(f: Any, variables: Variables) -> None:
    """Raise a ValueError unless ``f`` treats each entry of vectors alone.

    A sweep gives each variable an entry for each learning rate. That is the same
    as one run for each rate if no entry has a say in the loss of another.
    """
    _check_loss(f, variables)
    vectors = [_TRIALS[name] for name in variables]
    alone = [check_scalar(f, variables, point) for point in zip(*vectors, strict=True)]
    together = f(*map(tf.constant, vectors))
    if together.shape != (2,) or not np.allclose(together, alone, rtol=1e-5):
        right = [
            "f([a, b]) equal to [f(a), f(b)]",
            "f([a, b], [c, d]) equal to [f(a, c), f(b, d)]",
            "f([a, b], [c, d], [e, g]) equal to [f(a, c, e), f(b, d, g)]",
        ][len(variables) - 1]
        raise ValueError(
            f"f must be elementwise, {right}; for "
            f"{', '.join(map(str, vectors))} they are "
            f"{np.asarray(together).tolist()} and {alone}"
        )


def check_scalar(f: Any, variables: Variables, point: Sequence[float]) -> float:
    """Return ``f`` at a point of one number for each variable.

    Raises
    ------
    ValueError
        If it is anything but a scalar tensor that depends on all of them.
    """
    _check_loss(f, variables)
    place = ", ".join(f"{float(value):g}" for value in point)
    at = [tf.Variable(float(value), dtype=tf.float32) for value in point]
    with tf.GradientTape() as t:
        loss = f(*at)
    if not tf.is_tensor(loss):
        raise ValueError(
            f"f must return a scalar tensor computed from its argument; "
            f"f({place}) returned {loss!r} ({type(loss).__name__})"
        )
    if loss.shape.rank != 0:
        raise ValueError(
            f"f must return a scalar; f({place}) has the shape {tuple(loss.shape)}"
        )
    for name, gradient in zip(variables, t.gradient(loss, at), strict=True):
        if gradient is None:
            raise ValueError(
                f"f must depend on its argument {name} by TensorFlow operations; "
                f"the gradient of f at {place} is None"
            )
    return float(loss)


def check_point(argument: str, point: Any, variables: Variables) -> None:
    """Raise a ValueError unless ``point`` has a finite number for each variable."""
    count = len(variables)
    entries = np.array(point, dtype=object)
    right_shape = entries.shape == ((count,) if count > 1 else ())
    if not right_shape or not all(map(_is_finite, entries.flat)):
        right = ["a finite number", "a pair of finite numbers", "three finite numbers"]
        raise ValueError(f"{argument} must be {right[count - 1]}, not {point!r}")


def check_starts(starts: Any, variables: Variables) -> list[Any]:
    """Return the starts, one or several, as a list of different points."""
    points = [tuple(p) if _is_row(p) else p for p in _listed(starts, variables)]
    _check_choices("starts", points)
    for point in points:
        check_point("starts", point, variables)
    return points


def _listed(starts: Any, variables: Variables) -> list[Any]:
    """Return one start in a list; several, or none, as a list of them.

    >>> _listed(10.0, ("x",)), _listed((10.0, -2.0), ("x",))
    ([10.0], [10.0, -2.0])
    >>> _listed((10.0, -2.0), ("x", "y")), _listed([(10.0, -2.0)], ("x", "y"))
    ([(10.0, -2.0)], [(10.0, -2.0)])
    """
    if not _is_row(starts):
        return [starts]
    points_are_rows = len(variables) > 1
    several = not points_are_rows or len(starts) == 0 or _is_row(starts[0])
    return list(starts) if several else [starts]


def check_learning_rates(learning_rates: Sequence[float]) -> None:
    """Raise a ValueError unless the rates are positive and in rising order."""
    right = "learning_rates must be positive, finite numbers in rising order"
    rates = list(learning_rates)
    if not rates:
        raise ValueError(f"{right}; got none")
    for rate in rates:
        if not _is_finite(rate) or rate <= 0:
            raise ValueError(f"{right}; got {rate!r}")
    for before, after in itertools.pairwise(rates):
        if after <= before:
            raise ValueError(f"{right}; got {before!r} and then {after!r}")


def check_optimizer_name(optimizer: str, known: Collection[str]) -> None:
    """Raise a ValueError unless ``optimizer`` is one of the ``known`` names."""
    if optimizer not in known:
        raise ValueError(
            f"optimizer must be one of {', '.join(known)}; not {optimizer!r}"
        )


def check_optimizer_names(
    optimizers: str | Sequence[str], known: Collection[str]
) -> list[str]:
    """Return the names of optimizers, one or several, as a list."""
    names = [optimizers] if isinstance(optimizers, str) else list(optimizers)
    _check_choices("optimizers", names)
    for name in names:
        check_optimizer_name(name, known)
    return names


def check_bounds(bounds: Mapping[str, float], optimizers: Collection[str]) -> None:
    """Raise a ValueError unless ``bounds`` has usable rates for ``optimizers``."""
    for name, bound in bounds.items():
        if name not in optimizers:
            raise ValueError(
                f"bounds must be for optimizers among {optimizers}; {name!r} is none"
            )
        if not _is_finite(bound) or bound <= 0:
            raise ValueError(
                f"bounds must be positive, finite learning rates; for {name} it "
                f"is {bound!r}"
            )


def _check_choices(argument: str, choices: Sequence[Any]) -> None:
    """Raise a ValueError if there is nothing to choose, or one thing twice."""
    if not choices or len(set(choices)) != len(choices):
        raise ValueError(
            f"{argument} must be one value or several different ones; got {choices!r}"
        )


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


def check_ends(low: Any, high: Any) -> None:
    """Raise a ValueError unless two learning rates are the ends of a range."""
    if not (_is_finite(low) and _is_finite(high) and 0 < low <= high):
        raise ValueError(
            f"low and high must be positive, finite numbers in rising order; "
            f"got {low!r} and {high!r}"
        )


def _is_row(value: object) -> bool:
    """Say whether ``value`` is a list, a tuple or an array, and no single number."""
    return np.ndim(np.array(value, dtype=object)) > 0


def _is_finite(value: Any) -> bool:
    """Say whether ``value`` is a finite real number (a bool is not meant as one)."""
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return is_number and math.isfinite(value)
