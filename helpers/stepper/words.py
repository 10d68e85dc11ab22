"""The words of the stepper: what steps, states and columns are called on the page.

To call one of them by another name, change it here: no other module compares
with these words. The names of the buttons are in `stepper.js`.
"""

from helpers.stepper.differences import name_differences, state_differences
from helpers.stepper.steps import Doing, Kind, State, Step

__all__: list[str] = []

NOTHING_YET = "Nothing has run yet."
STATES_GROUP = "Tapes and files"
COLUMNS = ("Step", "Line", "Code", "What the line did")
_NOTES = {
    Kind.LINE: "",
    Kind.CALL: "calls {function}",
    Kind.RESUME: "continues {function}",
    Kind.RETURN: "returns {result} from {function}",
    Kind.YIELD: "yields {result} from {function}",
    Kind.BEGIN_CLASS: "begins the body of {function}",
    Kind.END_CLASS: "ends the body of {function}",
    Kind.END_LOOP: "ends the loop",
    Kind.LEAVE_BLOCK: "leaves the block",
}
_STATES = {
    Doing.NOT_ENTERED: "not yet entered",
    Doing.RECORDING: "recording",
    Doing.PAUSED: "paused",
    Doing.STOPPED: "stopped",
    Doing.CLEARED: "cleared",
    Doing.OPEN: "open",
    Doing.CLOSED: "closed",
    Doing.GONE: "gone",
}
_VERBS = {
    "new": "binds {} to {}",
    "changed": "changes {} to {}",
    "again": "binds {} to {} again",
    "gone": "unbinds {}",
}


def names_group(scope: str) -> str:
    """Return the heading of the names of a function, or of the snippet itself."""
    return f"Names in {scope}" if scope else "Names"


def state_in_words(state: State) -> str:
    """Return what is said of a tape or a file.

    >>> state_in_words(State(Doing.STOPPED, persistent=True))
    'stopped, persistent'
    """
    return _STATES[state.doing] + (", persistent" if state.persistent else "")


def _note(step: Step) -> str:
    """Return what names alone do not show of a step.

    >>> _note(Step(line=3, kind=Kind.RETURN, function="half", result="2.0"))
    'returns 2.0 from half'
    """
    return _NOTES[step.kind].format(function=step.function, result=step.result)


def sentence(line: int, did: str) -> str:
    """Return what a line did as a sentence.

    >>> sentence(1, "prints a.")
    'Line 1 prints a.'
    """
    return f"Line {line} {did}" + ("" if did.endswith((".", "…")) else ".")


def spoken(before: Step, step: Step, longest: int | None = None) -> str:
    """Say what a line did, with at most ``longest`` characters of its output.

    >>> spoken(Step(line=0), Step(line=1, names={("", "x"): "1"}, printed="hi"))
    'binds x to 1; prints hi'
    """
    said = [
        (one.mark, _VERBS[one.mark].format(one.name, one.value))
        for one in name_differences(before, step)
        if one.mark
    ]
    said += [
        (one.mark, f"{one.name} is {state_in_words(one.value)}")
        for one in state_differences(before, step)
        if one.mark
    ]
    said.sort(key=lambda one: one[0] == "gone")  # what ends comes last
    words = [_note(step)] if _note(step) else []
    words += [text for _, text in said]
    if step.printed.strip():
        printed = " / ".join(step.printed.strip().splitlines())
        short = longest is None or len(printed) <= longest
        words.append(f"prints {printed if short else printed[:longest] + '…'}")
    if step.raised:
        words.append(f"raises {step.raised}")
    return "; ".join(words) or "changes no name"
