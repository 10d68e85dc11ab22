"""Change numbers in the notebooks as a reader would, and see what fails.

    python tools/changes.py [NOTEBOOK ...]

The book promises that a reader may change a number and run again: no assert of
a chapter compares with what holds only for the printed case. This tool finds
the numbers that a reader would change (`numbers`), puts another value in the
place of one of them at a time (`changes`), runs all the code cells of that
notebook in one namespace (`run`), and says which cell failed, at which line.

A number is found by where it stands: it is assigned to, passed as or the
default of a name such as `learning_rate`, `start` or `steps`, it is the first
argument of an optimizer, a variable, a constant or `range`, or it is a
constant of the loss `f`. Exponents stay: another power is another curve.
"""

import ast
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
import io
import linecache
import os
from pathlib import Path
import signal
import sys
import traceback
from typing import Any

import nbformat

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
LONGEST = 300  # seconds that a notebook may take

# What a number is for, by a word of the name that it belongs to.
KINDS = {
    "rate": ("rate", "rates", "lr"),
    "fraction": ("momentum", "beta", "decay", "rho"),
    "count": ("steps", "iterations", "limit"),
    "tolerance": ("tolerance", "tolerances", "error"),
    "start": ("start", "starts", "guess"),
}
# What the first argument of a call is for, by the name that is called.
CALLS = {
    "rate": (
        *("SGD", "Adam", "RMSprop", "Adagrad"),
        *("GradientDescentOptimizer", "AdamOptimizer"),
    ),
    "start": ("Variable", "constant"),
    "count": ("range",),
}
LOSS = "f"


@dataclass(frozen=True)
class Number:
    """A number in the code of a cell, with its place and what it is for."""

    value: float
    kind: str
    line: int  # from 1
    column: int  # in bytes, from 0, as `ast` counts
    end: int

    def replaced(self, source: str, text: str) -> str:
        """Return ``source`` with ``text`` in the place of this number."""
        lines = source.splitlines()
        line = lines[self.line - 1].encode()
        line = line[: self.column] + text.encode() + line[self.end :]
        lines[self.line - 1] = line.decode()
        return "\n".join(lines)


@dataclass(frozen=True)
class Change:
    """One number of one code cell (counted from 1), and its new value."""

    notebook: str
    cell: int
    line: str
    number: Number
    value: float

    def __str__(self) -> str:
        """Say what becomes what, and where."""
        return (
            f"{self.notebook} {self.cell}, `{self.line.strip()}`: "
            f"{self.number.value!r} -> {self.value!r} ({self.number.kind})"
        )


def kind_of(name: str) -> str | None:
    """Return what a number called ``name`` is for, or None.

    >>> kind_of("learning_rate"), kind_of("max_iterations"), kind_of("width")
    ('rate', 'count', None)
    """
    words = name.lower().split("_")
    found = (kind for kind, known in KINDS.items() if set(words) & set(known))
    return next(found, None)


def numbers(source: str) -> list[Number]:
    """Return the numbers in a cell that a reader would change, in order.

    >>> [(n.value, n.kind) for n in numbers("opt = SGD(0.1); width = 3")]
    [(0.1, 'rate')]
    >>> [n.value for n in numbers("for size, rate in ((9, 0.1), (18, 0.2)): pass")]
    [0.1, 0.2]
    """
    found: dict[tuple[int, int], Number] = {}
    for node in ast.walk(ast.parse(source)):
        for part, kind in _candidates(node):
            for number in _literals(part, kind):
                found.setdefault((number.line, number.column), number)
    return [found[place] for place in sorted(found)]


def _candidates(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Yield the parts of ``node`` whose numbers count, with their kind."""
    pairs: list[tuple[ast.AST, str | None]] = []
    match node:
        case ast.Assign(targets=[target], value=value):
            pairs = list(_named(target, value))
        case (
            ast.For(target=target, iter=value)
            | ast.comprehension(target=target, iter=value)
        ):
            pairs = list(_looped(target, value))
        case ast.keyword(arg=str(name), value=value):
            pairs = [(value, kind_of(name))]
        case ast.arguments():
            names = [*node.posonlyargs, *node.args]
            names = names[len(names) - len(node.defaults) :]
            given = zip(names, node.defaults, strict=True)
            keywords = zip(node.kwonlyargs, node.kw_defaults, strict=True)
            both = [*given, *keywords]
            pairs = [(value, kind_of(n.arg)) for n, value in both if value]
        case ast.Call(func=ast.Name("range"), args=[_, _, *_]):
            pass  # the first of several is where the range begins
        case ast.Call(args=[first, *_]):
            called = ast.unparse(node.func).rpartition(".")[2]
            kinds = (kind for kind, known in CALLS.items() if called in known)
            pairs = [(first, next(kinds, None))]
        case ast.FunctionDef(name=name) if name == LOSS:
            pairs = [(part, "loss") for part in _terms(node)]
    yield from ((part, kind) for part, kind in pairs if kind)


def _named(target: ast.AST, value: ast.AST) -> Iterator[tuple[ast.AST, str | None]]:
    """Yield what is assigned to each name, with the kind of the name."""
    match target, value:
        case ast.Name(id=name), _:
            yield value, kind_of(name)
        case ast.Tuple(elts=names), ast.Tuple(elts=values) if len(names) == len(values):
            for each in zip(names, values, strict=True):
                yield from _named(*each)


def _looped(target: ast.AST, value: ast.AST) -> Iterator[tuple[ast.AST, str | None]]:
    """Yield what each turn of a loop assigns to each name, with its kind."""
    match target, value:
        case ast.Tuple(), ast.Tuple(elts=turns) | ast.List(elts=turns):
            for turn in turns:
                yield from _named(target, turn)
        case _:
            yield from _named(target, value)


def _terms(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the constants below ``node`` that are no exponents."""
    for child in ast.iter_child_nodes(node):
        match node:
            case ast.BinOp(op=ast.Pow(), right=exponent) if child is exponent:
                continue
        if isinstance(child, ast.Constant):
            yield child
        yield from _terms(child)


def _literals(node: ast.AST, kind: str) -> Iterator[Number]:
    """Yield the number that ``node`` is, or those of the list that it is."""
    match node:
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            for part in parts:
                yield from _literals(part, kind)
        case ast.Constant(value=int() | float() as value) if not isinstance(
            value, bool
        ):
            yield _number(node, value, kind)
        case ast.UnaryOp(
            op=ast.USub(), operand=ast.Constant(value=int() | float() as value)
        ):
            yield _number(node, -value, kind)


def _number(node: ast.expr, value: float, kind: str) -> Number:
    assert node.end_col_offset is not None  # mypy: parsed code has its places
    return Number(value, kind, node.lineno, node.col_offset, node.end_col_offset)


def others(number: Number) -> list[float]:
    """Return two values that a reader might try for ``number``.

    >>> others(Number(0.1, "rate", 1, 0, 3)), others(Number(50, "count", 1, 0, 2))
    ([0.05, 0.2], [5, 200])
    """
    value = number.value
    match number.kind:
        case "rate":
            tried = [value / 2, value * 2]
        case "fraction":
            tried = [value / 2, (1 + value) / 2]
        case "tolerance":
            tried = [value / 10, value * 10]
        case "count" if value >= 10:
            tried = [value // 10, value * 4]
        case "count":
            tried = [value + 1, value * 12]
        case "start" if isinstance(value, int):
            tried = [value - 8, value + 3]
        case "start":  # halves: hardly another start, or a minimum, of the book
            tried = [value - 8.5, value + 2.5]
        case "loss":
            tried = [value - 1 or value + 2, value + 1]
        case _:
            raise ValueError(f"number.kind is {number.kind!r}, not one of {[*KINDS]}")
    return [float(f"{each:.6g}") if isinstance(each, float) else each for each in tried]


def code_of(name: str) -> list[str]:
    """Return the code cells of a notebook of the book."""
    notebook = nbformat.read(BOOK / f"{name}.ipynb", as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def changes(name: str, cells: Sequence[str]) -> list[Change]:
    """Return every change to try in the cells of the notebook ``name``."""
    return [
        Change(name, k, source.splitlines()[number.line - 1], number, value)
        for k, source in enumerate(cells, 1)
        for number in numbers(source)
        for value in others(number)
        if value != number.value
    ]


def changed(cells: Sequence[str], change: Change) -> list[str]:
    """Return the cells with the one change made."""
    new = list(cells)
    old = cells[change.cell - 1]
    new[change.cell - 1] = change.number.replaced(old, repr(change.value))
    return new


def run(name: str, cells: Sequence[str]) -> str | None:
    """Run the cells in one namespace; return what failed, or None.

    The working directory is that of the notebooks meanwhile, no window opens,
    and what the cells print is dropped. A failure reads
    ``cell 4, line 2, `assert ...`: AssertionError: message``.
    """
    from IPython.display import display
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    _number_exchanges_anew()
    # A notebook finds `display` without an import.
    namespace: dict[str, Any] = {"__name__": "__main__", "display": display}
    before = Path.cwd()
    os.chdir(BOOK)
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(LONGEST)
    try:
        for k, source in enumerate(cells, 1):
            file = f"<{name}.ipynb, cell {k}>"
            # Tracebacks, tf.function and the stepper look the source up here.
            lines = [line + "\n" for line in source.splitlines()]
            linecache.cache[file] = (len(source), None, lines, file)
            with redirect_stdout(io.StringIO()):
                exec(compile(source, file, "exec"), namespace)
    except Exception as error:
        return f"cell {k}, {_place(error, file)}{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
        pyplot.close("all")
        os.chdir(before)
    return None


def _number_exchanges_anew() -> None:
    """Let the strategy of this run number its exchanges unlike those before.

    Two strategies on the same devices number them alike in one process, and the
    second fails with "Shape mismatch in the collective instance" where the shapes
    differ. TensorFlow's own tests keep them apart in this way, too
    (``tensorflow/python/distribute/strategy_combinations.py``).
    """
    if tensorflow := sys.modules.get("tensorflow"):
        tensorflow.distribute.MirroredStrategy._collective_key_base += 100_000


def _too_long(*_: object) -> None:
    raise TimeoutError(f"it ran for more than {LONGEST} seconds")


def _place(error: Exception, file: str) -> str:
    """Say which line of the cell failed, with its code."""
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if f.filename == file
    ]
    return f"line {frames[-1].lineno}, `{frames[-1].line}`: " if frames else ""


def main(names: Sequence[str]) -> int:
    """Try all changes of the named notebooks, or of all; return the exit status."""
    names = names or sorted(path.stem for path in BOOK.glob("*.ipynb"))
    tried, failed = 0, 0
    for name in (Path(name).stem for name in names):
        cells = code_of(name)
        for change in (None, *changes(name, cells)):
            failure = run(name, changed(cells, change) if change else cells)
            tried, failed = tried + 1, failed + bool(failure)
            if failure:
                print(f"{change or name + ', unchanged'}\n    {failure}", flush=True)
        print(f"{name}: done", flush=True)
    print(f"{failed} of {tried} runs failed")
    return 1 if failed else 0


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stdout.flush()
    # After many runs of the chapter distributed, TensorFlow once waited forever for
    # the threads of its data sets when the interpreter ended.
    os._exit(status)
