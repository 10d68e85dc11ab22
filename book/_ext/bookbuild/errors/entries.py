"""Gather error messages into entries: what each means, and its cells.

What a message means stands in the metadata of the cell that prints it, for
each kind of error that the cell prints::

    "errors": {
        "KeyError": {
            "cause": "...", "fix": "...",
            "fixed_in": "keras3.ipynb#choose-a-replacement"
        }
    }

This is about all messages of its kind that the cell prints; in a list, each
item is about one. ``fixed_in`` is needed where another section than the cell's
tells the fix. Where several causes share a message, ``{"ask": [...]}`` has two
to four such items, each with a ``question`` that tells its cause from the
others. Other cells that print the same message are found by its words, and so
is what older versions of TensorFlow said.

Two lists in ``book/_data`` have what no cell prints, each item with cause, fix
and fixed_in, or ask. ``explained.json`` has messages of older versions:
``kind``, ``versions``, and either ``captured``, the name of a snippet in
``older_tensorflow.json`` that raised or logged it, or ``reported``, the
address of a thread, with the ``message`` as it stands there. What goes wrong
without a message is in ``symptoms.json``: a ``symptom``, and other ``words``
for it.

What is wrong (a message without an entry, an entry that no cell prints any
more) is returned with the page or the file it is in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
import re
from typing import Any, NamedTuple

from ..names import ERRORS, EXPLAINED, OLDER, SYMPTOMS
from .messages import KINDS, Message, alike, messages, words

NEEDED = {"cause", "fix"}
QUESTIONS = (2, 3, 4)  # so many, where several causes share a message
SYMPTOM = "symptom"  # the kind of what goes wrong without a message


class Section(NamedTuple):
    """A section of a page, by the name of its anchor."""

    page: str
    anchor: str
    title: str


class Shown(NamedTuple):
    """What a cell prints, where, and what it says about its errors."""

    section: Section
    printed: str
    about: dict[str, dict[str, Any]]


class Answer(NamedTuple):
    """A cause and its fix; the question tells it from other causes."""

    cause: str
    fix: str
    fixed_in: str = ""
    question: str = ""


@dataclass
class Entry:
    """A message, what it means, and where it was met.

    ``page`` is the one whose links ``fixed_in`` of the answers has;
    ``wordings`` has the versions of TensorFlow for each way to say it.
    """

    message: Message
    page: str
    answers: list[Answer]
    shown: list[Section] = field(default_factory=list)  # the home comes first
    wordings: dict[str, list[str]] = field(default_factory=dict)
    reported: str = ""  # the address of the thread that has the message
    words: list[str] = field(default_factory=list)  # others for a symptom

    def met(self, text: str, version: str) -> None:
        """Note that ``version`` says it in these words, the first it used."""
        if not any(version in known for known in self.wordings.values()):
            self.says(text, version)

    def says(self, text: str, version: str) -> None:
        """Note that ``version`` says it in these words too."""
        same = (t for t in self.wordings if words(t) == words(text))
        versions = self.wordings.setdefault(next(same, text), [])
        if version not in versions:
            versions.append(version)


Problems = list[tuple[str, str]]  # [(page or file, what is wrong), ...]


def gathered(
    cells: Iterable[Shown],
    older: dict[str, Any],
    version: str,
    explained: Iterable[dict[str, Any]] = (),
    symptoms: Iterable[dict[str, Any]] = (),
) -> tuple[list[Entry], Problems]:
    """Return the entries, and what is wrong as ``[(page, problem), ...]``.

    ``version`` is the TensorFlow that the cells were executed with, ``older``
    has what others did with some snippets; ``explained`` and ``symptoms`` are
    what the files of these names list.
    """
    cells = list(cells)
    entries: list[Entry] = []
    wrong: Problems = []

    def add(place: str, make: Any, *given: Any) -> None:
        try:
            entry = make(*given)
            if same := entry_of(entry.message, entries):
                raise ValueError(
                    f"{same.page} and {place} explain {entry.message}"
                )
            entries.append(entry)
        except ValueError as problem:
            wrong.append((place, str(problem)))

    for cell in cells:
        for kind, about in cell.about.items():
            kind = KINDS.get(kind, kind)
            page = cell.section.page
            for told, said in explained_by(cell, kind, about):
                add(page, of_a_cell, cell, kind, said, told, version)
    for item in explained:
        add(EXPLAINED, of_an_older_version, item, older)
    for item in symptoms:
        add(SYMPTOMS, of_a_symptom, item)
    for cell in cells:
        for message in messages(cell.printed):
            known = entry_of(message, entries)
            if known is None:
                wrong.append((cell.section.page, f"no entry has {message}"))
                continue
            known.says(message.text, version)
            if cell.section not in known.shown:
                known.shown.append(cell.section)
    for number, _, message in captured(older):
        known = entry_of(message, entries)
        if known is None:
            wrong.append((OLDER, f"no entry has {message} of {number}"))
        else:
            known.met(message.text, number)
    return sorted(entries, key=in_the_list), wrong


def explained_by(
    cell: Shown, kind: str, about: dict[str, Any] | list[dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], list[Message]]]:
    """Yield what a cell says of a kind, with the messages that it is about.

    It is about all messages of this kind that the cell prints. Each item of a
    list is about one, in the order in which they are printed.
    """
    said = [m for m in messages(cell.printed) if m.kind == kind]
    if isinstance(about, list):
        yield from ((told, said[n : n + 1]) for n, told in enumerate(about))
    else:
        yield about, said


def of_a_cell(
    cell: Shown,
    kind: str,
    said: list[Message],
    about: dict[str, Any],
    version: str,
) -> Entry:
    """Return the entry of the messages of ``kind`` that ``cell`` prints.

    Raises
    ------
    ValueError
        If it prints none, or ``about`` does not say what it should.
    """
    if not said:
        raise ValueError(f"a cell explains a {kind} and prints none: {about}")
    told = answers(kind, about)
    entry = Entry(said[0], cell.section.page, told, [cell.section])
    for message in said:
        entry.says(message.text, version)
    return entry


def of_an_older_version(item: dict[str, Any], older: dict[str, Any]) -> Entry:
    """Return the entry of a message that no cell of today prints.

    Raises
    ------
    ValueError
        If an item of explained.json does not say what it should.
    """
    about = dict(item)
    kind, versions = about.pop("kind", ""), about.pop("versions", [])
    source = about.pop("captured", ""), about.pop("reported", "")
    text = about.pop("message", "")
    if (
        not kind
        or not isinstance(versions, list)
        or all(source) == any(source)
    ):
        raise ValueError(
            f"an item needs kind, a list of versions, and one of captured and "
            f"reported: {item}"
        )
    name, thread = source
    if name:
        found = [
            (number, message)
            for number, snippet, message in captured(older)
            if snippet == name and message.kind == kind and number in versions
        ]
        if not found:
            raise ValueError(f"no {kind} was captured of {name} in {versions}")
        if text and words(text) != words(found[0][1].text):
            raise ValueError(f"{name} said {found[0][1].text!r}, not {text!r}")
        text = found[0][1].text
    elif not text or not re.fullmatch(r"https://\S+", thread):
        raise ValueError(f"a reported item needs message and address: {item}")
    told = answers(kind, about)
    if not all(answer.fixed_in for answer in told):
        raise ValueError(f"fixed_in must name a section: {item}")
    entry = Entry(Message(kind, text), ERRORS, told, reported=thread)
    if thread:
        entry.wordings[text] = versions[:]
    else:
        for number, message in found:
            entry.says(message.text, number)
    return entry


def of_a_symptom(item: dict[str, Any]) -> Entry:
    """Return the entry of what goes wrong without a message.

    Raises
    ------
    ValueError
        If an item of symptoms.json does not say what it should.
    """
    about = dict(item)
    symptom, others = about.pop("symptom", ""), about.pop("words", [])
    if not symptom or not others:
        raise ValueError(f"an item needs symptom and words: {item}")
    told = answers(symptom, about)
    if not all(answer.fixed_in for answer in told):
        raise ValueError(f"fixed_in must name a section: {item}")
    message = Message(SYMPTOM, symptom)
    return Entry(message, ERRORS, told, wordings={symptom: []}, words=others)


def answers(name: str, about: dict[str, Any]) -> list[Answer]:
    """Return what ``about`` tells of the message or symptom called ``name``.

    Raises
    ------
    ValueError
        If a cause or a fix is missing, or there is more than is known.
    """
    items, needed = [about], NEEDED
    if "ask" in about:
        items, needed = about["ask"], NEEDED | {"question"}
        if about.keys() != {"ask"} or len(items) not in QUESTIONS:
            raise ValueError(f"{name}: ask must have {QUESTIONS} items alone")
    for item in items:
        if not needed <= item.keys() <= needed | {"fixed_in"}:
            raise ValueError(f"{name} must have {sorted(needed)}, not {item}")
    return [Answer(**item) for item in items]


def entry_of(message: Message, entries: list[Entry]) -> Entry | None:
    """Return the entry that ``message`` belongs to, or None."""
    kind, _ = message
    return next(
        (
            entry
            for entry in entries
            for text in (entry.message.text, *entry.wordings)
            if entry.message.kind == kind
            and alike(Message(kind, text), message)
        ),
        None,
    )


def captured(older: dict[str, Any]) -> Iterator[tuple[str, str, Message]]:
    """Yield ``(version, snippet, message)`` that it raised or logged."""
    for number, capture in older.items():
        for name, snippet in capture["snippets"].items():
            if "raised" in snippet:
                message = Message(snippet["raised"], snippet["message"])
                yield number, name, message
            for line in snippet["logged"]:
                yield number, name, Message(KINDS["log"], line)


def in_the_list(entry: Entry) -> tuple[bool, str, str]:
    """Return what sorts an entry: errors first, each by kind and words."""
    kind, text = entry.message
    return not kind.endswith("Error"), kind, text.lower()


def slug(entry: Entry) -> str:
    """Return the anchor of an entry: its kind and the first words.

    >>> slug(Entry(Message("KeyError", "No key 'x_1' in <a b>"), "book/a", []))
    'keyerror-no-key-x-in-a-b'
    """
    # A class goes by its last name, lest its path be all that tells it.
    text = re.sub(r"'[\w.]+\.(\w+)' object", r"\1 object", entry.message.text)
    names = re.findall(r"[a-z]+", f"{entry.message.kind} {text}".lower())
    return "-".join(names[:9])
