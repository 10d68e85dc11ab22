"""Delete the files of the site that no finished page loads."""

from pathlib import Path

from ..upstream import IMPORTED_SHEETS, UNUSED_FILES
from .site import Site


def delete_unused(site: Site) -> None:
    """Delete what steps have replaced, and what no page has asked for."""
    for name in [*site.unused, *IMPORTED_SHEETS]:
        (site.static / name).unlink(missing_ok=True)
    for pattern in UNUSED_FILES:
        for path in site.static.glob(pattern):
            delete(path)


def delete(path: Path) -> None:
    """Delete a file, or a folder with all that is in it."""
    inner = sorted(path.rglob("*"), reverse=True) if path.is_dir() else []
    for one in [*inner, path]:
        one.rmdir() if one.is_dir() else one.unlink()
