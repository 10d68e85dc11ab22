"""Run a snippet and follow it line by line, by `sys.settrace`."""

import builtins
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
import inspect
import io
import itertools
import linecache
import logging
import sys
from types import CodeType, FrameType
from typing import Any

from helpers.stepper.reprs import error_line
from helpers.stepper.snippet import Layout, compile_snippet, is_class_body
from helpers.stepper.steps import Kind, Step
from helpers.stepper.tracked import Tracked
import tensorflow as tf

__all__: list[str] = []

# Functions that Python makes for itself: their lines are part of the line that
# holds them (and no functions of their own from Python 3.12 on).
_PART_OF_A_LINE = ("<lambda>", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
# How an iteration ends is no error of the snippet.
_ENDS = (StopIteration, StopAsyncIteration, GeneratorExit)
# Names that Python binds, not the snippet.
_HIDDEN = {
    f"__{name}__"
    for name in (
        *("annotations", "builtins", "doc", "name"),
        *("classcell", "classdict", "firstlineno", "module", "qualname"),
        "static_attributes",
    )
}
_numbers_of_runs = itertools.count(1)


class EndOfRunError(BaseException):
    """Ends a snippet from inside; no ``except Exception`` of its catches it."""


class Execution:
    """A snippet that runs, and the steps that it has left so far."""

    def __init__(self, text: str, given: Mapping[str, Any], limit: int) -> None:
        self.filename = f"<snippet {next(_numbers_of_runs)}>"
        self.text, self.limit, self.lines_run = text, limit, 0
        self.layout = Layout(text)
        self.code = compile_snippet(text, self.filename)
        self.given = given
        self.namespace: dict[str, Any] = {}
        self.steps: list[Step] = []
        self.frames: list[ActiveFrame] = []
        self.output = io.StringIO()
        self.seen = 0  # characters of the output that earlier steps have shown
        self.objects = Tracked(self.filename)
        self.trouble = ""

    def run(self) -> None:
        """Run the snippet; leave everything else as it was."""
        own_builtins = {
            **vars(builtins),
            "open": self.objects.open_and_track,
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
            with self.objects.noting_tapes(), _output_into(self.output):
                sys.settrace(self.trace)
                try:
                    exec(self.code, self.namespace)
                finally:
                    sys.settrace(previous)
        except EndOfRunError as end:
            raise ValueError(str(end)) from None
        except (Exception, SystemExit) as raised:
            error = error_line(raised)
        finally:
            linecache.cache.pop(self.filename, None)
            self.namespace = {}  # frees what it holds
        if self.trouble:  # the snippet caught what should have ended it
            raise ValueError(self.trouble)
        if error and self.steps:
            last = self.steps[-1]
            self.steps[-1] = replace(last, raised=error)

    def trace(self, frame: FrameType, event: str, arg: Any) -> Any:
        """Follow the lines of the snippet's own code; see `sys.settrace`."""
        code = frame.f_code
        if code.co_filename != self.filename or code.co_name in _PART_OF_A_LINE:
            return None
        if event == "call":
            start = self.layout.first_line.get(frame.f_lineno, 0)
            head = start if is_class_body(code) else 0
            resumed = start if frame.f_lineno != code.co_firstlineno else 0
            self.frames.append(ActiveFrame(frame, statement=resumed, head=head))
            frame.f_trace_opcodes = True
            if len(self.frames) > 1:
                self.add_step(self.frames[-2], _kind_of_call(code), code.co_name)
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
        elif event == "exception" and not issubclass(arg[0], _ENDS):
            if not active.leaving:
                active.raised = error_line(arg[1])
        elif event == "return":
            self.end_frame(active, arg)
        return self.trace

    def begin_line(self, active: "ActiveFrame", line: int) -> None:
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
            self.add_step(active, Kind.END_LOOP if over else Kind.LINE)
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

    def end_frame(self, active: "ActiveFrame", value: Any) -> None:
        """Write down the last step of ``active``, which returns ``value``."""
        code = active.frame.f_code
        if active.raised:
            self.add_step(active)
        elif len(self.frames) == 1:
            ends_loop = active.statement in self.layout.loops
            self.add_step(active, Kind.END_LOOP if ends_loop else Kind.LINE)
        elif is_class_body(code):
            self.add_step(active, Kind.END_CLASS, code.co_name)
        else:
            yields = code.co_flags & inspect.CO_GENERATOR and value is not None
            with tf.init_scope():  # see add_step
                result = self.objects.show_and_repr(value)
            kind = Kind.YIELD if yields else Kind.RETURN
            self.add_step(active, kind, code.co_name, result)
        self.frames.pop()

    def add_step(
        self,
        active: "ActiveFrame",
        kind: Kind = Kind.LINE,
        function: str = "",
        result: str = "",
    ) -> None:
        """Write down what the line in ``active`` has done up to now."""
        if active.leaving and kind is Kind.LINE:
            kind = Kind.LEAVE_BLOCK
        printed = self.output.getvalue()[self.seen :]
        self.seen += len(printed)
        # What looks at a variable must not be what a recording tape watches:
        # tapes pause inside init_scope.
        with tf.init_scope():
            names = dict(self.visible_names())
        again: tuple[tuple[str, str], ...] = ()
        if self.steps and kind is Kind.LINE and not active.raised:
            before = self.steps[-1].names
            scope = active.frame.f_code.co_name if active is not self.frames[0] else ""
            bound = [(scope, n) for n in self.layout.bound.get(active.statement, ())]
            again = tuple(
                key for key in bound if key in before and names.get(key) == before[key]
            )
        self.steps.append(
            Step(
                active.statement,
                kind,
                function,
                result,
                again,
                names,
                self.objects.take_states(),
                printed,
                active.raised,
            )
        )
        active.raised = ""

    def visible_names(self) -> Iterator[tuple[tuple[str, str], str]]:
        """Yield each name that the snippet has bound, with its value in short."""
        for depth, active in enumerate(self.frames):
            code = active.frame.f_code
            scope = code.co_name if depth else ""
            bound = active.frame.f_locals if depth else self.namespace
            for name, value in dict(bound).items():
                if name in _HIDDEN or name in code.co_freevars:
                    continue
                if not depth and self.given.get(name, self) is value:
                    continue
                yield (scope, name), self.objects.show_and_repr(value)

    def refuse_input(self, *_: object, **__: object) -> None:
        """Stand in for ``input``: nobody is there to answer."""
        line = self.frames[-1].statement
        self.trouble = f"source must not ask for input; line {line} does"
        raise EndOfRunError(self.trouble)


@dataclass
class ActiveFrame:
    """A piece of the snippet that is running: itself, or a function of its."""

    frame: FrameType
    statement: int = 0  # the first line of the statement that runs
    instruction: int = -1  # where in its code
    head: int = 0  # where a class begins that runs its body: no line of the body
    leaving: bool = False  # whether it is a ``with`` line, visited again at the end
    raised: str = ""


def _kind_of_call(code: CodeType) -> Kind:
    """Say what it is that a piece of the snippet begins to run."""
    if code.co_flags & inspect.CO_GENERATOR:
        return Kind.RESUME
    return Kind.BEGIN_CLASS if is_class_body(code) else Kind.CALL


@contextmanager
def _output_into(buffer: io.StringIO) -> Iterator[None]:
    """Send what is printed, warned or logged by TensorFlow into ``buffer``."""
    logger: logging.Logger = tf.get_logger()
    handler = logging.StreamHandler(buffer)
    before, logger.handlers = logger.handlers, [handler]
    try:
        with redirect_stdout(buffer), redirect_stderr(buffer):
            yield
    finally:
        logger.handlers = before
