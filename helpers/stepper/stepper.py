"""Walk through a short snippet, line by line, with what every line did."""

from collections.abc import Callable, Iterator, Mapping, Sequence
import html
from pathlib import Path
from typing import Any

import anywidget
from helpers.static_form import StaticForm
from helpers.stepper.recorder import Recording, Step, record
import traitlets

FOLDER = Path(__file__).parent
START = Step(line=0)
LONGEST = 60  # characters of output that are read out; all of it stands below


def step_through(
    source: str | Callable[[], Any],
    other: str | Callable[[], Any] | None = None,
    *,
    titles: Sequence[str] | None = None,
    given: Mapping[str, Any] | None = None,
    limit: int = 200,
) -> "Stepper":
    """Run one snippet, or two to compare, and return a widget that steps through.

    The code really runs, once, now, in a namespace of its own; the widget shows
    what was written down. See `helpers.stepper.recorder.record` for what a snippet may
    be and what counts as a step.

    Parameters
    ----------
    source
        Python code, or a function without arguments whose body is the code.
    other
        A second snippet, shown beside the first and kept in step with it.
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
    """One recording, or two side by side, behind one slider.

    Attributes
    ----------
    trace
        What the page needs to draw every step: text and line numbers.
    step
        The step that is shown; it may be set.
    room
        How many lines it takes at most, for a page to keep free.
    """

    _esm = FOLDER / "stepper.js"
    _css = FOLDER / "stepper.css"

    trace: Any = traitlets.List(read_only=True).tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    room = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(self, recordings: Sequence[Recording]) -> None:
        self.recordings = tuple(recordings)
        super().__init__()
        with self.hold_sync():
            self.set_trait("trace", [as_trace(one) for one in self.recordings])
            self.set_trait("room", room(self.trace))

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
        """Return a table of every recording."""
        return {"text/html": "\n".join(as_table(one) for one in self.recordings)}


def as_trace(recording: Recording) -> dict[str, Any]:
    """Return what the page needs of a recording: its code, and rows for each step."""
    begin = {"line": 0, "said": "Nothing has run yet.", "rows": []}
    steps: list[dict[str, Any]] = [{**begin, "printed": "", "raised": ""}]
    for before, step in consecutive(recording):
        steps.append(
            {
                "line": step.line,
                "said": sentence(step.line, spoken(before, step, longest=LONGEST)),
                "rows": list(rows(before, step)),
                "printed": step.printed,
                "raised": step.raised,
            }
        )
    return {"title": recording.title, "lines": list(recording.lines), "steps": steps}


def room(trace: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    r"""Return how many lines of each kind a trace needs at most, and its panels.

    >>> step = {"rows": [{"group": "Names"}] * 2, "printed": "one\ntwo\n"}
    >>> room([{"lines": ["a", "b", "c"], "steps": [step]}])
    {'panels': 1, 'code': 3, 'rows': 3, 'printed': 3}
    """
    steps = [step for panel in trace for step in panel["steps"]]
    tables = [
        len(step["rows"]) + len({row["group"] for row in step["rows"]})
        for step in steps
    ]
    outputs = [
        "".join(step["printed"] for step in panel["steps"]).count("\n")
        for panel in trace
    ]
    return {
        "panels": len(trace),
        "code": max(len(panel["lines"]) for panel in trace),
        "rows": max(tables),
        "printed": max(outputs) and max(outputs) + 1,  # below its name
    }


def as_table(recording: Recording) -> str:
    """Return a recording as a table of HTML: what every line did, in words."""
    body = "\n".join(
        f"<tr><td>{number}</td><td>{step.line}</td>"
        f"<td><code>{as_code(recording.lines[step.line - 1])}</code></td>"
        f"<td>{html.escape(spoken(before, step))}</td></tr>"
        for number, (before, step) in enumerate(consecutive(recording), 1)
    )
    heads = "".join(
        f'<th scope="col">{head}</th>'
        for head in ("Step", "Line", "Code", "What the line did")
    )
    return (
        f"<table><caption>Step by step: {html.escape(recording.title)}</caption>\n"
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )


def as_code(line: str) -> str:
    """Return a line of code as HTML that keeps its indentation."""
    code = line.lstrip()
    return "\N{NO-BREAK SPACE}" * (len(line) - len(code)) + html.escape(code)


def consecutive(recording: Recording) -> Iterator[tuple[Step, Step]]:
    """Yield each step with the one before it."""
    return zip((START, *recording.steps), recording.steps, strict=False)


def rows(before: Step, step: Step) -> Iterator[dict[str, str]]:
    """Yield a row for each name, tape and file, with what is new about it."""
    scopes = {"", *(scope for scope, _ in step.names)}
    for key in dict.fromkeys([*before.names, *step.names]):
        scope, name = key
        if scope not in scopes:  # its function has returned
            continue
        mark = mark_of(before.names.get(key), step.names.get(key))
        mark = "again" if key in step.again else mark
        value = step.names.get(key, before.names.get(key, ""))
        group = f"Names in {scope}" if scope else "Names"
        yield {"group": group, "name": name, "value": value, "mark": mark}
    for label, state in step.states.items():
        mark = "gone" if state == "gone" else mark_of(before.states.get(label), state)
        yield {"group": "Tapes and files", "name": label, "value": state, "mark": mark}


def mark_of(before: str | None, now: str | None) -> str:
    """Say in a word what has become of a value."""
    if before is None:
        return "new"
    if now is None:
        return "gone"
    return "" if before == now else "changed"


def sentence(line: int, did: str) -> str:
    """Return what a line did as a sentence.

    >>> sentence(1, "prints a.")
    'Line 1 prints a.'
    """
    return f"Line {line} {did}" + ("" if did.endswith((".", "…")) else ".")


def spoken(before: Step, step: Step, longest: int | None = None) -> str:
    """Say what a line did, with at most ``longest`` characters of its output.

    >>> spoken(START, Step(line=1, names={("", "x"): "1"}, printed="hi"))
    'binds x to 1; prints hi'
    """
    verbs = {
        "new": "binds {} to {}",
        "changed": "changes {} to {}",
        "again": "binds {} to {} again",
        "gone": "unbinds {}",
    }
    words = [step.note] if step.note else []
    news = [row for row in rows(before, step) if row["mark"]]
    for row in sorted(news, key=lambda row: row["mark"] == "gone"):
        if row["group"] == "Tapes and files":
            words.append(f"{row['name']} is {row['value']}")
        else:
            words.append(verbs[row["mark"]].format(row["name"], row["value"]))
    if step.printed.strip():
        printed = " / ".join(step.printed.strip().splitlines())
        short = longest is None or len(printed) <= longest
        words.append(f"prints {printed if short else printed[:longest] + '…'}")
    if step.raised:
        words.append(f"raises {step.raised}")
    return "; ".join(words) or "changes no name"
