"""Put the root page of the book at the site's own address.

Jupyter Book makes ``index.html`` a bare redirect to the first page. A reader
who comes to the site's address gets that first page itself: the same HTML, its
links rewritten to start one folder further up.
"""

import posixpath

from .links import moved
from .site import Site


def add_front_page(site: Site) -> None:
    """Add ``index.html``, made from the root page."""
    # With Jupyter Book's layout the root page is the first of the contents.
    page = site.pages[f"{site.root}.html"]
    site.pages["index.html"] = moved(page, posixpath.dirname(site.root))
