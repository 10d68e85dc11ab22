"""Gather error messages into entries: what each means, and its cells.

What a message means stands in the metadata of the cell that prints it, for
each kind of error that the cell prints::

    "errors": {
        "KeyError": {
            "cause": "...", "fix": "...",
            "fixed_in": "keras3.ipynb#choose-a-replacement"
        }
    }

``fixed_in`` is needed where another section than the cell's tells the fix.
Other cells that print the same message are found by its words, and so is what
older versions of TensorFlow said. What is wrong (a message without an entry,
an entry that no cell prints any more) is returned with the page it is on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
import re
from typing import Any, NamedTuple

from ..names import OLDER
from .messages import KINDS, Message, alike, messages, words

NEEDED = {"cause", "fix"}


class Section(NamedTuple):
    """A section of a page, by the name of its anchor."""

    page: str
    anchor: str
    title: str


class Shown(NamedTuple):
    """What a cell prints, where, and what it says about its errors."""

    section: Section
    printed: str
    about: dict[str, dict[str, str]]


@dataclass
class Entry:
    """A message, what it means, and where it was met.

    ``home`` is the section whose cell explains it; ``wordings`` has the
    versions of TensorFlow for each way to say it.
    """

    message: Message
    home: Section
    cause: str
    fix: str
    fixed_in: str = ""
    shown: list[Section] = field(default_factory=list)  # home comes first
    wordings: dict[str, list[str]] = field(default_factory=dict)

    def met(self, text: str, version: str) -> None:
        """Note that ``version`` says it in these words, the first it used."""
        if not any(version in known for known in self.wordings.values()):
            same = (t for t in self.wordings if words(t) == words(text))
            self.wordings.setdefault(next(same, text), []).append(version)


def gathered(
    cells: Iterable[Shown], older: dict[str, Any], version: str
) -> tuple[list[Entry], list[tuple[str, str]]]:
    """Return the entries, and what is wrong as ``[(page, problem), ...]``.

    ``version`` is the TensorFlow that the cells were executed with, ``older``
    has what others did with some snippets.
    """
    cells = list(cells)
    entries: list[Entry] = []
    wrong: list[tuple[str, str]] = []
    for cell in cells:
        for kind, about in cell.about.items():
            try:
                entry = explained(cell, KINDS.get(kind, kind), about)
            except ValueError as problem:
                wrong.append((cell.section.page, str(problem)))
                continue
            if same := entry_of(entry.message, entries):
                homes = same.home.page, entry.home.page
                wrong.append((homes[1], f"{homes} explain {entry.message}"))
            entry.met(entry.message.text, version)
            entries.append(entry)
    for cell in cells:
        for message in messages(cell.printed):
            known = entry_of(message, entries)
            if known is None:
                wrong.append((cell.section.page, f"no entry has {message}"))
            elif cell.section not in known.shown:
                known.shown.append(cell.section)
    for number, message in captured(older):
        known = entry_of(message, entries)
        if known is None:
            wrong.append((OLDER, f"no entry has {message} of {number}"))
        else:
            known.met(message.text, number)
    return sorted(entries, key=in_the_list), wrong


def explained(cell: Shown, kind: str, about: dict[str, str]) -> Entry:
    """Return the entry of the first message of ``kind`` that ``cell`` prints.

    Raises
    ------
    ValueError
        If it prints none, or ``about`` does not say what it should.
    """
    message = next((m for m in messages(cell.printed) if m.kind == kind), None)
    if message is None:
        raise ValueError(f"a cell explains a {kind} and prints none: {about}")
    if not NEEDED <= about.keys() <= NEEDED | {"fixed_in"}:
        raise ValueError(f"{kind} must have {sorted(NEEDED)}, not {about}")
    text = about["cause"], about["fix"], about.get("fixed_in", "")
    return Entry(message, cell.section, *text, [cell.section])


def entry_of(message: Message, entries: list[Entry]) -> Entry | None:
    """Return the entry that ``message`` belongs to, or None."""
    return next((e for e in entries if alike(e.message, message)), None)


def captured(older: dict[str, Any]) -> Iterator[tuple[str, Message]]:
    """Yield what older versions raised and logged, with each version."""
    for number, capture in older.items():
        for snippet in capture["snippets"].values():
            if "raised" in snippet:
                yield number, Message(snippet["raised"], snippet["message"])
            for line in snippet["logged"]:
                yield number, Message(KINDS["log"], line)


def in_the_list(entry: Entry) -> tuple[bool, str, str]:
    """Return what sorts an entry: errors first, each by kind and words."""
    kind, text = entry.message
    return not kind.endswith("Error"), kind, text.lower()


def slug(entry: Entry) -> str:
    """Return the anchor of an entry: its kind and the first words.

    >>> home = Section("book/a", "b", "C")
    >>> slug(Entry(Message("KeyError", "No key 'x_1' in <a b>"), home, "", ""))
    'keyerror-no-key-x-in-a-b'
    """
    names = re.findall(r"[a-z]+", " ".join(entry.message).lower())
    return "-".join(names[:9])
