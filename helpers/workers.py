"""Run one script in several processes at once, as a cluster of workers does.

The processes are started and looked after here; what they compute, and the
``TF_CONFIG`` that tells them of each other, stands in the notebook.
"""

from collections.abc import Mapping, Sequence
import json
import os
from pathlib import Path
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time

__all__ = ["WorkerError", "free_ports", "run_workers"]

# Below 32768 no system gives a port away by itself, so none is taken between
# the moment it was found free and the moment a worker has loaded TensorFlow.
_PORTS = range(20000, 32768)
# Runs the script, and ends it with all that it started when standard input ends,
# which happens when the process that started the worker ends, however it does.
_WORKER = """
import os, runpy, sys, threading

def follow():
    os.read(0, 1)
    if hasattr(os, "killpg"):
        os.killpg(0, 9)
    os._exit(1)

threading.Thread(target=follow, daemon=True).start()
runpy.run_path(sys.argv[1], run_name="__main__")
"""


class WorkerError(RuntimeError):
    """A worker ended with an error, or did not end."""


def free_ports(count: int) -> list[int]:
    """Return ``count`` different ports of this machine that are free.

    Parameters
    ----------
    count
        How many ports, from 1 on.

    Returns
    -------
    list of int
        The numbers of the ports. They stay free until somebody takes them.

    Raises
    ------
    ValueError
        If ``count`` is less than 1.
    OSError
        If there are not that many free ones.
    """
    if count < 1:
        raise ValueError(f"count is {count}; it must be from 1 on")
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        if _is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise OSError(f"fewer than {count} ports of this machine are free")


def run_workers(
    script: str,
    environments: Sequence[Mapping[str, str]],
    *,
    timeout: float = 60.0,
) -> list[str]:
    """Run a script in one process for each environment; return what each printed.

    The processes run at the same time. When one of them fails, or when the time
    is over, all are killed: TensorFlow waits for another worker without a time
    limit, and ignores ``SIGTERM``. They also end when this process ends.

    Parameters
    ----------
    script
        Source code in Python.
    environments
        Environment variables for each process, on top of those of this one. Where
        there is a ``TF_CONFIG``, its port is checked before anything starts.
    timeout
        Seconds that all may take together.

    Returns
    -------
    list of str
        The standard output of each process, in the order of ``environments``.

    Raises
    ------
    ValueError
        If an argument makes no sense.
    WorkerError
        If a port is taken, or if a process fails or does not end in time. The
        message says which, and the last lines it wrote to standard error.
    """
    if not environments:
        raise ValueError("environments is empty; there must be one for each worker")
    if not timeout > 0:
        raise ValueError(f"timeout is {timeout}; it must be more than 0 seconds")
    for number, environment in enumerate(environments):
        _check_port(number, environment)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "worker.py").write_text(script, encoding="utf-8")
        workers: list[_Worker] = []
        try:
            for number, environment in enumerate(environments):
                workers.append(_Worker(number, folder, environment))
            _wait(workers, timeout)
        finally:
            for worker in workers:
                worker.kill()
        return [worker.read("out") for worker in workers]


class _Worker:
    """One process that runs the script; its output goes into files."""

    def __init__(self, number: int, folder: Path, environment: Mapping[str, str]):
        self.number = number
        self.paths = {kind: folder / f"{number}.{kind}" for kind in ("out", "err")}
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONUTF8": "1"}
        with self.paths["out"].open("wb") as out, self.paths["err"].open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _WORKER, str(folder / "worker.py")],
                env={**os.environ, **quiet, **environment},
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
                start_new_session=True,  # a group of its own, to be killed whole
            )

    def read(self, kind: str) -> str:
        """Return what the process wrote so far."""
        return self.paths[kind].read_text(encoding="utf-8", errors="replace")

    def last_words(self) -> str:
        """Return the last lines of standard error, where a traceback ends."""
        lines = [line for line in self.read("err").splitlines() if line.strip()]
        return "\n".join(f"    {line.strip()}" for line in lines[-3:])

    def kill(self) -> None:
        """End the process, and what it started, at once."""
        if self.process.poll() is None:
            if sys.platform == "win32":
                self.process.kill()
            else:
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        assert self.process.stdin is not None
        self.process.stdin.close()


def _wait(workers: Sequence[_Worker], timeout: float) -> None:
    """Wait until all have ended well; raise when one fails or time is over."""
    end = time.monotonic() + timeout
    while True:
        codes = [worker.process.poll() for worker in workers]
        for worker, code in zip(workers, codes, strict=True):
            if code not in (None, 0):
                raise WorkerError(
                    f"worker {worker.number} failed with exit status {code}:\n"
                    f"{worker.last_words()}"
                )
        running = [
            w.number for w, code in zip(workers, codes, strict=True) if code is None
        ]
        if not running:
            return
        if time.monotonic() > end:
            names = " and ".join(f"worker {number}" for number in running)
            raise WorkerError(
                f"{names} had not ended after {timeout:g} seconds and was killed. A "
                "worker waits without end for one that never comes: do all run, and "
                "does TF_CONFIG give each the same addresses and its own index?"
            )
        time.sleep(0.05)


def _check_port(number: int, environment: Mapping[str, str]) -> None:
    """Raise where ``TF_CONFIG`` gives a worker a port that is taken.

    TensorFlow says "Could not start gRPC server" there, and not which or why.
    """
    config = json.loads(environment.get("TF_CONFIG", "{}"))
    if not config:
        return
    task = config["task"]
    port = int(config["cluster"][task["type"]][task["index"]].rpartition(":")[2])
    if not _is_free(port):
        raise WorkerError(
            f"port {port} of worker {number} is taken by another process; use one "
            "that is free, for example from free_ports"
        )


def _is_free(port: int) -> bool:
    """Say whether a server could listen on that port of this machine now."""
    with socket.socket() as listener:
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
