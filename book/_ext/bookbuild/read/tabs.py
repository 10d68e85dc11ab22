"""Show code cells that do the same thing in different ways as tabs.

A code cell whose metadata says ``"tab": {"group": "...", "label": "..."}``
goes with its output into a tab named ``label``; cells of the same group that
follow one another make one set of tabs. The tabs are those of sphinx-design:
radio buttons without a script, so that the arrow keys choose one. In
JupyterLab the cells stay what they are, one after the other.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx_design.shared import create_component

from ..upstream import TAB_CLASSES
from .cells import is_code_cell, metadata

logger = logging.getLogger(__name__)


class TabsFromCells(SphinxTransform):
    """Put each row of tab cells of a page into a tab set."""

    default_priority = 500  # any will do: the parser has made the cells

    def apply(self, **kwargs: Any) -> None:
        """Replace the cells where they stand."""
        for group, cells in rows_of_cells(self.document):
            problem = what_is_wrong(group, [cell_tab(cell) for cell in cells])
            if problem:
                logger.warning(problem, location=cells[0])
            else:
                parent = cells[0].parent
                place = parent.index(cells[0])
                for cell in cells:
                    parent.remove(cell)
                parent.insert(place, tab_set(cells))


def rows_of_cells(document: nodes.document) -> Iterator[tuple[Any, list[Any]]]:
    """Return each group name with the cells that follow one another in it."""
    parents = {id(c.parent): c.parent for c in document.findall(is_tab_cell)}
    for parent in parents.values():
        for group, row in groupby(list(parent.children), group_of):
            if group is not None:
                yield group, list(row)


def is_tab_cell(node: Any) -> bool:
    """Say whether ``node`` is a code cell that wants to be a tab."""
    return is_code_cell(node) and "tab" in metadata(node)


def cell_tab(cell: Any) -> Any:
    """Return what the metadata of ``cell`` says about its tab."""
    return metadata(cell)["tab"]


def group_of(node: Any) -> Any:
    """Return the group of a tab cell, None for any other node."""
    if not is_tab_cell(node):
        return None
    tab = cell_tab(node)
    return tab.get("group", "") if isinstance(tab, dict) else ""


def what_is_wrong(group: Any, tabs: list[Any]) -> str:
    """Say why a row of cells with this metadata makes no tab set, or ''."""
    for tab in tabs:
        named = isinstance(tab, dict) and [tab.get("group"), tab.get("label")]
        if not named or not all(isinstance(n, str) and n for n in named):
            right = '{"group": "...", "label": "..."}'
            return f"a tab must be {right}, not {tab!r}"
    labels = [tab["label"] for tab in tabs]
    whose = f"of the group {group!r}"
    if len(labels) < 2:
        return f"the tab {labels[0]!r} {whose} has no cell beside it"
    if len(set(labels)) < len(labels):
        return f"the tabs {whose} need different labels, not {labels}"
    return ""


def tab_set(cells: list[Any]) -> nodes.container:
    """Return a tab set with one tab for each of ``cells``."""
    items = []
    for cell in cells:
        label = cell_tab(cell)["label"]
        title = nodes.rubric(label, label, classes=[TAB_CLASSES["tab-label"]])
        items.append(
            component("tab-item", [title, component("tab-content", [cell])])
        )
    return component("tab-set", items)


def component(name: str, children: list[nodes.Node]) -> nodes.container:
    """Return a part of a tab set as sphinx-design makes it."""
    return create_component(
        name, classes=[TAB_CLASSES[name]], children=children
    )
