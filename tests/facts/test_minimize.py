"""What the chapter minimize states, one test for each statement."""

import numpy as np
import pytest
from support.oracles import BOTH, f, path_by_hand, path_by_minimize, step
import tensorflow as tf
import tf_keras


def test_tf_keras_has_minimize():
    assert hasattr(tf_keras.optimizers.SGD, "minimize")


def test_tf_keras_installs_beside_tensorflow():
    assert tf_keras is not tf.keras


def test_a_loss_without_arguments_reads_the_variable_when_called():
    x = tf.Variable(10.0)

    def loss_function():
        return f(x)

    assert float(loss_function()) == 36
    x.assign(7.0)
    assert float(loss_function()) == 9


def test_calls_the_loss_at_every_step():
    x, seen = tf.Variable(10.0), []

    def loss_function():
        seen.append(float(x))
        return f(x)

    opt = tf_keras.optimizers.SGD(0.5)
    for _ in range(2):
        opt.minimize(loss_function, var_list=[x])
    assert seen == [10.0, 4.0]


def test_refuses_a_number_for_a_loss():
    x = tf.Variable(10.0)
    with pytest.raises(ValueError, match=r"^`tape` is required when a `Tensor` loss"):
        tf_keras.optimizers.SGD().minimize(f(x), var_list=[x])


def test_one_step_of_sgd_is_rate_times_slope():
    path = path_by_minimize(tf_keras.optimizers.SGD(0.1), steps=1)
    assert path[1] == np.float32(10 - 0.1 * 12)


def test_var_list_names_the_variables_that_may_change():
    a, b = tf.Variable(1.0), tf.Variable(1.0)
    tf_keras.optimizers.SGD(0.1).minimize(lambda: a * b, var_list=[a])
    assert float(a) != 1
    assert float(b) == 1


def test_calls_apply_gradients_and_that_advances_iterations():
    counts = []

    class TalkingSGD(tf_keras.optimizers.SGD):
        def apply_gradients(self, *args, **kwargs):
            before = int(self.iterations)
            result = super().apply_gradients(*args, **kwargs)
            counts.append((before, int(self.iterations)))
            return result

    path_by_minimize(TalkingSGD(0.1), steps=2)
    assert counts == [(0, 1), (1, 2)]


@BOTH
def test_iterations_compare_with_a_python_number(library):
    opt = library.optimizers.SGD(0.1)
    path_by_hand(opt, steps=2)
    assert opt.iterations < 3
    assert not opt.iterations < 2


@BOTH
def test_an_optimizer_belongs_to_the_variables_it_has_served(library):
    opt = library.optimizers.SGD(0.1)
    step(opt, tf.Variable(10.0))
    with pytest.raises((ValueError, KeyError)):
        step(opt, tf.Variable(10.0))


def test_rate_one_half_lands_in_one_step():
    for start in (10.0, -2.0, 123.0):
        path = path_by_minimize(tf_keras.optimizers.SGD(0.5), start, steps=1)
        assert path[1] == 4


def test_a_rate_above_one_runs_away():
    distance = abs(path_by_minimize(tf_keras.optimizers.SGD(1.1)) - 4)
    assert (np.diff(distance) > 0).all()
