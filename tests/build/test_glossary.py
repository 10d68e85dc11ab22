"""The glossary: its terms, and the links of `bookbuild.render.glossary`."""

import re
import subprocess
import sys

from bookbuild.render import glossary
from bs4 import BeautifulSoup
from docutils import nodes
import pytest
from support.notebooks import BOOK, chapters, read

# Set in bold for their weight, not because they are defined there.
NO_TERMS = {"did not move", "length", "two tapes"}


def terms():
    """Return the terms of the glossary, as they stand in its source."""
    text = (BOOK / "glossary.md").read_text(encoding="utf-8")
    body = re.search(r"(?s):::{glossary}\n(.*)\n:::", text)[1]
    return re.findall(r"(?m)^(\S.*)$", body)


def defined(notebook):
    """Return what is set in bold in running text: at most three words."""
    text = "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    text = re.sub(r"(?s)```.*?```|`[^`\n]*`|\$[^$]*\$", "", text)
    found = re.findall(r"\*\*([^*]+)\*\*", text)
    # A whole sentence in bold is a heading or a rule.
    words = [bold for bold in found if not bold.endswith((".", "?", ":"))]
    short = [re.sub(r"^an? ", "", w.lower()) for w in words if len(w.split()) < 4]
    return [re.sub(r"(?<=[a-z])s$", "", w) if w not in terms() else w for w in short]


@pytest.mark.parametrize("name", chapters())
def test_what_a_chapter_defines_is_in_the_glossary(name):
    known = {term.lower() for term in terms()} | NO_TERMS
    known |= {word.rstrip("s") for word in known}
    assert set(defined(read(name))) - {"bold"} <= known


def test_terms_come_in_the_order_of_the_alphabet_and_once():
    assert terms() == sorted(set(terms()), key=str.lower)
    assert len(terms()) > 30


# ------------------------------------------------------------ a book of its own

CONF = f"""
import site
site.addsitedir({str(BOOK / "_ext")!r})
from bookbuild.render import glossary
extensions = ["myst_nb"]
html_theme = "basic"
myst_enable_extensions = ["colon_fence"]

def setup(app):
    app.connect("env-updated", glossary.find_first_uses)
    app.connect("env-updated", lambda app, env: sorted(env.found_docs))
    app.connect("doctree-resolved", glossary.link_terms)
"""
PAGES = {
    "index": """
# Welcome to the loss

A loss on the first page.

```{toctree}
one
two
```

```{toctree}
words
sheet
```
""",
    "one": """
# About the loss

A `loss`, [a loss](two.md), glossy, a loss-leader. Two losses and
a gradient
descent. A loss again.
""",
    "two": """
# Two

Loss, and a *gradient* by the **tape**.
""",
    "words": """
# Words

:::{glossary}
loss
    What you want to be small. No loss, no gain.

gradient
    A slope.

gradient descent
    A method.

Tape
    A list.
:::
""",
    "sheet": "# Sheet\n\nA tape, a loss.",
}


def build(folder):
    """Build the pages in ``folder``; return what Sphinx warned of."""
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", str(folder), str(folder / "html")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def write(folder, pages):
    """Write the sources of pages."""
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def links(folder, name):
    """Return ``{term as it is linked: address}`` of a page."""
    page = BeautifulSoup(
        (folder / "html" / f"{name}.html").read_text(encoding="utf-8"), "html.parser"
    )
    return {a.get_text(): a["href"] for a in page.select("a.term-link")}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    (folder / "conf.py").write_text(CONF, encoding="utf-8")
    write(folder, PAGES)
    return folder, build(folder)


def test_the_first_use_in_the_chapters_is_linked_and_no_other(book):
    folder, warnings = book
    assert not warnings
    assert links(folder, "one") == {
        "losses": "words.html#term-loss",
        "gradient\ndescent": "words.html#term-gradient-descent",
    }
    assert links(folder, "two") == {
        "gradient": "words.html#term-gradient",
        "tape": "words.html#term-Tape",
    }
    for name in ("index", "words", "sheet"):
        assert not links(folder, name)


def test_text_around_the_links_stays(book):
    page = BeautifulSoup(
        (book[0] / "html" / "one.html").read_text(encoding="utf-8"), "html.parser"
    )
    shown = " ".join(page.select_one("section p").get_text().split())
    assert shown == (
        "A loss, a loss, glossy, a loss-leader. Two losses and a gradient descent. "
        "A loss again."
    )


def test_each_entry_leads_back_to_the_first_use(book):
    folder, _ = book
    words = BeautifulSoup(
        (folder / "html" / "words.html").read_text(encoding="utf-8"), "html.parser"
    )
    back = {
        entry.dt.contents[0]: entry.select_one(".first-use a")["href"]
        for entry in map(definition_of, words.select("dl.glossary dt"))
    }
    assert back == {
        "loss": "one.html#first-use-of-loss",
        "gradient": "two.html#first-use-of-gradient",
        "gradient descent": "one.html#first-use-of-gradient-descent",
        "Tape": "two.html#first-use-of-Tape",
    }
    for address in back.values():
        page, anchor = address.split("#")
        there = BeautifulSoup(
            (folder / "html" / page).read_text(encoding="utf-8"), "html.parser"
        )
        assert there.find("a", id=anchor)["href"].startswith("words.html#term-")


def definition_of(term):
    """Return a piece of HTML that holds a term and what it means."""
    both = f"<div>{term}{term.find_next_sibling('dd')}</div>"
    return BeautifulSoup(both, "html.parser").div


def test_a_link_moves_when_a_chapter_changes(tmp_path):
    (tmp_path / "conf.py").write_text(CONF, encoding="utf-8")
    write(tmp_path, PAGES)
    build(tmp_path)
    write(tmp_path, {"one": "# One\n\nA tape, gradient descent.\n"})
    assert not build(tmp_path)
    assert set(links(tmp_path, "one")) == {"tape", "gradient descent"}
    assert set(links(tmp_path, "two")) == {"Loss", "gradient"}
    write(tmp_path, {"one": PAGES["one"]})
    write(tmp_path, {"two": "# Two\n\nA gradient, no more.\n"})
    warnings = build(tmp_path)
    assert set(links(tmp_path, "one")) == {"losses", "gradient\ndescent"}
    assert warnings.count("WARNING") == 1
    assert "no chapter uses the term 'tape'" in warnings


def test_a_book_without_a_glossary_has_no_uses_of_terms():
    page = nodes.document(None, None)
    page += nodes.paragraph("", "Any text.")
    assert list(glossary.uses(page, {})) == []
