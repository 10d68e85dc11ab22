"""Recognise what MyST-NB makes of a notebook's cells and outputs."""

from typing import Any

from docutils import nodes

from .. import upstream


def is_code_cell(node: Any) -> bool:
    """Say whether ``node`` is a code cell with its outputs."""
    return is_element(node, upstream.CODE_CELL)


def is_mime_bundle(node: Any) -> bool:
    """Say whether ``node`` holds an output of a cell in all its forms."""
    return is_element(node, upstream.MIME_BUNDLE)


def has_output(cell: Any) -> bool:
    """Say whether a code cell shows something."""
    return any(is_element(c, upstream.CODE_OUTPUT) for c in cell.children)


def is_element(node: Any, kind: str) -> bool:
    """Say whether MyST-NB marks ``node`` as an element of this kind."""
    return (
        isinstance(node, nodes.container)
        and node.get(upstream.ELEMENT) == kind
    )


def metadata(cell: Any) -> dict[str, Any]:
    """Return the metadata of a code cell."""
    return dict(cell.get(upstream.CELL_METADATA, {}))


def has_tag(cell: Any, tag: str) -> bool:
    """Say whether a code cell has this tag; None has no tags."""
    return cell is not None and f"{upstream.TAG_CLASS}{tag}" in cell["classes"]


def cell_of(node: Any) -> Any:
    """Return the code cell that ``node`` is in or is, or None."""
    while node is not None and not is_code_cell(node):
        node = node.parent
    return node
