"""Put the list of error messages, and the box to search it, on their page.

The cells of the notebooks print error messages that they have caught. They are
gathered from the outputs that the pages show into a list of entries, which
stands where a page has the directive ``error-list``; the box stands where it
has ``error-finder``. See `entries` for what the cells' metadata says. What the
box does is in ``book/_static/errors.js``.
"""

from collections.abc import Iterable, Iterator
import json
from pathlib import Path
import posixpath
import re
from typing import Any

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from ..execute.versions import installed
from ..names import OLDER
from ..read.cells import has_tag, is_code_cell, metadata
from ..upstream import STREAM_CLASS
from .entries import Entry, Section, Shown, gathered, slug

logger = logging.getLogger(__name__)

FINDER = """<form class="error-finder">
<label for="error-text">Paste your error message, or the whole traceback. It
stays in your browser.</label>
<textarea id="error-text" rows="4" autocapitalize="off" spellcheck="false">
</textarea>
<button type="reset">Clear</button>
<div class="error-answer" aria-live="polite"></div>
</form>"""


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
    older = json.loads(path.read_text("utf-8")) if path.exists() else {}
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
        fix = section_of_the_fix(entry, doctrees) if entry.fixed_in else None
        if entry.fixed_in and fix is None:
            problem = f"{entry.message.kind}: nothing is at {entry.fixed_in}"
            logger.warning(problem, location=entry.home.page)
        found += item(entry, fix, link)
    return found


def shown(page: str, doctree: nodes.document) -> Iterator[Shown]:
    """Yield the cells of a page; what a solution prints is the reader's."""
    for cell in doctree.findall(nodes.container):
        if not is_code_cell(cell) or has_tag(cell, "solution"):
            continue
        section = cell.parent
        while section is not None and not isinstance(section, nodes.section):
            section = section.parent
        printed = "\n".join(
            block.astext()
            for block in cell.findall(nodes.literal_block)
            if STREAM_CLASS in block["classes"]
        )
        about = metadata(cell).get("errors", {})
        if section is not None and (printed or about):
            yield Shown(as_section(page, section), printed, about)


def as_section(page: str, section: nodes.section) -> Section:
    """Return where ``section`` of a page is."""
    return Section(page, section["ids"][0], title_of(section))


def title_of(document: nodes.Element) -> str:
    """Return the first title in a document or a section."""
    return str(document.next_node(nodes.title).astext())


def section_of_the_fix(
    entry: Entry, doctrees: dict[str, Any]
) -> Section | None:
    """Return the section that tells the fix, or None if it is not there."""
    file, _, anchor = entry.fixed_in.partition("#")
    folder, own = posixpath.split(entry.home.page)
    page = posixpath.join(folder, file.removesuffix(".ipynb") or own)
    if page in doctrees:
        for section in doctrees[page].findall(nodes.section):
            if anchor in section["ids"]:
                return as_section(page, section)
    return None


def item(entry: Entry, fix: Section | None, link: Any) -> nodes.list_item:
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
    for name, text in (("Cause: ", entry.cause), ("Fix: ", entry.fix)):
        found += paragraph("", nodes.strong(name, name), *with_code(text))
    where = [nodes.Text("Shown in "), *between(map(link, entry.shown), "; ")]
    if fix is not None:
        where = [
            nodes.Text("Fixed in "),
            link(fix),
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
