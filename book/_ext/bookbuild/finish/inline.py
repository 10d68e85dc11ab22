"""Know the inline scripts that may run, and refuse all others.

A page can get a script from an output of a notebook, or from HTML in its text;
what that does, nobody has looked at. The page's policy keeps it from running,
and the build says where it is.
"""

from functools import cache
from html.parser import HTMLParser

from ..upstream import INLINE_SCRIPTS, SEARCH_SETTINGS
from .font import EARLY_FONT
from .scripts import LATE_SCRIPTS, small_script
from .site import Site
from .tags import (
    HANDLING,
    SCRIPT,
    attribute,
    content_root,
    inline_script,
    is_of_the_site,
)


def refuse_scripts(site: Site) -> None:
    """Warn of each script that is not on the list, and of code on an event.

    The scripts stay where they are: the policy keeps them from running.
    """
    for name, text in site.pages.items():
        for script in refused(text):
            site.warn(
                f"{name}: this script is refused, and does not run: {script} "
                f"Pages run files in _static and the inline scripts that "
                f"upstream.INLINE_SCRIPTS lists. Take it out of the text or "
                f"the output it is in; if it is the theme's, look what has "
                f"changed, and add it to the list."
            )


def refused(page: str) -> list[str]:
    """Return the beginnings of what would run on ``page`` and may not."""
    root = content_root(page)
    found = []
    for script in SCRIPT.finditer(page):
        source = attribute(script[1], "src")
        code = inline_script(script)
        is_dropped = SEARCH_SETTINGS.pattern.search(script[0])
        is_refused = not is_of_the_site(source, root) if source else code
        if is_refused and not is_dropped and not may_run(code):
            found.append(script[0])
    for tag in HANDLING.finditer(SCRIPT.sub("", page)):
        if has_handler(tag[0]):
            found.append(tag[0])
    return [" ".join(tag.split())[:80] for tag in found]


def has_handler(tag: str) -> bool:
    """Say whether an attribute of a tag holds code.

    >>> has_handler('<img src="a.png" onload="go()">')
    True
    >>> has_handler('<img src="a.png" alt="the loss once=1">')
    False
    """
    parser = Attributes()
    parser.feed(tag)
    return any(
        name.startswith("on")
        or (value or "").strip().lower().startswith("javascript:")
        for name, value in parser.found
    )


class Attributes(HTMLParser):
    """Reads tags, and notes the attributes of all."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str | None]] = []

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        """Note the attributes of a tag."""
        self.found += attrs


def may_run(code: str) -> bool:
    """Say whether an inline script is on the list; blanks do not matter."""
    return without_blanks(code) in listed()


@cache
def listed() -> frozenset[str]:
    """Return the inline scripts that may run, without blanks."""
    own = [p.read_text("utf-8") for p in (EARLY_FONT, LATE_SCRIPTS)]
    known = [*INLINE_SCRIPTS.values(), *map(small_script, own)]
    return frozenset(map(without_blanks, known))


def without_blanks(code: str) -> str:
    """Return ``code`` without blanks and breaks between lines."""
    return "".join(code.split())
