"""Cache the executions of the notebooks until what they depend on changes."""

import copy
import hashlib
from pathlib import Path
import sys
from typing import Any

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
import nbformat

from ..names import DATA, MESSAGES
from .versions import all_installed

STAMP = "filled_by.sha256"
# The tags of a cell that change how it is executed.
TAGS = {"raises-exception", "skip-execution"}


def own_folder(path: str | Path) -> Path:
    """Return the part of the cache at ``path`` for this Python environment.

    Builds with the oldest and the newest packages leave this one alone.
    """
    return Path(path) / Path(sys.prefix).name


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

    These are Python, every installed distribution, the files of `helpers`, the
    data that chapters read, and the pinned packages.
    """
    digest = hashlib.sha256(repr([sys.version, *all_installed()]).encode())
    # What `explain` reads is made from the notebooks: else each change of an
    # entry would execute them all.
    helpers = sorted(
        p
        for p in (root / "helpers").rglob("*")
        if p.suffix != ".pyc" and p != root / MESSAGES
    )
    data = sorted((root / DATA).glob("*.json"))
    files = [*helpers, *data, root / "requirements.txt"]
    for file in filter(Path.is_file, files):
        digest.update(
            file.relative_to(root).as_posix().encode() + file.read_bytes()
        )
    return digest.hexdigest()


def is_cached(cache: Any, path: Path) -> bool:
    """Say whether ``cache`` holds an execution of the notebook at ``path``.

    Jupyter's cache takes a notebook for another one when anything in a cell's
    metadata has changed. If no execution depends on what has changed, the
    execution that is there is kept for the changed notebook as well.
    """
    notebook = nbformat.read(path, as_version=4)
    try:
        cache.match_cache_notebook(notebook)
        return True
    except KeyError:
        same = code(notebook)
    for record in cache.list_cache_records():
        if record.data.get("code") == same:
            executed = cache.get_cache_bundle(record.pk).nb
            keep(
                cache,
                path,
                with_outputs(notebook, executed),
                record.data["execution_seconds"],
            )
            return True
    return False


def keep(cache: Any, path: Path, executed: Any, seconds: float) -> None:
    """Put into ``cache`` an execution of ``path`` that took ``seconds``."""
    data = {"execution_seconds": seconds, "code": code(executed)}
    bundle = CacheBundleIn(executed, str(path), data=data)
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def code(notebook: Any) -> str:
    """Return a digest of what decides how a notebook is executed."""
    decisive = [notebook.metadata.get("kernelspec", {}).get("name")] + [
        (cell.source, sorted(TAGS.intersection(cell.metadata.get("tags", []))))
        for cell in code_cells(notebook)
    ]
    return hashlib.sha256(repr(decisive).encode()).hexdigest()


def with_outputs(notebook: Any, executed: Any) -> Any:
    """Return ``notebook`` with the outputs of ``executed``, the same code."""
    changed = copy.deepcopy(notebook)
    # The state of the widgets stands in the metadata of the whole.
    changed.metadata = executed.metadata
    for cell, done in zip(
        code_cells(changed), code_cells(executed), strict=True
    ):
        cell.outputs = done.outputs
        cell.execution_count = done.execution_count
    return changed


def code_cells(notebook: Any) -> list[Any]:
    """Return the code cells of a notebook."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
