"""Capture what the two workers of the chapter distributed print.

The script is the one that the notebook puts together and shows. It is run in two
processes that find each other on this machine, and what they print is written
into book/_data/two_workers.json, which the chapter reads. Run it again when the
script has changed, and after an upgrade of TensorFlow::

    python tools/capture_two_workers.py
"""

import ast
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
import json
from pathlib import Path
import platform
import textwrap
from typing import Any

from helpers.workers import free_ports, run_workers
import nbformat

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "book" / "distributed.ipynb"
CAPTURED = ROOT / "book" / "_data" / "two_workers.json"
COMMAND = "python tools/capture_two_workers.py"
TIMEOUT = 600.0  # seconds; on a busy machine TensorFlow alone takes a minute to load


def main() -> None:
    """Write what two workers print here."""
    script = script_of(NOTEBOOK)
    captured = {
        "captured": {
            "command": COMMAND,
            "date": date.today().isoformat(),
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "packages": {name: version(name) for name in ("tensorflow", "keras")},
        },
        "script": script,
        "outputs": outputs_of(script),
    }
    CAPTURED.write_text(json.dumps(captured, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {CAPTURED.name}")
    for output in captured["outputs"]:
        print(textwrap.indent(str(output), "    "))


def script_of(path: Path) -> str:
    """Return the script that the notebook puts together: ``HEAD``, train, ``TAIL``."""
    parts = {}
    for source in _sources(path):
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef) and node.name == "train":
                parts["train"] = f"{ast.get_source_segment(source, node)}\n"
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                parts[ast.unparse(node.targets[0])] = node.value.value
    return "".join(parts[name] for name in ("HEAD", "train", "TAIL"))


def _sources(path: Path) -> Iterator[str]:
    """Yield the code of a notebook, cell by cell."""
    notebook: Any = nbformat.read(path, as_version=4)
    yield from (cell.source for cell in notebook.cells if cell.cell_type == "code")


def outputs_of(script: str) -> list[str]:
    """Run the script in two processes of one cluster; return what each prints."""
    addresses = [f"127.0.0.1:{port}" for port in free_ports(2)]
    tasks = [{"type": "worker", "index": index} for index in range(2)]
    configs = [{"cluster": {"worker": addresses}, "task": task} for task in tasks]
    environments = [{"TF_CONFIG": json.dumps(config)} for config in configs]
    return run_workers(script, environments, timeout=TIMEOUT)


if __name__ == "__main__":
    main()
