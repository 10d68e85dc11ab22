"""Read tags and addresses in a page as the theme writes them."""

import posixpath
import re

from ..upstream import CONTENT_ROOT

SCRIPT = re.compile(r"[ \t]*<script\b([^>]*)>(.*?)</script>\n?", re.S)
LINK = re.compile(r"[ \t]*<link\b[^>]*>\n?")
IMAGE = re.compile(r"<img\b[^>]*?\s*/?>")
# An attribute with code that runs on an event.
HANDLER = re.compile(r'<[^>]*\son[a-z]+="([^"]*)"')


def attribute(tag: str, name: str) -> str:
    """Return an attribute of a tag as the theme writes it, or ''."""
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return found[1] if found else ""


def content_root(page: str) -> str:
    """Return the way from a page to the top folder of the site."""
    return attribute(page, CONTENT_ROOT)


def static_name(address: str) -> str:
    """Return the name in ``_static`` of a file that a page asks for, or ''.

    >>> static_name("../_static/styles/theme.css?digest=55c26e")
    'styles/theme.css'
    """
    found = re.search(r"(?:^|/)_static/([^?#]*)", address)
    return posixpath.normpath(found[1]) if found else ""
