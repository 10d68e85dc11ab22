"""Put the versions that executed a notebook at the foot of its page."""

from typing import Any

from ..execute.versions import installed
from ..upstream import FOOTER


def add_versions(
    app: Any, pagename: str, template: str, context: Any, doctree: Any
) -> None:
    """Add a line to the foot of a page that comes from a notebook."""
    if context.get("page_source_suffix") != ".ipynb":
        return
    names = ", ".join(f"{name} {v}" for name, v in installed().items())
    before = context.get(FOOTER) or ""
    context[FOOTER] = f'{before}<p class="versions">Executed with {names}.</p>'
