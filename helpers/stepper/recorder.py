"""Run a short snippet and write down, line by line, what every line did."""

import ast
import builtins
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
import inspect
import io
import itertools
import linecache
import logging
import re
import sys
import textwrap
from types import CodeType, FrameType
from typing import Any

from helpers.stepper.reprs import brief, described
from helpers.stepper.tracked import Followed
import tensorflow as tf

# Functions that Python makes for itself: their lines are part of the line that
# holds them (and no functions of their own from Python 3.12 on).
PART_OF_A_LINE = ("<lambda>", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
# How an iteration ends is no error of the snippet.
ENDS = (StopIteration, StopAsyncIteration, GeneratorExit)
# Names that Python binds, not the snippet.
HIDDEN = {
    f"__{name}__"
    for name in (
        *("annotations", "builtins", "doc", "name"),
        *("classcell", "classdict", "firstlineno", "module", "qualname"),
        "static_attributes",
    )
}
numbers_of_runs = itertools.count(1)


@dataclass(frozen=True)
class Step:
    """What a line did. Everything is text: a step keeps no object alive.

    Attributes
    ----------
    line
        The line that has run, counted from 1.
    note
        What names alone do not show, such as ``leaves the block``.
    again
        The names that the line has bound, as their keys in ``names``, to what
        looks as before.
    names
        A short repr of what each name is bound to, by the function whose name
        it is and the name: ``("", "x")`` for a name of the snippet itself.
    states
        The state of each tape and each file, by its label.
    printed
        What was printed, and what TensorFlow logged.
    raised
        The error that ended the line, or nothing.
    """

    line: int
    note: str = ""
    again: tuple[tuple[str, str], ...] = ()
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    printed: str = ""
    raised: str = ""


@dataclass(frozen=True)
class Recording:
    """A snippet and its steps, in the order in which its lines ran.

    Attributes
    ----------
    title
        What the snippet is called.
    lines
        Its code.
    steps
        What its lines did; a line that ran twice has two steps.
    """

    title: str
    lines: tuple[str, ...]
    steps: tuple[Step, ...]

    def __repr__(self) -> str:
        return f"Recording({self.title}: {len(self.steps)} steps)"


def record(
    source: str | Callable[[], Any],
    *,
    title: str = "snippet",
    given: Mapping[str, Any] | None = None,
    limit: int = 200,
) -> Recording:
    r"""Run ``source`` in a namespace of its own and write down what each line did.

    A snippet that raises ends there, as it would anywhere; the error is in its
    last step. Functions that the snippet defines are stepped too, with the names
    inside them; lambdas, comprehensions, and functions from elsewhere run as
    part of the line that calls them.

    Parameters
    ----------
    source
        Python code, or a function without arguments whose body is the code. A
        function may use what is around it; its name becomes the title.
    title
        What the snippet is called.
    given
        Names that the code may use without binding them.
    limit
        How many lines may run, each turn of a loop counted.

    Returns
    -------
    Recording
        Texts only. Nothing that the snippet lets go is kept alive by it.

    Raises
    ------
    ValueError
        If ``source`` does not parse, runs longer than ``limit`` or asks for
        input.

    Examples
    --------
    >>> recording = record("x = 1\nx = x + 1")
    >>> [(step.line, step.names["", "x"]) for step in recording.steps]
    [(1, '1'), (2, '2')]
    """
    if inspect.isfunction(source):
        title, text, around = unwrapped(source)
        given = {**around, **(given or {})}
    elif isinstance(source, str):
        text = textwrap.dedent(source).strip("\n")
    else:
        raise ValueError(
            f"source must be Python code or a function without arguments, "
            f"not {brief(source)}"
        )
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise ValueError(f"limit must be a whole number of 1 or more, not {limit!r}")
    run = Run(text, given or {}, limit)
    run.execute()
    return Recording(title, tuple(text.split("\n")), tuple(run.steps))


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
            f"not {brief(function)}"
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


class EndOfRunError(BaseException):
    """Ends a snippet from inside; no ``except Exception`` of its catches it."""


class Run:
    """One run of a snippet, and the steps that it has left so far."""

    def __init__(self, text: str, given: Mapping[str, Any], limit: int) -> None:
        self.filename = f"<snippet {next(numbers_of_runs)}>"
        self.text, self.limit, self.lines_run = text, limit, 0
        self.layout = Layout(text)
        self.code = compile_snippet(text, self.filename)
        self.given = given
        self.namespace: dict[str, Any] = {}
        self.steps: list[Step] = []
        self.frames: list[Active] = []
        self.output = io.StringIO()
        self.seen = 0  # characters of the output that earlier steps have shown
        self.objects = Followed(self.filename)
        self.trouble = ""

    def execute(self) -> None:
        """Run the snippet; leave everything else as it was."""
        own_builtins = {
            **vars(builtins),
            "open": self.objects.open,
            "input": self.refuse_input,
            "breakpoint": self.refuse_input,
        }
        self.namespace.update(
            {**self.given, "__name__": "__main__", "__builtins__": own_builtins}
        )
        lines = self.text.splitlines(keepends=True)
        linecache.cache[self.filename] = (len(self.text), None, lines, self.filename)
        previous = sys.gettrace()
        error = ""
        try:
            with self.objects.noting_tapes(), output_into(self.output):
                sys.settrace(self.trace)
                try:
                    exec(self.code, self.namespace)
                finally:
                    sys.settrace(previous)
        except EndOfRunError as end:
            raise ValueError(str(end)) from None
        except (Exception, SystemExit) as raised:
            error = described(raised)
        finally:
            linecache.cache.pop(self.filename, None)
            self.namespace = {}  # what it holds is let go
        if self.trouble:  # the snippet caught what should have ended it
            raise ValueError(self.trouble)
        if error and self.steps:
            last = self.steps[-1]
            self.steps[-1] = replace(last, raised=error)

    def trace(self, frame: FrameType, event: str, arg: Any) -> Any:
        """Follow the lines of the snippet's own code; see `sys.settrace`."""
        code = frame.f_code
        if code.co_filename != self.filename or code.co_name in PART_OF_A_LINE:
            return None
        if event == "call":
            start = self.layout.first_line.get(frame.f_lineno, 0)
            head = start if is_class_body(code) else 0
            resumed = start if frame.f_lineno != code.co_firstlineno else 0
            self.frames.append(Active(frame, statement=resumed, head=head))
            frame.f_trace_opcodes = True
            if len(self.frames) > 1:
                self.add_step(self.frames[-2], words_for_call(code))
            return self.trace
        active = self.frames[-1]
        if event == "line":
            self.begin_line(active, frame.f_lineno)
        elif event == "opcode":
            # A loop on one line that does nothing is one instruction, and no
            # line of its own each turn: `while True: pass`.
            if frame.f_lasti == active.instruction:
                self.count_line(active.statement)
            active.instruction = frame.f_lasti
        elif event == "exception" and not issubclass(arg[0], ENDS):
            if not active.leaving:
                active.raised = described(arg[1])
        elif event == "return":
            note = "ends the loop" if active.statement in self.layout.loops else ""
            if active.raised:
                note = ""
            elif len(self.frames) > 1:
                note = self.words_for_return(code, arg)
            self.add_step(active, note)
            self.frames.pop()
        return self.trace

    def begin_line(self, active: "Active", line: int) -> None:
        """Finish the line before this one, and keep this one in mind."""
        statement = self.layout.first_line.get(line, line)
        if statement == active.head:
            return
        # Another line of the same statement, or a turn of a comprehension in it.
        if statement == active.statement and statement not in self.layout.short_loops:
            return
        self.count_line(statement)
        before = active.statement
        if before:
            over = statement not in self.layout.loops.get(before, (statement,))
            self.add_step(active, "ends the loop" if over else "")
        active.statement = statement
        active.leaving = before in self.layout.block.get(statement, ())

    def count_line(self, statement: int) -> None:
        """Count a line, and end the run if that was one too many."""
        self.lines_run += 1
        if self.lines_run > self.limit:
            self.trouble = (
                f"source must end within limit={self.limit} lines run; it was "
                f"still running at line {statement}: "
                f"{self.text.splitlines()[statement - 1].strip()}"
            )
            raise EndOfRunError(self.trouble)

    def add_step(self, active: "Active", note: str = "") -> None:
        """Write down what the line in ``active`` has done up to now."""
        if active.leaving and not note:
            note = "leaves the block"
        printed = self.output.getvalue()[self.seen :]
        self.seen += len(printed)
        # What looks at a variable must not be what a recording tape watches:
        # tapes pause inside init_scope.
        with tf.init_scope():
            names = dict(self.visible_names())
        again: tuple[tuple[str, str], ...] = ()
        if self.steps and not (note or active.raised):
            before = self.steps[-1].names
            scope = active.frame.f_code.co_name if active is not self.frames[0] else ""
            bound = [(scope, n) for n in self.layout.bound.get(active.statement, ())]
            again = tuple(
                key for key in bound if key in before and names.get(key) == before[key]
            )
        states = self.objects.states()
        self.steps.append(
            Step(active.statement, note, again, names, states, printed, active.raised)
        )
        active.raised = ""

    def visible_names(self) -> Iterator[tuple[tuple[str, str], str]]:
        """Yield each name that the snippet has bound, with its value in short."""
        for depth, active in enumerate(self.frames):
            code = active.frame.f_code
            scope = code.co_name if depth else ""
            bound = active.frame.f_locals if depth else self.namespace
            for name, value in dict(bound).items():
                if name in HIDDEN or name in code.co_freevars:
                    continue
                if not depth and self.given.get(name, self) is value:
                    continue
                yield (scope, name), self.objects.brief(value)

    def words_for_return(self, code: CodeType, value: Any) -> str:
        """Say in short what a function gives back."""
        if is_class_body(code):
            return f"ends the body of {code.co_name}"
        yields = code.co_flags & inspect.CO_GENERATOR and value is not None
        with tf.init_scope():
            verb = "yields" if yields else "returns"
            return f"{verb} {self.objects.brief(value)} from {code.co_name}"

    def refuse_input(self, *_: object, **__: object) -> None:
        """Stand in for ``input``: nobody is there to answer."""
        line = self.frames[-1].statement
        self.trouble = f"source must not ask for input; line {line} does"
        raise EndOfRunError(self.trouble)


@dataclass
class Active:
    """A piece of the snippet that is running: itself, or a function of its."""

    frame: FrameType
    statement: int = 0  # the first line of the statement that runs
    instruction: int = -1  # where in its code
    head: int = 0  # where a class begins that runs its body: no line of the body
    leaving: bool = False  # whether it is a ``with`` line, visited again at the end
    raised: str = ""


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


def words_for_call(code: CodeType) -> str:
    """Say that a piece of the snippet begins to run."""
    if code.co_flags & inspect.CO_GENERATOR:
        return f"goes on in {code.co_name}"
    verb = "begins the body of" if is_class_body(code) else "calls"
    return f"{verb} {code.co_name}"


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


@contextmanager
def output_into(buffer: io.StringIO) -> Iterator[None]:
    """Send what is printed, warned or logged by TensorFlow into ``buffer``."""
    logger: logging.Logger = tf.get_logger()
    handler = logging.StreamHandler(buffer)
    before, logger.handlers = logger.handlers, [handler]
    try:
        with redirect_stdout(buffer), redirect_stderr(buffer):
            yield
    finally:
        logger.handlers = before
