"""The budget of a page: how much a visit loads, and how little moves meanwhile."""

from PIL import Image
import pytest
from support.browser import SITE
from support.pages import each_page, pages_with, soup

# The budgets of a first visit; KB are 1000 bytes, gzipped.
TEXT_PAGE_KB = 100
WIDGET_PAGE_KB = 200
SEARCH_PAGE_KB = 125  # it brings the index of all pages
# Besides pictures: two for each kind of widget, which are three at most, and one
# for each set of numbers that a widget shows.
REQUESTS = 14
PICTURE_KB = 25
LAYOUT_SHIFT_AT_MOST = 0.02


@each_page
def test_a_page_is_light(visited, page):
    loaded = [entry for entry in visited(page).wide.loaded if entry[0] != "image"]
    weight = sum(size for _, size, _ in loaded)
    # Where a loss is typed, what computes it comes later; see test_your_loss.py.
    heavy = set(pages_with(".widget-place")) - set(pages_with(".loss-field"))
    budget = WIDGET_PAGE_KB if page in heavy else TEXT_PAGE_KB
    assert weight <= (SEARCH_PAGE_KB if page == "search.html" else budget), loaded
    assert len(loaded) <= REQUESTS, loaded


@each_page
def test_pictures_are_light_and_wait_their_turn(visited, page):
    heavy = [
        e for e in visited(page).wide.loaded if e[0] == "image" and e[1] > PICTURE_KB
    ]
    assert not heavy
    for number, image in enumerate(soup(page).select("article .cell_output img")):
        assert image.get("loading") == "lazy" or number == 0, image
        with Image.open((SITE / page).parent / image["src"]) as picture:
            stated = (int(image["width"]), int(image["height"]))
            assert stated == picture.size


def test_no_picture_of_the_site_is_heavy():
    heavy = [
        (path.name, path.stat().st_size)
        for path in (SITE / "_images").iterdir()
        if path.stat().st_size > PICTURE_KB * 1000
    ]
    assert not heavy


@pytest.mark.parametrize("way", ["wide", "phone"])
@each_page
def test_the_layout_does_not_shift_while_a_page_loads(visited, page, way):
    assert getattr(visited(page), way).shift < LAYOUT_SHIFT_AT_MOST
