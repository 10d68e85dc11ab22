"""A snippet runs as with plain `exec`, and nothing around it is changed."""

import gc
import sys
import weakref

from helpers.stepper.recorder import record
from helpers.stepper.reprs import short_repr
from helpers.stepper.steps import Kind
from helpers.stepper.words import _note
import pytest
import tensorflow as tf


def lines(recording):
    return [step.line for step in recording.steps]


def value(step, name, scope=""):
    return step.names[scope, name]


def test_nested_with_blocks_are_left_from_the_inside():
    source = """
        from contextlib import nullcontext
        with nullcontext(1) as a:
            with nullcontext(2) as b:
                c = a + b
    """
    recording = record(source)
    assert lines(recording) == [1, 2, 3, 4, 3, 2]
    assert [s.kind for s in recording.steps[-2:]] == [Kind.LEAVE_BLOCK] * 2
    assert value(recording.steps[-1], "a") == "1"


def test_a_with_block_that_raises_is_left_too():
    recording = record(
        "from contextlib import nullcontext\nwith nullcontext():\n    1 / 0"
    )
    assert lines(recording) == [1, 2, 3, 2]
    assert [bool(step.raised) for step in recording.steps] == [False, False, True, True]


def test_the_next_turn_of_a_loop_does_not_leave_a_block():
    recording = record(
        "from contextlib import nullcontext\n"
        "for i in range(2):\n    with nullcontext():\n        pass"
    )
    assert lines(recording) == [1, 2, 3, 4, 3, 2, 3, 4, 3, 2]
    kinds = [step.kind for step in recording.steps if step.line == 3]
    assert kinds == [Kind.LINE, Kind.LEAVE_BLOCK] * 2


def test_functions_of_the_snippet_are_stepped_with_their_names():
    source = "def half(v):\n    w = v / 2\n    return w\ny = half(10)"
    recording = record(source)
    assert lines(recording) == [1, 4, 2, 3, 4]
    _, call, inside, back, done = recording.steps
    assert (_note(call), value(call, "v", "half")) == ("calls half", "10")
    assert value(inside, "w", "half") == "5.0"
    assert _note(back) == "returns 5.0 from half"
    assert done.names.keys() == {("", "half"), ("", "y")}


def test_functions_from_elsewhere_are_part_of_the_line_that_calls_them():
    def double(x):
        y = 2 * x
        return y

    recording = record("a = double(1)\nb = [double(i) for i in [1, 2]]",
                       given={"double": double})  # fmt: skip
    assert lines(recording) == [1, 2]
    assert value(recording.steps[-1], "b") == "[2, 4]"


def test_functions_called_in_a_comprehension_are_stepped():
    recording = record("def f(v):\n    return v\nx = [f(i) for i in [1, 2]]\ny = 1")
    assert lines(recording) == [1, 3, 2, 3, 2, 3, 4]
    assert all(("", "i") not in step.names for step in recording.steps)


def test_generators_and_classes_are_stepped():
    source = (
        "def numbers():\n    yield 1\nclass Door:\n    color = 'red'\n"
        "for n in numbers():\n    pass"
    )
    recording = record(source)
    assert lines(recording) == [1, 3, 4, 3, 5, 2, 5, 6, 5, 2, 5]
    assert value(recording.steps[2], "color", "Door") == "'red'"
    assert "yields 1 from numbers" in [_note(step) for step in recording.steps]
    assert not any(step.raised for step in recording.steps)


PLAIN = [
    "x = 1\nfor i in range(4):\n    x = x * 2\ndel i",
    "def f(n):\n    return 1 if n < 2 else n * f(n - 1)\ny = f(4)",
    "try:\n    raise KeyError('k')\nexcept KeyError as e:\n    s = repr(e)\n"
    "finally:\n    done = True",
    "a, *b = 'tape'\nwhile b:\n    c = b.pop()\nelse:\n    d = c",
    "import math\nclass A:\n    b = math.pi\nr = A.b",
    "x = tf.Variable(10.0)\nfor _ in range(3):\n    with tf.GradientTape() as t:\n"
    "        y = (x - 4.0) ** 2\n    g = t.gradient(y, [x])\n    "
    "x.assign_sub(0.1 * g[0])\nt = t.watched_variables()[0].numpy()",
    "c = tf.constant(3.0)\nwith tf.GradientTape(persistent=True) as t:\n"
    "    t.watch(c)\n    with t.stop_recording():\n        u = c * c\n    v = c * c\n"
    "g = t.gradient(u, c), t.gradient(v, c)\ndel t",
    "x = tf.Variable([1.0, 2.0])\nwith tf.GradientTape() as t:\n    y = x * x\n"
    "j = t.jacobian(y, x)\nt = None",
]


@pytest.mark.parametrize("source", PLAIN)
def test_what_it_records_is_what_plain_exec_leaves_behind(source):
    namespace = {"tf": tf}
    exec(source, namespace)
    left = {
        name: short_repr(bound)
        for name, bound in namespace.items()
        if name not in ("tf", "__builtins__")
    }
    last = record(source, given={"tf": tf}).steps[-1]
    assert {name: text for (_, name), text in last.names.items()} == left


def test_looking_at_a_variable_does_not_make_a_tape_watch_it():
    source = (
        "x = tf.Variable(1.0)\nwith tf.GradientTape() as t:\n    a = 1\n    b = 2\n"
        "n = len(t.watched_variables())"
    )
    assert value(record(source, given={"tf": tf}).steps[-1], "n") == "0"


def test_nothing_is_kept_alive():
    class Thing:
        pass

    seen = []

    def make():
        thing = Thing()
        seen.append(weakref.ref(thing))
        return thing

    gc.disable()
    try:
        source = "a = make()\nalive = seen[0]() is not None\ndel a\ngone = seen[0]()"
        recording = record(source, given={"make": make, "seen": seen})
        raising = record("b = make()\n1 / 0", given={"make": make})
        assert seen[1]() is None
    finally:
        gc.enable()
    assert value(recording.steps[1], "alive") == "True"
    assert value(recording.steps[-1], "gone") == "None"
    assert raising.steps[-1].raised


def test_the_trace_function_is_put_back():
    def mine(frame, event, arg):
        return None

    before = sys.gettrace()
    for source in ("x = 1", "1 / 0"):
        sys.settrace(mine)
        try:
            record(source)
            assert sys.gettrace() is mine
        finally:
            sys.settrace(before)
    sys.settrace(mine)
    try:
        with pytest.raises(ValueError, match="limit"):
            record("while True: pass")
        assert sys.gettrace() is mine
    finally:
        sys.settrace(before)


def test_streams_and_tapes_are_put_back():
    out, gradient = sys.stdout, tf.GradientTape.gradient
    handlers = tf.get_logger().handlers
    record("import sys\nsys.exit()")
    assert (sys.stdout, tf.GradientTape.gradient) == (out, gradient)
    assert tf.get_logger().handlers is handlers


@pytest.mark.parametrize(
    "source",
    [
        "for i in [1, 2]:\n    x = i\ny = 1",
        "x = 1\nwhile x < 3:\n    x += 1\ny = 1",
        "for i in [1, 2]:\n    x = i",
    ],
)
def test_the_end_of_a_loop_is_told_once(source):
    kinds = [step.kind for step in record(source).steps]
    assert kinds.count(Kind.END_LOOP) == 1
    left = kinds[kinds.index(Kind.END_LOOP) + 1 :]
    assert len(left) == ("y = 1" in source)


def test_a_loop_left_by_break_is_not_ended_by_its_line():
    recording = record("for i in [1, 2]:\n    break\ny = 1")
    assert [step.kind for step in recording.steps] == [Kind.LINE] * 3
