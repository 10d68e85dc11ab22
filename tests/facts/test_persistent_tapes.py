"""What the chapter persistent_tapes states, one test for each statement."""

import weakref

import numpy as np
import pytest
from support.oracles import f
from support.processes import run_alone
import tensorflow as tf

ONE_SET = (
    "A non-persistent GradientTape can only be used to compute one set of "
    "gradients (or jacobians)"
)


pytestmark = pytest.mark.usefixtures("no_gc")


def record_chain(x, persistent):
    kept = []
    with tf.GradientTape(persistent=persistent) as t:
        y = x
        for _ in range(5):
            y = tf.sin(y)
            kept.append(weakref.ref(y))
    return t, y, lambda: sum(ref() is not None for ref in kept)


def record_z_and_y(x, persistent):
    with tf.GradientTape(persistent=persistent) as t:
        z = x - 4
        y = z**2
    return t, z, y


def test_a_second_target_fails_on_a_plain_tape(x):
    t, z, y = record_z_and_y(x, persistent=False)
    assert t.gradient(z, x) == 1
    with pytest.raises(RuntimeError) as error:
        t.gradient(y, x)
    assert str(error.value) == ONE_SET


def test_a_persistent_tape_gives_the_gradients_of_both_targets(x):
    t, z, y = record_z_and_y(x, persistent=True)
    assert (t.gradient(z, x), t.gradient(y, x)) == (1, 12)


def test_one_call_takes_several_sources_of_one_target(x):
    t, z, y = record_z_and_y(x, persistent=False)
    assert t.gradient(y, [z, x]) == [12, 12]


@pytest.mark.parametrize("persistent", [True, False])
def test_a_tape_that_was_never_entered_gives_the_same_message(x, persistent):
    with pytest.raises(RuntimeError) as error:
        tf.GradientTape(persistent=persistent).gradient(x, x)
    assert str(error.value) == ONE_SET


@pytest.mark.parametrize("persistent", [True, False])
def test_an_entered_tape_without_a_recording_gives_none(x, persistent):
    y = f(x)
    with tf.GradientTape(persistent=persistent) as t:
        pass
    assert t.gradient(y, x) is None


def test_sources_keep_their_form(x):
    for form in ([x], {"x": x}, (x, [x])):
        with tf.GradientTape() as t:
            y = f(x)
        gradients = t.gradient(y, form)
        tf.nest.assert_same_structure(gradients, form)
        assert all(gradient == 12 for gradient in tf.nest.flatten(gradients))


def test_two_tapes_record_side_by_side(x):
    with tf.GradientTape() as one, tf.GradientTape() as other:
        z = x - 4
        y = z**2
    assert (one.gradient(z, x), other.gradient(y, x)) == (1, 12)


def test_two_losses_each_with_a_variable_of_its_own():
    a, b = tf.Variable(3.0), tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as t:
        product = a * b
        loss_of_a, loss_of_b = product, -product
    assert (t.gradient(loss_of_a, a), t.gradient(loss_of_b, b)) == (2, -3)


def test_several_targets_are_summed_and_a_jacobian_is_not(x):
    with tf.GradientTape(persistent=True) as t:
        low, high = (x - 4.0) ** 2, (x + 1.0) ** 2
        losses = tf.stack([low, high])
    assert t.gradient([low, high], x) == 34
    assert t.gradient(losses, x) == 34
    assert np.array_equal(t.jacobian(losses, x), [12, 22])


def test_a_jacobian_needs_no_persistent_tape(x):
    with tf.GradientTape() as t:
        losses = tf.stack([(x - 4.0) ** 2, (x + 1.0) ** 2])
    assert np.array_equal(t.jacobian(losses, x), [12, 22])


def test_a_jacobian_without_pfor_needs_a_persistent_tape(x):
    def jacobian(persistent):
        with tf.GradientTape(persistent=persistent) as t:
            losses = tf.stack([(x - 4.0) ** 2, (x + 1.0) ** 2])
        return t.jacobian(losses, x, experimental_use_pfor=False)

    assert np.array_equal(jacobian(persistent=True), [12, 22])
    with pytest.raises(RuntimeError, match="persistent=True to compute the jacobian"):
        jacobian(persistent=False)


def test_an_uncompiled_jacobian_is_traced_at_each_call():
    # Here it may have been logged before.
    code = (
        "import helpers, tensorflow as tf\nx = tf.Variable([1.0, 2.0])\n"
        "for _ in range(7):\n    with tf.GradientTape() as t:\n        y = x**2\n"
        "    t.jacobian(y, x)\n"
    )
    done = run_alone(code)
    assert "5 out of the last 5 calls to <function pfor" in done.stderr


def test_a_plain_tape_frees_its_values_in_gradient():
    x = tf.Variable(tf.ones(3))
    t, y, alive = record_chain(x, persistent=False)
    assert alive() == 5
    t.gradient(y, x)
    assert alive() == 1  # y has a name


def test_a_persistent_tape_frees_its_values_after_del():
    x = tf.Variable(tf.ones(3))
    t, y, alive = record_chain(x, persistent=True)
    t.gradient(y, x)
    assert alive() == 5
    del t
    assert alive() == 1


def test_binding_the_name_to_another_tape_frees_the_first():
    x = tf.Variable(tf.ones(3))
    t, y, alive = record_chain(x, persistent=True)
    assert alive() == 5
    assert t.watched_variables()
    t = tf.GradientTape()
    assert alive() == 1
    del t, y


def test_a_tape_is_freed_when_its_function_returns():
    def run():
        t, y, alive = record_chain(x, persistent=True)
        t.gradient(y, x)
        return alive

    x = tf.Variable(tf.ones(3))
    assert run()() == 0


def in_a_list(t):
    return [t]


def in_a_closure(t):
    return lambda: t


def in_a_traceback(t):
    try:
        raise ValueError("t")
    except ValueError as error:
        return error


@pytest.mark.parametrize("hold", [in_a_list, in_a_closure, in_a_traceback])
def test_del_frees_nothing_while_something_else_holds_the_tape(hold):
    x = tf.Variable(tf.ones(3))
    t, y, alive = record_chain(x, persistent=True)
    held = hold(t)
    del t
    assert alive() == 5
    del held
    assert alive() == 1
    del y


def test_a_loss_that_is_kept_keeps_no_tape_and_no_results():
    x, losses = tf.Variable(tf.ones(3)), []
    for _ in range(2):
        t, y, alive = record_chain(x, persistent=True)
        losses.append(y)
    tape = weakref.ref(t)
    del t, y
    assert tape() is None
    assert alive() == 1  # the loss itself


def test_a_stale_tape_gives_one_gradient_and_no_error(x):
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
