"""A recording says what each line of a snippet did."""

import io
import sys

from helpers.stepper.recorder import record
import pytest
import tensorflow as tf


def lines(recording):
    return [step.line for step in recording.steps]


def value(step, name, scope=""):
    return step.names[scope, name]


def test_a_line_binds_and_rebinds_a_name():
    recording = record("x = 1\ny = x + 1\nx = y")
    assert lines(recording) == [1, 2, 3]
    assert [value(step, "x") for step in recording.steps] == ["1", "1", "2"]
    assert ("", "y") not in recording.steps[0].names


def test_del_unbinds_a_name():
    last = record("x = 1\ndel x").steps[-1]
    assert last.names == {}


def test_output_belongs_to_the_line_that_prints():
    recording = record("print('a')\nx = 1\nprint('b')")
    assert [step.printed for step in recording.steps] == ["a\n", "", "b\n"]


def test_standard_error_and_the_log_of_tensorflow_are_printed_too(capfd):
    source = "import sys\nprint('oh', file=sys.stderr)\ntf.get_logger().warning('hm')"
    recording = record(source, given={"tf": tf})
    assert [step.printed for step in recording.steps] == ["", "oh\n", "hm\n"]
    assert capfd.readouterr() == ("", "")


def test_a_snippet_that_raises_ends_there_with_its_error():
    recording = record("x = 1\nint('four')\nx = 2")
    assert lines(recording) == [1, 2]
    assert recording.steps[-1].raised.startswith("ValueError: invalid literal")
    assert value(recording.steps[-1], "x") == "1"


def test_a_caught_exception_unbinds_its_name():
    recording = record(
        "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    m = str(e)\nx = m"
    )
    assert lines(recording) == [1, 2, 3, 4, 5]
    assert recording.steps[1].raised == "ZeroDivisionError: division by zero"
    assert ("", "e") in recording.steps[2].names
    assert ("", "e") not in recording.steps[3].names
    assert recording.steps[-1].raised == ""


def test_names_around_a_snippet_are_used_and_not_shown():
    recording = record("y = rate * 2", given={"rate": 3})
    assert recording.steps[-1].names == {("", "y"): "6"}


def test_the_snippet_cannot_change_the_names_around_it():
    given = {"x": 1}
    record("x = 2\ny = 3", given=given)
    assert given == {"x": 1}


@pytest.mark.parametrize("limit", [0, -1, 2.5, True, "9"])
def test_a_limit_is_a_whole_number(limit):
    with pytest.raises(ValueError, match=f"limit must be .* not {limit!r}"):
        record("x = 1", limit=limit)


def test_a_snippet_at_its_limit_is_recorded():
    assert len(record("a = 1\nb = 2\nc = 3", limit=3).steps) == 3
    with pytest.raises(ValueError, match="limit=2"):
        record("a = 1\nb = 2\nc = 3", limit=2)


def test_what_asks_for_input_prints_no_prompt():
    out = io.StringIO()
    sys.stdout, kept = out, sys.stdout
    try:
        with pytest.raises(ValueError, match="input"):
            record("input('your name?')")
    finally:
        sys.stdout = kept
    assert out.getvalue() == ""


def test_a_name_bound_to_what_looks_the_same_is_told():
    recording = record("x = 1\nx = 1\nprint(x)\nx = 2\nx += 0")
    assert [step.again for step in recording.steps] == [
        (), (("", "x"),), (), (), (("", "x"),),
    ]  # fmt: skip


def test_a_name_of_a_function_can_be_bound_again_too():
    recording = record("def f():\n    x = 2\n    x = 2\n    x = 3\nf()")
    assert [(s.line, s.again) for s in recording.steps if s.again] == [
        (3, (("f", "x"),))
    ]


COMPILED = """
x = tf.Variable(1.0)
@tf.function(autograph={autograph})
def step():
    y = x + 1.0
    print(y.dtype)
    x.assign(y)
step()
step()
"""


def test_a_compiled_function_is_stepped_while_it_is_traced_and_not_when_it_runs():
    recording = record(COMPILED.format(autograph=False), given={"tf": tf})
    assert lines(recording) == [1, 2, 7, 4, 5, 6, 7, 8]
    inside = recording.steps[3]
    assert value(inside, "y", "step") == "tensor of shape ()"  # it has no value yet
    assert [value(step, "x") for step in recording.steps[5:]] == [
        f"variable {number}" for number in ("1.0", "2.0", "3.0")
    ]


def test_a_function_that_autograph_rewrites_runs_as_part_of_the_line_that_calls_it():
    recording = record(COMPILED.format(autograph=True), given={"tf": tf})
    assert lines(recording) == [1, 2, 7, 8]
    assert [bool(step.printed) for step in recording.steps] == [0, 0, 1, 0]
