"""Write the page that a reader sees at an address that is not there."""

from collections.abc import Iterator
from typing import Any

from ..names import NOT_FOUND

BODY = """<section id="not-found"><h1>This page is not here</h1>
<p>The address is mistyped, or the page has moved. All chapters are listed
beside this text, and the <a href="search.html">search</a> looks through their
words; or begin at <a href="index.html">the first page</a>.</p></section>"""


def not_found(app: Any) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield the page as Sphinx wants it."""
    yield NOT_FOUND, {"title": "Page not found", "body": BODY}, "page.html"
