"""The notebooks and pages of the book, as the tests read them."""

from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
TEMPLATE = "template"
# Pages have a shape of their own; every other notebook is a chapter.
PAGE_PARTS = {"Reference"}


def contents():
    """Return the names in _toc.yml as (root, {part: [chapter, ...]})."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = {
        part["caption"]: [Path(entry["file"]).name for entry in part["chapters"]]
        for part in toc["parts"]
    }
    return Path(toc["root"]).name, parts


def chapters():
    """Return the names of all chapters, and of the template that they copy."""
    _, parts = contents()
    names = [n for part, ns in parts.items() if part not in PAGE_PARTS for n in ns]
    return [*names, TEMPLATE]


def notebooks():
    """Return the names of all notebooks."""
    return sorted(path.stem for path in BOOK.glob("*.ipynb"))


def text_pages():
    """Return the names of all pages that are no notebooks."""
    return sorted(path.stem for path in BOOK.glob("*.md"))


def read(name):
    """Return the notebook called ``name``."""
    return nbformat.read(BOOK / f"{name}.ipynb", as_version=4)


def code_cells(cells):
    """Return the code cells among ``cells``."""
    return [cell for cell in cells if cell.cell_type == "code"]


def sections(notebook):
    """Return ``{H2 title: cells}`` in order; what stands before the first is ""."""
    found, title = {"": []}, ""
    for cell in notebook.cells:
        first = cell.source.partition("\n")[0]
        if cell.cell_type == "markdown" and first.startswith("## "):
            title = first[3:]
            assert title not in found, f"two sections are called {title!r}"
            found[title] = []
        found[title].append(cell)
    return found
