"""What a step changed, compared with the one before."""

from helpers.stepper.differences import (
    consecutive,
    name_differences,
    state_differences,
)
from helpers.stepper.recorder import record
from helpers.stepper.steps import Doing, State, Step
import pytest


def test_each_step_is_compared_with_the_one_before_and_the_first_with_none():
    recording = record("x = 1\nx = 2")
    first, second = consecutive(recording)
    assert (first[0].line, first[0].names) == (0, {})
    assert second == recording.steps


@pytest.mark.parametrize(
    ("before", "now", "mark"),
    [(None, "1", "new"), ("1", "2", "changed"), ("1", "1", ""), ("1", None, "gone")],
)
def test_a_name_is_new_changed_the_same_or_gone(before, now, mark):
    def step(value):
        return Step(line=1, names={("", "x"): value} if value else {})

    (one,) = name_differences(step(before), step(now))
    assert (one.scope, one.name, one.mark) == ("", "x", mark)
    assert one.value == (now or before)


def test_a_name_bound_to_what_looks_the_same_is_marked():
    names = {("", "x"): "1"}
    (one,) = name_differences(
        Step(line=1, names=names), Step(line=2, names=names, again=(("", "x"),))
    )
    assert one.mark == "again"


def test_names_of_a_function_that_has_returned_are_left_out():
    before = Step(line=2, names={("", "a"): "1", ("half", "v"): "4"})
    left = name_differences(before, Step(line=3, names={("", "a"): "1"}))
    assert [(one.scope, one.name) for one in left] == [("", "a")]


@pytest.mark.parametrize(
    ("before", "now", "mark"),
    [
        (None, State(Doing.OPEN), "new"),
        (State(Doing.OPEN), State(Doing.OPEN), ""),
        (State(Doing.RECORDING), State(Doing.STOPPED), "changed"),
        (State(Doing.STOPPED), State(Doing.GONE), "gone"),
        (None, State(Doing.GONE), "gone"),
    ],
)
def test_a_tape_or_file_is_told_by_its_state(before, now, mark):
    def step(state):
        return Step(line=1, states={"tape 1": state} if state else {})

    (one,) = state_differences(step(before), step(now))
    assert (one.name, one.value, one.mark) == ("tape 1", now, mark)
