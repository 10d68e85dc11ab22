"""The folds of what readers predict: `bookbuild.read.outcomes`."""

import subprocess
import sys

from bs4 import BeautifulSoup
import nbformat.v4 as nb
import pytest
from support.notebooks import BOOK

CONF = f"""
import site
site.addsitedir({str(BOOK / "_ext")!r})
from bookbuild.read.outcomes import FoldOutcomes
extensions = ["myst_nb"]
nb_execution_mode = "off"

def setup(app):
    app.add_transform(FoldOutcomes)
"""


def cell(text, *tags):
    """Return a code cell that has printed its own source, unless it is silent."""
    return nb.new_code_cell(
        text,
        metadata={"tags": list(tags)},
        execution_count=1,
        outputs=[nb.new_output("stream", name="stdout", text=f"out of {text}")]
        if text != "silent"
        else [],
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build a page; return it, parsed, and what Sphinx warned of."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    notebook = nb.new_notebook(
        cells=[
            nb.new_markdown_cell("# A page"),
            cell("one"),
            cell("two", "outcome"),
            cell("three", "outcome", "remove-input"),
            cell("four", "outcome", "hide-cell"),
            cell("silent", "outcome"),
        ],
        metadata={"language_info": {"name": "python", "pygments_lexer": "python"}},
    )
    (folder / "index.ipynb").write_text(nb.writes(notebook), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", str(folder), str(folder / "out")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    page = (folder / "out" / "index.html").read_text(encoding="utf-8")
    return BeautifulSoup(page, "html.parser"), done.stderr


def test_the_output_is_folded_and_the_code_is_not(built):
    page, _ = built
    folds = page.select(".tag_outcome > details:not([open])")
    assert [fold.select_one("pre").text.strip() for fold in folds] == [
        "out of two",
        "out of three",
        "four",
    ]
    assert "out of four" in folds[2].text
    assert "two" in folds[0].find_previous_sibling(class_="cell_input").text
    assert all("Show the outcome" in fold.summary.text for fold in folds)


def test_no_other_cell_is_folded(built):
    page, _ = built
    (printed,) = (pre for pre in page("pre") if pre.text.strip() == "out of one")
    assert printed.find_parent("details") is None


def test_a_tagged_cell_that_shows_nothing_is_named(built):
    _, warned = built
    assert warned.count("a cell with the tag 'outcome' shows nothing") == 1
