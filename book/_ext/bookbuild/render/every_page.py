"""Have Sphinx write every page anew in each build."""

from pathlib import Path
from typing import Any

from ..finish.site import html_files


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
