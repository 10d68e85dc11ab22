"""A snippet before it runs: its code, its names, which of its lines belong together."""

import ast
from collections.abc import Callable
import inspect
import re
import textwrap
from types import CodeType
from typing import Any

from helpers.stepper.reprs import short_repr

__all__: list[str] = []


def unwrapped(function: Callable[[], Any]) -> tuple[str, str, dict[str, Any]]:
    """Return a function's name in words, its body, and the names around it.

    A name that the function binds is its own, whatever is around it.
    """
    signature = inspect.signature(function)
    if signature.parameters:
        raise ValueError(
            f"source must be a function without arguments, "
            f"not {function.__name__}{signature}"
        )
    try:
        text = textwrap.dedent(inspect.getsource(function))
        definition = ast.parse(text).body[0]
    except (OSError, SyntaxError):
        definition = None
    if not isinstance(definition, ast.FunctionDef):
        raise ValueError(
            f"source must be a function written with def, in a file or a cell, "
            f"not {short_repr(function)}"
        )
    body = definition.body[ast.get_docstring(definition) is not None :]
    lines = text.split("\n")
    if not body:
        start = len(lines)
    elif body[0].lineno == definition.lineno:  # def f(): x = 1
        start = definition.lineno - 1
        lines[start] = lines[start][body[0].col_offset :]
    else:
        decorators = getattr(body[0], "decorator_list", [])
        start = min([body[0].lineno, *(d.lineno for d in decorators)]) - 1
        while re.fullmatch(r"\s*(#.*)?", lines[start - 1]):  # comments on top
            start -= 1
    around = inspect.getclosurevars(function).nonlocals
    code: CodeType = function.__code__
    given = {
        name: value
        for name, value in {**function.__globals__, **around}.items()
        if name not in code.co_varnames + code.co_cellvars
    }
    title = function.__name__.replace("_", " ")
    return title, textwrap.dedent("\n".join(lines[start:])).strip("\n"), given


class Layout:
    """Which lines of a snippet belong together."""

    def __init__(self, text: str) -> None:
        self.first_line: dict[int, int] = {}  # line -> first line of its statement
        self.block: dict[int, range] = {}  # line of a ``with`` -> lines of its block
        self.loops: dict[int, range] = {}  # line of a loop -> lines of its body
        self.bound: dict[int, list[str]] = {}  # line -> names that it assigns to
        self.short_loops: set[int] = set()  # lines that hold a loop with its body
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):  # compile_snippet says so
            return
        for node in ast.walk(tree):
            if isinstance(node, ast.stmt | ast.ExceptHandler):
                self.add(node)

    def add(self, node: ast.stmt | ast.ExceptHandler) -> None:
        """Note where a statement, or the head of a block, begins and ends."""
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(d.lineno for d in decorators)])
        end = node.end_lineno or first
        body = getattr(node, "body", None)
        last = max(first, body[0].lineno - 1) if body else end
        for line in range(first, last + 1):
            self.first_line[line] = first
        if body and isinstance(node, ast.With) and last < body[0].lineno:
            self.block[first] = range(last + 1, end + 1)
        if body and isinstance(node, ast.For | ast.While):
            if last < body[0].lineno:
                self.loops[first] = range(last + 1, (body[-1].end_lineno or end) + 1)
            else:
                self.short_loops.add(first)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            stored = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
            self.bound[first] = [
                part.id for part in stored if isinstance(part.ctx, ast.Store)
            ]


def is_class_body(code: CodeType) -> bool:
    """Say whether code is the body of a class, not of a function."""
    return "__qualname__" in code.co_names and not code.co_flags & inspect.CO_NEWLOCALS


def compile_snippet(text: str, filename: str) -> CodeType:
    """Compile a snippet, or raise a ValueError that says what is wrong with it."""
    try:
        code = compile(text, filename, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise ValueError(
            f"source must be Python code that parses; line {error.lineno}: {error.msg}"
        ) from None
    except ValueError as error:
        raise ValueError(f"source must be Python code that parses; {error}") from None
    if not ast.parse(text).body:
        raise ValueError(f"source must have a line of code at least, not {text!r}")
    return code
