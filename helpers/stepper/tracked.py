"""Keep track of the tapes and the files of a snippet without keeping them alive."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
import functools
import io
import os
import sys
from typing import Any
import weakref

from helpers.stepper.reprs import ShortRepr
from helpers.stepper.steps import Doing, State
import tensorflow as tf

__all__: list[str] = []


class Tracked:
    """The tapes and the files of a run, held weakly, and what became of them."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.tapes: list[Tape] = []
        self.files: list[File] = []
        self.shown: dict[str, Tape | File] = {}

    def show_and_repr(self, value: Any) -> str:
        """Return a short repr, in which a tape or a file goes by its label.

        From now on the state of such a tape or file is shown.
        """
        return ShortRepr(self.show_and_label).repr(value)

    def show_and_label(self, value: Any) -> str | None:
        """Return the label of a tape or a file; from now on its state is shown."""
        if isinstance(value, tf.GradientTape):
            tape = self.find_tape(value)
            return self.show(tape) if tape else "tape from elsewhere"
        if isinstance(value, io.IOBase):
            return self.show(self.find_or_track(value))
        return None

    def show(self, thing: "Tape | File") -> str:
        """Return the label of a tape or a file, which it gets at the first call."""
        for label, known in self.shown.items():
            if known is thing:
                return label
        if isinstance(thing, Tape):
            count = sum(isinstance(known, Tape) for known in self.shown.values())
            label = f"tape {count + 1}"
        else:
            same = [label for label in self.shown if label.startswith(thing.label)]
            label = f"{thing.label} ({len(same) + 1})" if same else thing.label
        self.shown[label] = thing
        return label

    def take_states(self) -> dict[str, State]:
        """Return the state of what is shown; tell once that something is gone."""
        found = {label: thing.state() for label, thing in self.shown.items()}
        for thing in self.shown.values():
            thing.told_gone = thing.ref() is None
        return {label: state for label, state in found.items() if state}

    def find_tape(self, tape: tf.GradientTape) -> "Tape | None":
        """Return what is known of a tape."""
        return next((known for known in self.tapes if known.ref() is tape), None)

    def find_or_track(self, file: io.IOBase) -> "File":
        """Return what is known of a file, which begins with the first look."""
        for known in self.files:
            if known.ref() is file:
                return known
        self.files.append(File(file))
        return self.files[-1]

    def open_and_track(self, *args: Any, **kwargs: Any) -> Any:
        """Open a file as `open` does, and keep track of it."""
        file = open(*args, **kwargs)  # noqa: SIM115 (the snippet closes it, or not)
        self.show(self.find_or_track(file))
        return file

    @contextmanager
    def noting_tapes(self) -> Iterator[None]:
        """Note what happens to tapes inside the block, at their public methods."""
        with ExitStack() as stack:
            for name in ("__init__", "__enter__", "__exit__", "gradient"):
                original = vars(tf.GradientTape)[name]
                noting = getattr(self, f"noting_{name.strip('_')}")(original)
                setattr(tf.GradientTape, name, noting)
                stack.callback(setattr, tf.GradientTape, name, original)
            pausing = tf.GradientTape.stop_recording
            tf.GradientTape.stop_recording = self.noting_stop(pausing)
            stack.callback(setattr, tf.GradientTape, "stop_recording", pausing)
            yield

    def noting_init(self, original: Callable[..., None]) -> Callable[..., None]:
        """Return a constructor that begins to keep track of the tape."""

        def init(
            tape: Any, persistent: bool = False, *args: Any, **kwargs: Any
        ) -> None:
            original(tape, persistent, *args, **kwargs)
            self.tapes.append(Tape(tape, persistent))
            if sys._getframe(1).f_code.co_filename == self.filename:
                self.show(self.tapes[-1])

        return init

    def noting_enter(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Return an ``__enter__`` that notes that the tape records."""

        @functools.wraps(original)
        def enter(tape: Any) -> Any:
            result = original(tape)
            if known := self.find_tape(tape):
                known.doing = Doing.RECORDING
            return result

        return enter

    def noting_exit(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Return an ``__exit__`` that notes that the tape has stopped."""

        @functools.wraps(original)
        def leave(tape: Any, *args: Any) -> Any:
            result = original(tape, *args)
            known = self.find_tape(tape)
            if known and known.doing == Doing.RECORDING:
                known.doing = Doing.STOPPED
            return result

        return leave

    def noting_gradient(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Return a ``gradient`` that notes what the call did to the tape."""

        @functools.wraps(original)
        def gradient(tape: Any, *args: Any, **kwargs: Any) -> Any:
            known = self.find_tape(tape)
            once = known is not None and not known.persistent
            try:
                result = original(tape, *args, **kwargs)
            except BaseException:
                # A call that fails has ended the recording all the same.
                if known and once and known.doing == Doing.RECORDING:
                    known.doing = Doing.STOPPED
                raise
            if known and once:
                known.doing = Doing.CLEARED
            return result

        return gradient

    def noting_stop(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Return a ``stop_recording`` that notes the pause."""

        @functools.wraps(original)
        @contextmanager
        def stop_recording(tape: Any) -> Iterator[None]:
            known = self.find_tape(tape)
            with original(tape):
                if known:
                    known.doing = Doing.PAUSED
                yield
            if known:
                known.doing = Doing.RECORDING

        return stop_recording


class Tape:
    """What is known of a tape; the tape itself may be gone."""

    def __init__(self, tape: tf.GradientTape, persistent: bool) -> None:
        self.ref = weakref.ref(tape)
        self.persistent = persistent
        self.doing = Doing.NOT_ENTERED
        self.told_gone = False

    def state(self) -> State | None:
        """Return the state; None once it is known to be gone."""
        if self.ref() is None:
            return None if self.told_gone else State(Doing.GONE)
        return State(self.doing, self.persistent)


class File:
    """What is known of a file; the file object itself may be gone."""

    def __init__(self, file: Any) -> None:
        self.ref = weakref.ref(file)
        name = getattr(file, "name", None)
        self.label = type(file).__name__
        if isinstance(name, str | os.PathLike):
            self.label = f"file {os.path.basename(os.fspath(name))}"
        self.told_gone = False

    def state(self) -> State | None:
        """Return the state; None once it is known to be gone."""
        file = self.ref()
        if file is None:
            return None if self.told_gone else State(Doing.GONE)
        return State(Doing.CLOSED if file.closed else Doing.OPEN)
