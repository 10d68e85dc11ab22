"""Have Sphinx write the whole site, and finish it when that is done."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sphinx.util import logging

from ..names import STATIC_SOURCE
from ..upstream import CONTENT_ROOT
from . import STEPS
from .site import Site, html_files, read_pages

logger = logging.getLogger(__name__)


def every_page_is_written(app: Any, env: Any) -> list[str]:
    """Return all pages, to be written again, and delete the written ones.

    A page that is finished must not be finished twice, and a change of one may
    move a link on another. Reading a page is what takes time, and that still
    happens only where it changed. Deleting the pages of an earlier build lets
    none stay which the book no longer has.
    """
    for page in html_files(Path(app.outdir)):
        page.unlink()
    return sorted(env.found_docs)


def finish(app: Any, exception: Exception | None) -> None:
    """Read the pages, work on them step by step, and write them.

    With ``BOOK_FINISH=0`` in the environment they stay as Sphinx and the theme
    wrote them.
    """
    if exception or app.builder.format != "html":
        return
    if os.environ.get("BOOK_FINISH") == "0":
        return
    folder = Path(app.outdir)
    site = Site(
        folder=folder,
        pages=read_pages(folder),
        root=app.config.master_doc,
        documents=set(app.env.found_docs),
        sources=Path(app.srcdir, STATIC_SOURCE),
        top=urlsplit(app.config.html_baseurl or "").path,
        address=app.config.book_address,
        warn=logger.warning,
    )
    if not site.pages:
        site.warn(
            f"no page has the attribute {CONTENT_ROOT}, by which pages are "
            f"told from other files: all stay as they were written. See what "
            f"says now where the site's top folder is, and change upstream.py."
        )
        return
    for step in STEPS:
        step(site)
    site.write()
