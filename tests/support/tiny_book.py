"""A book of two pages with one of everything, built by the real tools."""

import os
from pathlib import Path
import shutil
import subprocess
import sys

import nbformat
from nbformat import v4
from PIL import Image
from support.notebooks import BOOK, ROOT
import yaml

# Its static form is what a page shows where no script runs.
WIDGET = """import ipywidgets

class Box(ipywidgets.VBox):
    def _repr_mimebundle_(self, **kwargs):
        forms = super()._repr_mimebundle_(**kwargs)
        return forms | {"text/html": "<p>still</p>"}

Box()"""
SIGNATURE = """# Reference

```{py:function} a_long_name(first: int, second: int, third: int) -> int
What it does.
```
"""
CONTENTS = """format: jb-book
root: book/welcome
parts:
  - caption: A part
    chapters:
      - file: book/reference
"""


def write_book(folder):
    """Write the tiny book into ``folder``, with the settings of the real one."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    settings["sphinx"]["local_extensions"]["bookbuild"] = str(BOOK / "_ext")
    book = folder / "book"
    shutil.copytree(BOOK / "_static", book / "_static")
    Image.new("RGB", (40, 30), "#0b6bb0").save(book / "dot.png")
    for path, text in {
        folder / "_config.yml": yaml.safe_dump(settings),
        folder / "_toc.yml": CONTENTS,
        book / "reference.md": SIGNATURE,
        book / "welcome.ipynb": nbformat.writes(notebook()),
    }.items():
        path.write_text(text, encoding="utf-8")


def notebook():
    """Return the notebook of the first page, its outputs stored."""

    def tab(label):
        metadata = {"tab": {"group": "way", "label": label}}
        return v4.new_code_cell(f"{label} = 1", metadata=metadata)

    def printed(text, **metadata):
        output = v4.new_output("stream", name="stdout", text=f"{text}\n")
        source = f"print({text!r})"
        return v4.new_code_cell(source, metadata=metadata, outputs=[output])

    forms = {"text/html": "<p>still</p>", "text/plain": "Box()"}
    box = v4.new_output("execute_result", data=forms, execution_count=1)
    return v4.new_notebook(
        cells=[
            v4.new_markdown_cell(
                "# Welcome\n\nThe loss is $x^2$.\n\n![A dot](dot.png)"
            ),
            printed("hello", tags=["hide-input"]),
            tab("one"),
            tab("two"),
            v4.new_code_cell(WIDGET, outputs=[box]),
        ],
        metadata={
            "kernelspec": {
                "name": "python3",
                "display_name": "Python 3",
                "language": "python",
            },
            "language_info": {"name": "python"},
        },
    )


def build_book(folder, *options, packages=(), **environment):
    """Build the book in ``folder``; return how that ended.

    Modules in the folders ``packages`` take the place of installed ones.
    """
    return subprocess.run(
        [Path(sys.executable).with_name("jupyter-book"), "build", folder, *options],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ
        | environment
        | {
            "PYTHONPATH": os.pathsep.join(map(str, packages)),
            "PYTHONUTF8": "1",
            "NO_COLOR": "1",
        },
    )


def changed_copy(package, folder, changes):
    """Copy an installed package to ``folder``; return that, changed.

    ``changes`` is ``{file: (text, its replacement)}``; a file whose change is
    None is taken away.
    """
    there = folder / package.__name__
    shutil.copytree(Path(package.__file__).parent, there)
    for name, change in changes.items():
        path = there / name
        if change is None:
            path.unlink()
            continue
        text = path.read_text(encoding="utf-8")
        assert change[0] in text, f"{name} has no {change[0]}"
        path.write_text(text.replace(*change), encoding="utf-8")
    return folder
