"""Put the lists of error messages and symptoms, and the box, on their page.

The cells of the notebooks print error messages that they have caught. `book`
gathers them, and what the data adds, into entries. Messages of today stand
where a page has the directive ``error-list``, those of older versions alone
where it has ``older-error-list``, those that tell a symptom where it has
``symptom-list``, and the box to search them all where it has ``error-finder``.

What the box does is in ``book/_static/errors.js``. The older messages are on
another page than the box, lest its page be too heavy; it gets them, and the
rules of the search, from a script, which it asks for when it is used.
"""

from collections.abc import Iterable
from html import escape
import json
from pathlib import Path
import re
from typing import Any

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from ..names import CAPTURED, ERRORS, ERRORS_DATA, digest
from .book import Page, section_of, the_entries, the_pages
from .entries import SYMPTOM, Answer, Entry, Section, slug
from .rules import RULES

WORDS = 4  # in the name of an entry, in addresses

logger = logging.getLogger(__name__)

FINDER = """<form class="error-finder" data-script="">
<label for="error-text">Paste your error message, or the whole traceback; or
say in a few words what goes wrong. It stays in your browser.</label>
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
    """Put the messages here; what it holds is for readers of the notebook."""

    part = "list"


class OlderHere(FinderHere):
    """Put the messages of older versions here."""

    part = "older"


class SymptomsHere(FinderHere):
    """Put the symptoms here; what it holds is for readers of the notebook."""

    part = "symptoms"


def fill(app: Any, doctree: nodes.document, docname: str) -> None:
    """Put the box and the lists in their places."""
    places = [
        (place, place["error_part"])
        for place in doctree.findall(nodes.container)
        if "error_part" in place
    ]
    if not places:
        return
    entries, wrong = the_entries(Path(app.srcdir))
    for page, problem in wrong:
        logger.warning(problem, location=page)
    lists = Lists(app, docname)
    parts = {
        "finder": lambda: nodes.raw(text=FINDER, format="html"),
        "list": lambda: lists.of(e for e in entries if e.shown),
        "older": lambda: lists.of(filter(is_older, entries)),
        "symptoms": lambda: lists.of(filter(is_symptom, entries)),
    }
    for place, part in places:
        place.replace_self(parts[part]())


def add_files(
    app: Any, pagename: str, template: str, context: Any, doctree: Any
) -> None:
    """Add the style of a list, and where the box is, its scripts."""
    body = context.get("body", "")
    if "error-list" in body:
        app.add_css_file("errors.css")
    if "error-finder" in body:
        app.add_js_file("errors.js", defer="defer")
        script = data_script(app)
        path = Path(app.outdir) / "_static" / ERRORS_DATA
        path.write_text(script, encoding="utf-8")
        address = context["pathto"](f"_static/{ERRORS_DATA}", resource=True)
        context["body"] = body.replace(
            'data-script=""', f'data-script="{address}?v={digest(script)}"'
        )


def data_script(app: Any) -> str:
    """Return the script that brings the box rules and older messages."""
    entries, _ = the_entries(Path(app.srcdir))
    older = Lists(app, ERRORS).of(filter(is_older, entries))
    html = app.builder.render_partial(older)["fragment"]
    page = app.builder.get_relative_uri(ERRORS, CAPTURED)
    given = [RULES, html, page]
    packed = (json.dumps(one, separators=(",", ":")) for one in given)
    return f"errorFinder.take({','.join(packed)});\n"


def is_older(entry: Entry) -> bool:
    """Say whether a message is one that no cell of today prints."""
    return not entry.shown and not is_symptom(entry)


def is_symptom(entry: Entry) -> bool:
    """Say whether an entry tells what goes wrong without a message."""
    return entry.message.kind == SYMPTOM


class Lists:
    """Lists of entries on the page ``docname``, with links from there."""

    def __init__(self, app: Any, docname: str) -> None:
        self.address = app.builder.get_relative_uri
        self.docname = docname
        self.pages: dict[str, Page] = the_pages(Path(app.srcdir))
        self.anchors: set[str] = set()  # that the page has so far

    def of(self, entries: Iterable[Entry]) -> nodes.bullet_list:
        """Return the list of ``entries``."""
        found = nodes.bullet_list(classes=["error-list"])
        found.extend(map(self.item, entries))
        return found

    def item(self, entry: Entry) -> nodes.list_item:
        """Return an entry as it stands in the list."""
        found = nodes.list_item(
            ids=[self.anchor(entry)], classes=["error-entry"]
        )
        found.extend(
            [symptom(entry)] if is_symptom(entry) else wordings(entry)
        )
        if len(entry.answers) > 1:
            found += paragraph("", nodes.Text("Which of these is yours?"))
            found += self.questions(entry)
            fixes = []
        else:
            (answer,) = entry.answers
            found.extend(cause_and_fix(answer))
            fixes = self.fixes(entry, answer)
        if where := sentences(
            ("Fixed in", fixes),
            ("Shown in", list(map(self.link, entry.shown[:1]))),  # its home
        ):
            found += paragraph("error-where", *where)
        return found

    def anchor(self, entry: Entry) -> str:
        """Return a name for an entry that no other has: its first words.

        The whole slugs weigh 3 KB, which the page's budget has not.
        """
        short = "-".join(slug(entry).split("-")[:WORDS])
        names = (short, *(f"{short}-{k}" for k in range(2, 1000)))
        found = next(name for name in names if name not in self.anchors)
        self.anchors.add(found)
        return found

    def questions(self, entry: Entry) -> nodes.enumerated_list:
        """Return the questions that tell the causes of a message apart."""
        found = nodes.enumerated_list(classes=["error-ask"])
        for answer in entry.answers:
            question = nodes.strong("", "", *with_code(answer.question))
            parts = [paragraph("", question), *cause_and_fix(answer)]
            if where := sentences(("Fixed in", self.fixes(entry, answer))):
                parts.append(paragraph("error-where", *where))
            found += nodes.list_item("", *parts)
        return found

    def fixes(self, entry: Entry, answer: Answer) -> list[nodes.Node]:
        """Return the link to the section of the fix, where there is one."""
        section = section_of(entry, answer, self.pages)
        return [self.link(section)] if section else []

    def link(self, section: Section) -> nodes.raw:
        """Return a link to a section, by its title alone."""
        there = self.address(self.docname, section.page)
        address = escape(f"{there}#{section.anchor}")
        html = f'<a href="{address}">{escape(section.title)}</a>'
        return nodes.raw("", html, format="html")


def wordings(entry: Entry) -> list[nodes.Node]:
    """Return each wording of a message, with its versions or its thread."""
    found: list[nodes.Node] = []
    for text, versions in entry.wordings.items():
        numbers = ", ".join(sorted(versions, key=release))
        seen = [nodes.Text(f"TensorFlow {numbers}" if numbers else "")]
        if entry.reported:
            thread = nodes.reference(
                "", "reported", internal=False, refuri=entry.reported
            )
            seen = [thread, *([nodes.Text(" for "), *seen] if numbers else [])]
        found.append(
            paragraph(
                "error-message",
                nodes.strong("", entry.message.kind, classes=["error-kind"]),
                nodes.Text(" "),
                code(text),
                nodes.Text(" "),
                nodes.inline("", "", *seen, classes=["error-versions"]),
            )
        )
    return found


def symptom(entry: Entry) -> nodes.paragraph:
    """Return what goes wrong, and other words for it."""
    return paragraph(
        "error-message",
        nodes.strong("", entry.message.text, classes=["error-symptom"]),
        nodes.Text(" "),
        nodes.inline("", "; ".join(entry.words), classes=["error-words"]),
    )


def cause_and_fix(answer: Answer) -> list[nodes.Node]:
    """Return the two paragraphs of an answer."""
    return [
        paragraph("", nodes.strong("", f"{name}: "), *with_code(text))
        for name, text in (("Cause", answer.cause), ("Fix", answer.fix))
    ]


def sentences(*parts: tuple[str, list[nodes.Node]]) -> list[nodes.Node]:
    """Return a sentence of each part that has links, after its first words."""
    found: list[nodes.Node] = []
    for name, links in parts:
        if links:
            begin = nodes.Text(f" {name} " if found else f"{name} ")
            found += [begin, *between(links, "; "), nodes.Text(".")]
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
        code(part) if number % 2 else nodes.Text(part)
        for number, part in enumerate(text.split("`"))
        if part
    ]


def code(text: str) -> nodes.raw:
    """Return code without the classes and spans that docutils gives it.

    They are an eighth of the page, which has hundreds of pieces of code.
    Quotes between tags need no escape, and messages are full of them.
    """
    html = f"<code>{escape(text, quote=False)}</code>"
    return nodes.raw("", html, format="html")


def release(version: str) -> list[int]:
    """Return what sorts versions.

    >>> sorted(["2.9.1", "2.15.1"], key=release)
    ['2.9.1', '2.15.1']
    """
    return [int(number) for number in re.findall(r"\d+", version)]
