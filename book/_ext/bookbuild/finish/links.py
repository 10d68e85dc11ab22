"""Rewrite the links of a page that is shown at another address."""

from collections.abc import Callable
import posixpath
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from ..names import PLACE_STATE
from ..upstream import LINK_ATTRIBUTES

# Where a page refers to another file: as the theme does, and as we do.
LINKS = LINK_ATTRIBUTES | {PLACE_STATE}


def moved(page: str, folder: str) -> str:
    """Return ``page`` of ``folder`` with links for the folder above."""
    return with_links(page, lambda link: moved_link(link, folder))


def rooted(page: str, root: str) -> str:
    """Return a page of the top folder with links that start at ``root``."""
    return with_links(page, lambda link: rooted_link(link, root))


def with_links(page: str, change: Callable[[str], str]) -> str:
    """Return ``page``, each of its links changed."""
    soup = BeautifulSoup(page, "html.parser")
    for tag in soup.find_all(True):
        for name in LINKS & tag.attrs.keys():
            tag[name] = change(str(tag[name]))
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


def rooted_link(link: str, root: str) -> str:
    """Return a relative ``link`` of the top folder as one from the root.

    >>> rooted_link("book/minimize.html#set-up", "/book")
    '/book/book/minimize.html#set-up'
    """
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or link.startswith(("#", "/")):
        return link
    return root.rstrip("/") + "/" + link.removeprefix("./")
