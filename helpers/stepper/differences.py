"""What a step changed, compared with the step before it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from helpers.stepper.steps import Doing, Recording, State, Step

__all__: list[str] = []

_START = Step(line=0)  # before the first line
_Value = TypeVar("_Value", str, State)


@dataclass(frozen=True)
class Difference(Generic[_Value]):
    """A name, or a tape or file, after a step, and what is new about it.

    Attributes
    ----------
    scope
        The function whose name it is; an empty text for the snippet's own.
    name
        The name, or the label of a tape or a file.
    value
        A short repr, or the state of a tape or a file.
    mark
        ``new``, ``changed``, ``again``, ``gone`` or an empty text. The style
        sheet and the page use these words as they are.
    """

    scope: str
    name: str
    value: _Value
    mark: str


def consecutive(recording: Recording) -> Iterator[tuple[Step, Step]]:
    """Yield each step with the one before it."""
    return zip((_START, *recording.steps), recording.steps, strict=False)


def name_differences(before: Step, step: Step) -> Iterator[Difference[str]]:
    """Yield each name that is bound, or was before, with what is new about it."""
    scopes = {"", *(scope for scope, _ in step.names)}
    for key in dict.fromkeys([*before.names, *step.names]):
        scope, name = key
        if scope not in scopes:  # its function has returned
            continue
        mark = _mark(before.names.get(key), step.names.get(key))
        mark = "again" if key in step.again else mark
        value = step.names.get(key, before.names.get(key, ""))
        yield Difference(scope, name, value, mark)


def state_differences(before: Step, step: Step) -> Iterator[Difference[State]]:
    """Yield each tape and file with what is new about its state."""
    for label, state in step.states.items():
        mark = _mark(before.states.get(label), state)
        yield Difference(
            "", label, state, "gone" if state.doing is Doing.GONE else mark
        )


def _mark(before: str | State | None, now: str | State | None) -> str:
    """Say in a word what has become of a value."""
    if before is None:
        return "new"
    if now is None:
        return "gone"
    return "" if before == now else "changed"
