"""Begin and end a build, so that nothing of a broken one remains.

Sphinx remembers which pages it has read, and warns of a page only when it
reads it. It remembers them even if the build is then interrupted or has
warnings: the next build would succeed without a word. So a mark stays in the
folder of the read pages until a build has succeeded without a warning, and a
build that finds the mark reads everything again.

The site is written beside the one of the last build and takes its place when
it is finished. Until then, and if anything goes wrong, that one stays.
"""

from pathlib import Path
import shutil
from typing import Any

from sphinx.application import ENV_PICKLE_FILENAME
from sphinx.errors import ExtensionError
from sphinx.util import logging

from .lock import lock

logger = logging.getLogger(__name__)

LOCK = ".lock"
UNFINISHED = "unfinished"


def begin(app: Any, config: Any) -> None:
    """Refuse a second build; forget what a broken build has read."""
    folder = app.outdir.parent
    app.build_lock = lock(folder / LOCK)
    if app.build_lock is None:
        raise ExtensionError(
            f"another build is at work in {folder}: wait until it has ended"
        )
    mark = Path(app.doctreedir, UNFINISHED)
    if mark.exists():
        logger.info(
            "the last build was not finished, or had warnings: "
            "every page is read again"
        )
        Path(app.doctreedir, ENV_PICKLE_FILENAME).unlink(missing_ok=True)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def write_beside(app: Any) -> None:
    """Have the site written to a new folder beside that of the last build."""
    app.final_outdir = app.outdir
    if app.builder.format == "html":
        beside = app.outdir.with_name(f"{app.outdir.name}-{UNFINISHED}")
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
        app.outdir = app.builder.outdir = beside


def end(app: Any, exception: Exception | None) -> None:
    """Put a finished site in its place; delete one that is not finished."""
    beside, final = app.outdir, app.final_outdir
    app.outdir = app.builder.outdir = final
    if beside != final:
        if not exception:
            put(beside, final)
        else:
            shutil.rmtree(beside)
    if not exception and not app._warncount:
        Path(app.doctreedir, UNFINISHED).unlink()
    app.build_lock.close()


def put(new: Path, place: Path) -> None:
    """Put the folder ``new`` in the place of the folder that is there."""
    old = place.with_name(f"{place.name}-old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)
