"""Cache the executions of the notebooks until what they depend on changes."""

import hashlib
from pathlib import Path
from typing import Any

from jupyter_cache import get_cache
import nbformat

from ..names import DATA
from .versions import installed

STAMP = "filled_by.sha256"


def open_cache(path: Path, root: Path) -> Any:
    """Open the cache at ``path``, emptied if it was filled by other code.

    Jupyter's cache knows a notebook by its code cells. What the notebooks
    import and read decides what they print too: see `key`.
    """
    stamp, now = path / STAMP, key(root)
    cache = get_cache(path)
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != now:
        cache.clear_cache()
        path.mkdir(parents=True, exist_ok=True)
        stamp.write_text(now, encoding="utf-8")
    return cache


def key(root: Path) -> str:
    """Return a digest of what notebooks of the project at ``root`` rest on.

    These are the files of `helpers`, the data that chapters read, the pinned
    packages, and the versions of the packages that decide most.
    """
    digest = hashlib.sha256(repr(installed()).encode())
    helpers = sorted(
        p for p in (root / "helpers").rglob("*") if p.suffix != ".pyc"
    )
    data = sorted((root / DATA).glob("*.json"))
    files = [*helpers, *data, root / "requirements.txt"]
    for file in filter(Path.is_file, files):
        digest.update(
            file.relative_to(root).as_posix().encode() + file.read_bytes()
        )
    return digest.hexdigest()


def is_cached(cache: Any, path: Path) -> bool:
    """Say whether ``cache`` holds an execution of the notebook at ``path``."""
    try:
        cache.match_cache_notebook(nbformat.read(path, as_version=4))
    except KeyError:
        return False
    return True
