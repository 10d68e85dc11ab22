"""Say at the foot of each page which edition it is, and what executed it."""

from importlib.metadata import version
from typing import Any

from ..execute.versions import installed
from ..upstream import FOOTER

# The edition is the version in pyproject.toml, as it is installed.
DISTRIBUTION = "minimize-unrolled"


def add_versions(
    app: Any, pagename: str, template: str, context: Any, doctree: Any
) -> None:
    """Add the line with the versions to the foot of a page."""
    executed = context.get("page_source_suffix") == ".ipynb"
    before = context.get(FOOTER) or ""
    line = f'<p class="versions">{versions(executed)}.</p>'
    context[FOOTER] = f"{before}{line}"


def versions(executed: bool) -> str:
    """Return the edition, and of an executed notebook what it ran with.

    >>> versions(executed=False) == f"Edition {version(DISTRIBUTION)}"
    True
    """
    edition = f"Edition {version(DISTRIBUTION)}"
    if not executed:
        return edition
    names = ", ".join(f"{name} {v}" for name, v in installed().items())
    return f"{edition}, executed with {names}"
