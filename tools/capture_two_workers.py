"""Capture what the two workers of the chapter distributed print.

The script is the one that the notebook puts together and shows. It is run in two
processes that find each other on this machine, and what they print is written
into book/_data/two_workers.json, which the chapter reads. Run it again when the
script has changed, and after an upgrade of TensorFlow::

    python tools/capture_two_workers.py
"""

import ast
from datetime import date
from importlib.metadata import version
import json
from pathlib import Path
import platform
import textwrap

from helpers.workers import free_ports, run_workers

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "book" / "distributed.ipynb"
CAPTURED = ROOT / "book" / "_data" / "two_workers.json"
COMMAND = "python tools/capture_two_workers.py"
TIMEOUT = 600.0  # seconds; on a busy machine TensorFlow alone takes a minute to load


def main() -> None:
    """Write what two workers print here."""
    script = script_of(NOTEBOOK)
    outputs = outputs_of(script)
    captured = {
        "captured": {
            "command": COMMAND,
            "date": date.today().isoformat(),
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "packages": {name: version(name) for name in ("tensorflow", "keras")},
        },
        "script": script,
        "outputs": outputs,
    }
    CAPTURED.write_text(json.dumps(captured, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {CAPTURED.name}")
    for output in outputs:
        print(textwrap.indent(output, "    "))


def script_of(path: Path) -> str:
    """Return the script that the notebook puts together: ``HEAD``, train, ``TAIL``."""
    parts: dict[str, str] = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            parts |= _parts("".join(cell["source"]))
    return "".join(parts[name] for name in ("HEAD", "train", "TAIL"))


def _parts(source: str) -> dict[str, str]:
    """Return the texts and the functions that a cell defines, by their names."""
    parts = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            parts[node.name] = f"{ast.get_source_segment(source, node)}\n"
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            parts[ast.unparse(node.targets[0])] = str(node.value.value)
    return parts


def outputs_of(script: str) -> list[str]:
    """Run the script in two processes of one cluster; return what each prints."""
    addresses = [f"127.0.0.1:{port}" for port in free_ports(2)]
    tasks = [{"type": "worker", "index": index} for index in range(2)]
    configs = [{"cluster": {"worker": addresses}, "task": task} for task in tasks]
    environments = [{"TF_CONFIG": json.dumps(config)} for config in configs]
    return run_workers(script, environments, timeout=TIMEOUT)


if __name__ == "__main__":
    main()
