"""Execute notebooks side by side, each in a kernel of its own."""

import atexit
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
import logging
import os
from pathlib import Path
import threading
import time
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
import nbformat
from traitlets.config import Config

from .cache import is_cached, keep

# What goes wrong is said once, with the notebook and the cell: see `failure`.
QUIET = logging.getLogger(f"{__name__}.nbclient")
QUIET.setLevel(logging.CRITICAL + 1)
# A kernel warns about a connection that is not encrypted.
ENCRYPTED = Config({"KernelManager": {"transport_encryption": "auto"}})


def execute(
    cache: Any,
    paths: Iterable[Path],
    timeout: int,
    say: Callable[[str], None],
) -> list[str]:
    """Execute the notebooks that ``cache`` lacks; return what went wrong.

    One worker a core. ``timeout`` is in seconds a cell; ``say`` gets a line of
    progress for each notebook that is done. Each execution is in the cache as
    soon as it is done. An interrupt (Ctrl-C) ends the kernels that run, starts
    no others, and is then raised again.
    """
    waiting = [path for path in paths if not is_cached(cache, path)]
    clients = [Client(path, timeout) for path in waiting]
    storing = threading.Lock()

    def work(client: Client) -> str:
        failure = client.run()
        if not failure:
            # An interrupt reaches the main thread only, so never ends this.
            with storing:
                keep(cache, client.path, client.nb, client.seconds)
        return failure

    failures = []
    number = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = {pool.submit(work, client): client for client in clients}
        try:
            for number, job in enumerate(as_completed(jobs), 1):
                client, failure = jobs[job], job.result()
                say(
                    f"executed {number} of {len(jobs)}: {client.path.name}, "
                    f"{client.seconds:.1f} s{' (failed)' if failure else ''}"
                )
                if failure:
                    failures.append(failure)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for client in clients:
                client.stop()
            done = number - len(failures)
            say(
                f"stopped: {done} of {len(jobs)} notebooks are executed and "
                "kept; the next build executes the others"
            )
            raise
    return failures


class Client(NotebookClient):
    """A client that executes one notebook, and knows which cell it is at.

    It sends nothing back for the Output widgets of a notebook. Such a message
    goes past the loop that waits for the kernel's replies, and now and then
    that loop then misses a reply and waits for the whole timeout.
    """

    def __init__(self, path: Path, timeout: int) -> None:
        super().__init__(
            nbformat.read(path, as_version=4),
            resources={"metadata": {"path": str(path.parent)}},
            timeout=timeout,
            # Times in the cells' metadata would make another notebook of it.
            record_timing=False,
            # Printed lines arrive in pieces of any size: stored, they are one.
            coalesce_streams=True,
            # There is nothing in a kernel to save.
            shutdown_kernel="immediate",
            log=QUIET,
            config=ENCRYPTED,
        )
        self.path = path
        self.seconds = 0.0
        self.cell: Any = None
        self.number = 0  # of that cell among the code cells
        self.stopped = False

    def run(self) -> str:
        """Execute the notebook; return what went wrong, or nothing."""
        begin = time.perf_counter()
        try:
            self.execute()
        except Exception as error:
            return self.failure(error)
        finally:
            self.seconds = time.perf_counter() - begin
            # After a kernel that was ended while it started, this is left, and
            # fails at the exit of the build.
            atexit.unregister(self._cleanup_kernel)
        return ""

    def stop(self) -> None:
        """End the kernel; if it is about to start, execute nothing in it."""
        self.stopped = True
        process = getattr(
            getattr(self.km, "provisioner", None), "process", None
        )
        if process:
            process.kill()

    async def async_execute_cell(
        self, cell: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Execute a cell, unless the client was stopped."""
        if self.stopped:
            raise DeadKernelError("stopped")
        if cell.cell_type == "code":
            self.cell, self.number = cell, self.number + 1
        return await super().async_execute_cell(cell, *args, **kwargs)

    def failure(self, error: Exception) -> str:
        """Return what ``error`` is, in which cell of which notebook."""
        if self.cell is None:
            return (
                f"{self.path.name}: no kernel: {type(error).__name__}: {error}"
            )
        where = f"{self.path.name}, code cell {self.number}"
        if isinstance(error, DeadKernelError):
            what = "the kernel died; perhaps there was too little memory"
        elif isinstance(error, CellTimeoutError):
            what = f"not done after {self.timeout} s, the timeout"
        else:  # the error in the cell, with the cell and a traceback
            return f"{where}: {error}"
        return f"{where}: {what}\n------------------\n{self.cell.source}"

    def on_comm_open_jupyter_widget(self, msg: Any) -> Any:
        """Return the client's side of a widget that a cell has opened."""
        widget = super().on_comm_open_jupyter_widget(msg)
        if widget is not None:
            widget.send = lambda *_, **__: None
        return widget
