"""Programs in a Python of their own, where nothing was imported or logged before."""

import subprocess
import sys


def run_alone(program):
    """Run a program in a process of its own; return what it wrote, as text.

    The result has ``stdout`` and ``stderr``. A program that fails raises
    ``subprocess.CalledProcessError``.
    """
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
