"""The steps that finish the site, piece by piece."""

import json
from types import SimpleNamespace

from bookbuild.finish import (
    links,
    old_addresses,
    pictures,
    purge,
    sheet,
    site,
    stage,
    still_there,
)
import numpy as np
from PIL import Image, ImageDraw
import pytest
import tinycss2


def purged(css, *used):
    rules = tinycss2.parse_stylesheet(css, skip_whitespace=True)
    return "".join(purge.used_rules(rules, set(used))).replace(" ", "")


@pytest.mark.parametrize(
    ("css", "used", "left"),
    [
        (".a{b:1}.c{b:2}", ["a"], ".a{b:1}"),
        (".a,.c{b:1}", ["a"], ".a{b:1}"),
        (".a .c{b:1}", ["a"], ""),
        ("p:hover{b:1}", ["p"], "p:hover{b:1}"),
        ("p::before{b:1}", ["p"], "p::before{b:1}"),
        ("p:not(.c){b:1}", ["p"], "p:not(.c){b:1}"),
        ("[data-theme]{b:1}", [], "[data-theme]{b:1}"),
        ("#a>p{b:1}", ["p"], ""),
        ("@media print{.a{b:1}.c{b:1}}", ["a"], "@mediaprint{.a{b:1}}"),
        ("@media print{.c{b:1}}", ["a"], ""),
        ("@keyframes k{from{b:1}}", [], "@keyframesk{from{b:1}}"),
    ],
)
def test_only_rules_that_can_apply_are_left(css, used, left):
    assert purged(css, *used) == left


def test_a_variable_that_is_read_by_none_goes_with_what_it_reads():
    css = ":root{--a:1;--b:var(--c);--c:2}p{x:var(--a)}"
    left = purge.without_unused_variables(css).replace(" ", "")
    assert left == ":root{--a:1}p{x:var(--a)}"


def test_style_sheets_keep_their_order():
    lists = [["a", "z"], ["a", "b", "z"], ["a", "c", "z"]]
    joined = sheet.in_order(lists)
    assert sorted(joined) == ["a", "b", "c", "z"]
    for names in lists:
        assert [name for name in joined if name in names] == names


@pytest.mark.parametrize(
    ("link", "there"),
    [
        ("book/minimize.html#a", "/book/book/minimize.html#a"),
        ("./index.html", "/book/index.html"),
        ("#main", "#main"),
        ("https://example.org/a", "https://example.org/a"),
        ("/a", "/a"),
    ],
)
def test_links_start_at_the_root_of_the_site(link, there):
    assert links.rooted_link(link, "/book/") == there


def test_a_picture_becomes_light_and_looks_the_same(tmp_path):
    path = tmp_path / "a.png"
    drawn = Image.new("RGBA", (90, 60), "#ffffff")
    for left, color in enumerate(("#0b6bb0", "#b8480c", "#6b6b6b", "#333333")):
        ImageDraw.Draw(drawn).ellipse((20 * left, 9, 20 * left + 25, 50), color)
    smooth = drawn.resize((45, 30), Image.Resampling.LANCZOS)
    smooth.save(path)
    pictures.lighten(path)
    with Image.open(path) as light:
        assert light.mode == "P"
        shown = np.asarray(light.convert("RGB"), dtype=int)
    was = np.asarray(smooth.convert("RGB"), dtype=int)
    assert np.abs(shown - was).max() <= 16
    colors, counts = np.unique(was.reshape(-1, 3), axis=0, return_counts=True)
    for color in colors[np.argsort(-counts)[:5]]:
        assert (shown[(was == color).all(axis=-1)] == color).all()


def test_the_first_picture_comes_at_once_and_others_wait(tmp_path):
    (tmp_path / "_images").mkdir()
    Image.new("RGB", (7, 5)).save(tmp_path / "_images" / "a.png")
    image = '<img alt="x" src="_images/a.png" />'
    first, second = pictures.with_sizes(
        f"<article>{image}|{image}</article>", tmp_path
    ).split("|")
    assert 'width="7" height="5"' in first
    assert "lazy" not in first
    assert 'loading="lazy"' in second


# ---------------------------------------------------------------- the whole walk


def a_site(folder, pages, **settings):
    """Return a site of these pages that notes its warnings in ``warned``."""
    warned = []
    defaults = {
        "root": "book/a",
        "documents": set(),
        "sources": folder,
        "top": "",
        "address": None,
    }
    made = site.Site(folder, pages, warn=warned.append, **defaults | settings)
    return made, warned


def test_a_piece_that_the_theme_no_longer_writes_is_named(tmp_path):
    made, warned = a_site(tmp_path, {"a.html": "<html></html>"})
    still_there.check_upstream(made)
    (missing,) = (w for w in warned if "the search button" in w)
    assert missing.startswith("the theme no longer writes the search button")
    assert "has to hold the words one sees" in missing
    assert "change upstream.py" in missing


def test_a_piece_on_one_page_is_enough(tmp_path):
    button = '<button class="btn search-button-field" title="Search"'
    pages = {"a.html": "", "b.html": f'{button} aria-label="Search">'}
    made, warned = a_site(tmp_path, pages)
    still_there.check_upstream(made)
    assert warned
    assert not [w for w in warned if "the search button" in w]


TWO_PAGES = {
    "book/a.html": """<h1>A</h1><section id="a"><h1>A<a class="headerlink"></a></h1>
<section id="new"> <h2>New<a class="headerlink"></a></h2></section></section>""",
    "book/b.html": """<section id="there">
<h2>There, <em>now</em><a class="headerlink"></a></h2></section>""",
}


def with_old_addresses(folder, table):
    """Return the pages of a site with this table of old addresses, and warnings."""
    (folder / "_data").mkdir()
    path = folder / "_data" / "old_addresses.json"
    path.write_text(json.dumps(table), encoding="utf-8")
    made, warned = a_site(folder, dict(TWO_PAGES), sources=folder / "_static")
    old_addresses.keep_old_addresses(made)
    return made.pages, warned


def test_an_old_address_leads_to_the_section_that_was_renamed(tmp_path):
    pages, warned = with_old_addresses(tmp_path, {"book/a.html": {"old": "#new"}})
    assert '<section id="new"><span id="old"></span> <h2>New' in pages["book/a.html"]
    assert not warned


def test_an_old_address_has_a_link_to_the_section_that_was_moved(tmp_path):
    table = {"book/a.html": {"old": "book/b.html#there"}}
    pages, warned = with_old_addresses(tmp_path, table)
    before, line = pages["book/a.html"].split('<p class="moved" id="old">')
    assert '<a href="b.html#there">There, <em>now</em></a>' in line
    assert before.count("</h1>") == 2, "below the title of the page"
    assert not warned


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"book/a.html": {"old": "#gone"}}, "leads to #gone, which is not there"),
        (
            {"book/a.html": {"old": "book/c.html#x"}},
            "book/c.html#x, which is not there",
        ),
        ({"book/c.html": {"old": "book/b.html#there"}}, "which is not there"),
        ({"book/a.html": {"new": "book/b.html#there"}}, "has a #new of its own"),
    ],
)
def test_an_old_address_that_leads_nowhere_is_named(tmp_path, table, said):
    pages, (warning,) = with_old_addresses(tmp_path, table)
    assert warning.startswith("old_addresses.json: ")
    assert said in warning
    assert pages == TWO_PAGES


@pytest.fixture
def finished(tmp_path, monkeypatch):
    """Return a function that finishes two pages with one step of our own."""
    root = '<html data-content_root="">'
    (tmp_path / "a.html").write_text(f"{root}é", encoding="utf-8")
    (tmp_path / "index.html").write_text("a redirect", encoding="utf-8")
    app = SimpleNamespace(
        is_current=False,
        outdir=tmp_path,
        srcdir=tmp_path,
        builder=SimpleNamespace(format="html"),
        config=SimpleNamespace(master_doc="a", html_baseurl="", book_address=None),
        env=SimpleNamespace(found_docs=["a"]),
    )

    def step(made):
        for name, text in made.pages.items():
            made.pages[name] = text + "!"

    monkeypatch.setattr(stage, "STEPS", (step, step))

    def finish(exception=None):
        stage.finish(app, exception)
        texts = [(tmp_path / n).read_text("utf-8") for n in ("a.html", "index.html")]
        return [text.removeprefix(root) for text in texts]

    return finish


def test_each_step_works_on_what_the_one_before_made_of_a_page(finished):
    assert finished() == ["é!!", "a redirect"]


def test_pages_stay_as_written_if_that_is_asked_for(finished, monkeypatch):
    monkeypatch.setenv("BOOK_FINISH", "0")
    assert finished() == ["é", "a redirect"]


def test_pages_of_a_failed_build_are_left_alone(finished):
    assert finished(ValueError("no")) == ["é", "a redirect"]
