"""The records that a recording consists of."""

from dataclasses import FrozenInstanceError

from helpers.stepper import Recording, Step
from helpers.stepper.steps import Doing, Kind, State
import pytest


def test_a_step_is_a_line_unless_more_is_said():
    step = Step(line=3)
    assert step.kind is Kind.LINE
    assert (step.function, step.result, step.printed, step.raised) == ("", "", "", "")
    assert (step.names, step.states) == ({}, {})


def test_a_tape_has_a_state_that_can_be_compared_with_its_code():
    state = State(Doing.RECORDING, persistent=True)
    assert state.doing == "recording"
    assert state != State(Doing.RECORDING)


def test_a_recording_reads_as_one_line_and_cannot_be_changed():
    recording = Recording("half", ("x = 1",), (Step(line=1),))
    assert repr(recording) == "Recording(half: 1 steps)"
    with pytest.raises(FrozenInstanceError):
        recording.steps = ()  # type: ignore[misc]
