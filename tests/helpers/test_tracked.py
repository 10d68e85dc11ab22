"""The states of tapes and files while a snippet runs."""

import gc

from helpers.stepper.recorder import record
from helpers.stepper.words import state_in_words
import pytest
import tensorflow as tf


def states(source, **given):
    """Return the states after each step, in words."""
    steps = record(source, given={"tf": tf, **given}).steps
    return [
        {label: state_in_words(state) for label, state in step.states.items()}
        for step in steps
    ]


def life(source, label="tape 1", **given):
    """Return the states of one thing, one for each change."""
    found = [state[label] for state in states(source, **given) if label in state]
    return [now for i, now in enumerate(found) if i == 0 or found[i - 1] != now]


RECORD = "with t:\n    y = x * x\n"


@pytest.fixture
def x():
    return tf.Variable(3.0)


def test_the_life_of_a_tape(x):
    source = f"t = tf.GradientTape()\n{RECORD}g = t.gradient(y, x)\ndel t"
    assert life(source, x=x) == [
        "not yet entered", "recording", "stopped", "cleared", "gone",
    ]  # fmt: skip


def test_the_life_of_a_persistent_tape(x):
    source = (
        f"t = tf.GradientTape(persistent=True)\n{RECORD}"
        "g = t.gradient(y, x)\ng = t.gradient(y, x)\ndel t"
    )
    assert life(source, x=x) == [
        "not yet entered, persistent",
        "recording, persistent",
        "stopped, persistent",
        "gone",
    ]


def test_gradient_inside_the_block_spends_a_tape(x):
    source = (
        "with tf.GradientTape() as t:\n    y = x * x\n    g = t.gradient(y, x)\n"
        "    z = y"
    )
    assert life(source, x=x) == ["recording", "cleared"]


def test_gradient_inside_the_block_leaves_a_persistent_tape_recording(x):
    source = (
        "with tf.GradientTape(True) as t:\n    y = x * x\n"
        "    g = t.gradient(y, x)\n    z = y"
    )
    assert life(source, x=x) == ["recording, persistent", "stopped, persistent"]


def test_a_failed_gradient_does_not_spend_a_tape(x):
    source = (
        f"t = tf.GradientTape()\n{RECORD}try:\n    t.gradient(None, x)\n"
        "except TypeError:\n    pass\ng = t.gradient(y, x)"
    )
    assert life(source, x=x)[1:] == ["recording", "stopped", "cleared"]


def test_a_failed_gradient_inside_the_block_ends_the_recording(x):
    source = (
        "with tf.GradientTape() as t:\n    y = x * x\n    try:\n"
        "        t.gradient(None, x)\n    except TypeError:\n        pass\n    z = y"
    )
    steps = states(source, x=x)
    assert steps[3]["tape 1"] == "stopped"


def test_a_jacobian_spends_a_tape(x):
    source = f"t = tf.GradientTape()\n{RECORD}j = t.jacobian(y, x)"
    assert life(source, x=x)[-1] == "cleared"


def test_a_tape_that_was_cleared_can_record_again(x):
    source = (
        f"t = tf.GradientTape()\n{RECORD}t.gradient(y, x)\n{RECORD}t.gradient(y, x)"
    )
    assert life(source, x=x)[1:] == [
        "recording", "stopped", "cleared", "recording", "stopped", "cleared",
    ]  # fmt: skip


def test_stop_recording_pauses_a_tape(x):
    source = (
        "with tf.GradientTape() as t:\n    with t.stop_recording():\n        y = x\n"
        "    z = x"
    )
    assert life(source, x=x) == ["recording", "paused", "recording", "stopped"]


def test_each_turn_of_a_loop_has_a_tape_of_its_own():
    gc.disable()
    try:
        found = states(
            "for i in range(2):\n    with tf.GradientTape() as t:\n        pass"
        )
    finally:
        gc.enable()
    assert {"tape 1": "gone", "tape 2": "recording"} in found
    assert found[-1] == {"tape 2": "stopped"}


def test_a_tape_without_a_name_is_followed():
    assert life("with tf.GradientTape():\n    pass") == ["recording", "gone"]


def test_a_tape_from_a_function_is_followed_once_it_has_a_name():
    def make():
        with tf.GradientTape() as t:
            pass
        return t

    def use():
        with tf.GradientTape():
            pass

    assert states("use()\nt = make()", make=make, use=use) == [
        {},
        {"tape 1": "stopped"},
    ]


def test_a_tape_from_before_the_snippet_has_no_known_state():
    steps = record("b = t", given={"t": tf.GradientTape()}).steps
    assert steps[0].names == {("", "b"): "tape from elsewhere"}


def test_a_tape_stays_what_it_is():
    source = (
        "t = tf.GradientTape()\nsame = type(t) is tf.GradientTape\nn = type(t).__name__"
    )
    last = record(source, given={"tf": tf}).steps[-1]
    assert last.names["", "same"] == "True"
    assert last.names["", "n"] == "'GradientTape'"


def test_a_tape_inside_a_compiled_function_works_as_ever(x):
    source = (
        "@tf.function\ndef slope():\n    with tf.GradientTape() as t:\n"
        "        y = x * x\n    return t.gradient(y, x)\ng = slope()"
    )
    last = record(source, given={"tf": tf, "x": x}).steps[-1]
    assert last.names["", "g"] == "tensor 6.0"


def test_two_files(tmp_path):
    a, b = tmp_path / "a.txt", tmp_path / "b.txt"
    source = (
        "with open(a, 'w') as one:\n    two = open(b, 'w')\n    one.write('x')\n"
        "two.close()\ndel one, two"
    )
    assert life(source, "file a.txt", a=a, b=b) == ["open", "closed", "gone"]
    assert life(source, "file b.txt", a=a, b=b) == ["open", "closed", "gone"]
    steps = record(source, given={"a": a, "b": b}).steps
    assert steps[-2].names["", "one"] == "file a.txt"


def test_a_file_opened_twice_has_two_labels(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("4", encoding="utf-8")
    last = states("one = open(path)\ntwo = path.open()\none.close()", path=path)[-1]
    assert last == {"file a.txt": "closed", "file a.txt (2)": "open"}
