"""The site that Sphinx has written, its pages in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..address import Address
from ..upstream import CONTENT_ROOT


@dataclass
class Site:
    """A written site: what the steps read and change.

    Attributes
    ----------
    folder
        The folder of the site.
    pages
        The HTML of each page by its path in the folder. Steps change it, and
        `write` writes it.
    root
        The name of the book's first page, such as ``book/welcome``.
    documents
        The names of the pages that the book consists of.
    sources
        The folder of the book's own static files.
    top
        The path of the site's address, such as ``/book/``, or ``""``.
    address
        Where the book lives, if that is known.
    warn
        Is called with what is wrong.
    unused
        The files in ``_static`` that a step has replaced by others.
    """

    folder: Path
    pages: dict[str, str]
    root: str
    documents: set[str]
    sources: Path
    top: str
    address: Address | None
    warn: Callable[[str], None]
    unused: set[str] = field(default_factory=set)

    @property
    def static(self) -> Path:
        """Return the folder of the site's static files."""
        return self.folder / "_static"

    def write(self) -> None:
        """Write all pages."""
        for name, text in self.pages.items():
            (self.folder / name).write_text(text, encoding="utf-8")


def html_files(folder: Path) -> list[Path]:
    """Return the paths of the HTML files of a site; static files are none."""
    files = sorted(folder.rglob("*.html"))
    return [f for f in files if f.relative_to(folder).parts[0] != "_static"]


def read_pages(folder: Path) -> dict[str, str]:
    """Return the text of each page of a site by its path in ``folder``.

    Jupyter Book's bare redirect at the top is no page.
    """
    texts = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in html_files(folder)
    }
    return {name: text for name, text in texts.items() if CONTENT_ROOT in text}
