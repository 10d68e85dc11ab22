"""What a snippet is, and which of its lines belong together."""

from helpers.stepper.recorder import record
import pytest


def lines(recording):
    return [step.line for step in recording.steps]


def value(step, name, scope=""):
    return step.names[scope, name]


@pytest.mark.parametrize(
    "source",
    [
        "x = [i for i in range(3)]",
        "x = {i: i for i in range(3)}",
        "x = list(i for i in range(3))",
        "x = (lambda a: a + 1)(2)",
        "x = max(\n    1,\n    2,\n)",
        "x = [\n    i\n    for i in range(3)\n    if i\n]",
    ],
)
def test_one_statement_is_one_step(source):
    assert lines(record(source)) == [1]


def test_the_head_of_a_block_is_one_step_however_many_lines_it_has():
    source = "a = True\nif (a\n        and bool(a)):\n    x = 1"
    assert lines(record(source)) == [1, 2, 4]


def test_each_turn_of_a_loop_on_one_line_is_a_step():
    recording = record("x = 0\nwhile x < 2: x += 1\ny = x")
    assert [value(step, "x") for step in recording.steps] == ["0", "1", "2", "2"]


def test_a_function_is_a_snippet():
    rate = 3
    x = "not this one"

    def a_short_walk():
        """Its docstring is no line of it."""
        # A comment is.
        x = rate + 1

        y = x * 2  # noqa: F841

    recording = record(a_short_walk)
    assert recording.title == "a short walk"
    assert recording.lines[:2] == ("# A comment is.", "x = rate + 1")
    assert lines(recording) == [2, 4]
    assert recording.steps[0].names == {("", "x"): "4"}
    assert x == "not this one"


def test_a_name_of_the_function_hides_the_one_around_it():
    def early():
        print(given_later)  # noqa: F821
        given_later = 1  # noqa: F841

    globals()["given_later"] = 5
    try:
        recording = record(early)
    finally:
        del globals()["given_later"]
    assert recording.steps[-1].raised.startswith("NameError")


def test_a_function_on_one_line_is_a_snippet():
    def short(): x = 1  # noqa: F841 # fmt: skip

    assert record(short).steps[-1].names == {("", "x"): "1"}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = (", "line 1: '\\(' was never closed"),
        ("x = 1\nreturn x", "line 2: 'return' outside function"),
        ("\n# nothing\n", "a line of code at least"),
        ("while True: pass", "limit=20 lines run.*line 1: while True: pass"),
        ("while True:\n    try:\n        1 / 0\n    except Exception:\n        pass",
         "limit=20"),
        ("x = input('?')", "not ask for input; line 1 does"),
        ("try:\n    input()\nexcept BaseException:\n    pass", "input; line 2"),
        ("breakpoint()", "not ask for input"),
        (3, "not 3"),
        (len, "not function len"),
        (lambda: 1, "written with def"),
        (lambda x: x, "without arguments, not <lambda>\\(x\\)"),
    ],
)  # fmt: skip
def test_what_cannot_be_stepped_is_refused(source, message):
    with pytest.raises(ValueError, match=f"source must .*{message}"):
        record(source, limit=20)
