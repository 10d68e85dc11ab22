"""The built site, page by page: links, outputs, stray text. Needs `make book`."""

import json
import re
from urllib.parse import unquote, urlsplit

from fontTools.ttLib import TTFont
import pytest
from support.browser import SITE
from support.notebooks import BOOK, TEMPLATE, chapters, code_cells, contents, read
from support.pages import each_page, pages, soup

each_chapter = pytest.mark.parametrize(
    "name", [name for name in chapters() if name != TEMPLATE]
)


def anchors(path):
    """Return all that a link into the page at ``path`` can point to."""
    named = soup(path).find_all(lambda tag: tag.get("id") or tag.get("name"))
    return {tag.get("id") or tag.get("name") for tag in named} | {"", "top"}


def test_the_site_is_built():
    root, parts = contents()
    names = [root, *(name for part in parts.values() for name in part)]
    assert {f"book/{name}.html" for name in names} | {"index.html"} <= set(pages())


@each_page
def test_every_internal_link_leads_somewhere(page):
    broken = []
    for tag in soup(page).find_all(["a", "link", "img", "script"]):
        link = urlsplit(tag.get("href") or tag.get("src") or "")
        if link.scheme or link.netloc:
            continue
        target = (SITE / page).parent / unquote(link.path) if link.path else SITE / page
        target = target.resolve()
        missing = not target.is_file()
        if missing or (
            target.suffix == ".html" and unquote(link.fragment) not in anchors(target)
        ):
            broken.append(link.geturl())
    assert not broken


OLD_ADDRESSES = json.loads(
    (BOOK / "_data" / "old_addresses.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("page", OLD_ADDRESSES)
def test_the_old_address_of_a_section_leads_to_where_it_is_now(page):
    for old, now in OLD_ADDRESSES[page].items():
        (place,) = soup(page).find_all(id=old)
        there, _, new = now.partition("#")
        if there:
            assert place.a["href"].endswith(f"{there.rpartition('/')[2]}#{new}")
        else:
            assert place.find_parent("section")["id"] == new


@each_page
def test_no_page_shows_an_error_or_a_log_line(page):
    assert not soup(page).select(".output.stderr, .output.traceback, .problematic")
    text = soup(page).get_text()
    for noise in (r"\b[IWE]0000 00:00", "cuInit", "Traceback (most recent"):
        assert noise not in text
    assert not re.search(r"\b[IWEF]\d{4} \d\d:\d\d", text)


@each_page
def test_every_page_has_a_title_and_a_language(page):
    assert soup(page).html["lang"] == "en"
    assert soup(page).title.get_text(strip=True)


@each_page
def test_every_picture_has_alt_text(page):
    for image in soup(page).find_all("img"):
        # The logo stands beside its own words, and says nothing twice.
        assert image.get("alt") or "logo__image" in image["class"], image


@each_chapter
def test_a_chapter_shows_all_its_outputs(name):
    article = soup(SITE / "book" / f"{name}.html").article
    shown = " ".join(article.get_text().split())
    cells = code_cells(read(name).cells)
    outputs = [output for cell in cells for output in cell.outputs]
    for output in outputs:
        assert " ".join(output.get("text", "").split()) in shown
    pictures = sum("image/png" in output.get("data", {}) for output in outputs)
    assert len(article.select(".cell_output img")) == pictures > 0
    assert len(article.select("figcaption .caption-text")) == pictures


@each_chapter
def test_a_chapter_shows_its_code_to_the_letter(name):
    article = soup(SITE / "book" / f"{name}.html").article
    shown = "\n".join(pre.get_text() for pre in article.select(".cell_input pre"))
    unseen = {"remove-cell", "remove-input"}
    sources = [
        cell.source.strip()
        for cell in code_cells(read(name).cells)
        if not unseen & set(cell.metadata.get("tags", []))
    ]
    assert sources
    assert not [source for source in sources if source not in shown]


@each_chapter
def test_a_chapter_can_be_downloaded_as_a_notebook(name):
    links = soup(SITE / "book" / f"{name}.html").select("a.btn-download-source-button")
    (target,) = {link["href"] for link in links}
    assert target.endswith(f"{name}.ipynb")


@each_chapter
def test_solutions_are_folded(name):
    page = soup(SITE / "book" / f"{name}.html")
    solutions = page.select(".cell.tag_solution")
    assert len(solutions) >= 2
    for solution in solutions:
        assert solution.select_one("details:not([open]) summary"), solution


def test_the_front_page_is_the_first_page_itself():
    front, first = soup(SITE / "index.html"), soup(SITE / "book" / "welcome.html")
    assert not front.find("meta", {"http-equiv": re.compile("refresh", re.I)})
    assert front.title.get_text(strip=True)
    assert front.article.get_text() == first.article.get_text()


def test_the_navigation_shows_the_parts():
    captions = soup(SITE / "index.html").select("nav .caption-text")
    _, parts = contents()
    assert {caption.get_text(strip=True) for caption in captions} >= set(parts)


def test_the_book_has_its_own_logo_and_icon():
    page = soup(SITE / "index.html")
    assert page.find("link", rel="icon")["href"].endswith("favicon.svg")
    assert page.select_one(".navbar-brand img")["src"].endswith("logo.svg")


def test_search_knows_every_page():
    index = (SITE / "searchindex.js").read_text(encoding="utf-8")
    root, parts = contents()
    for name in [root, *(name for part in parts.values() for name in part)]:
        assert f'"book/{name}"' in index


# ------------------------------------------------------------------- formulas


def math_sign(sign, in_name):
    """Return the sign that a browser draws: a name of one letter is slanted."""
    if not in_name or sign == "h":
        return "ℎ" if in_name else sign
    for first, last, slanted in (("a", "z", 0x1D44E), ("A", "Z", 0x1D434)):
        if first <= sign <= last:
            return chr(slanted + ord(sign) - ord(first))
    return chr(0x1D6FC + ord(sign) - ord("α")) if "α" <= sign <= "ω" else sign


def test_pages_with_formulas_ask_for_their_font_first():
    for page in pages():
        shown = soup(page)
        first = shown.select_one("head > :is(script, link, style)")
        assert ("new FontFace" in first.get_text()) == bool(shown.find("math")), page


def test_the_book_has_every_sign_of_its_formulas():
    font = TTFont(SITE / "_static" / "math.woff")
    assert "MATH" in font, "signs grow with what they hold"
    signs = {
        math_sign(sign, token.name == "mi" and len(token.text) == 1)
        for page in pages()
        for token in soup(page).select("math :is(mi, mn, mo, mtext)")
        for sign in token.text
        if not sign.isspace()
    }
    assert len(signs) > 20
    if any(soup(page).select("math :is(msqrt, mroot)") for page in pages()):
        signs.add("√")  # no text says it
    drawn = {chr(code) for code in font.getBestCmap()} | {"\u2061"}  # no sign
    assert signs <= drawn, f"not in the font: {sorted(signs - drawn)}"
