"""Explain an error message: its cause, its fix, and where the book shows it.

The entries are those of the book's page *Find your error message*, and come from
the same source, ``messages.json``; `search` finds them as the page does.
"""

from collections.abc import Iterator
from functools import cache
import json
from pathlib import Path
import sys
import textwrap
from typing import Any

from helpers.search import SYMPTOM, Search

__all__ = ["explain", "list_messages"]

_DATA = Path(__file__).with_name("messages.json")
_WIDTH = 79
_COLUMNS = (30, 60, 70)  # letters in the columns of the table


def explain(text: str | BaseException | None = None) -> None:
    """Print what an error message means: cause, fix, and where to read more.

    Parameters
    ----------
    text
        The message, a whole traceback, or a few plain words about what goes
        wrong, such as ``"the loss stands still"``; or an exception. Without it,
        the last exception that ended a cell of the notebook, or a line of the
        interpreter.

    Raises
    ------
    TypeError
        If ``text`` is neither a string nor an exception.
    ValueError
        If ``text`` is empty, or is left out and there was no exception.

    Examples
    --------
    >>> text = "A non-persistent GradientTape can only be used tocompute one set"
    >>> explain(text)  # doctest: +ELLIPSIS
    RuntimeError: A non-persistent GradientTape can only be used to compute one set ...
    Cause: ...
    Fix: ...
    Read: ...
    """
    print("\n".join(_lines(_checked(text))))


def list_messages() -> None:
    """Print a table of all messages that `explain` knows: kind, words and fix.

    Long ones are cut; `explain` has them whole. What goes wrong without a
    message is of the kind ``symptom``.
    """
    print(_row("KIND", "MESSAGE", "FIX"))
    for entry in _the_search().entries:
        fix = " Or: ".join(answer["fix"] for answer in entry["answers"])
        print(_row(entry["kind"], entry["wordings"][0]["text"], fix))


def _checked(text: Any) -> str:
    """Return the text to explain; raise an error where there is none."""
    if text is None:
        text = _last_exception()
    if isinstance(text, BaseException):
        text = f"{type(text).__name__}: {text}"
    if not isinstance(text, str):
        raise TypeError(
            f"text must be a string, such as an error message, or an exception; "
            f"not {text!r} ({type(text).__name__})"
        )
    if not text.strip():
        raise ValueError(
            f"text must hold an error message or some words about what goes wrong; "
            f"not {text!r}"
        )
    return text


def _last_exception() -> BaseException:
    """Return the exception that was last shown, as IPython and Python keep it."""
    error = getattr(sys, "last_value", None) or getattr(sys, "last_exc", None)
    if not isinstance(error, BaseException):
        raise ValueError(
            "text must be given, as no exception has ended a cell or a line yet; "
            "one that you caught is explain(error)"
        )
    return error


# ---------------------------------------------------------------- what is printed


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of the answer to ``text``."""
    search = _the_search()
    found, nearest = search(text)
    if not found:
        yield "This message has no entry in the book."
        if nearest:
            yield "The nearest are guesses, and may be about something else:"
            yield from (f"- {_name(search.entries[k])}" for k in nearest)
        return
    first, *others = (search.entries[k] for k in found)
    yield _name(first)
    if "reported" in first:
        yield f"Reported in {first['reported']}"
    if len(first["answers"]) > 1:
        yield "Which of these is yours?"
    for answer in first["answers"]:
        if "question" in answer:
            yield from _paragraph("- ", answer["question"])
        yield from _paragraph("Cause: ", answer["cause"])
        yield from _paragraph("Fix: ", answer["fix"])
        where = answer.get("fixed_in") or (first["shown"] or [None])[0]
        if where:
            yield from _paragraph("Read: ", _place(where))
    if others:
        yield "Also in your text:"
        yield from (f"- {_name(entry)}" for entry in others)


def _row(*cells: str) -> str:
    """Return a line of the table, its cells cut to the widths of the columns."""
    cut = (
        textwrap.shorten(cell, width, placeholder=" ...").ljust(width)
        for cell, width in zip(cells, _COLUMNS, strict=True)
    )
    return "  ".join(cut).rstrip()


def _name(entry: dict[str, Any]) -> str:
    """Return the kind and the words of an entry."""
    text = entry["wordings"][0]["text"]
    if entry["kind"] == SYMPTOM:
        return str(text)
    return textwrap.shorten(f"{entry['kind']}: {text}", 300, placeholder=" ...")


def _place(section: dict[str, str]) -> str:
    """Return where a section is: in the notebook, and on the book's site."""
    page, title = section["page"], section["title"]
    address = f"{page}.html#{section['anchor']}"
    return f'"{title}" in {page}.ipynb; on the book\'s site: {address}'


def _paragraph(name: str, text: str) -> list[str]:
    """Return ``text`` after ``name``, its lines broken and indented."""
    return textwrap.wrap(
        name + text,
        _WIDTH,
        subsequent_indent=" " * 4,
        break_long_words=False,
        break_on_hyphens=False,
    )


@cache
def _the_search() -> Search:
    """Return the search over the entries that come with the package."""
    return Search(json.loads(_DATA.read_text(encoding="utf-8")))
