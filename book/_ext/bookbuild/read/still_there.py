"""Look whether MyST-NB still makes the nodes that the stages look for."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.util import logging

from ..execute.stage import rendered_from
from ..upstream import (
    CELL_METADATA,
    CODE_CELL,
    ELEMENT,
    EXECUTED_AT,
    FORM_TYPE,
    MIME_BUNDLE,
    STREAM_CLASS,
    TAG_CLASS,
    WIDGET_VIEW,
)

logger = logging.getLogger(__name__)


class Mark(NamedTuple):
    """An attribute by which nodes of MyST-NB are known.

    ``value`` is what it says, or begins with in a list; an empty one stands
    for whatever it says. ``what`` and ``use`` are as those of a `Piece`.
    """

    attribute: str
    value: str
    what: str
    use: str


NODES = (
    Mark(
        ELEMENT,
        CODE_CELL,
        "the node of a code cell",
        "cells become tabs, messages become entries of the list of errors, "
        "and live-only widgets stay off the page",
    ),
    Mark(
        ELEMENT,
        MIME_BUNDLE,
        "the node of an output in all its forms",
        "a widget gets its place on the page there",
    ),
    Mark(
        CELL_METADATA,
        "",
        "the metadata of a code cell",
        "tabs are made, and errors explained, from what it says",
    ),
    Mark(
        "classes",
        TAG_CLASS,
        "the class that a cell's tag becomes",
        "cells with the tags solution and live-only are treated differently",
    ),
    Mark(
        "classes",
        STREAM_CLASS,
        "the class of what a cell has printed",
        "the list of errors is read from it",
    ),
    Mark(
        FORM_TYPE,
        WIDGET_VIEW,
        "the form of an output that is a widget",
        "a place for the widget takes its place",
    ),
)


def check_nodes(app: Any, env: Any) -> None:
    """Warn of each mark that no node of the notebooks' pages has."""
    pages = [
        name
        for name in sorted(env.found_docs)
        if env.doc2path(name).endswith(".ipynb")
    ]
    for mark in unseen(map(env.get_doctree, pages)) if pages else ():
        logger.warning(
            f"MyST-NB no longer makes {mark.what} "
            f"({mark.attribute}={mark.value or '...'!r}). It matters because: "
            f"{mark.use}. See whether it has another name now, and change "
            f"upstream.py."
        )
    if pages and not any(rendered_from(env, name) for name in pages):
        logger.warning(
            f"MyST-NB no longer notes when a page was executed "
            f"({' > '.join(EXECUTED_AT)}). It matters because: pages are read "
            f"again only where that has changed. See where it is noted now, "
            f"and change upstream.py."
        )


def unseen(pages: Iterable[nodes.document]) -> list[Mark]:
    """Return the marks that no page has; read as few pages as it takes."""
    missing = list(NODES)
    for page in pages:
        seen = [m for m in missing if any(page.findall(has(m)))]
        missing = [mark for mark in missing if mark not in seen]
        if not missing:
            break
    return missing


def has(mark: Mark) -> Any:
    """Return what says whether a node has ``mark``."""

    def test(node: Any) -> bool:
        if not isinstance(node, nodes.Element) or mark.attribute not in node:
            return False
        value = node[mark.attribute]
        if isinstance(value, list):
            return any(word.startswith(mark.value) for word in value)
        return not mark.value or value == mark.value

    return test
