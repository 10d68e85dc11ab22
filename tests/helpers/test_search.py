"""The search finds what the page's script finds, by one list of cases."""

import json

from helpers.search import Search
import pytest
from support.notebooks import ROOT

MESSAGES = json.loads((ROOT / "helpers" / "messages.json").read_text("utf-8"))
SEARCHES = json.loads(
    (ROOT / "tests" / "fixtures" / "searches.json").read_text("utf-8")
)
ENTRIES = SEARCHES["entries"]
SEARCH = Search({"rules": MESSAGES["rules"], "entries": ENTRIES})


def search(text):
    """Return the ids of the entries that are found, and of those that are near."""
    return [[ENTRIES[k]["id"] for k in numbers] for numbers in SEARCH(text)]


# The page's script has the same cases: see tests/build/errors_test.js.
@pytest.mark.parametrize("case", SEARCHES["cases"], ids=lambda case: case["about"])
def test_a_text_leads_to_its_entries(case):
    found, _ = search(case["text"])
    assert found == case["found"]


@pytest.mark.parametrize("case", SEARCHES["guesses"], ids=lambda case: case["text"])
def test_where_nothing_is_found_there_are_three_guesses_or_none(case):
    assert search(case["text"]) == [[], case["nearest"]]
