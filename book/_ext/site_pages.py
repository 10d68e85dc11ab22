"""Walk over the pages that a build has written; the extensions share this."""

from collections.abc import Callable
import hashlib
from pathlib import Path
import posixpath
import re
from typing import Any


def every_page_is_written(app: Any, env: Any) -> list[str]:
    """Have Sphinx write every page again: none is worked on twice.

    For the event ``env-updated``. Reading a page is what takes time, and that
    still happens only where it changed. Pages of an earlier build go, so that
    none stays which the book no longer has.
    """
    for page in all_pages(Path(app.outdir)):
        page.unlink()
    return sorted(env.found_docs)


def all_pages(site: Path) -> list[Path]:
    """Return the paths of the pages in the folder ``site``."""
    pages = sorted(site.rglob("*.html"))
    return [p for p in pages if p.relative_to(site).parts[0] != "_static"]


def written_pages(app: Any, exception: Exception | None) -> list[Path]:
    """Return the path of each page of a finished build of the site.

    Jupyter Book's bare redirect at the top is no page.
    """
    if exception or app.builder.format != "html":
        return []
    pages = all_pages(Path(app.outdir))
    return [p for p in pages if "data-content_root" in p.read_text()]


def rewrite(
    change: Callable[[str], str],
) -> Callable[[Any, Exception | None], None]:
    """Return what makes each page of a finished build what ``change`` says."""

    def rewrite_pages(app: Any, exception: Exception | None) -> None:
        for path in written_pages(app, exception):
            path.write_text(change(path.read_text()))

    return rewrite_pages


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


def digest(text: str) -> str:
    """Return what tells one version of a file from another in an address."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
