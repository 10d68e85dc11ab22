"""Turn a loss that was typed, such as ``(x - 4)**2 + sin(3*x)``, into a function.

The grammar is a small part of Python's expressions: numbers, ``x`` and ``y``,
``+ - * / **``, parentheses, and a few functions. ``book/_engine/grammar.js`` reads the
same texts on a page. Nothing is evaluated: Python's parser makes a tree of the text,
and each node of the tree that the lists below allow becomes one operation of
TensorFlow.
"""

import ast
from collections.abc import Callable, Mapping
import re
from typing import Any, NoReturn

import numpy as np
import tensorflow as tf

__all__: list[str] = []

_VARIABLES = ("x", "y")
_MOST = 200  # characters of a text
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: tf.add,
    ast.Sub: tf.subtract,
    ast.Mult: tf.multiply,
    ast.Div: tf.divide,
    ast.Pow: tf.pow,
    ast.USub: tf.negative,
    ast.UAdd: tf.identity,
}
# By name, with how many arguments each takes.
_FUNCTIONS: dict[str, tuple[Callable[..., Any], int]] = {
    "sin": (tf.sin, 1),
    "cos": (tf.cos, 1),
    "tan": (tf.tan, 1),
    "exp": (tf.exp, 1),
    "log": (tf.math.log, 1),
    "sqrt": (tf.sqrt, 1),
    "abs": (tf.abs, 1),
    "tanh": (tf.tanh, 1),
    "sigmoid": (tf.sigmoid, 1),
    "relu": (tf.nn.relu, 1),
    "minimum": (tf.minimum, 2),
    "maximum": (tf.maximum, 2),
}
_MODULES = {"tf", "tf.math", "tf.nn"}
_STRANGE = re.compile(r"\*\*\*|//|[^0-9A-Za-z_.+\-*/(), \t]")
_JOINED = re.compile(r"(?<![\w.])[\d.]+(?=[A-Za-z_(])|\)(?=[ \t]*[\w(])")
_NUMBER = re.compile(r"((0|[1-9]\d*)(\.\d*)?|0\d*\.\d*|\.\d+)([eE][+-]?\d+)?")


def loss_from_text(text: str) -> Callable[[Any], Any]:
    """Return the function that ``text`` says, of TensorFlow's operations.

    Parameters
    ----------
    text
        An expression in ``x``, or in ``x`` and ``y``, on one line, of at most 200
        characters. A function may be written as ``sin``, ``tf.sin``,
        ``tf.math.sin`` or ``tf.nn.sin``.

    Returns
    -------
    Callable
        It takes x, or x and y, each a number, an array or a tensor, and returns a
        float32 tensor.

    Raises
    ------
    ValueError
        If the text is outside of the grammar: the message names the character,
        counted from 1, and says what would be right.

    Examples
    --------
    >>> float(loss_from_text("(x - 4)**2 + tf.abs(x)")(3.0))
    4.0
    >>> float(loss_from_text("x**2 + 3*y")(1.0, 2.0))
    7.0
    >>> loss_from_text("x^2")
    Traceback (most recent call last):
    ValueError: text, character 2: ^ is not known here; did you mean **?
    """
    if not isinstance(text, str):
        raise ValueError(f"text must be a loss such as '(x - 4)**2', not {text!r}")
    text = text.strip(" \t")
    if not text:
        raise ValueError("text must be a loss such as '(x - 4)**2'; it is empty")
    if len(text) > _MOST:
        raise ValueError(
            f"text must have at most {_MOST} characters; it has {len(text)}"
        )
    if found := _STRANGE.search(text):
        sign = found[0]
        hint = "; did you mean **?" if sign == "^" else ""
        _refuse(found.start(), f"{sign} is not known here{hint}")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, MemoryError) as problem:
        _refuse_syntax(text, problem)
    _check(tree, text)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if "x" not in names:
        raise ValueError(
            f"text must be a loss of x, or of x and y; there is no x in {text!r}"
        )

    # AutoGraph would translate what walks the tree; there is nothing to translate.
    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
    def f(x: Any) -> Any:
        return _value(tree, {"x": tf.convert_to_tensor(x, tf.float32)})

    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
    def g(x: Any, y: Any) -> Any:
        at = {"x": x, "y": y}
        tensors = {n: tf.convert_to_tensor(v, tf.float32) for n, v in at.items()}
        return _value(tree, tensors)

    loss = g if "y" in names else f
    loss.__name__ = loss.__qualname__ = text
    return loss  # type: ignore[no-any-return]


def _refuse(position: int, problem: str) -> NoReturn:
    """Raise a ValueError that names the character at ``position``."""
    raise ValueError(f"text, character {position + 1}: {problem}")


def _refuse_syntax(text: str, problem: BaseException) -> NoReturn:
    """Raise a ValueError in place of the error of Python's parser."""
    if text.count("(") != text.count(")"):
        missing = ")" if text.count("(") > text.count(")") else "("
        raise ValueError(f"text: a {missing} is missing in {text!r}") from None
    if joined := _JOINED.search(text):
        _refuse(joined.end(), "a * is missing before this")
    position = min((getattr(problem, "offset", None) or 1) - 1, len(text))
    if position == len(text):
        _refuse(position, "the loss is not complete")
    _refuse(position, f"{text[position:]!r} is not expected here")


def _check(node: ast.AST, text: str) -> None:
    """Raise a ValueError unless the grammar allows ``node`` and all within it."""
    place = getattr(node, "col_offset", 0)
    match node:
        case ast.BinOp(left, operator, right) if type(operator) in _OPERATORS:
            _check(left, text)
            _check(right, text)
        case ast.UnaryOp(operator, operand) if type(operator) in _OPERATORS:
            _check(operand, text)
        case ast.Constant():
            written = ast.get_source_segment(text, node) or ""
            if not _NUMBER.fullmatch(written):
                _refuse(place, f"{written} is no number here")
        case ast.Name(name) if name in _VARIABLES:
            pass
        case ast.Name(name) if name in _FUNCTIONS:
            _refuse(place, f"{name} needs parentheses: {name}(x)")
        case ast.Name(name):
            _refuse(place, f"{name} is not known here; the variables are x and y")
        case ast.Call(function, arguments, []) if _is_plain(node):
            name = _name(function)
            count = _FUNCTIONS[name][1]
            if len(arguments) != count:
                noun = "argument" if count == 1 else "arguments"
                _refuse(place, f"{name} takes {count} {noun}, not {len(arguments)}")
            for argument in arguments:
                _check(argument, text)
        case ast.Call() if joined := _JOINED.search(text):
            _refuse(joined.end(), "a * is missing before this")
        case _:
            written = ast.get_source_segment(text, node) or text
            _refuse(place, f"{written!r} is not allowed here")


def _is_plain(call: ast.Call) -> bool:
    """Say whether a call begins with a name, not with a parenthesis."""
    return all(
        getattr(part, "col_offset", call.col_offset) == call.col_offset
        for part in ast.walk(call.func)
    )


def _name(function: ast.AST) -> str:
    """Return the name of a function of the grammar, without ``tf.`` before it."""
    written = ast.unparse(function)
    module, _, name = written.rpartition(".")
    if name not in _FUNCTIONS or (module and module not in _MODULES):
        place = getattr(function, "col_offset", 0)
        _refuse(
            place, f"{written} is not known here; known are {', '.join(_FUNCTIONS)}"
        )
    return name


def _value(node: ast.AST, at: Mapping[str, Any]) -> Any:
    """Return the tensor that a checked ``node`` says, ``at`` a tensor for each name."""
    match node:
        case ast.BinOp(left, operator, right):
            return _OPERATORS[type(operator)](_value(left, at), _value(right, at))
        case ast.UnaryOp(operator, operand):
            return _OPERATORS[type(operator)](_value(operand, at))
        case ast.Call(function, arguments):
            return _FUNCTIONS[_name(function)][0](*(_value(a, at) for a in arguments))
        case ast.Name(name):
            return at[name]
        case ast.Constant(number):
            return tf.constant(_float32(number))


def _float32(number: Any) -> Any:
    """Return a literal as float32; one that is too large is infinite."""
    with np.errstate(over="ignore"):
        return np.float32(str(number))
