"""Walk over the pages that a build has written; the extensions share this."""

from collections.abc import Callable, Iterator
from pathlib import Path
import posixpath
import re
from typing import Any


def every_page_is_written(app: Any, env: Any) -> list[str]:
    """Have Sphinx write every page again: none is worked on twice.

    For the event ``env-updated``. Reading a page is what takes time, and that
    still happens only where it changed.
    """
    return sorted(env.found_docs)


def written_pages(app: Any, exception: Exception | None) -> Iterator[Path]:
    """Yield the path of each page of a finished build of the site."""
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    for path in sorted(site.rglob("*.html")):
        if path.relative_to(site).parts[0] != "_static":
            yield path


def rewrite(
    app: Any, exception: Exception | None, change: Callable[[str], str]
) -> None:
    """Replace each page of a finished build by what ``change`` makes of it."""
    for path in written_pages(app, exception):
        path.write_text(change(path.read_text()))


def attribute(tag: str, name: str) -> str:
    """Return an attribute of a tag as the theme writes it, or ''."""
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return found[1] if found else ""


def static_name(address: str) -> str:
    """Return the name in ``_static`` of a file that a page asks for, or ''.

    >>> static_name("../_static/styles/theme.css?digest=55c26e")
    'styles/theme.css'
    """
    found = re.search(r"(?:^|/)_static/([^?#]*)", address)
    return posixpath.normpath(found[1]) if found else ""
