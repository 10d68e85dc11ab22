"""Put the root page of the book at the site's own address.

Jupyter Book makes ``index.html`` a bare redirect to the first page. A reader
who comes to the site's address gets that first page itself: the same HTML, its
links rewritten to start one folder further up.
"""

from pathlib import Path
import posixpath
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

# Where a page of the theme refers to another file.
LINKS = {
    "href",
    "src",
    "action",
    "data-content_root",
    "data-state",
    "data-url_root",
}


def setup(app: Any) -> dict[str, Any]:
    """Connect to Sphinx, after everything else has been written."""
    app.connect("build-finished", write_front_page, priority=900)
    return {"parallel_read_safe": True, "version": "1"}


def write_front_page(app: Any, exception: Exception | None) -> None:
    """Write ``index.html`` from the root page."""
    if exception or app.builder.format != "html":
        return
    # With Jupyter Book's layout the root page is the first of the contents.
    root = app.config.master_doc
    page = Path(app.outdir, f"{root}.html").read_text()
    Path(app.outdir, "index.html").write_text(
        moved(page, posixpath.dirname(root))
    )


def moved(page: str, folder: str) -> str:
    """Return ``page`` of ``folder`` with links for the folder above."""
    soup = BeautifulSoup(page, "html.parser")
    for tag in soup.find_all(True):
        for name in LINKS & tag.attrs.keys():
            tag[name] = moved_link(str(tag[name]), folder)
    return str(soup)


def moved_link(link: str, folder: str) -> str:
    """Return ``link`` of ``folder`` as seen from the folder above."""
    parts = urlsplit(link)
    if (
        parts.scheme
        or parts.netloc
        or not parts.path
        or parts.path.startswith("/")
    ):
        return link
    ending = "/" if parts.path.endswith("/") else ""
    path = posixpath.normpath(posixpath.join(folder, parts.path)) + ending
    return parts._replace(path=path).geturl()
