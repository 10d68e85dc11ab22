"""Link each term of the glossary from its first use, and back.

The notebooks say nothing of it and stay as they are: in JupyterLab and on
GitHub a term is plain text. When the pages are written, the first use of each
term in the running text of the chapters, in the order of the contents, becomes
a link to its entry, and the entry says where that is. Headings, captions, code
and links are left alone, and so are the first page of the book and the part
that the glossary belongs to.

A term is written in the glossary as one looks it up, in the singular; its
plural in -s and the third person of a verb are found with it.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, groupby
import re
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging

logger = logging.getLogger(__name__)

# Text in these is no running text, or leads somewhere else already.
NOT_RUNNING = (
    addnodes.pending_xref,
    nodes.caption,
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.raw,
    nodes.reference,
    nodes.title,
)


# ------------------------------------------------------------ when all is read


def find_first_uses(app: Any, env: Any) -> None:
    """Note for each term the chapter that uses it first.

    All chapters are looked at in every build: a change of one may bring a use
    before the first use in another, or take it away.
    """
    env.glossary_entries = entries = dict(glossary_entries(env))
    first: dict[str, str] = {}
    env.glossary_first_uses = first
    for chapter in chapters(env, {page for page, _ in entries.values()}):
        for term, *_ in uses(env.get_doctree(chapter), entries):
            first.setdefault(term, chapter)
    for term, (page, _) in entries.items():
        if term not in first:
            logger.warning(f"no chapter uses the term {term!r}", location=page)


def glossary_entries(env: Any) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield ``(term, (page, anchor))`` for each entry of the glossary."""
    for name, _, kind, page, anchor, _ in env.domains["std"].get_objects():
        if kind == "term":
            yield as_key(name), (page, anchor)


def chapters(env: Any, glossaries: set[str]) -> list[str]:
    """Return the chapters in order: the parts that hold no glossary."""
    contents = env.get_doctree(env.config.root_doc)
    parts = [
        part["includefiles"] for part in contents.findall(addnodes.toctree)
    ]
    return list(
        chain.from_iterable(
            part for part in parts if not glossaries & set(part)
        )
    )


# ----------------------------------------------------------------- in one page


def uses(
    page: nodes.document, terms: Iterable[str]
) -> Iterator[tuple[str, Any, re.Match[str]]]:
    """Yield each use of a term in ``page``: the term, the text, and where."""
    terms = list(terms)
    if not terms:
        return  # the pattern of no terms would find the empty word everywhere
    pattern = pattern_of(terms)
    join_lines(page)
    for text in list(page.findall(nodes.Text)):
        if is_running(text):
            for match in pattern.finditer(text.astext()):
                yield as_key(match[1]), text, match


def join_lines(page: nodes.document) -> None:
    """Make one text of those that follow one another: lines of a source."""
    for element in page.findall(nodes.TextElement):
        children: list[nodes.Node] = []
        for is_text, group in groupby(element, is_text_node):
            row = list(group)
            children += [nodes.Text("".join(row))] if is_text else row
        element[:] = children


def is_text_node(node: nodes.Node) -> bool:
    """Say whether ``node`` is plain text."""
    return isinstance(node, nodes.Text)


def is_running(text: nodes.Text) -> bool:
    """Say whether ``text`` stands in a paragraph, and is no code or link."""
    node, in_paragraph = text.parent, False
    while node is not None:
        if isinstance(node, NOT_RUNNING):
            return False
        in_paragraph = in_paragraph or isinstance(node, nodes.paragraph)
        node = node.parent
    return in_paragraph


def pattern_of(terms: Iterable[str]) -> re.Pattern[str]:
    """Return what finds ``terms``, the longest that stands at a place."""
    longest_first = sorted(terms, key=len, reverse=True)
    words = "|".join(
        re.escape(t).replace(r"\ ", r"\s+") for t in longest_first
    )
    return re.compile(rf"(?<![\w-])({words})(?:s|es)?(?![\w-])", re.I)


def as_key(term: str) -> str:
    """Return a term as it is compared: small letters, single blanks."""
    return " ".join(term.lower().split())


# --------------------------------------------------------- when one is written


def link_terms(app: Any, page: nodes.document, docname: str) -> None:
    """Add the links of a page, to the glossary or from it."""
    env = app.env
    entries, first = env.glossary_entries, env.glossary_first_uses
    if any(docname == glossary for glossary, _ in entries.values()):
        add_ways_back(app, page, docname)
    wanted = {term for term, chapter in first.items() if chapter == docname}
    links: dict[Any, list[tuple[re.Match[str], nodes.Node]]] = {}
    for term, text, match in uses(page, entries):
        if term in wanted:
            wanted.remove(term)
            target, anchor = entries[term]
            link = reference(app, docname, target, anchor, match[0])
            link["ids"].append(first_use_anchor(anchor))
            links.setdefault(text, []).append((match, link))
    for text, found in links.items():
        text.parent.replace(text, list(with_links(text.astext(), found)))


def with_links(
    text: str, found: Iterable[tuple[re.Match[str], nodes.Node]]
) -> Iterator[nodes.Node]:
    """Yield ``text`` with links in the place of what was found in it."""
    end = 0
    for match, link in found:
        yield nodes.Text(text[end : match.start()])
        yield link
        end = match.end()
    yield nodes.Text(text[end:])


def add_ways_back(app: Any, page: nodes.document, docname: str) -> None:
    """Say at each entry of the glossary in which chapter its first use is."""
    env = app.env
    for item in page.findall(nodes.definition_list_item):
        for term in item.findall(nodes.term):
            chapter = env.glossary_first_uses.get(as_key(term.astext()))
            if chapter is None:
                continue
            title = env.titles[chapter].astext()
            anchor = first_use_anchor(term["ids"][0])
            link = reference(app, docname, chapter, anchor, title)
            item[-1] += nodes.paragraph(
                "",
                "First used in ",
                link,
                nodes.Text("."),
                classes=["first-use"],
            )


def first_use_anchor(anchor: str) -> str:
    """Return the anchor of a term's first use, from that of its entry."""
    return f"first-use-of-{anchor.removeprefix('term-')}"


def reference(
    app: Any, docname: str, target: str, anchor: str, words: str
) -> nodes.reference:
    """Return a link from one page to an anchor in another."""
    address = f"{app.builder.get_relative_uri(docname, target)}#{anchor}"
    classes = ["term-link"] if anchor.startswith("term-") else []
    return nodes.reference(
        "", words, internal=True, refuri=address, classes=classes
    )
