"""The records that a recording consists of: a recording, its steps, their states.

They hold no sentences; those are written by `helpers.stepper.words`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto

__all__ = ["Recording", "Step"]


class Kind(Enum):
    """What a step is besides a line that has run."""

    LINE = auto()  # a line has run, and that is all
    CALL = auto()
    RESUME = auto()  # a generator continues
    RETURN = auto()
    YIELD = auto()
    BEGIN_CLASS = auto()
    END_CLASS = auto()
    END_LOOP = auto()
    LEAVE_BLOCK = auto()  # the end of a ``with`` block


class Doing(StrEnum):
    """What a tape or a file is doing."""

    NOT_ENTERED = "not entered"
    RECORDING = "recording"
    PAUSED = "paused"
    STOPPED = "stopped"
    CLEARED = "cleared"  # ``gradient`` has freed the recording
    OPEN = "open"
    CLOSED = "closed"
    GONE = "gone"  # Python has freed it


@dataclass(frozen=True)
class State:
    """What a tape or a file is doing, and whether it is a persistent tape."""

    doing: Doing
    persistent: bool = False


@dataclass(frozen=True)
class Step:
    """What a line did. Its values are text: a step keeps no object alive.

    Attributes
    ----------
    line
        The line that has run, counted from 1.
    kind
        What the step is besides a line: the end of a block, a call, a return ...
    function
        The function or class that is called, resumed or left, if there is one.
    result
        What it returned or yielded, in short.
    again
        The names that the line has bound again, to a value that looks the same,
        as their keys in ``names``.
    names
        A short repr of what each name is bound to, by the function whose name
        it is and the name: ``("", "x")`` for a name of the snippet itself.
    states
        The `State` of each tape and each file, by its label.
    printed
        What was printed, and what TensorFlow logged.
    raised
        The error that ended the line, or an empty text.
    """

    line: int
    kind: Kind = Kind.LINE
    function: str = ""
    result: str = ""
    again: tuple[tuple[str, str], ...] = ()
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    states: Mapping[str, State] = field(default_factory=dict)
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
