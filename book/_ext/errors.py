"""Lead from an error message to the place in the book that mends it.

The cells of the notebooks print error messages that they have caught. This
extension gathers them, from the outputs that the pages show, into a list of
entries, and puts the list and a box to search it where a page has the
directives ``error-list`` and ``error-finder``.

What a message means stands in the metadata of the cell that prints it, for
each kind of error that the cell prints::

    "errors": {
        "KeyError": {
            "cause": "...", "fix": "...",
            "mended": "keras3.ipynb#choose-a-replacement"
        }
    }

``mended`` is needed only where another section than the cell's tells the cure.
Other cells that print the same message are found by its words, and so is what
older versions of TensorFlow said. A message without an entry, an entry that no
cell prints any more, and a cure that is not there are warnings.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
import json
from pathlib import Path
import posixpath
import re
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from versions import installed

logger = logging.getLogger(__name__)

OLDER = "tests/fixtures/older_tensorflow.json"
# A message begins a line, perhaps after the name of the library it is from.
PRINTED = re.compile(
    r"\s*(?:[\w.]+: )?"
    r"(?P<kind>\w*(?:Error|Exception|Warning)|log|logged|warning): "
    r"(?P<text>.+)"
)
KINDS = {"log": "log line", "logged": "log line"}  # and the others by name
ALIKE = 0.75  # of the words of two messages are the same if they are one
NEEDED = {"cause", "fix"}

FINDER = """<form class="error-finder">
<label for="error-text">Paste your error message, or the whole traceback. It
stays in your browser.</label>
<textarea id="error-text" rows="4" autocapitalize="off" spellcheck="false">
</textarea>
<button type="reset">Clear</button>
<div class="error-answer" aria-live="polite"></div>
</form>"""


class Message(NamedTuple):
    """An error message: its kind, such as KeyError, and its words."""

    kind: str
    text: str


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
    mended: str = ""
    shown: list[Section] = field(default_factory=list)  # home comes first
    wordings: dict[str, list[str]] = field(default_factory=dict)

    def met(self, text: str, version: str) -> None:
        """Note that ``version`` says it in these words, the first it used."""
        if not any(version in known for known in self.wordings.values()):
            same = (t for t in self.wordings if words(t) == words(text))
            self.wordings.setdefault(next(same, text), []).append(version)


class FinderHere(SphinxDirective):
    """Put the box here; what it holds is for readers of the notebook."""

    has_content = True
    part = "finder"

    def run(self) -> list[nodes.Node]:
        """Return the place."""
        return [nodes.container(error_part=self.part)]


class ListHere(FinderHere):
    """Put the list here; what it holds is for readers of the notebook."""

    part = "list"


def setup(app: Any) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.add_directive("error-finder", FinderHere)
    app.add_directive("error-list", ListHere)
    app.connect("doctree-resolved", fill)
    app.connect("html-page-context", add_files)
    return {"parallel_read_safe": True, "version": "1"}


# ----------------------------------------------------------------- the entries


def messages(printed: str) -> Iterator[Message]:
    r"""Yield the error messages in what a cell printed.

    A message goes on in the lines below it that are indented more.

    >>> printed = "tf.keras: log: to be\n  or not\nKeyError: 'x'"
    >>> [" | ".join(message) for message in messages(printed)]
    ['log line | to be or not', "KeyError | 'x'"]
    """
    lines = printed.splitlines()
    for number, line in enumerate(lines):
        if begin := PRINTED.match(line):
            words = [begin["text"]]
            for more in lines[number + 1 :]:
                if indent(more) <= indent(line) or PRINTED.match(more):
                    break
                words.append(more.strip())
            kind = begin["kind"]
            yield Message(KINDS.get(kind, kind), " ".join(words))


def indent(line: str) -> int:
    """Return how many blanks begin a line."""
    return len(line) - len(line.lstrip())


def alike(one: Message, other: Message) -> bool:
    """Say whether two messages are one, with other names and numbers in it.

    >>> message = Message("A", "'SGD' object has no attribute 'minimize'")
    >>> alike(message, Message("A", message.text.replace("SGD", "Adam")))
    True
    >>> alike(message, Message("A", message.text.replace("minimize", "_id")))
    False
    """
    a, b = map(words, (one.text, other.text))
    return one.kind == other.kind and len(a & b) >= ALIKE * len(a | b)


def words(text: str) -> set[str]:
    """Return the words of a message, without those that stand for objects."""
    text = re.sub(r"<[^>]*>|'[^']*' object", "", text.lower())
    return set(re.findall(r"[a-z_]+", text))


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
    if not NEEDED <= about.keys() <= NEEDED | {"mended"}:
        raise ValueError(f"{kind} must have {sorted(NEEDED)}, not {about}")
    text = about["cause"], about["fix"], about.get("mended", "")
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


# -------------------------------------------------------------------- the page


def fill(app: Any, doctree: nodes.document, docname: str) -> None:
    """Put the box and the list in their places."""
    for place in list(doctree.findall(nodes.container)):
        if place.get("error_part") == "finder":
            place.replace_self(nodes.raw(text=FINDER, format="html"))
        if place.get("error_part") == "list":
            place.replace_self(the_list(app, docname))


def add_files(
    app: Any, pagename: str, template: str, context: Any, doctree: Any
) -> None:
    """Add the script and the style of the box where there is one."""
    if "error-finder" in context.get("body", ""):
        app.add_css_file("errors.css")
        app.add_js_file("errors.js", defer="defer")


def the_list(app: Any, docname: str) -> nodes.bullet_list:
    """Return the list of all entries, for the page ``docname``."""
    doctrees = {
        page: app.env.get_doctree(page) for page in sorted(app.env.found_docs)
    }
    path = Path(app.srcdir, OLDER)
    older = json.loads(path.read_text()) if path.exists() else {}
    cells = [c for page, tree in doctrees.items() for c in shown(page, tree)]
    entries, wrong = gathered(cells, older, installed()["TensorFlow"])
    for page, problem in wrong:
        logger.warning(problem, location=page)

    def link(section: Section) -> nodes.reference:
        there = app.builder.get_relative_uri(docname, section.page)
        text = f"{title_of(doctrees[section.page])}: {section.title}"
        if section.page == docname:
            there, text = "", section.title
        address = f"{there}#{section.anchor}"
        return nodes.reference("", text, internal=True, refuri=address)

    found = nodes.bullet_list(classes=["error-list"])
    for entry in entries:
        mended = cure(entry, doctrees) if entry.mended else None
        if entry.mended and mended is None:
            problem = f"{entry.message.kind}: nothing is at {entry.mended}"
            logger.warning(problem, location=entry.home.page)
        found += item(entry, mended, link)
    return found


def shown(page: str, doctree: nodes.document) -> Iterator[Shown]:
    """Yield the cells of a page; what a solution prints is the reader's."""
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code" or "tag_solution" in cell.get(
            "classes", []
        ):
            continue
        section = cell.parent
        while section is not None and not isinstance(section, nodes.section):
            section = section.parent
        printed = "\n".join(
            block.astext()
            for block in cell.findall(nodes.literal_block)
            if "stream" in block["classes"]
        )
        about = cell.get("cell_metadata", {}).get("errors", {})
        if section is not None and (printed or about):
            yield Shown(as_section(page, section), printed, about)


def as_section(page: str, section: nodes.section) -> Section:
    """Return where ``section`` of a page is."""
    return Section(page, section["ids"][0], title_of(section))


def title_of(document: nodes.Element) -> str:
    """Return the first title in a document or a section."""
    return str(document.next_node(nodes.title).astext())


def cure(entry: Entry, doctrees: dict[str, Any]) -> Section | None:
    """Return the section that tells the cure, or None if it is not there."""
    file, _, anchor = entry.mended.partition("#")
    folder, own = posixpath.split(entry.home.page)
    page = posixpath.join(folder, file.removesuffix(".ipynb") or own)
    if page in doctrees:
        for section in doctrees[page].findall(nodes.section):
            if anchor in section["ids"]:
                return as_section(page, section)
    return None


def item(entry: Entry, mended: Section | None, link: Any) -> nodes.list_item:
    """Return an entry as it stands in the list."""
    found = nodes.list_item(ids=[slug(entry)], classes=["error-entry"])
    for text, versions in entry.wordings.items():
        found += paragraph(
            "error-message",
            nodes.strong("", entry.message.kind, classes=["error-kind"]),
            nodes.Text(" "),
            nodes.literal(text, text),
            nodes.Text(" "),
            nodes.inline(
                "",
                f"TensorFlow {', '.join(sorted(versions, key=release))}",
                classes=["error-versions"],
            ),
        )
    for name, text in (("Cause: ", entry.cause), ("Do: ", entry.fix)):
        found += paragraph("", nodes.strong(name, name), *with_code(text))
    where = [nodes.Text("Shown in "), *between(map(link, entry.shown), "; ")]
    if mended is not None:
        where = [
            nodes.Text("Mended in "),
            link(mended),
            nodes.Text(". "),
            *where,
        ]
    found += paragraph("error-where", *where, nodes.Text("."))
    return found


def paragraph(name: str, *children: nodes.Node) -> nodes.paragraph:
    """Return a paragraph of the class ``name``."""
    return nodes.paragraph("", "", *children, classes=name.split())


def between(links: Iterable[nodes.Node], sign: str) -> list[nodes.Node]:
    """Return ``links`` with ``sign`` between every two."""
    parted = [node for one in links for node in (nodes.Text(sign), one)]
    return parted[1:]


def with_code(text: str) -> list[nodes.Node]:
    """Return a text, its code between backticks."""
    return [
        nodes.literal(part, part) if number % 2 else nodes.Text(part)
        for number, part in enumerate(text.split("`"))
        if part
    ]


def release(version: str) -> list[int]:
    """Return what sorts versions.

    >>> sorted(["2.9.1", "2.15.1"], key=release)
    ['2.9.1', '2.15.1']
    """
    return [int(number) for number in re.findall(r"\d+", version)]
