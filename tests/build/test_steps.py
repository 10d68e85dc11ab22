"""The steps that finish the site, each on a site of one or two pages."""

import base64
from io import BytesIO
from pathlib import Path
import re

from bookbuild.address import Address
from bookbuild.finish import (
    files,
    font,
    icons,
    links,
    markup,
    not_found,
    pictures,
    policy,
    scripts,
    sheet,
    sitemap,
    tags,
)
from bookbuild.finish.site import Site, read_pages
from bookbuild.names import FONT, STATES
from bookbuild.upstream import ICON_FONTS
from fontTools.ttLib import TTFont
from PIL import Image
import pydata_sphinx_theme
import pytest
from support.notebooks import BOOK

PAGE = '<html data-content_root="../"><meta charset="utf-8"/>'
FORMULA = "<math><mi>x</mi><mo>=</mo><mn>4</mn></math>"


@pytest.fixture
def make(tmp_path):
    """Return a function that makes a site of some pages and static files."""

    def a_site(pages, static=(), **settings):
        (tmp_path / "_static").mkdir(exist_ok=True)
        for name, text in dict(static).items():
            path = tmp_path / "_static" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        defaults = {
            "root": "book/a",
            "documents": {"book/a", "book/b"},
            "sources": BOOK / "_static",
            "top": "",
            "address": None,
            "warn": pytest.fail,
        }
        return Site(tmp_path, pages, **defaults | settings)

    return a_site


# ----------------------------------------------------------------- files and pages


def test_files_that_no_page_asks_for_are_deleted(make):
    gone = ("old.js", "basic.css", "a/b.js.map", "vendor/fontawesome/deep/a.ttf")
    site = make({}, dict.fromkeys([*gone, "site.js"], ""))
    site.unused |= {"old.js", "never_written.js"}
    files.delete_unused(site)
    left = [path.name for path in site.static.rglob("*") if path.is_file()]
    assert left == ["site.js"]
    assert not (site.static / "vendor" / "fontawesome").exists()


def test_static_files_and_redirects_are_no_pages(make, tmp_path):
    make({}, {"a.html": PAGE})
    (tmp_path / "index.html").write_text("a redirect", encoding="utf-8")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "a.html").write_text(PAGE, encoding="utf-8")
    assert read_pages(tmp_path) == {"book/a.html": PAGE}


def test_links_of_a_page_are_moved_to_the_folder_above():
    page = (
        '<a href="b.html#x"></a><img src="../_images/a.png"/><a href="#y"></a>'
        '<div data-state="../_static/states/a.js?v=1"></div><a href="/a"></a>'
        '<a href="https://example.org/a"></a><a class="b.html" href="c/"></a>'
    )
    assert re.findall(r'"([^"]*)"', links.moved(page, "book")) == [
        *("book/b.html#x", "_images/a.png", "#y", "_static/states/a.js?v=1"),
        *("/a", "https://example.org/a", "b.html", "book/c/"),
    ]


@pytest.mark.parametrize(
    ("top", "there"), [("", "book/a.html"), ("/x/", "/x/book/a.html")]
)
def test_the_page_that_is_not_there_leads_back_from_any_depth(make, top, there):
    page = f'{PAGE}<a href="book/a.html"></a>'
    site = make({"404.html": page, "book/a.html": page}, top=top)
    not_found.start_at_the_root(site)
    assert f'href="{there}"' in site.pages["404.html"]
    assert site.pages["book/a.html"] == page


def test_search_engines_get_a_list_where_there_is_an_address(make, tmp_path):
    address = Address("https://github.com/a/b", "https://a.org/b/")
    made = [tmp_path / "sitemap.xml", tmp_path / "robots.txt"]
    sitemap.write_sitemap(make({}, address=address))
    listed, robots = (path.read_text("utf-8") for path in made)
    pages = re.findall("<loc>(.*)</loc>", listed)
    assert pages == ["https://a.org/b/", "https://a.org/b/book/b.html"]
    assert "Sitemap: https://a.org/b/sitemap.xml" in robots
    sitemap.write_sitemap(make({}))
    assert not any(path.exists() for path in made)


def test_every_page_is_corrected_and_has_a_policy(make):
    button = '<button onclick="window.print()">'
    site = make({"a.html": PAGE + button, "b.html": PAGE + button})
    markup.correct_markup(site)
    policy.state_policy(site)
    for text in site.pages.values():
        assert "onclick" not in text
        assert text.startswith(f"{PAGE}<meta http-equiv=")


# ------------------------------------------------------------------- fonts and icons


def test_the_font_of_formulas_holds_the_signs_in_use(make):
    site = make({"a.html": PAGE + FORMULA, "b.html": PAGE})
    font.cut_font(site)
    drawn = TTFont(site.static / FONT).getBestCmap()
    assert {ord("4"), ord("="), ord("\N{MATHEMATICAL ITALIC SMALL X}")} <= drawn.keys()
    whole = TTFont(BOOK / "_static" / FONT).getBestCmap()
    assert len(drawn) < 10 < len(whole)
    assert site.pages["a.html"].startswith(f"{PAGE}\n<script>")
    assert site.pages["b.html"] == PAGE


@pytest.mark.parametrize(
    ("letter", "drawn"),
    [*zip("aizAZαω", "𝑎𝑖𝑧𝐴𝑍𝛼𝜔", strict=True), ("h", "ℎ"), ("∇", "∇"), ("ж", "ж")],
)
def test_a_name_of_one_letter_is_slanted(letter, drawn):
    assert font.slanted(letter) == drawn


def test_the_icons_in_use_take_the_place_of_the_icon_fonts(tmp_path):
    theme = Path(pydata_sphinx_theme.__file__).parent
    (fonts,) = theme.rglob(f"static/{ICON_FONTS}")
    static = fonts.parents[2]

    def face(name):
        source = f"url({ICON_FONTS}/{name}.woff2) format('woff2')"
        return f"@font-face{{font-family:F;src:{source}}}"

    rules = '.bars::before{content:"\\f0c9"}:root{--x:fit("\\f002")}'
    other = "@font-face{font-family:G;src:url(g.woff2)}"
    css = rules + other + face("fa-solid-900") + face("fa-brands-400")
    left = icons.with_icons(static, css, {"fa-solid"})
    assert left.startswith(rules + other + "@font-face{font-family:F;src:url(data:")
    assert "fa-brands" not in left
    data = re.search(r"base64,([^)]*)\)", left)[1]
    drawn = TTFont(BytesIO(base64.b64decode(data))).getBestCmap()
    assert drawn.keys() == {0xF0C9, 0xF002}
    assert icons.with_icons(tmp_path, css, {"fa-solid"}).endswith(face("fa-solid-900"))


# --------------------------------------------------------- scripts and style sheets


def test_a_script_loses_its_comments_and_keeps_the_notices_of_licences():
    script = "/*! MIT, by Ann */\n// why\nlet a  =  1;\n//# sourceMappingURL=a.map\n"
    small = scripts.small_script(script)
    assert "/*! MIT, by Ann */" in small
    assert "let a=1" in small
    assert "why" not in small
    assert "sourceMappingURL" not in small


def test_scripts_are_joined_in_order_and_others_made_small(make):
    own = {"own.js": "let own  =  1; // why", "widgets/w.js": "let w  =  1;"}
    parts = {"clipboard.min.js": "let a = 1", "copybutton.js": "let b = 2"}
    site = make({}, own | parts)
    digests = scripts.write_bundles(site.static)
    assert digests.keys() == scripts.BUNDLES.keys()
    joined = (site.static / "late.js").read_text("utf-8")
    assert joined.split() == ["let", "a=1;", "let", "b=2"]
    assert (site.static / "own.js").read_text("utf-8") == "let own=1;"
    assert (site.static / "widgets" / "w.js").read_text("utf-8") == "let w=1;"


@pytest.mark.parametrize(
    ("piece", "late"),
    [('<div class="highlight">', "late.js"), ("", "late_without_code.js")],
)
def test_a_page_asks_for_one_script_of_those_that_can_wait(piece, late):
    page = scripts.with_bundles(f"{PAGE}</head>{piece}</html>", scripts.BUNDLES)
    assert [name for name in scripts.BUNDLES if f"{name}?" in page] == ["site.js", late]


def test_one_style_sheet_has_what_pages_and_scripts_use(make, tmp_path):
    static = {
        "a.css": '@import "basic.css";.page{x:1}.data,.never{x:2}',
        "basic.css": ".made{x:3}.state{x:4}.nobody{x:5}",
        "own.js": "'made'",
        f"{STATES}/book/a-1.js": '<p class=\\"state\\">',
    }
    link = '<link rel="stylesheet" href="../_static/a.css"/>\n'
    data = '<script type="application/json">"data"</script>'
    page = f'{PAGE}{link}{data}<p class="page">'
    site = make({"book/a.html": page, "book/b.html": page}, static)
    sheet.join_sheets(site)
    css = (site.static / sheet.SHEET).read_text("utf-8")
    assert css == ".made{x:3}.state{x:4}.page{x:1}"
    for text in site.pages.values():
        assert text.count("stylesheet") == 1
        assert re.search(r'href="\.\./_static/site\.css\?v=\w+"', text)
    assert site.unused == {"a.css"}


@pytest.mark.parametrize(
    ("lists", "joined"),
    [([["b"], ["a", "b"]], ["a", "b"]), ([["a", "b"], ["a", "c"]], ["a", "c", "b"])],
)
def test_a_sheet_stands_after_what_it_follows_and_before_what_follows_it(lists, joined):
    assert sheet.in_order(lists) == joined


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("<script>go()</script>", "go()"),
        ('<script type="module">go()</script>', "go()"),
        ('<script type="application/json">{"a": 1}</script>', ""),
        ('<script src="a.js">go()</script>', ""),
    ],
)
def test_code_in_a_page_is_told_from_data_and_files(script, code):
    assert tags.inline_script(tags.SCRIPT.search(script)) == code


# ------------------------------------------------------------------------- pictures


def test_each_picture_that_is_shown_is_made_light_and_others_go(make, tmp_path):
    folder = tmp_path / "_images"
    folder.mkdir()
    (tmp_path / "book").mkdir()
    for name in ("shown.png", "old.png"):
        Image.new("RGB", (9, 9), "#0b6bb0").save(folder / name)
    (folder / "shown.svg").write_text("<svg/>", encoding="utf-8")
    noise = Image.effect_noise((400, 300), 90).convert("RGB")
    noise.save(folder / "heavy.png")
    shown = [f"../_images/{n}" for n in ("shown.png", "shown.svg", "heavy.png")]
    page = "<article>" + "".join(f'<img src="{path}"/>' for path in shown)
    warned = []
    site = make({"book/a.html": page}, warn=warned.append)
    pictures.lighten_pictures(site)
    left = sorted(path.name for path in folder.iterdir())
    assert left == ["heavy.png", "shown.png", "shown.svg"]
    (warning,) = warned
    assert warning.startswith("the picture heavy.png weighs")
    for name in ("shown.png", "heavy.png"):
        with Image.open(folder / name) as picture:
            assert picture.mode == "P"
    assert 'width="9" height="9"' in site.pages["book/a.html"]


def test_only_pictures_of_the_text_get_a_size_and_wait(tmp_path):
    (tmp_path / "_images").mkdir()
    Image.new("RGB", (7, 5)).save(tmp_path / "_images" / "a.png")
    (tmp_path / "_images" / "a.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / "logo.png").write_bytes(b"")
    sources = ("_images/a.png", "_images/a.png", "_images/a.svg", "logo.png")
    before, *shown = (f'<img src="{source}"/>' for source in sources)
    page = pictures.with_sizes(f"{before}<article>{'|'.join(shown)}", tmp_path)
    head, text = page.split("<article>")
    assert head == before
    first, drawn, logo = text.split("|")
    assert 'width="7" height="5"' in first
    assert drawn == '<img src="_images/a.svg" loading="lazy" decoding="async"/>'
    assert logo == '<img src="logo.png"/>'
