"""Short texts for values: numbers with six digits, no memory addresses."""

from collections.abc import Callable
import inspect
import re
import reprlib
from types import ModuleType
from typing import Any

import numpy as np
import tensorflow as tf

__all__: list[str] = []

_LONGEST = 60  # characters of a value


class ShortRepr(reprlib.Repr):
    """Short reprs: numbers to six digits, no addresses, no objects kept."""

    def __init__(self, label: Callable[[Any], str | None]) -> None:
        super().__init__()
        self.label = label
        self.maxstring = self.maxother = self.maxlong = _LONGEST

    def repr1(self, x: Any, level: int) -> str:
        """Return the repr of ``x``, which may be inside something else."""
        label = self.label(x)
        if label is not None:
            return label
        if isinstance(x, tf.Variable):
            return _array_text("variable", x)
        if tf.is_tensor(x):
            return _array_text("tensor", x)
        if isinstance(x, np.ndarray):
            return _array_text("array", x)
        if isinstance(x, float | np.generic):
            return _number_text(x)
        if isinstance(x, ModuleType):
            return f"module {x.__name__}"
        if inspect.isclass(x):
            return f"class {x.__name__}"
        if inspect.isroutine(x):
            return f"function {x.__name__}"
        return super().repr1(x, level)

    def repr_instance(self, x: Any, level: int) -> str:
        """Return a repr without address, shortened in the middle."""
        try:
            text = _without_address(repr(x))
        except Exception:
            return f"{type(x).__name__} object"
        half = (_LONGEST - 1) // 2
        return text if len(text) <= _LONGEST else f"{text[:half]}…{text[-half:]}"


def short_repr(value: Any) -> str:
    """Return a short repr of a value.

    >>> short_repr([tf.constant(12.0), None])
    '[tensor 12.0, None]'
    """
    return ShortRepr(lambda _: None).repr(value)


def _array_text(kind: str, value: Any) -> str:
    """Return the numbers of a tensor in short, or its shape if they are many."""
    try:
        numbers = np.asarray(value.numpy() if hasattr(value, "numpy") else value)
    except Exception:  # a tensor of a graph has no value yet
        return f"{kind} of shape {value.shape}"
    if numbers.ndim == 0:
        return f"{kind} {_number_text(numbers[()])}"
    text = " ".join(np.array2string(numbers, precision=6, threshold=8).split())
    return (
        f"{kind} {text}" if len(text) < _LONGEST else f"{kind} of shape {value.shape}"
    )


def _number_text(number: Any) -> str:
    """Return a number to six digits, floats with a point.

    >>> _number_text(np.float32(7.0399995)), _number_text(36.0)
    ('7.04', '36.0')
    """
    if not isinstance(number, float | np.floating):
        return str(number)
    text = f"{number:.6g}"
    return f"{text}.0" if text.lstrip("-").isdigit() else text


def error_line(error: BaseException) -> str:
    """Return an error's type and the first line of its message."""
    message = str(error).strip().split("\n")[0]
    name = type(error).__name__
    return f"{name}: {message}" if message else name


def _without_address(text: str) -> str:
    """Return a repr without the addresses, which differ from run to run.

    >>> _without_address("<package.module.Door object at 0x7f1bd2a4>")
    'Door object'
    """
    text = re.sub(r"<(?:[\w.<>]*\.)?(\w+ object) at 0x[0-9a-fA-F]+>", r"\1", text)
    return re.sub(r" at 0x[0-9a-fA-F]+", "", text)
