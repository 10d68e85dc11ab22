"""What the chapter persistent_tapes states, one test for each statement."""

import weakref

import numpy as np
import pytest
from support.oracles import f
import tensorflow as tf

SPENT = (
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


def test_a_second_question_fails(x):
    with tf.GradientTape() as t:
        y = f(x)
    t.gradient(y, x)
    with pytest.raises(RuntimeError) as error:
        t.gradient(y, x)
    assert str(error.value) == SPENT


def test_a_tape_that_recorded_nothing_gives_the_same_message(x):
    with pytest.raises(RuntimeError) as error:
        tf.GradientTape().gradient(x, x)
    assert str(error.value) == SPENT


def test_sources_keep_their_form(x):
    for form in ([x], {"x": x}, (x, [x])):
        with tf.GradientTape() as t:
            y = f(x)
        gradients = t.gradient(y, form)
        tf.nest.assert_same_structure(gradients, form)
        assert all(gradient == 12 for gradient in tf.nest.flatten(gradients))


def test_two_tapes_record_side_by_side(x):
    with tf.GradientTape() as one, tf.GradientTape() as other:
        y = f(x)
    assert one.gradient(y, x) == other.gradient(y, x) == 12


def test_several_targets_are_summed_and_a_jacobian_is_not(x):
    with tf.GradientTape(persistent=True) as t:
        low, high = (x - 4.0) ** 2, (x + 1.0) ** 2
        losses = tf.stack([low, high])
    assert t.gradient([low, high], x) == 34
    assert t.gradient(losses, x) == 34
    assert np.array_equal(t.jacobian(losses, x), [12, 22])


def test_a_plain_tape_lets_go_with_its_answer():
    x = tf.Variable(tf.ones(3))
    t, y, alive = record_chain(x, persistent=False)
    assert alive() == 5
    t.gradient(y, x)
    assert alive() == 1  # y has a name


def test_a_persistent_tape_lets_go_with_its_last_name():
    x = tf.Variable(tf.ones(3))
    t, y, alive = record_chain(x, persistent=True)
    t.gradient(y, x)
    assert alive() == 5
    del t
    assert alive() == 1


def test_binding_the_name_anew_frees_as_well():
    x = tf.Variable(tf.ones(3))
    t, y, alive = record_chain(x, persistent=True)
    assert alive() == 5
    assert t.watched_variables()
    t = tf.GradientTape()
    assert alive() == 1
    del t, y


def test_a_function_lets_its_tape_go():
    def run():
        t, y, alive = record_chain(x, persistent=True)
        t.gradient(y, x)
        return alive

    x = tf.Variable(tf.ones(3))
    assert run()() == 0


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
