"""What the chapter minimize states, one test for each statement."""

import inspect

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


def test_var_list_has_no_default():
    parameters = inspect.signature(tf_keras.optimizers.SGD.minimize).parameters
    assert parameters["var_list"].default is inspect.Parameter.empty


def test_a_lambda_around_a_loss_with_arguments_is_a_loss_without():
    x, data = tf.Variable(10.0), tf.constant([4.0, 4.0])

    def loss(x, data):
        return tf.reduce_mean((x - data) ** 2)

    tf_keras.optimizers.SGD(0.1).minimize(lambda: loss(x, data), var_list=[x])
    assert float(x) == np.float32(8.8)


def test_the_negative_of_a_function_leads_up():
    x = tf.Variable(10.0)
    tf_keras.optimizers.SGD(0.1).minimize(lambda: -f(x), var_list=[x])
    assert f(float(x)) > f(10.0)


def test_the_variables_of_a_model_of_tf_keras_are_a_var_list():
    model = tf_keras.Sequential([tf_keras.layers.Dense(1)])
    model.build((None, 1))

    def loss():
        return tf.reduce_mean((model(tf.ones((4, 1))) - 2.0) ** 2)

    before = float(loss())
    tf_keras.optimizers.SGD(0.1).minimize(loss, var_list=model.trainable_variables)
    assert float(loss()) < before


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


def test_the_source_of_minimize_is_two_lines():
    source = inspect.getsource(tf_keras.optimizers.SGD.minimize)
    first, second = source.split('"""')[-1].strip().splitlines()
    assert "self.compute_gradients(loss, var_list, tape)" in first
    assert "self.apply_gradients(" in second


def test_compute_gradients_moves_and_counts_nothing():
    x, opt = tf.Variable(10.0), tf_keras.optimizers.SGD(0.1)
    ((gradient, variable),) = opt.compute_gradients(lambda: f(x), [x])
    assert (float(gradient), float(x), int(opt.iterations)) == (12, 10, 0)
    assert variable is x


def test_minimize_returns_none():
    x = tf.Variable(10.0)
    assert tf_keras.optimizers.SGD(0.1).minimize(lambda: f(x), [x]) is None


def test_a_short_move_changes_the_loss_by_about_the_slope_times_the_move():
    off = [
        abs((f(10 - rate * 12) - f(10)) / (-rate * 12**2) - 1)
        for rate in (0.1, 0.01, 0.001)
    ]
    assert off[0] > off[1] > off[2]
    assert off[2] < 0.002


def test_steps_downhill_lead_to_a_minimum_and_not_to_the_lowest():
    x, opt = tf.Variable(1.5), tf_keras.optimizers.SGD(0.05)

    def two_minima(x):
        return (x**2 - 1) ** 2 + 0.3 * x

    for _ in range(100):
        opt.minimize(lambda: two_minima(x), var_list=[x])
    assert float(x) > 0
    assert two_minima(-1.0) < two_minima(float(x))


def test_a_short_step_is_not_a_small_distance():
    path = path_by_minimize(tf_keras.optimizers.SGD(0.1))
    steps = abs(np.diff(path))
    last = int(np.argmax(steps <= 0.05))
    assert last + 1 == 16
    assert abs(path[last + 1] - 4) == pytest.approx(0.16889, abs=1e-5)


@pytest.mark.parametrize("start", [10.0, 5.0, -2.0])
@pytest.mark.parametrize(
    ("rate", "overshoots", "farther"),
    [(0.1, 0, 0), (0.49, 0, 0), (0.51, 1, 0), (0.9, 1, 0), (1.01, 1, 1), (1.1, 1, 1)],
)
def test_from_one_half_on_a_step_overshoots_and_above_one_it_lands_farther(
    rate, overshoots, farther, start
):
    distance = path_by_minimize(tf_keras.optimizers.SGD(rate), start, steps=3) - 4
    assert ((distance[1:] * distance[:-1] < 0) == overshoots).all()
    assert ((np.diff(abs(distance)) > 0) == farther).all()


def test_momentum_overshoots_at_a_smaller_rate():
    path = path_by_minimize(tf_keras.optimizers.SGD(0.1, momentum=0.9))
    assert path.min() < 4


def test_rate_one_half_lands_in_one_step():
    for start in (10.0, -2.0, 123.0):
        path = path_by_minimize(tf_keras.optimizers.SGD(0.5), start, steps=1)
        assert path[1] == 4
