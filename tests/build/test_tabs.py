"""Code cells as tabs: `bookbuild.read.tabs`."""

import json
import subprocess
import sys

from bookbuild.read.tabs import what_is_wrong
from bs4 import BeautifulSoup
import nbformat.v4 as nb
import pytest
from support.notebooks import BOOK

CONF = f"""
import site
site.addsitedir({str(BOOK / "_ext")!r})
from bookbuild.read.tabs import TabsFromCells
extensions = ["myst_nb", "sphinx_design"]
nb_execution_mode = "off"

def setup(app):
    app.add_transform(TabsFromCells)
"""


def cell(text, tab=None):
    """Return a code cell that has printed its own source."""
    return nb.new_code_cell(
        text,
        metadata={"tab": tab} if tab else {},
        execution_count=1,
        outputs=[nb.new_output("stream", name="stdout", text=f"out of {text}")],
    )


def page(*cells):
    return nb.new_notebook(
        cells=[nb.new_markdown_cell("# A page"), *cells],
        metadata={"language_info": {"name": "python", "pygments_lexer": "python"}},
    )


def tab(group, label):
    return {"group": group, "label": label}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build two pages; return the folder and what Sphinx warned of."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    pages = {
        "index": page(
            cell("before"),
            cell("one", tab("first", "One")),
            cell("two", tab("first", "Two <2>")),
            cell("three", tab("second", "Three")),
            cell("four", tab("second", "Four")),
            nb.new_markdown_cell("## More\n\nText between."),
            cell("five", tab("second", "Five")),
            cell("six", tab("second", "Six")),
            cell("after"),
        ),
        "lonely": page(cell("alone", tab("first", "Alone")), cell("plain")),
    }
    for name, notebook in pages.items():
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", str(folder), str(folder / "html")],
        capture_output=True,
        text=True,
        check=True,
    )
    return folder / "html", done.stderr


@pytest.fixture(scope="module")
def soup(built):
    return BeautifulSoup(
        (built[0] / "index.html").read_text(encoding="utf-8"), "html.parser"
    )


def text_of(node):
    return node.get_text(" ", strip=True)


def test_neighbours_of_one_group_share_a_tab_set(soup):
    sets = soup.select(".sd-tab-set")
    labels = [[text_of(label) for label in s.select("label")] for s in sets]
    assert labels == [["One", "Two <2>"], ["Three", "Four"], ["Five", "Six"]]


def test_a_tab_holds_its_cell_and_what_it_printed(soup):
    shown = [text_of(panel) for panel in soup.select(".sd-tab-content")]
    names = ["one", "two", "three", "four", "five", "six"]
    assert shown == [f"{name} out of {name}" for name in names]


def test_tabs_stand_where_their_cells_stood(soup):
    order = [
        text_of(node)
        for node in soup.select("section p, section .cell_input, .sd-tab-label")
    ]
    assert order == [
        *("before", "One", "one", "Two <2>", "two"),
        *("Three", "three", "Four", "four", "Text between."),
        *("Five", "five", "Six", "six", "after"),
    ]


def test_each_tab_is_a_radio_button_with_its_name(soup):
    for tab_set in soup.select(".sd-tab-set"):
        buttons = tab_set.select("input[type=radio]")
        assert len({button["name"] for button in buttons}) == 1
        assert [button.has_attr("checked") for button in buttons] == [True, False]
        named = [label["for"] for label in tab_set.select("label")]
        assert named == [button["id"] for button in buttons]


def test_a_tab_without_a_neighbour_stays_a_cell_and_warns(built):
    folder, warnings = built
    lines = [line for line in warnings.splitlines() if "toctree" not in line]
    assert len(lines) == 1
    assert "lonely.ipynb" in lines[0]
    assert "the tab 'Alone' of the group 'first' has no cell beside it" in lines[0]
    assert "sd-tab-set" not in (folder / "lonely.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("tabs", "problem"),
    [
        ([tab("g", "a"), tab("g", "b")], ""),
        ([tab("g", "a"), tab("g", "a")], "need different labels, not ['a', 'a']"),
        ([tab("g", "a"), tab("g", "")], "a tab must be"),
        ([tab("g", "a"), {"group": "g"}], "a tab must be"),
        ([tab("g", 1), tab("g", 2)], "a tab must be"),
        (["a", "b"], """must be {"group": "...", "label": "..."}, not 'a'"""),
    ],
)
def test_bad_tabs_are_named(tabs, problem):
    found = what_is_wrong("g", tabs)
    assert problem in found
    assert bool(found) == bool(problem)
