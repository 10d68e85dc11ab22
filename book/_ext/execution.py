"""Execute the notebooks side by side, and check what the pages will show.

MyST-NB takes a page's outputs from a cache and fills that cache one notebook
after another. This extension fills it first, on all cores, and empties it
when `helpers`, `requirements.txt` or the versions in use changed, which
MyST-NB would not notice.
Then it compares every notebook with its execution: a page shows what was
stored and checked, or the build warns and names the cell.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
import hashlib
import os
from pathlib import Path
import time
from typing import Any, NamedTuple

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
import nbformat
from sphinx.errors import ExtensionError
from sphinx.util import logging
from versions import installed

logger = logging.getLogger(__name__)

# What a picture's bytes are depends on fonts and processors: text is compared.
NOT_COMPARED = ("image/png", "application/vnd.jupyter.widget-view+json")


def setup(app: Any) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.connect("env-get-outdated", execute_before_reading)
    return {"parallel_read_safe": True, "version": "1"}


def execute_before_reading(app: Any, env: Any, *_: Any) -> list[str]:
    """Execute what is not in the cache; return the pages to be read again.

    A page is out of date where it was rendered from another execution than the
    one in the cache now.
    """
    cache = open_cache(
        Path(env.mystnb_config.execution_cache_path), Path(app.srcdir)
    )
    pages = {
        docname: Path(env.doc2path(docname))
        for docname in sorted(env.found_docs)
        if env.doc2path(docname).endswith(".ipynb")
    }
    failures = execute(
        cache, pages.values(), env.mystnb_config.execution_timeout
    )
    if failures:
        raise ExtensionError("\n\n".join(failures))
    rendered = getattr(
        env, "nb_metadata", {}
    )  # MyST-NB adds it with the first page
    outdated = []
    for docname, path in pages.items():
        notebook = nbformat.read(path, as_version=4)
        _, executed = cache.merge_match_into_notebook(notebook)
        for problem in problems(notebook, executed):
            logger.warning(problem, location=docname)
        created = cache.match_cache_notebook(notebook).created.timestamp()
        if (
            rendered.get(docname, {}).get("exec_data", {}).get("mtime")
            != created
        ):
            outdated.append(docname)
    return outdated


def open_cache(path: Path, root: Path) -> Any:
    """Open the cache at ``path``, emptied if it was filled by other code.

    What the notebooks import decides what they print as much as their own
    cells: the helpers and the pinned packages of the project at ``root``.
    """
    files = sorted(
        p for p in (root / "helpers").rglob("*") if p.suffix != ".pyc"
    )
    digest = hashlib.sha256(repr(installed()).encode())
    files += sorted((root / "tests" / "fixtures").glob("*.json"))
    for file in [*filter(Path.is_file, files), root / "requirements.txt"]:
        digest.update(
            file.relative_to(root).as_posix().encode() + file.read_bytes()
        )
    stamp = path / "filled_by.sha256"
    cache = get_cache(path)
    if not stamp.is_file() or stamp.read_text() != digest.hexdigest():
        cache.clear_cache()
        path.mkdir(parents=True, exist_ok=True)
        stamp.write_text(digest.hexdigest())
    return cache


def execute(cache: Any, paths: Iterable[Path], timeout: int) -> list[str]:
    """Execute the notebooks that ``cache`` lacks; return what went wrong.

    One worker a core; a line of progress for each notebook that is done.
    """
    waiting = [path for path in paths if not is_cached(cache, path)]
    failures = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {
            pool.submit(execute_one, path, timeout): path for path in waiting
        }
        for number, job in enumerate(as_completed(jobs), 1):
            path, result = jobs[job], job.result()
            logger.info(
                "executed %d of %d: %s, %.1f s%s",
                number,
                len(waiting),
                path.name,
                result.time,
                " (failed)" if result.err else "",
            )
            if result.err:
                failures.append(f"{path.name} failed\n{result.err}")
                continue
            cache.cache_notebook_bundle(
                CacheBundleIn(
                    result.nb,
                    str(path),
                    data={"execution_seconds": result.time},
                ),
                check_validity=False,
                overwrite=True,
            )
    return failures


def is_cached(cache: Any, path: Path) -> bool:
    """Say whether ``cache`` holds an execution of the notebook at ``path``."""
    try:
        cache.match_cache_notebook(nbformat.read(path, as_version=4))
    except KeyError:
        return False
    return True


class Execution(NamedTuple):
    """An executed notebook, the seconds it took, and what stopped it."""

    nb: Any
    time: float
    err: Exception | None


class Client(NotebookClient):
    """A client that sends nothing back for the Output widgets of a notebook.

    Such a message goes past the loop that waits for the kernel's replies, and
    now and then that loop then misses a reply and waits for the whole timeout.
    """

    def on_comm_open_jupyter_widget(self, msg: Any) -> Any:
        """Return the client's side of a widget that a cell has opened."""
        widget = super().on_comm_open_jupyter_widget(msg)
        if widget is not None:
            widget.send = lambda *_, **__: None
        return widget


def execute_one(path: Path, timeout: int) -> Execution:
    """Execute the notebook at ``path`` in a kernel of its own."""
    client = Client(
        nbformat.read(path, as_version=4),
        resources={"metadata": {"path": str(path.parent)}},
        timeout=timeout,
        # Times in the cells' metadata would make another notebook of it.
        record_timing=False,
        # Printed lines arrive in pieces of any size: stored, they are one.
        coalesce_streams=True,
    )
    begin, error = time.perf_counter(), None
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError) as raised:
        error = raised
    return Execution(client.nb, time.perf_counter() - begin, error)


def problems(stored: Any, executed: Any) -> Iterator[str]:
    """Say what ``executed`` shows that is not stored, or meant for readers."""
    cells = zip(stored.cells, executed.cells, strict=True)
    code = [pair for pair in cells if pair[0].cell_type == "code"]
    for number, (before, now) in enumerate(code, 1):
        for output in now.outputs:
            if output.output_type == "error":
                error = f"{output.ename}: {output.evalue}"
                yield f"code cell {number} raises {error}"
            if output.get("name") == "stderr":
                text = output.text.strip()
                yield f"code cell {number} writes to stderr: {text}"
        if visible(before.outputs) != visible(now.outputs):
            yield (
                f"code cell {number} shows other output than is stored "
                f"(`make notebooks` stores it)\n"
                f"  stored:   {visible(before.outputs)}\n"
                f"  executed: {visible(now.outputs)}"
            )


def visible(outputs: Iterable[Any]) -> list[tuple[str, str]]:
    """Return the text that ``outputs`` show, each with its kind."""
    shown = []
    for output in outputs:
        if output.output_type == "stream":
            shown.append((output.name, output.text))
        for kind, data in sorted(output.get("data", {}).items()):
            if kind not in NOT_COMPARED:
                shown.append((kind, str(data)))
    return shown
