"""Every page for every reader: contrast, names, keyboard, motion, narrow screens."""

import pytest
from support.pages import NARROW, each_page


@pytest.mark.parametrize(
    ("way", "setting"), [("wide", "light"), ("wide", "dark"), ("phone", "phone")]
)
@each_page
def test_axe_finds_nothing(visited, page, way, setting):
    report = getattr(visited(page), way).axe[setting]
    assert not report, report


@each_page
def test_pictures_keep_their_shape_on_a_phone(visited, page):
    for shown, drawn in visited(page).phone.shapes:
        assert shown == pytest.approx(drawn, rel=0.02)


@pytest.mark.parametrize("width", NARROW)
@each_page
def test_no_page_scrolls_sideways(visited, page, width):
    assert visited(page).wide.widths[width] <= width


@each_page
def test_the_keyboard_reaches_everything_and_shows_where_it_is(visited, page):
    notes = visited(page).still
    assert notes.controls > 5
    assert not notes.unreached
    assert not notes.unseen


@each_page
def test_reduced_motion_stops_all_motion(visited, page):
    notes = visited(page).still
    assert not notes.moving
    assert notes.scrolling == "auto"
