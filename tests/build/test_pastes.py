"""The pasted error messages: each is whole and has a source, none is in two files."""

import re

from fixtures.draw_pastes import (
    DRAWN,
    FILES,
    NEXT,
    SET_APART,
    WORKED_WITH,
    drawn,
    load,
)
from fixtures.measure_search import DATA, SEARCHES, measured
import pytest

PASTES = {name: load(name) for name in FILES}
ALL = [paste for pastes in PASTES.values() for paste in pastes]
# So many are led to the right entry. The goal for a file that is set apart is 38
# of its 40. Measured once, unread, the first had 25 and the second 33; since then
# they are ones to work with.
RIGHT = {WORKED_WITH: 110, SET_APART: 40, NEXT: 33}
# The wordings that are set apart shall not be printed, so tests name the sources.
each_file = pytest.mark.parametrize("name", FILES)


def sources(wrong):
    return sorted({paste["source"] for paste in wrong})


def words(paste):
    return " ".join(paste["message"].split())


def test_the_files_have_as_many_messages_as_are_drawn():
    counts = {name: len(pastes) for name, pastes in PASTES.items()}
    reserve = counts[WORKED_WITH] - DRAWN[WORKED_WITH]
    assert reserve >= 10
    assert counts == {**DRAWN, WORKED_WITH: DRAWN[WORKED_WITH] + reserve}


def test_the_files_are_those_of_the_seeded_draw():
    same = [PASTES[name] == pastes for name, pastes in drawn(reversed(ALL)).items()]
    assert same == [True, True, True]


def test_each_message_has_all_fields():
    fields = ["message", "source", "version", "about", "subject"]
    known = (fields, [*fields, "entry"])
    assert sources(paste for paste in ALL if list(paste) not in known) == []


def test_each_field_is_of_its_kind():
    def right(paste):
        return (
            bool(paste["message"].strip())
            and re.fullmatch(r"https://\S+/\d+", paste["source"])
            and (paste["version"] is None or re.search(r"\d", paste["version"]))
            and re.fullmatch(r"[a-zA-Z].{10,150}\.", paste["about"])
            and isinstance(paste["subject"], bool)
        )

    assert sources(paste for paste in ALL if not right(paste)) == []


def test_an_entry_that_is_right_is_in_the_book():
    ids = {None, *(entry["id"] for entry in DATA["entries"])}
    assert sources(p for p in ALL if p.get("entry") not in ids) == []


def test_a_message_of_another_subject_has_no_entry():
    others = (paste for paste in ALL if not paste["subject"])
    assert sources(paste for paste in others if paste.get("entry")) == []


def test_no_message_is_there_twice():
    found = [words(paste) for paste in ALL]
    assert sources(paste for paste in ALL if found.count(words(paste)) > 1) == []


def test_a_message_is_short():
    assert sources(p for p in ALL if len(p["message"].splitlines()) > 15) == []


def test_no_path_names_a_person():
    home = re.compile(r"(?:/home/|/Users/|\b[A-Z]:\\+Users\\+)([^/\\\s]+)")
    allowed = {"me", "Administrator", "runner", "...."}
    named = (p for p in ALL if not set(home.findall(p["message"])) <= allowed)
    assert sources(named) == []


@each_file
def test_about_a_tenth_of_each_file_is_of_another_subject(name):
    subjects = [paste["subject"] for paste in PASTES[name]]
    share = subjects.count(False) / len(subjects)
    assert 0.05 <= share <= 0.2


@each_file
def test_which_entries_are_right_is_said_for_all_messages_of_a_file_or_none(name):
    assert len({"entry" in paste for paste in PASTES[name]}) == 1


@each_file
def test_both_searches_lead_to_the_right_entry(name):
    figures = measured(name)
    assert figures.keys() == SEARCHES.keys()
    if "entry" not in PASTES[name][0]:
        assert name not in RIGHT
        pytest.skip("which entries are right is said once they are measured")
    for count, misses in figures.values():
        assert count == len(PASTES[name])
        assert count - len(misses) >= RIGHT[name], misses


@each_file
def test_both_searches_find_the_same(name):
    texts = [paste["message"] for paste in PASTES[name]]
    explain, page = (search(texts) for search in SEARCHES.values())
    different = [
        p for p, a, b in zip(PASTES[name], explain, page, strict=True) if a != b
    ]
    assert sources(different) == []
