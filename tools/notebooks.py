"""Execute every notebook of the book anew and store its outputs in it.

    python tools/notebooks.py [NOTEBOOK ...]

Only what a reader needs is stored: outputs and counts, no widget state, no
timestamps, no addresses. Running it twice gives the same bytes.
"""

from functools import partial
from pathlib import Path
import site
import subprocess
import sys
import tempfile
from typing import Any

import nbformat
import yaml

ROOT = Path(__file__).resolve().parent.parent
site.addsitedir(str(ROOT / "book" / "_ext"))

from bookbuild.execute.cache import open_cache  # noqa: E402 (found by the line above)
from bookbuild.execute.run import execute  # noqa: E402
from bookbuild.upstream import WIDGET_VIEW  # noqa: E402

SETTINGS = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
TIMEOUT = SETTINGS["execute"]["timeout"]  # seconds that a cell may take


def main(names: list[str]) -> int:
    """Execute the named notebooks, or all of them; return the exit status."""
    say = partial(print, file=sys.stderr, flush=True)
    paths = [Path(name).resolve() for name in names]
    paths = paths or sorted((ROOT / "book").glob("*.ipynb"))
    with tempfile.TemporaryDirectory() as folder:
        cache = open_cache(Path(folder), ROOT)
        failures = execute(cache, paths, TIMEOUT, say)
        for path in paths:
            store(cache, path)
    print(*failures, sep="\n\n", file=sys.stderr)
    return 1 if failures else 0


def store(cache: Any, path: Path) -> None:
    """Write the execution that ``cache`` holds, if any, into the notebook."""
    notebook = nbformat.read(path, as_version=4)
    try:
        _, executed = cache.merge_match_into_notebook(notebook)
    except KeyError:
        return
    executed.nbformat_minor = notebook.nbformat_minor
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            # A view names a model by chance, and no file keeps that model.
            output.get("data", {}).pop(WIDGET_VIEW, None)
    nbformat.write(executed, path)
    # The Python that ran it is no property of the notebook.
    clean = ["nbstripout", "--keep-output", "--keep-count"]
    clean += ["--extra-keys", "metadata.language_info.version"]
    subprocess.run([sys.executable, "-m", *clean, str(path)], check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
