"""A widget that walks through a short snippet, with what each line did."""

from collections.abc import Callable, Iterator, Mapping, Sequence
import html
from pathlib import Path
from typing import Any

import anywidget
from helpers.scripts import whole_script
from helpers.static_form import StaticForm
from helpers.stepper.differences import consecutive, name_differences, state_differences
from helpers.stepper.recorder import record
from helpers.stepper.steps import Recording, Step
from helpers.stepper.words import (
    COLUMNS,
    NOTHING_YET,
    STATES_GROUP,
    names_group,
    sentence,
    spoken,
    state_in_words,
)
import traitlets

__all__ = ["Stepper", "step_through"]

_FOLDER = Path(__file__).parent
_LONGEST = 60  # characters of output that are read out; all of it stands below


def step_through(
    source: str | Callable[[], Any],
    other: str | Callable[[], Any] | None = None,
    *,
    titles: Sequence[str] | None = None,
    given: Mapping[str, Any] | None = None,
    limit: int = 200,
) -> "Stepper":
    """Run one snippet, or two to compare, and return a widget that steps through.

    The code runs once, now, in a namespace of its own; the widget shows what was
    written down. See `record` for what a snippet may be and what counts as a
    step.

    Parameters
    ----------
    source
        Python code, or a function without arguments whose body is the code.
    other
        A second snippet to compare with the first. One slider moves both; they
        stand side by side where both fit, else one below the other.
    titles
        What the snippets are called; by default, a function's name.
    given
        Names that the code may use without binding them.
    limit
        How many lines each snippet may run.

    Returns
    -------
    Stepper
        ``stepper.step`` is the step that it shows, 0 before the first line.

    Raises
    ------
    ValueError
        If a snippet does not parse, runs longer than ``limit`` or asks for
        input, or if ``titles`` are not as many as the snippets.

    Examples
    --------
    >>> def a_sum():
    ...     total = 1 + 2
    ...     print(total)
    >>> step_through(a_sum)
    Stepper(a sum: 2 steps)
    """
    sources = [source] if other is None else [source, other]
    names = titles or ["the snippet", "the other snippet"][: len(sources)]
    if len(names) != len(sources) or isinstance(titles, str):
        raise ValueError(
            f"titles must be a list of {len(sources)}, one for each snippet, "
            f"not {titles!r}"
        )
    recordings = [
        record(source, title=name, given=given, limit=limit)
        for source, name in zip(sources, names, strict=True)
    ]
    return Stepper(recordings)


class Stepper(StaticForm, anywidget.AnyWidget):
    """One recording, or two to compare, with one slider.

    Attributes
    ----------
    trace
        What the page needs to draw the steps: text and line numbers.
    step
        The step that is shown; it may be set.
    room
        How many lines it takes at most, and how long they are: a page keeps
        that room free.
    """

    _esm = whole_script(_FOLDER / "stepper.js")
    _css = _FOLDER / "stepper.css"

    trace: Any = traitlets.List(read_only=True).tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    room = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(self, recordings: Sequence[Recording]) -> None:
        self.recordings = tuple(recordings)
        super().__init__()
        with self.hold_sync():
            self.set_trait("trace", [_as_trace(one) for one in self.recordings])
            self.set_trait("room", _room(self.trace))

    @property
    def last(self) -> int:
        """The number of the last step."""
        return max(len(recording.steps) for recording in self.recordings)

    @traitlets.validate("step")
    def _check_step(self, proposal: Any) -> int:
        step: int = proposal["value"]
        if not 0 <= step <= self.last:
            raise ValueError(f"step must be from 0 to {self.last}, not {step}")
        return step

    def __repr__(self) -> str:
        sizes = [f"{one.title}: {len(one.steps)} steps" for one in self.recordings]
        return f"Stepper({', '.join(sizes)})"

    def static_form(self) -> dict[str, Any]:
        """Return a table of each recording."""
        return {"text/html": "\n".join(_as_table(one) for one in self.recordings)}


def _as_trace(recording: Recording) -> dict[str, Any]:
    """Return what the page needs of a recording: its code, and rows for each step."""
    begin = {"line": 0, "said": NOTHING_YET, "rows": []}
    steps: list[dict[str, Any]] = [{**begin, "printed": "", "raised": ""}]
    for before, step in consecutive(recording):
        steps.append(
            {
                "line": step.line,
                "said": sentence(step.line, spoken(before, step, longest=_LONGEST)),
                "rows": list(_rows(before, step)),
                "printed": step.printed,
                "raised": step.raised,
            }
        )
    return {"title": recording.title, "lines": list(recording.lines), "steps": steps}


def _room(trace: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    r"""Return how many lines of each kind a trace needs at most, and its panels.

    Each name has one row through all steps, and each group of names a heading.
    The width is that of the longest line of code, in characters.

    >>> rows = [{"group": "Names", "name": "x"}]
    >>> steps = [{"rows": rows, "printed": "one\ntwo\n"}]
    >>> _room([{"lines": ["x = 1", "y = x"], "steps": steps}])
    {'panels': 1, 'width': 5, 'code': 2, 'rows': 2, 'printed': 3}
    """
    tables = [
        len({(row["group"], row["name"]) for row in rows})
        + len({row["group"] for row in rows})
        for rows in (
            [row for step in panel["steps"] for row in step["rows"]] for panel in trace
        )
    ]
    outputs = [
        "".join(step["printed"] for step in panel["steps"]).count("\n")
        for panel in trace
    ]
    return {
        "panels": len(trace),
        "width": max(len(line) for panel in trace for line in panel["lines"]),
        "code": max(len(panel["lines"]) for panel in trace),
        "rows": max(tables),
        "printed": max(outputs) and max(outputs) + 1,  # below its name
    }


def _as_table(recording: Recording) -> str:
    """Return a recording as a table of HTML: what each line did, in words."""
    body = "\n".join(
        f"<tr><td>{number}</td><td>{step.line}</td>"
        f"<td><code>{_as_code(recording.lines[step.line - 1])}</code></td>"
        f"<td>{html.escape(spoken(before, step))}</td></tr>"
        for number, (before, step) in enumerate(consecutive(recording), 1)
    )
    heads = "".join(f'<th scope="col">{head}</th>' for head in COLUMNS)
    return (
        f"<table><caption>Step by step: {html.escape(recording.title)}</caption>\n"
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )


def _as_code(line: str) -> str:
    """Return a line of code as HTML that keeps its indentation."""
    code = line.lstrip()
    return "\N{NO-BREAK SPACE}" * (len(line) - len(code)) + html.escape(code)


def _rows(before: Step, step: Step) -> Iterator[dict[str, str]]:
    """Yield a row for each name, tape and file, with what is new about it."""
    for name in name_differences(before, step):
        group = names_group(name.scope)
        yield {
            "group": group, "name": name.name, "value": name.value, "mark": name.mark,
        }  # fmt: skip
    for thing in state_differences(before, step):
        # Of what is gone, as of a name that is gone, the last value is shown.
        last = before.states.get(thing.name, thing.value)
        state = state_in_words(last if thing.mark == "gone" else thing.value)
        yield {
            "group": STATES_GROUP, "name": thing.name, "value": state,
            "mark": thing.mark,
        }  # fmt: skip
