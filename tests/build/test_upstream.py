"""Each correction on what the installed theme writes; what is gone is named."""

import base64
import hashlib
import shutil

from bookbuild import upstream
from bookbuild.finish import inline, markup, policy, scripts, site, still_there
from bookbuild.read import still_there as still_made
from bs4 import BeautifulSoup
from docutils import nodes
import myst_nb
import pydata_sphinx_theme
import pytest
import sphinx_copybutton
from support.tiny_book import build_book, changed_copy, write_book

PIECES = pytest.mark.parametrize(
    "piece", upstream.PIECES, ids=[piece.what for piece in upstream.PIECES]
)


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Return the folder of a tiny site as the installed theme writes it."""
    folder = tmp_path_factory.mktemp("tiny")
    write_book(folder)
    done = build_book(folder, "-W", "--keep-going", BOOK_FINISH="0")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "_build" / "html"


@pytest.fixture(scope="session")
def pages(written):
    """Return the pages of the tiny site, by their names."""
    return site.read_pages(written)


@pytest.fixture(scope="session")
def corrected(pages):
    """Return the pages of the tiny site, corrected."""
    return {name: markup.corrected(text) for name, text in pages.items()}


def a_site(folder, pages):
    """Return a site of these pages, and the list of its warnings."""
    warned = []
    made = site.Site(
        folder=folder,
        pages=dict(pages),
        root="book/welcome",
        documents=set(),
        sources=folder,
        top="",
        address=None,
        warn=warned.append,
    )
    return made, warned


def parsed(pages, name="book/welcome.html"):
    """Return a page, parsed."""
    return BeautifulSoup(pages[name], "html.parser")


# ------------------------------------------------------------ what has to be there


def test_the_theme_of_today_writes_all_that_the_steps_work_on(written, pages):
    made, warned = a_site(written, pages)
    still_there.check_upstream(made)
    assert not warned


@PIECES
def test_a_piece_that_is_written_no_more_is_named(written, pages, piece):
    without = {name: piece.pattern.sub("", text) for name, text in pages.items()}
    made, warned = a_site(written, without)
    still_there.check_upstream(made)
    about = [w for w in warned if f"no longer writes {piece.what} (" in w]
    assert len(about) == 1
    assert about[0].startswith(piece.owner)
    assert piece.use in about[0]
    assert "change upstream.py" in about[0]


@pytest.mark.parametrize("name", upstream.STOCK_FILES)
def test_a_stock_file_that_is_gone_is_named(written, pages, tmp_path, name):
    there = tmp_path / "_static"
    for other in upstream.STOCK_FILES.keys() - {name}:
        (there / other).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(written / "_static" / other, there / other)
    made, warned = a_site(tmp_path, pages)
    still_there.check_upstream(made)
    (about,) = warned
    assert about.startswith(f"the stock file _static/{name} is gone")
    assert upstream.STOCK_FILES[name] in about


@pytest.mark.parametrize("pattern", upstream.UNUSED_FILES)
def test_the_files_that_are_deleted_are_written(written, pattern):
    assert list((written / "_static").glob(pattern))


def test_a_renamed_class_script_and_node_fail_the_build(tmp_path):
    """One build with three changed packages, as a new version may bring them."""
    write_book(tmp_path)
    packages = tmp_path / "packages"
    button = "components/search-button-field.html"
    theme = f"theme/pydata_sphinx_theme/{button}"
    changed_copy(
        pydata_sphinx_theme,
        packages,
        {theme: ("search-button-field", "search-field-button")},
    )
    changed_copy(sphinx_copybutton, packages, {"_static/clipboard.min.js": None})
    changed_copy(myst_nb, packages, {"core/render.py": ('"cell_code"', '"code_cell"')})
    done = build_book(tmp_path, "-W", "--keep-going", packages=[packages])
    said = " ".join(done.stderr.split())
    assert done.returncode != 0
    assert "the theme no longer writes the search button with a label" in said
    assert "the stock file _static/clipboard.min.js is gone" in said
    assert (
        "MyST-NB no longer makes the node of a code cell (nb_element='cell_code')"
        in said
    )
    assert "Traceback" not in said


def a_document(*marks):
    """Return a document with a node that has these marks, as MyST-NB makes them."""
    document = nodes.document(None, None)
    for mark in marks:
        node = nodes.container()
        is_list = mark.attribute == "classes"
        node[mark.attribute] = [mark.value] if is_list else mark.value
        document += node
    return document


@pytest.mark.parametrize(
    "mark", still_made.NODES, ids=[m.what for m in still_made.NODES]
)
def test_a_mark_is_looked_for_in_all_pages_until_one_has_it(mark):
    others = [other for other in still_made.NODES if other != mark]
    assert still_made.unseen([a_document(), a_document(*others)]) == [mark]
    assert still_made.unseen([a_document(mark), a_document(*others)]) == []


def test_no_more_pages_are_read_than_it_takes():
    pages = iter([a_document(*still_made.NODES), a_document()])
    assert still_made.unseen(pages) == []
    assert len(list(pages)) == 1


# -------------------------------------------------- what becomes of it on the pages


def test_light_or_dark_is_known_before_the_first_paint(pages, corrected):
    for name, text in corrected.items():
        assert 'localStorage.getItem("theme") || "auto"' in pages[name]
        assert 'localStorage.getItem("theme") || "auto"' not in text
        assert text.index("prefers-color-scheme") < text.index("<body")


def test_the_search_button_is_called_as_it_reads(corrected):
    for name in corrected:
        (button, *_) = parsed(corrected, name).select("button.search-button-field")
        assert not button.has_attr("aria-label")
        assert not button.has_attr("title")
        assert "Search" in button.get_text()


def test_a_folded_cell_is_called_as_it_reads(pages, corrected):
    (before,) = parsed(pages).select("details.above-input > summary")
    (after,) = parsed(corrected).select("details.above-input > summary")
    assert before.has_attr("aria-label")
    assert not after.has_attr("aria-label")
    assert "Show the code" in after.get_text()


def test_the_name_of_the_book_belongs_to_a_landmark(corrected):
    for name in corrected:
        (brand, *_) = parsed(corrected, name).select(".navbar-brand")
        assert brand.find_parent(role="banner")


def test_a_button_without_words_has_a_name(corrected):
    for name in corrected:
        for button in parsed(corrected, name).select(
            "button.sidebar-toggle, button.btn-fullscreen-button"
        ):
            assert button["aria-label"]
            assert button["aria-label"] == button["title"]


@pytest.mark.parametrize(
    ("selector", "does"),
    [
        ("button.btn-fullscreen-button", "full-screen"),
        ("button.btn-download-pdf-button", "print"),
    ],
)
def test_a_button_holds_no_code_but_says_what_it_does(pages, corrected, selector, does):
    (before,) = parsed(pages).select(selector)
    (after,) = parsed(corrected).select(selector)
    assert before["onclick"]
    assert not after.has_attr("onclick")
    assert after["data-does"] == does


def test_a_notebook_is_saved_by_its_button(pages, corrected):
    (before,) = parsed(pages).select("a.btn-download-source-button")
    (after,) = parsed(corrected).select("a.btn-download-source-button")
    assert before["target"] == "_blank"
    assert after["download"] == "welcome.ipynb"
    assert not after.has_attr("target")


def test_a_long_signature_is_no_list_of_definitions(pages, corrected):
    before = parsed(pages, "book/reference.html").select_one("dl.py.function")
    after = parsed(corrected, "book/reference.html").select_one("dl.py.function")
    assert len(before.select("dt dl dd")) == 3
    assert not after.select("dt dl, dt dd")
    assert len(after.select("dt span.sig-line")) == 3
    assert after.get_text() == before.get_text()


def test_the_width_of_the_page_is_said_once(pages, corrected):
    assert len(parsed(pages).select("meta[name=viewport]")) == 3
    for name in corrected:
        assert len(parsed(pages, name).select("meta[name=viewport]")) >= 2
        (viewport,) = parsed(corrected, name).select("meta[name=viewport]")
        assert "initial-scale=1" in viewport["content"]


# ------------------------------------------------------------------------- scripts


def finished(pages):
    """Return pages with the scripts that are joined, and their policy."""
    files = dict.fromkeys(scripts.BUNDLES, "1")
    return {
        name: policy.with_policy(scripts.with_bundles(text, files))
        for name, text in pages.items()
    }


def test_no_script_of_the_theme_of_today_is_refused(written, corrected):
    made, warned = a_site(written, corrected)
    inline.refuse_scripts(made)
    assert not warned


def test_each_script_on_the_list_is_written_by_the_theme_of_today(corrected):
    written = {
        inline.without_blanks(script.string or "")
        for name in corrected
        for script in parsed(corrected, name)("script")
    }
    for what, code in upstream.INLINE_SCRIPTS.items():
        assert inline.without_blanks(code) in written, what


def test_a_policy_names_each_script_that_is_left_and_no_more(corrected):
    for name, text in finished(corrected).items():
        page = BeautifulSoup(text, "html.parser")
        (meta,) = page.select('meta[http-equiv="Content-Security-Policy"]')
        words = meta["content"].replace(";", " ").split()
        named = {word for word in words if word.startswith("'sha256-")}
        inline = page.select("script:not([src])")
        assert named == {by_hash(script.string) for script in inline}, name
        assert "unsafe-hashes" not in text


def by_hash(code):
    """Return how a policy names a script."""
    digest = hashlib.sha256(code.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@pytest.mark.parametrize(
    "intruder",
    [
        "<script>go()</script>",
        "<SCRIPT >go()</SCRIPT>",
        '<script type="module">go()</script>',
        '<script src="https://example.org/_static/a.js"></script>',
        '<script src="//example.org/a.js"></script>',
        '<img src="a.png" onload="go()">',
        "<svg/onload=go() ></svg>",
        '<a href="javascript:go()">go</a>',
    ],
)
def test_a_script_in_an_output_is_refused_and_its_page_named(
    written, corrected, intruder
):
    name = "book/welcome.html"
    text = corrected[name].replace("<p>still</p>", f"<p>still</p>{intruder}")
    assert intruder in text
    made, warned = a_site(written, corrected | {name: text})
    inline.refuse_scripts(made)
    (warning,) = warned
    assert warning.startswith(f"{name}: this script is refused")
    assert intruder[:14] in warning
    before, after = finished({name: corrected[name]}), finished({name: text})
    rules = [
        parsed(p).select_one("meta[http-equiv]")["content"] for p in (before, after)
    ]
    assert rules[0] == rules[1]
    addresses = [
        [script.get("src") for script in parsed(p).select("head script")]
        for p in (before, after)
    ]
    assert addresses[0] == addresses[1]


@pytest.mark.parametrize(
    "harmless",
    [
        '<script type="application/json">{"a": 1}</script>',
        '<img src="a.png" alt="the loss at once = 3 and on=4">',
        "<code>&lt;script&gt;go()&lt;/script&gt;</code>",
    ],
)
def test_what_does_not_run_is_not_refused(harmless):
    assert inline.refused(f'<html data-content_root="./">{harmless}') == []
