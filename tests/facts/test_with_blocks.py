"""What the chapter with_blocks states, one test for each statement."""

from contextlib import contextmanager
import dis

import pytest
from support.oracles import f
from support.processes import run_alone
import tensorflow as tf

ONE_SET = (
    "A non-persistent GradientTape can only be used to compute one set of "
    "gradients (or jacobians)"
)


def run(source):
    namespace = {}
    exec(source, namespace)
    return namespace.keys()


def test_names_bound_in_a_function_end_with_it():
    assert "a" not in run("def g():\n    a = 1\ng()")


def test_names_bound_in_a_class_become_attributes():
    names = run("class C:\n    a = 1\nb = C.a")
    assert "a" not in names
    assert "b" in names


def test_if_for_and_with_make_no_scope():
    source = (
        "import contextlib\nif True:\n    a = 1\nfor b in [1]:\n    c = b\n"
        "with contextlib.nullcontext(1) as d:\n    e = d"
    )
    assert {"a", "b", "c", "d", "e"} <= run(source)


@pytest.mark.parametrize(
    ("source", "unbinds"),
    [
        ("with a as b:\n    c = b", False),
        ("import a as b", False),
        ("match a:\n    case 1 as b:\n        c = b", False),
        ("try:\n    a\nexcept ValueError as b:\n    c = b", True),
    ],
)
def test_of_all_that_say_as_only_except_unbinds(source, unbinds):
    code = dis.get_instructions(compile(source, "a.py", "exec"))
    deleted = {step.argval for step in code if step.opname == "DELETE_NAME"}
    assert deleted == ({"b"} if unbinds else set())


def test_an_exception_refers_to_the_local_variables_around_it():
    def fail():
        local = "kept"
        raise ValueError(local)

    with pytest.raises(ValueError, match="kept") as caught:
        fail()
    assert caught.traceback[-1].frame.f_locals["local"] == "kept"


def test_a_comprehension_keeps_its_variable():
    assert "i" not in run("a = [i for i in [1]]")


def test_except_as_unbinds_its_name():
    source = "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    a = e"
    names = run(source)
    assert "e" not in names
    assert "a" in names


def test_a_closed_file_stays_bound(tmp_path):
    with open(tmp_path / "a.txt", "w", encoding="utf-8") as file:
        pass
    assert file.closed
    with pytest.raises(ValueError, match="I/O operation on closed file"):
        file.write("a")


def test_a_file_is_closed_by_a_return_and_a_break_too(tmp_path):
    opened = []

    def leave_by_return():
        with open(tmp_path / "a.txt", "w", encoding="utf-8") as file:
            opened.append(file)
            return

    leave_by_return()
    for _ in range(2):
        with open(tmp_path / "b.txt", "w", encoding="utf-8") as file:
            opened.append(file)
            break
    assert [file.closed for file in opened] == [True, True]


def test_as_binds_what_enter_returns():
    class Manager:
        def __enter__(self):
            return "returned"

        def __exit__(self, *details):
            self.details = details

    manager = Manager()
    with manager as bound:
        pass
    assert bound == "returned"
    assert manager.details == (None, None, None)


def test_exit_is_called_with_the_error():
    seen = []

    class Manager:
        def __enter__(self):
            pass

        def __exit__(self, kind, error, traceback):
            seen.append(kind)
            return False

    with pytest.raises(ZeroDivisionError), Manager():
        1 / 0  # noqa: B018
    assert seen == [ZeroDivisionError]


@contextmanager
def noted(notes, name):
    notes.append(f"enter {name}")
    try:
        yield "what it yields"
    finally:
        notes.append(f"exit {name}")


def test_contextmanager_makes_one_from_a_function_with_a_yield():
    notes = []
    with noted(notes, "a") as bound:
        notes.append("inside")
    assert bound == "what it yields"
    assert notes == ["enter a", "inside", "exit a"]
    with pytest.raises(ZeroDivisionError), noted(notes, "b"):
        1 / 0  # noqa: B018
    assert notes[3:] == ["enter b", "exit b"]


def test_several_managers_are_left_in_the_opposite_order():
    notes = []
    with noted(notes, "a"), noted(notes, "b"):
        pass
    assert notes == ["enter a", "enter b", "exit b", "exit a"]


def test_enter_returns_the_tape_and_the_two_calls_are_the_block(x):
    t = tf.GradientTape()
    assert t.__enter__() is t
    y = f(x)
    t.__exit__(None, None, None)
    assert t.gradient(y, x) == 12


def test_a_tape_outlives_its_block_and_its_function(x):
    def record():
        with tf.GradientTape() as t:
            y = f(x)
        return t, y

    t, y = record()
    assert t.gradient(y, x) == 12


def test_gradient_inside_the_block_gives_the_same_number(x):
    with tf.GradientTape() as t:
        y = f(x)
        assert t.gradient(y, x) == 12


def test_gradient_inside_the_block_ends_a_plain_recording_silently(x, log):
    with tf.GradientTape() as t:
        t.gradient(f(x), x)
        assert log.getvalue() == ""
        with (
            pytest.raises(RuntimeError, match="a tape which is not recording"),
            t.stop_recording(),
        ):
            pass
        y = 2 * f(x)
    with pytest.raises(RuntimeError) as error:
        t.gradient(y, x)
    assert str(error.value) == ONE_SET


def test_gradient_inside_the_block_leaves_a_persistent_tape_recording(x):
    with tf.GradientTape(persistent=True) as t:
        y = f(x)
        slope = t.gradient(y, x)
        z = 2 * y
    assert t.gradient(z, x) == 24
    assert t.gradient(slope, x) == 2  # the work of gradient is recorded as well


def test_gradient_inside_a_persistent_block_is_logged_once():
    # Here it may have been logged before.
    code = (
        "import helpers, tensorflow as tf\nx = tf.Variable(1.0)\n"
        "for _ in range(2):\n    with tf.GradientTape(persistent=True) as t:\n"
        "        t.gradient(x * x, x)\n"
    )
    done = run_alone(code)
    assert done.stderr.count("significantly less efficient") == 1


@pytest.mark.parametrize("computed", [lambda x, y: -y, lambda x, y: f(x)])
def test_an_operation_after_the_block_is_not_recorded(x, computed):
    with tf.GradientTape() as t:
        y = f(x)
    assert t.gradient(computed(x, y), x) is None


@pytest.mark.parametrize("inside", [True, False])
def test_a_second_derivative_needs_the_inner_gradient_in_the_outer_block(x, inside):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = f(x)
        if inside:
            slope = inner.gradient(y, x)
    if not inside:
        slope = inner.gradient(y, x)
    assert slope == 12
    curvature = outer.gradient(slope, x)
    assert curvature == 2 if inside else curvature is None


def test_another_tape_does_not_know_an_earlier_turn(x):
    losses = []
    for _ in range(2):
        with tf.GradientTape(persistent=True) as t:
            y = f(x)
        losses.append(y)
    assert t.gradient(losses[0], x) is None
    assert t.gradient(losses[1], x) == 12


def test_a_tape_remembers_the_values_it_saw(x):
    with tf.GradientTape() as t:
        y = f(x)
    x.assign(5.0)
    assert t.gradient(y, x) == 12


def test_a_tape_can_be_entered_again_after_its_block_and_not_inside(x):
    t = tf.GradientTape()
    with t:
        difference = x - 4.0
        with pytest.raises(ValueError, match="still recording"):
            t.__enter__()
    with t:
        y = difference**2
    assert float(t.gradient(y, x)) == pytest.approx(2 * (float(x) - 4))
