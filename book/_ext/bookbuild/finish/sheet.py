"""Join all style sheets into one, without the rules that no page can use."""

from collections.abc import Iterable
from pathlib import Path
import posixpath
import re

import rcssmin
import tinycss2

from ..names import STATES, WHOLE_SHEET, digest
from .icons import with_icons
from .purge import used_rules, without_unused_variables
from .scripts import own_scripts
from .site import Site
from .tags import LINK, SCRIPT, attribute, content_root, static_name

SHEET = "site.css"
CLASSES = re.compile(r"""\b(?:class|id)=\\*["']([^"'\\]*)""")
TAGS = re.compile(r"<([a-zA-Z][\w-]*)")
WORDS = re.compile(r"[A-Za-z_][\w-]*")


def join_sheets(site: Site) -> None:
    """Write one style sheet, and have each page ask for it."""
    sheets = in_order(map(linked_sheets, site.pages.values()))
    used = used_names(site.static, site.pages.values())
    whole = "\n".join(rebased(site.static, name) for name in sheets)
    css = with_icons(site.static, only_used(whole, used), used)
    css = str(rcssmin.cssmin(css, keep_bang_comments=True))
    (site.static / SHEET).write_text(css, encoding="utf-8")
    # Beside the site: a test compares how pages look with either.
    (site.folder.parent / WHOLE_SHEET).write_text(
        with_icons(site.static, whole, used), encoding="utf-8"
    )
    for name, text in site.pages.items():
        site.pages[name] = with_sheet(text, digest(css))
    site.unused |= set(sheets)


def linked_sheets(text: str) -> list[str]:
    """Return the style sheets that a page asks for, in order."""
    links = [match[0] for match in sheet_links(text)]
    return [static_name(attribute(link, "href")) for link in links]


def sheet_links(text: str) -> list[re.Match[str]]:
    """Return where a page asks for a style sheet."""
    return [m for m in LINK.finditer(text) if 'rel="stylesheet"' in m[0]]


def in_order(lists: Iterable[list[str]]) -> list[str]:
    """Join lists; what stands before another in one stands before it here.

    >>> in_order([["a", "z"], ["a", "b", "z"]])
    ['a', 'b', 'z']
    """
    joined: list[str] = []
    for names in lists:
        place = 0
        for name in names:
            if name not in joined:
                joined.insert(place, name)
            place = joined.index(name) + 1
    return joined


def with_sheet(text: str, version: str) -> str:
    """Return a page that asks for one style sheet, where it asked for some."""
    address = f"{content_root(text)}_static/{SHEET}?v={version}"
    tag = f'<link rel="stylesheet" href="{address}"/>\n'
    links = sheet_links(text)
    for match in reversed(links):
        text = text[: match.start()] + text[match.end() :]
    return text[: links[0].start()] + tag + text[links[0].start() :]


def used_names(static: Path, pages: Iterable[str]) -> set[str]:
    """Return the classes, ids and tags that pages have or scripts may make."""
    names = {"html", "body"}
    # What widgets are made of holds pictures.
    states = [p.read_text("utf-8") for p in static.glob(f"{STATES}/**/*.js")]
    for text in [*pages, *states]:
        names.update(n for m in CLASSES.finditer(text) for n in m[1].split())
        names.update(TAGS.findall(text))
        for match in SCRIPT.finditer(text):
            if "application/json" not in match[1]:
                names.update(WORDS.findall(match[2]))
    for path in own_scripts(static):
        names.update(WORDS.findall(path.read_text("utf-8")))
    return names


def only_used(css: str, used: set[str]) -> str:
    """Return a style sheet with the rules and variables that are used."""
    rules = tinycss2.parse_stylesheet(
        css, skip_comments=True, skip_whitespace=True
    )
    return without_unused_variables("".join(used_rules(rules, used)))


def rebased(static: Path, name: str) -> str:
    """Return a style sheet with its imports, addresses seen from _static."""
    folder = posixpath.dirname(name)

    def imported(match: re.Match[str]) -> str:
        there = posixpath.join(folder, match[1])
        return rebased(static, posixpath.normpath(there))

    def address(match: re.Match[str]) -> str:
        if match[1].startswith(("data:", "#", "http")):
            return match[0]
        return f"url({posixpath.normpath(posixpath.join(folder, match[1]))})"

    text = (static / name).read_text("utf-8")
    text = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text)
    if folder:
        text = re.sub(r"""url\(["']?([^"')]+?)["']?\)""", address, text)
    return re.sub(r"""@import ["']([^"']+)["'];""", imported, text)
