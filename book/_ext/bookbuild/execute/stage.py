"""Execute what changed before Sphinx reads the pages.

MyST-NB takes a page's outputs from a cache and fills that cache one notebook
after another. This stage fills it first, on all cores. Then it compares each
notebook with its execution: a page shows what was stored and checked, or the
build warns and names the cell.
"""

from pathlib import Path
from typing import Any

import nbformat
from sphinx.errors import ExtensionError
from sphinx.util import logging

from ..upstream import EXECUTED_AT
from .cache import open_cache, own_folder
from .compare import problems
from .run import execute

logger = logging.getLogger(__name__)


def use_own_cache(app: Any) -> None:
    """Have MyST-NB use the part of the cache for this Python environment."""
    settings = app.env.mystnb_config
    folder = own_folder(settings.execution_cache_path)
    app.env.mystnb_config = settings.copy(execution_cache_path=str(folder))


def execute_before_reading(app: Any, env: Any, *_: Any) -> list[str]:
    """Execute what is not in the cache; return the pages to be read again.

    A page is out of date where it was rendered from another execution than the
    one in the cache now.
    """
    settings = env.mystnb_config
    cache = open_cache(Path(settings.execution_cache_path), Path(app.srcdir))
    paths = {name: Path(env.doc2path(name)) for name in sorted(env.found_docs)}
    pages = {
        docname: path
        for docname, path in paths.items()
        if path.suffix == ".ipynb"
    }
    failures = execute(
        cache, pages.values(), settings.execution_timeout, logger.info
    )
    if failures:
        raise ExtensionError("\n\n".join(failures))
    outdated, changed = [], []
    for docname, path in pages.items():
        notebook = nbformat.read(path, as_version=4)
        try:
            record, executed = cache.merge_match_into_notebook(notebook)
        except KeyError:  # it was in the cache when it was executed
            changed.append(path.name)
            continue
        for problem in problems(notebook, executed):
            logger.warning(problem, location=docname)
        created = cache.get_cache_record(record).created.timestamp()
        if rendered_from(env, docname) != created:
            outdated.append(docname)
    if changed:
        raise ExtensionError(
            f"{', '.join(changed)} changed while the book was being built: "
            "build again"
        )
    return outdated


def rendered_from(env: Any, docname: str) -> float | None:
    """Return when the execution was made that a page was rendered from."""
    # MyST-NB adds this to the environment with the first page.
    known = getattr(env, "nb_metadata", {}).get(docname, {})
    for name in EXECUTED_AT:
        known = known.get(name, {})
    return known or None
