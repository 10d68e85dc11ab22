"""Execute notebooks side by side, each in a kernel of its own."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
import os
from pathlib import Path
import time
from typing import Any, NamedTuple

from jupyter_cache.base import CacheBundleIn
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
import nbformat

from .cache import is_cached


def execute(
    cache: Any,
    paths: Iterable[Path],
    timeout: int,
    say: Callable[[str], None],
) -> list[str]:
    """Execute the notebooks that ``cache`` lacks; return what went wrong.

    One worker a core. ``timeout`` is in seconds a cell; ``say`` gets a line of
    progress for each notebook that is done.
    """
    waiting = [path for path in paths if not is_cached(cache, path)]
    failures = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {
            pool.submit(execute_one, path, timeout): path for path in waiting
        }
        for number, job in enumerate(as_completed(jobs), 1):
            path, result = jobs[job], job.result()
            say(
                f"executed {number} of {len(waiting)}: {path.name}, "
                f"{result.time:.1f} s{' (failed)' if result.err else ''}"
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
