"""Read tags and addresses in a page as the theme writes them."""

import posixpath
import re

from ..upstream import CONTENT_ROOT, SEARCH_INDEX

SCRIPT = re.compile(r"[ \t]*<script\b([^>]*)>(.*?)</script>\n?", re.S | re.I)
LINK = re.compile(r"[ \t]*<link\b[^>]*>\n?")
IMAGE = re.compile(r"<img\b[^>]*?\s*/?>")
# A tag that may have an attribute with code.
HANDLING = re.compile(
    r"""<[a-z][^<>]*(?:[\s/"']on[a-z]+\s*=|javascript:)[^<>]*>""", re.I
)
# Types of scripts that are data, which nothing runs.
DATA = re.compile(r"json|text/x-")


def attribute(tag: str, name: str) -> str:
    """Return an attribute of a tag as the theme writes it, or ''."""
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return found[1] if found else ""


def inline_script(script: re.Match[str]) -> str:
    """Return the code in the tag that `SCRIPT` has found, or ''."""
    is_code = not DATA.search(attribute(script[1], "type"))
    return script[2] if is_code and "src=" not in script[1] else ""


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


def is_of_the_site(source: str, root: str) -> bool:
    """Say whether a script comes from the site, whose top is at ``root``.

    >>> is_of_the_site("../_static/print.js?v=1", "../")
    True
    >>> is_of_the_site("https://example.org/_static/print.js", "../")
    False
    """
    top = root.removeprefix("./")
    return source.startswith((f"{top}_static/", f"{top}{SEARCH_INDEX}"))
