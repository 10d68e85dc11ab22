"""What a recording says is what the snippet did."""

import gc
import io
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


def test_names_around_a_snippet_are_used_and_not_shown():
    recording = record("y = rate * 2", given={"rate": 3})
    assert recording.steps[-1].names == {("", "y"): "6"}


def test_the_snippet_cannot_change_the_names_around_it():
    given = {"x": 1}
    record("x = 2\ny = 3", given=given)
    assert given == {"x": 1}


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
