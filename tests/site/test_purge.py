"""A page looks the same with all rules of all style sheets as with those left."""

import re

from bookbuild.finish.sheet import SHEET
import pytest
from support.browser import SITE, go
from support.looks import MODES, compare_sheets
from support.pages import CHAPTER, each_page, open_all, settle


@each_page
def test_a_page_looks_the_same_with_all_rules(visited, page):
    assert visited(page).still.differences == {mode: [] for mode in MODES}


@pytest.mark.parametrize("rule", [".admonition", ".highlight", ".bd-article"])
def test_a_rule_that_is_missed_is_noticed(visit, site, rule):
    purged = (SITE / "_static" / SHEET).read_text(encoding="utf-8")
    less = re.sub(rf"{re.escape(rule)}(?=[ ,{{:>])", ".nothing", purged)
    assert less != purged
    with visit(reduced_motion="reduce") as page:
        page.route(f"**/{SHEET}*", lambda route: route.fulfill(body=less))
        go(page, f"{site}/{CHAPTER}")
        settle(page)
        open_all(page)
        found = compare_sheets(page, {mode: set() for mode in MODES})
    assert all(found.values())
