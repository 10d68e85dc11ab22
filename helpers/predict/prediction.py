"""A widget that asks what a cell will show, and answers the reader."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
import html
from pathlib import Path
import re
from typing import Any

import anywidget
from helpers.predict.question import Question, Reply, question_of
from helpers.scripts import whole_script
from helpers.static_form import StaticForm
import traitlets

__all__ = ["Prediction", "predict"]

_FOLDER = Path(__file__).parent
# What `predict.js` says where it cannot read a number, and where none is chosen. Of
# what the reader has typed, it says no more than so many characters.
_UNREAD = "“{}” is not a number I can read. Type one such as 0.5, 1e-3 or −2."
_NOT_CHOSEN = "Choose one of the answers first."
_TYPED = "0" * 16


def predict(
    question: str,
    *,
    answer: Any,
    wrong: Sequence[tuple[Any, str] | tuple[Any, str, str]] = (),
    choices: Sequence[Any] | Mapping[Any, str] | None = None,
    why: str = "",
    unit: str = "",
    tolerance: float | None = None,
) -> "Prediction":
    """Ask a question whose answer a cell has computed.

    Where the answer is a number, the reader types it; else, or with ``choices``, the
    reader chooses. Pass values that a cell has computed, not numbers that you
    type: the question then follows a reader who changes the cell.

    Parameters
    ----------
    question
        The question. Code stands between backticks, here and in the other texts.
    answer
        The right answer: a number, also as a scalar tensor, or any value to choose.
    wrong
        The mistakes that readers make, each as ``(value, sentence)`` or
        ``(value, sentence, link)``. The sentence says what this answer would be
        right for. One that equals the right answer is dropped.
    choices
        Two to five values to choose from, in the order shown, or a dict with their
        labels. By default the right answer and the wrong ones, by the alphabet.
    why
        One sentence for those who are right.
    unit
        What stands behind the number.
    tolerance
        How far from the right number an answer may be. By default half a percent
        of it; a whole number (an ``int``) has to be met.

    Returns
    -------
    Prediction
        ``prediction.given`` is what the reader has answered, and
        ``prediction.verdict`` is ``right``, ``close`` or ``wrong``; both are empty
        before.

    Raises
    ------
    ValueError
        If an argument makes no sense.

    Examples
    --------
    >>> x, rate, slope = 10.0, 0.1, 12.0
    >>> predict(
    ...     "Where is `x` after one step?",
    ...     answer=x - rate * slope,
    ...     wrong=[(x + rate * slope, "A step goes against the slope.")],
    ... )
    Prediction('Where is `x` after one step?', answer='8.8')
    """
    return Prediction(
        question_of(question, answer, choices, wrong, why, unit, tolerance)
    )


class Prediction(StaticForm, anywidget.AnyWidget):
    """A question with a field for a number, or with choices.

    Attributes
    ----------
    asked
        What the page needs of the question: texts and numbers, and in ``replies``
        the texts that the longest reply can have.
    given
        What the reader has answered last, as typed or chosen.
    verdict
        ``right``, ``close`` or ``wrong``; empty before there is an answer.
    room
        HTML that takes the room of the widget, for a page where it is still to come.
    """

    _esm = whole_script(_FOLDER / "predict.js")
    _css = _FOLDER / "predict.css"

    asked: Any = traitlets.Dict(read_only=True).tag(sync=True)
    given = traitlets.Unicode("").tag(sync=True)
    verdict = traitlets.Unicode("").tag(sync=True)
    room = traitlets.Unicode(read_only=True).tag(sync=True)

    def __init__(self, question: Question) -> None:
        self.question = question
        super().__init__()
        with self.hold_sync():
            replies = list(_replies(question))
            self.set_trait("asked", asdict(question) | {"replies": replies})
            self.set_trait("room", _room(question, replies))

    def __repr__(self) -> str:
        answer = _with_unit(self.question.right.text, self.question.unit)
        return f"Prediction({self.question.text!r}, answer={answer!r})"

    def static_form(self) -> dict[str, Any]:
        """Return the question, and the answer in a fold."""
        return {"text/html": _as_html(self.question)}


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}".rstrip()


def _replies(question: Question) -> Iterator[str]:
    """Yield the texts of `predict.js` that may need the most room.

    >>> list(_replies(Question("Why?", Reply("yes", "yes"), (), choices=("no", "yes"))))
    ['Right.', 'Choose one of the answers first.']
    """
    right = question.right
    answer = "" if question.choices else f", {_with_unit(right.text, question.unit)}"
    yield f"Right{answer}. {right.says}".rstrip()
    for one in question.wrong:
        yield f"No. {one.says}" + (" Read more" if one.link else "")
    yield _NOT_CHOSEN if question.choices else _UNREAD.format(_TYPED)


def _room(question: Question, replies: Sequence[str]) -> str:
    """Return what `predict.js` draws, as HTML of the same size that does nothing."""
    drawn = [f'<div class="predict-question">{_code(question.text)}</div>']
    for choice in question.choices:
        text = f"<i></i><span>{_code(choice)}</span>"
        drawn.append(f'<div class="predict-choice">{text}</div>')
    drawn.append('<div class="predict-row"><i class="predict-check"></i></div>')
    lines = "".join(f'<p class="predict-reply">{_code(one)}</p>' for one in replies)
    drawn.append(f'<div class="predict-room">{lines}</div>')
    return f'<div class="predict">{"".join(drawn)}</div>'


def _as_html(question: Question) -> str:
    """Return a question as HTML that works without a script."""
    lines = [f"<p>Predict: {_code(question.text)}</p>"]
    if question.choices:
        items = "".join(f"<li>{_code(choice)}</li>" for choice in question.choices)
        lines.append(f"<ul>{items}</ul>")
    right = _with_unit(question.right.text, question.unit)
    items = "".join(f"<li>{_said(one)}</li>" for one in question.wrong)
    lines += [
        "<details><summary>The answer</summary>",
        f"<p>{_said(Reply(right, right, question.right.says))}</p>",
        *([f"<p>And other answers:</p><ul>{items}</ul>"] if items else []),
        "</details>",
    ]
    return "\n".join(lines)


def _said(reply: Reply) -> str:
    """Return an answer and its sentence as HTML."""
    end = f": {_code(reply.says)}" if reply.says else "."
    return f"<strong>{_code(reply.text)}</strong>{end}"


def _code(text: str) -> str:
    """Return a text as HTML; what stands between backticks is code.

    >>> _code("is `x < 4`?")
    'is <code>x &lt; 4</code>?'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
