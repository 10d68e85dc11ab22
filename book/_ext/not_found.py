"""Write the page that a reader sees at an address that is not there.

It is shown at any depth of the site, so its links start at the root of the
site: the path of ``html_baseurl``, where that is set.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from front_page import LINKS

BODY = """<section id="not-found"><h1>This page is not here</h1>
<p>The address is mistyped, or the page has moved. All chapters are listed
beside this text, and the <a href="search.html">search</a> looks through their
words; or begin at <a href="index.html">the first page</a>.</p></section>"""


def setup(app: Any) -> dict[str, Any]:
    """Connect to Sphinx: write the page, and its links when all is done."""
    app.connect("html-collect-pages", not_found)
    app.connect("build-finished", start_at_the_root, priority=920)
    return {"parallel_read_safe": True, "version": "1"}


def not_found(app: Any) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield the page as Sphinx wants it."""
    yield "404", {"title": "Page not found", "body": BODY}, "page.html"


def start_at_the_root(app: Any, exception: Exception | None) -> None:
    """Have the page's links start at the root of the site."""
    root = urlsplit(app.config.html_baseurl or "").path
    if exception or app.builder.format != "html" or not root:
        return
    path = Path(app.outdir, "404.html")
    soup = BeautifulSoup(path.read_text(), "html.parser")
    for tag in soup.find_all(True):
        for name in LINKS & tag.attrs.keys():
            tag[name] = rooted(str(tag[name]), root)
    path.write_text(str(soup))


def rooted(link: str, root: str) -> str:
    """Return a relative ``link`` of the top folder as one from the root.

    >>> rooted("book/minimize.html#set-up", "/book")
    '/book/book/minimize.html#set-up'
    """
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or link.startswith(("#", "/")):
        return link
    return root.rstrip("/") + "/" + link.removeprefix("./")
