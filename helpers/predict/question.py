"""A question with its right answer and the wrong ones that readers give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import math
import numbers
from typing import Any

__all__: list[str] = []

_MOST_CHOICES = 5
_RELATIVE_TOLERANCE = 0.005  # half a percent: what two or three digits can say
_CLOSE = 0.1  # a tenth of the answer


@dataclass(frozen=True)
class Reply:
    """What an answer is told.

    Attributes
    ----------
    value
        The answer: of a number, the text of all its digits; else the same as ``text``.
    text
        The answer as readers see it.
    says
        One sentence about it.
    link
        Where more is said about it, or an empty text.
    """

    value: str
    text: str
    says: str = ""
    link: str = ""


@dataclass(frozen=True)
class Question:
    """A question as the page needs it: texts and numbers.

    Attributes
    ----------
    text
        The question; code stands between backticks in it, as in all texts here.
    right
        The right answer.
    wrong
        The wrong answers that have a sentence of their own.
    choices
        What can be chosen, in order; none where a number is asked for.
    unit
        What stands behind the number.
    tolerance
        How far from the right number an answer may be.
    close
        How far from it an answer is called close.
    """

    text: str
    right: Reply
    wrong: tuple[Reply, ...]
    choices: tuple[str, ...] = ()
    unit: str = ""
    tolerance: float = 0.0
    close: float = 0.0


def question_of(
    text: Any,
    answer: Any,
    choices: Any,
    wrong: Any,
    why: Any,
    unit: Any,
    tolerance: Any,
) -> Question:
    """Return the question that these arguments of `predict` ask for.

    Raises
    ------
    ValueError
        If one of them makes no sense.
    """
    _check_text("question", text)
    _check_text("why", why, may_be_empty=True)
    _check_text("unit", unit, may_be_empty=True)
    answer, mistakes = _plain(answer), _mistakes(wrong)
    if choices is None and _is_number(answer):
        return _number_question(text, answer, mistakes, why, unit, tolerance)
    for name, value in (("unit", unit or None), ("tolerance", tolerance)):
        if value is not None:
            raise ValueError(
                f"{name} must be left out where the answer is chosen; got {value!r}"
            )
    return _choice_question(text, answer, choices, mistakes, why)


_Mistake = tuple[Any, str, str]


def _number_question(
    text: str,
    answer: float,
    mistakes: Sequence[_Mistake],
    why: str,
    unit: str,
    tolerance: float | None,
) -> Question:
    """Return a question that is answered by a number."""
    whole = isinstance(answer, numbers.Integral)
    if tolerance is None:
        tolerance = 0.0 if whole else _tolerance_of(answer)
    elif not _is_number(tolerance) or not 0 <= tolerance < math.inf:
        raise ValueError(
            f"tolerance must be a finite number of 0 or more, not {tolerance!r}"
        )
    for value, *_ in mistakes:
        if not _is_number(value):
            raise ValueError(
                f"wrong must hold numbers, as the answer is one; got {value!r}"
            )
    size = abs(answer) if math.isfinite(answer) else 0.0
    return Question(
        text,
        _number_reply(answer, why),
        tuple(
            _number_reply(value, says, link)
            for value, says, link in mistakes
            if not _same_number(value, answer, tolerance)
        ),
        unit=unit,
        tolerance=float(tolerance),
        close=max(_CLOSE * size, 5 * float(tolerance), 1.0 if whole else 0.0),
    )


def _choice_question(
    text: str, answer: Any, choices: Any, mistakes: Sequence[_Mistake], why: str
) -> Question:
    """Return a question that is answered by one of a few choices."""
    values = [answer, *(value for value, *_ in mistakes)]
    labels = {_label(value): _label(value) for value in values}
    if isinstance(choices, Mapping):
        labels = {_label(value): str(label) for value, label in choices.items()}
    elif isinstance(choices, list | tuple):
        labels = {_label(value): _label(value) for value in choices}
    elif choices is None:
        labels = dict(sorted(labels.items()))
    else:
        raise ValueError(
            f"choices must be a list of values or a dict of their labels, "
            f"not {choices!r}"
        )
    if choices is not None and not 2 <= len(labels) <= _MOST_CHOICES:
        raise ValueError(
            f"choices must be 2 to {_MOST_CHOICES} different ones; got {choices!r}"
        )
    if len(labels) > _MOST_CHOICES or (not mistakes and choices is None):
        raise ValueError(
            f"wrong must hold 1 to {_MOST_CHOICES - 1} answers to choose from; "
            f"got {len(mistakes)}"
        )
    for value in values:
        if _label(value) not in labels:
            raise ValueError(f"choices must hold {value!r}; got {choices!r}")
    right = labels[_label(answer)]
    return Question(
        text,
        Reply(right, right, why),
        tuple(
            Reply(labels[_label(value)], labels[_label(value)], says, link)
            for value, says, link in mistakes
            if labels[_label(value)] != right
        ),
        choices=tuple(dict.fromkeys(labels.values())),
    )


def _mistakes(wrong: Any) -> list[_Mistake]:
    """Return the wrong answers, each with its sentence and its link."""
    right = "(value, sentence) or (value, sentence, link)"
    if not isinstance(wrong, list | tuple):
        raise ValueError(f"wrong must be a list of {right}, not {wrong!r}")
    found = []
    for one in wrong:
        if not isinstance(one, tuple) or len(one) not in (2, 3):
            raise ValueError(f"wrong must hold {right}; got {one!r}")
        value, says, link = (*one, "")[:3]
        _check_text("the sentence of a wrong answer", says)
        _check_text("the link of a wrong answer", link, may_be_empty=True)
        found.append((_plain(value), says, link))
    return found


def _check_text(argument: str, value: Any, may_be_empty: bool = False) -> None:
    """Raise a ValueError unless ``value`` is a text."""
    if not isinstance(value, str) or not (value.strip() or may_be_empty):
        raise ValueError(f"{argument} must be a text, not {value!r}")


def _plain(value: Any) -> Any:
    """Return a scalar of NumPy or TensorFlow as Python's own; others as they are.

    >>> import numpy as np
    >>> _plain(np.float32(0.5)), _plain(np.array(3)), _plain("x"), _plain(None)
    (0.5, 3, 'x', None)
    """
    if getattr(value, "shape", None) == () and hasattr(value, "numpy"):
        value = value.numpy()
    return value.item() if getattr(value, "shape", None) == () else value


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _label(value: Any) -> str:
    """Return what a choice is called.

    >>> [_label(value) for value in (True, False, None, 0.1 + 0.2, "as it was")]
    ['yes', 'no', 'None', '0.3', 'as it was']
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if _is_number(value) else str(value)


def _number_reply(value: float, says: str, link: str = "") -> Reply:
    return Reply(str(value), f"{value:.6g}", says, link)


def _tolerance_of(answer: float) -> float:
    """Return how far from ``answer`` a reader's number may be by default.

    >>> f"{_tolerance_of(8.8):.3g}", _tolerance_of(0.0)
    ('0.044', 1e-06)
    """
    return max(abs(answer) * _RELATIVE_TOLERANCE, 1e-6) if math.isfinite(answer) else 0


def _same_number(one: float, other: float, tolerance: float) -> bool:
    """Say whether two numbers cannot be told apart by a reader's answer.

    >>> _same_number(8.8, 8.81, 0.05), _same_number(8.8, 12.0, 0.05)
    (True, False)
    """
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return one == other or abs(one - other) <= tolerance
