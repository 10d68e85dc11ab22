"""The words of the stepper, which no other module compares with."""

import ast

from helpers.stepper import plot_lifelines, record, words
from helpers.stepper.steps import Doing, Kind, State, Step
from helpers.stepper.words import spoken, state_in_words
import matplotlib.pyplot as plt
import pytest
from support.notebooks import ROOT
import tensorflow as tf


def test_every_kind_and_every_state_has_words():
    assert words._NOTES.keys() == set(Kind)
    assert words._STATES.keys() == set(Doing)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (State(Doing.RECORDING), "recording"),
        (State(Doing.RECORDING, persistent=True), "recording, persistent"),
        (State(Doing.NOT_ENTERED), "not yet entered"),
        (State(Doing.GONE), "gone"),
    ],
)
def test_a_state_in_words(state, text):
    assert state_in_words(state) == text


def test_a_step_tells_its_kind_then_its_names_and_what_is_gone_last():
    before = Step(
        line=1, names={("", "a"): "1"}, states={"tape 1": State(Doing.CLEARED)}
    )
    step = Step(
        line=2,
        kind=Kind.CALL,
        function="half",
        names={("half", "v"): "4"},
        states={"tape 1": State(Doing.GONE), "file a": State(Doing.OPEN)},
        printed="x\ny\n",
    )
    assert spoken(before, step) == (
        "calls half; binds v to 4; file a is open; unbinds a; tape 1 is gone; "
        "prints x / y"
    )


def bars(recording):
    """Return the bars of a picture of a recording."""
    lives = {"records": ("tape 1", "recording"), "t": "t"}
    _, ax = plt.subplots()
    plot_lifelines(recording, lives, ax=ax)
    found = [patch.get_bbox().bounds for patch in ax.patches]
    plt.close(ax.figure)
    return found


def test_other_words_change_no_picture(monkeypatch):
    source = "with tf.GradientTape(persistent=True) as t:\n    y = 1\nz = 2"
    before = bars(record(source, given={"tf": tf}))
    for table in (words._NOTES, words._STATES, words._VERBS):
        for key in table:
            monkeypatch.setitem(table, key, "other words")
    assert bars(record(source, given={"tf": tf})) == before
    assert len(before) == 5


def test_only_the_words_are_sentences():
    """What says a thing on the page stands in `words`; other modules hold codes."""
    told = {text for text in (*words._NOTES.values(), *words._VERBS.values()) if text}
    told |= {heading for heading in words.COLUMNS if " " in heading}
    for path in (ROOT / "helpers" / "stepper").glob("*.py"):
        if path.stem != "words":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            texts = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
            assert not told & texts, path.name
