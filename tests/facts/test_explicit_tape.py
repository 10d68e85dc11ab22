"""What the chapter explicit_tape states, one test for each statement."""

import inspect

import numpy as np
import pytest
from support.oracles import BOTH, count, f, path_by_hand, path_by_minimize, step
import tensorflow as tf
import tf_keras


def test_a_list_of_variables_gives_a_list_of_gradients():
    a, b = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape() as t:
        y = 3 * a + 5 * b
    gradients = t.gradient(y, [a, b])
    assert isinstance(gradients, list)
    assert [float(gradient) for gradient in gradients] == [3, 5]


def test_gradient_after_the_block_moves_nothing():
    x = tf.Variable(10.0)
    with tf.GradientTape() as t:
        y = f(x)
    assert float(t.gradient(y, x)) == 12
    assert float(x) == 10


def test_persistent_is_false_by_default():
    parameters = inspect.signature(tf.GradientTape.__init__).parameters
    assert parameters["persistent"].default is False


@BOTH
def test_apply_gradients_moves_and_counts(library):
    x, opt = tf.Variable(10.0), library.optimizers.SGD(0.1)
    assert count(opt) == 0
    assert step(opt, x) == np.float32(8.8)
    assert count(opt) == 1


@BOTH
@pytest.mark.parametrize(("name", "remembers"), [("SGD", False), ("Adam", True)])
def test_sgd_uses_no_earlier_gradient_and_adam_does(library, name, remembers):
    ends = set()
    for earlier in (1.0, -5.0):
        x, opt = tf.Variable(10.0), getattr(library.optimizers, name)(0.1)
        step(opt, x, earlier)
        x.assign(10.0)
        ends.add(step(opt, x))
    assert (len(ends) == 2) == remembers


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_minimize_and_two_steps_agree_bit_for_bit(name):
    optimizer = getattr(tf_keras.optimizers, name)
    assert (
        path_by_minimize(optimizer(0.1)).tobytes()
        == path_by_hand(optimizer(0.1)).tobytes()
    )


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_old_and_new_keras_agree_bit_for_bit(name):
    old = path_by_minimize(getattr(tf_keras.optimizers, name)(0.1))
    new = path_by_hand(getattr(tf.keras.optimizers, name)(0.1))
    assert old.tobytes() == new.tobytes()


def test_watches_variables_and_not_tensors():
    x, constant = tf.Variable(10.0), tf.constant(10.0)
    with tf.GradientTape() as t:
        of_variable, of_constant = f(x), f(constant)
    answers = t.gradient([of_variable, of_constant], [x, constant])
    assert float(answers[0]) == 12
    assert answers[1] is None


def test_watch_follows_a_tensor():
    constant = tf.constant(10.0)
    with tf.GradientTape() as t:
        t.watch(constant)
        y = f(constant)
    assert float(t.gradient(y, constant)) == 12


@pytest.mark.parametrize("watch", [False, True])
def test_automatic_watching_can_be_turned_off(watch):
    x = tf.Variable(10.0)
    with tf.GradientTape(watch_accessed_variables=False) as t:
        if watch:
            t.watch(x)
        y = f(x)
    gradient = t.gradient(y, x)
    assert (gradient is not None) == watch


def test_gradient_descent_is_assign_sub():
    x, path = tf.Variable(10.0), [np.float32(10)]
    for _ in range(20):
        with tf.GradientTape() as t:
            y = f(x)
        x.assign_sub(0.1 * t.gradient(y, x))
        path.append(x.numpy())
    by_sgd = path_by_hand(tf.keras.optimizers.SGD(0.1))
    assert np.array(path).tobytes() == by_sgd.tobytes()
