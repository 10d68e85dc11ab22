"""Begin and end a build, so that nothing of a broken one remains.

Sphinx remembers which pages it has read, and warns of a page only when it
reads it. It remembers them even if the build is then interrupted or has
warnings: the next build would succeed without a word. So a mark stays in the
folder of the read pages until a build has succeeded without a warning, and a
build that finds the mark reads everything again.

The site is written beside the one of the last build and takes its place when
it is finished. Until then, and if anything goes wrong, that one stays. It also
stays where nothing has changed: a change of one page may move a link on
another, so a site is written whole, or not at all. A site that had to leave
something out, such as what a registry did not send, is written again by the
next build.
"""

import os
from pathlib import Path
import shutil
from typing import Any

from sphinx.application import ENV_PICKLE_FILENAME
from sphinx.errors import ExtensionError
from sphinx.util import logging

from .fingerprint import fingerprint
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
    app.is_current = False
    app.is_incomplete = False  # a stage says so that left something out
    if app.builder.format == "html":
        beside = app.outdir.with_name(f"{app.outdir.name}-{UNFINISHED}")
        shutil.rmtree(beside, ignore_errors=True)
        # Extensions copy files there at the end, even if no page is written.
        (beside / "_static").mkdir(parents=True)
        # From Sphinx 8 on, a builder has made other paths of it, such as that
        # of _static.
        for name, path in list(vars(app.builder).items()):
            if isinstance(path, Path) and path.is_relative_to(app.outdir):
                there = beside / path.relative_to(app.outdir)
                setattr(app.builder, name, there)
        app.outdir = app.builder.outdir = beside
        # To Sphinx every page would be missing: see `write_all_or_nothing`.
        app.builder.get_outdated_docs = list


def note_readings(app: Any, env: Any, docnames: list[str]) -> None:
    """Note whether there are pages to be read."""
    app.reads = bool(docnames)


def write_all_or_nothing(app: Any, env: Any) -> list[str]:
    """Return the pages to be written: all, or none if nothing has changed.

    Reading a page is what takes time, and that happens only where it changed.
    """
    now = fingerprint(Path(app.srcdir), os.environ)
    app.new_fingerprint = now
    app.is_current = (
        not app.reads
        and stamp(app).is_file()
        and stamp(app).read_text(encoding="utf-8") == now
        and (app.final_outdir / "index.html").is_file()
    )
    return [] if app.is_current else sorted(env.found_docs)


def stamp(app: Any) -> Path:
    """Return the file with the fingerprint of the site that is there."""
    return Path(app.doctreedir, f"{app.final_outdir.name}.sha256")


def end(app: Any, exception: Exception | None) -> None:
    """Put a finished site in its place; delete one that is not finished."""
    beside, final = app.outdir, app.final_outdir
    app.outdir = app.builder.outdir = final
    finished = not exception and not app.is_current
    if beside != final:
        if finished:
            stamp(app).unlink(missing_ok=True)
            put(beside, final)
        else:
            shutil.rmtree(beside)
    if not exception and not app._warncount:
        # Without a stamp the next build writes the site again.
        if finished and not app.is_incomplete:
            stamp(app).write_text(app.new_fingerprint, encoding="utf-8")
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
