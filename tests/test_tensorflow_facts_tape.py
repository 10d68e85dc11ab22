"""What the chapters on tapes state about Python and TensorFlow, held one by one."""

import gc
import io
import logging
import subprocess
import sys
import weakref

import numpy as np
import pytest
import tensorflow as tf

SPENT = (
    "A non-persistent GradientTape can only be used to compute one set of "
    "gradients (or jacobians)"
)


def f(x):
    return (x - 4.0) ** 2


@pytest.fixture
def x():
    return tf.Variable(10.0)


@pytest.fixture
def log():
    """Return a buffer that gets what TensorFlow logs."""
    logger, buffer = tf.get_logger(), io.StringIO()
    before, logger.handlers = logger.handlers, [logging.StreamHandler(buffer)]
    yield buffer
    logger.handlers = before


@pytest.fixture
def no_gc():
    """Leave freeing to reference counts: what is gone is gone without gc."""
    gc.disable()
    yield
    gc.enable()


class TestWithBlocks:
    """The chapter with_blocks."""

    def run(self, source):
        namespace = {}
        exec(source, namespace)
        return namespace.keys()

    def test_names_bound_in_a_function_end_with_it(self):
        assert "a" not in self.run("def g():\n    a = 1\ng()")

    def test_names_bound_in_a_class_become_attributes(self):
        names = self.run("class C:\n    a = 1\nb = C.a")
        assert "a" not in names
        assert "b" in names

    def test_if_for_and_with_end_no_name(self):
        source = (
            "import contextlib\nif True:\n    a = 1\nfor b in [1]:\n    c = b\n"
            "with contextlib.nullcontext(1) as d:\n    e = d"
        )
        assert {"a", "b", "c", "d", "e"} <= self.run(source)

    def test_a_comprehension_keeps_its_variable(self):
        assert "i" not in self.run("a = [i for i in [1]]")

    def test_except_as_unbinds_its_name(self):
        source = "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    a = e"
        names = self.run(source)
        assert "e" not in names
        assert "a" in names

    def test_a_closed_file_stays_bound(self, tmp_path):
        with open(tmp_path / "a.txt", "w") as file:
            pass
        assert file.closed
        with pytest.raises(ValueError, match="I/O operation on closed file"):
            file.write("a")

    def test_as_binds_what_enter_returns(self):
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

    def test_exit_is_called_with_the_error(self):
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

    def test_enter_returns_the_tape_and_the_two_calls_are_the_block(self, x):
        t = tf.GradientTape()
        assert t.__enter__() is t
        y = f(x)
        t.__exit__(None, None, None)
        assert t.gradient(y, x) == 12

    def test_a_tape_outlives_its_block_and_its_function(self, x):
        def record():
            with tf.GradientTape() as t:
                y = f(x)
            return t, y

        t, y = record()
        assert t.gradient(y, x) == 12

    def test_gradient_inside_the_block_gives_the_same_number(self, x):
        with tf.GradientTape() as t:
            y = f(x)
            assert t.gradient(y, x) == 12

    def test_gradient_inside_the_block_ends_a_plain_recording_silently(self, x, log):
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
        assert str(error.value) == SPENT

    def test_gradient_inside_the_block_leaves_a_persistent_tape_recording(self, x):
        with tf.GradientTape(persistent=True) as t:
            y = f(x)
            slope = t.gradient(y, x)
            z = 2 * y
        assert t.gradient(z, x) == 24
        assert t.gradient(slope, x) == 2  # the asking is recorded as well

    def test_gradient_inside_a_persistent_block_is_logged_once(self):
        # In a process of its own: here it may have been logged before.
        code = (
            "import helpers, tensorflow as tf\nx = tf.Variable(1.0)\n"
            "for _ in range(2):\n    with tf.GradientTape(persistent=True) as t:\n"
            "        t.gradient(x * x, x)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert done.stderr.count("significantly less efficient") == 1

    def test_an_operation_after_the_block_is_not_recorded(self, x):
        with tf.GradientTape() as t:
            y = f(x)
        assert t.gradient(-y, x) is None

    def test_another_tape_does_not_know_an_earlier_turn(self, x):
        losses = []
        for _ in range(2):
            with tf.GradientTape(persistent=True) as t:
                y = f(x)
            losses.append(y)
        assert t.gradient(losses[0], x) is None
        assert t.gradient(losses[1], x) == 12

    def test_a_tape_remembers_the_values_it_saw(self, x):
        with tf.GradientTape() as t:
            y = f(x)
        x.assign(5.0)
        assert t.gradient(y, x) == 12


class TestWatching:
    """The chapter watching."""

    def test_what_is_computed_from_something_watched_is_followed(self, x):
        with tf.GradientTape() as t:
            z = x - 4.0
            y = z**2
        assert t.gradient(y, {"x": x, "z": z}) == {"x": 12, "z": 12}

    def test_trainable_variables_that_are_read_are_watched(self, x):
        frozen = tf.Variable(4.0, trainable=False)
        unused = tf.Variable(1.0)
        constant = tf.constant(0.5)
        with tf.GradientTape() as t:
            y = constant * (x - frozen)
        gradients = t.gradient(y, [x, frozen, unused, constant])
        assert gradients == [0.5, None, None, None]
        assert [v is x for v in t.watched_variables()] == [True]

    def test_watch_follows_constants_and_frozen_variables(self):
        frozen, constant = tf.Variable(4.0, trainable=False), tf.constant(3.0)
        with tf.GradientTape() as t:
            t.watch([frozen, constant])
            y = frozen * constant
        assert t.gradient(y, [frozen, constant]) == [3, 4]

    def test_watch_before_entering_is_an_attribute_error(self):
        with pytest.raises(AttributeError, match="'NoneType' object has no"):
            tf.GradientTape().watch(tf.constant(1.0))

    def test_watch_after_the_operation_is_too_late(self):
        c = tf.constant(10.0)
        with tf.GradientTape(persistent=True) as t:
            early = f(c)
            t.watch(c)
            late = f(c)
        assert t.gradient(early, c) is None
        assert t.gradient(late, c) == 12

    def test_a_number_cannot_be_watched(self):
        with (
            tf.GradientTape() as t,
            pytest.raises(ValueError, match=r"of type 'float', not tf\.Tensor"),
        ):
            t.watch(10.0)

    def test_a_tape_may_watch_nothing_by_itself(self):
        a, b = tf.Variable(2.0), tf.Variable(3.0)
        with tf.GradientTape(watch_accessed_variables=False) as t:
            t.watch(b)
            y = a**2 + b**2
        assert t.gradient(y, [a, b]) == [None, 6]
        assert len(t.watched_variables()) == 1

    def test_an_optimizer_refuses_gradients_that_are_all_none(self, x):
        opt = tf.keras.optimizers.SGD(0.1)
        with pytest.raises(ValueError, match="No gradients provided for any variable"):
            opt.apply_gradients([(None, x)])

    def test_an_integer_variable_is_watched_and_has_no_gradient(self, log):
        count = tf.Variable(10)
        with tf.GradientTape() as t:
            y = tf.cast(count, tf.float32) ** 2
        assert count.trainable
        assert [v is count for v in t.watched_variables()] == [True]
        assert t.gradient(y, count) is None
        assert log.getvalue() == ""

    def test_watching_an_integer_tensor_is_logged(self, log):
        n = tf.constant(10)
        with tf.GradientTape() as t:
            t.watch(n)
            y = n * n
        assert t.gradient(y, n) is None
        assert "watched tensor must be floating" in log.getvalue()

    def test_what_a_pause_computes_is_a_constant(self, x):
        with tf.GradientTape(persistent=True) as t:
            y = f(x)
            with t.stop_recording():
                aside = f(x)
            total = y + aside
        assert t.gradient(aside, x) is None
        assert t.gradient(total, x) == 12

    def test_reset_forgets_and_goes_on(self, x):
        with tf.GradientTape(persistent=True) as t:
            before = f(x)
            t.reset()
            after = 3.0 * x
        assert t.gradient(before, x) is None
        assert t.gradient(after, x) == 3


def record_chain(x, persistent):
    kept = []
    with tf.GradientTape(persistent=persistent) as t:
        y = x
        for _ in range(5):
            y = tf.sin(y)
            kept.append(weakref.ref(y))
    return t, y, lambda: sum(ref() is not None for ref in kept)


@pytest.mark.usefixtures("no_gc")
class TestPersistentTapes:
    """The chapter persistent_tapes."""

    def test_a_second_question_fails(self, x):
        with tf.GradientTape() as t:
            y = f(x)
        t.gradient(y, x)
        with pytest.raises(RuntimeError) as error:
            t.gradient(y, x)
        assert str(error.value) == SPENT

    def test_a_tape_that_recorded_nothing_gives_the_same_message(self, x):
        with pytest.raises(RuntimeError) as error:
            tf.GradientTape().gradient(x, x)
        assert str(error.value) == SPENT

    def test_sources_keep_their_form(self, x):
        for form in ([x], {"x": x}, (x, [x])):
            with tf.GradientTape() as t:
                y = f(x)
            gradients = t.gradient(y, form)
            tf.nest.assert_same_structure(gradients, form)
            assert all(gradient == 12 for gradient in tf.nest.flatten(gradients))

    def test_two_tapes_record_side_by_side(self, x):
        with tf.GradientTape() as one, tf.GradientTape() as other:
            y = f(x)
        assert one.gradient(y, x) == other.gradient(y, x) == 12

    def test_several_targets_are_summed_and_a_jacobian_is_not(self, x):
        with tf.GradientTape(persistent=True) as t:
            low, high = (x - 4.0) ** 2, (x + 1.0) ** 2
            losses = tf.stack([low, high])
        assert t.gradient([low, high], x) == 34
        assert t.gradient(losses, x) == 34
        assert np.array_equal(t.jacobian(losses, x), [12, 22])

    def test_a_plain_tape_lets_go_with_its_answer(self):
        x = tf.Variable(tf.ones(3))
        t, y, alive = record_chain(x, persistent=False)
        assert alive() == 5
        t.gradient(y, x)
        assert alive() == 1  # y has a name

    def test_a_persistent_tape_lets_go_with_its_last_name(self):
        x = tf.Variable(tf.ones(3))
        t, y, alive = record_chain(x, persistent=True)
        t.gradient(y, x)
        assert alive() == 5
        del t
        assert alive() == 1

    def test_binding_the_name_anew_frees_as_well(self):
        x = tf.Variable(tf.ones(3))
        t, y, alive = record_chain(x, persistent=True)
        assert alive() == 5
        assert t.watched_variables()
        t = tf.GradientTape()
        assert alive() == 1
        del t, y

    def test_a_function_lets_its_tape_go(self):
        def run():
            t, y, alive = record_chain(x, persistent=True)
            t.gradient(y, x)
            return alive

        x = tf.Variable(tf.ones(3))
        assert run()() == 0

    def test_a_stale_tape_gives_one_gradient_and_no_error(self, x):
        with tf.GradientTape(persistent=True) as t:
            y = f(x)
        path = []
        for _ in range(8):
            gradient = t.gradient(y, x)
            assert gradient == 12
            x.assign_sub(0.1 * gradient)
            path.append(float(x))
        assert np.allclose(path, 10 - 1.2 * np.arange(1, 9), atol=1e-5)
        assert y == 36
