"""Finish the site when all of its pages are written."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sphinx.util import logging

from ..names import STATIC_SOURCE
from ..upstream import CONTENT_ROOT
from . import STEPS
from .site import Site, read_pages

logger = logging.getLogger(__name__)


def finish(app: Any, exception: Exception | None) -> None:
    """Read the pages, work on them step by step, and write them.

    With ``BOOK_FINISH=0`` in the environment they stay as Sphinx and the theme
    wrote them.
    """
    if exception or app.is_current or app.builder.format != "html":
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
