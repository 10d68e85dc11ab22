"""Say in words why a tape has no gradient for a source."""

from collections.abc import Mapping
import numbers
import textwrap
from typing import Any

import numpy as np
import tensorflow as tf

__all__ = ["explain_gradients"]

_WIDTH = 76

# Where the path from a watched source to the target can break without a message.
_SUSPECTS = (
    "an operation after the block; float(), .numpy() or NumPy; an integer, a "
    "rounding or a comparison; stop_gradient; assign"
)


def explain_gradients(t: Any, target: Any, sources: Any) -> str:
    """Compute gradients, and for each that is None say where to look.

    Call it in place of ``t.gradient(target, sources)``, after the block. It
    calls ``t.gradient`` once, which a tape that is not persistent allows once.

    It knows what can be known from outside: the types of target and sources,
    which variables the tape watched, and whether the target depends on any of
    them. It can't see which operation broke the path: there it says what to look
    for.

    Parameters
    ----------
    t
        A ``tf.GradientTape`` whose block is over and whose ``gradient`` was not
        called yet, or a persistent one.
    target
        The tensor whose gradients you want. A Python or NumPy number is allowed
        here, since it is one of the things that go wrong.
    sources
        A variable or a tensor, several of them in a list, or a dict of them by
        name.

    Returns
    -------
    str
        A paragraph for each source, in their order.

    Raises
    ------
    ValueError
        If an argument makes no sense, or the tape has no gradients to give: the
        message names the argument, its value and what would be right.

    Examples
    --------
    >>> x, b = tf.Variable(10.0), tf.Variable(1.0)
    >>> with tf.GradientTape() as t:
    ...     y = (x - 4.0) ** 2
    >>> print(explain_gradients(t, y, {"x": x, "b": b}))
    x: the gradient is 12.
    b: None. The tape did not watch this variable: nothing in the block read it,
        or only stop_gradient did. Compute the loss inside the block, and from
        this very variable.
    """
    named = _name_sources(sources)
    _check_tape(t)
    _check_target(target)
    if not tf.is_tensor(target):
        said = dict.fromkeys(named, f"no gradient. {_no_tensor(target)}")
    else:
        said = _explain(t, target, named)
    return "\n".join(_paragraph(name, words) for name, words in said.items())


def _explain(t: Any, target: Any, named: dict[str, Any]) -> dict[str, str]:
    """Return what there is to say of each source when ``target`` is a tensor."""
    watched = list(t.watched_variables())
    try:
        gradients = t.gradient(target, [*named.values(), *watched])
    except LookupError as error:
        return dict.fromkeys(named, f"LookupError. {_no_rule(error)}")
    except RuntimeError:
        raise ValueError(
            "t must have gradients to give; the block of this tape was not entered, "
            "or it is not persistent and t.gradient was already called. Record "
            "again, and call explain_gradients in place of t.gradient"
        ) from None
    connected = any(gradient is not None for gradient in gradients)
    seen = {id(variable) for variable in watched}
    return {
        name: (
            f"None. {_reason(source, target, id(_inner(source)) in seen, connected)}"
            if gradient is None
            else _found(gradient)
        )
        for (name, source), gradient in zip(named.items(), gradients, strict=False)
    }


def _reason(source: Any, target: Any, seen: bool, connected: bool) -> str:
    """Return why ``target`` has no gradient for ``source``, as far as one sees."""
    if not _has_slope(source):
        return (
            f"This source is {source.dtype!r}, and only floats have a slope. Make "
            f"it with 10.0 instead of 10, say."
        )
    if not _has_slope(target):
        return (
            f"The target is {target.dtype!r}, and only floats have a slope. Leave "
            f"out what made it so: a cast, a comparison, an argmax."
        )
    if _is_variable(target):
        return (
            "The target is a variable, and no tape records what assign writes "
            "into one. Take the tensor that was assigned as the target."
        )
    if not _is_variable(source):
        return (
            "This source is a tensor, and a tensor is watched only after "
            "t.watch(it), at the top of the block. If it was a variable once, a "
            "line like x = x - step has replaced it: use x.assign_sub(step). If it "
            f"was watched, look between it and the target for {_SUSPECTS}."
        )
    if not seen and not source.trainable:
        return (
            "This variable is not trainable, so the tape does not watch it by "
            "itself. Call t.watch(it) at the top of the block."
        )
    if not seen:
        return (
            "The tape did not watch this variable: nothing in the block read it, "
            "or only stop_gradient did. Compute the loss inside the block, and from "
            "this very variable."
        )
    if connected:
        return (
            "The tape watched this variable, and the target depends on others, "
            "but not on this one. If it should, look between the two for "
            f"{_SUSPECTS}."
        )
    return (
        "The tape watched this variable, but the target depends on nothing that "
        f"the tape recorded. Look between the two for {_SUSPECTS}."
    )


def _no_tensor(target: Any) -> str:
    """Return what to look at when the target is a number, not a tensor."""
    return (
        f"t.gradient raises an error, because the target is a "
        f"{type(target).__name__}, not a tensor. Look for float(), .numpy() or a "
        f"NumPy function in its computation, and use tf instead."
    )


def _no_rule(error: LookupError) -> str:
    """Return what to look at when an operation has no gradient."""
    return (
        f"An operation on the path to the target has no gradient: {error}. Use "
        f"another operation in its place, or give it one by tf.custom_gradient."
    )


def _found(gradient: Any) -> str:
    """Return what to say of a gradient that is there."""
    if gradient.shape.rank == 0:
        return f"the gradient is {float(gradient):.6g}."
    return f"there is a gradient of shape {tuple(gradient.shape)}."


def _paragraph(name: str, words: str) -> str:
    """Return ``words`` about ``name``, its lines broken and indented."""
    return textwrap.fill(f"{name}: {words}", _WIDTH, subsequent_indent="    ")


def _name_sources(sources: Any) -> dict[str, Any]:
    """Return the sources by name; raise a ValueError where one is no source."""
    if isinstance(sources, Mapping):
        named = {str(name): source for name, source in sources.items()}
    elif isinstance(sources, list | tuple):
        named = {f"source {k}": source for k, source in enumerate(sources)}
    else:
        named = {"the source": sources}
    if not named:
        raise ValueError(f"sources must hold at least one variable, not {sources!r}")
    for name, source in named.items():
        if not tf.is_tensor(source):
            raise ValueError(
                f"sources must be variables or tensors; {name} is {source!r} "
                f"({type(source).__name__}), which no tape can follow"
            )
    return named


def _check_tape(t: Any) -> None:
    """Raise a ValueError unless ``t`` is a tape."""
    if not isinstance(t, tf.GradientTape):
        raise ValueError(f"t must be a tf.GradientTape, not {t!r}")


def _check_target(target: Any) -> None:
    """Raise a ValueError unless ``target`` is a tensor or was meant to be one."""
    number = isinstance(target, numbers.Number | np.ndarray)
    if not number and not tf.is_tensor(target):
        raise ValueError(
            f"target must be one tensor, such as the loss y; not {target!r} "
            f"({type(target).__name__})"
        )


def _has_slope(value: Any) -> bool:
    """Say whether a tensor holds floats (or complex numbers)."""
    dtype = tf.as_dtype(value.dtype)
    return bool(dtype.is_floating or dtype.is_complex)


def _is_variable(value: Any) -> bool:
    """Say whether ``value`` is a variable, of TensorFlow or of Keras 3."""
    return hasattr(value, "assign") and hasattr(value, "trainable")


def _inner(source: Any) -> Any:
    """Return the TensorFlow variable inside a variable of Keras 3, or ``source``."""
    value = getattr(source, "value", source)
    return source if callable(value) else value
