"""What the chapter optimizers states, one test for each statement."""

import numpy as np
import pytest
from support.oracles import path_by_hand, step
import tensorflow as tf


def rule_of_sgd(gradient, memory, k, rate):
    return rate * gradient, None


def rule_of_momentum(gradient, velocity, k, rate):
    velocity = 0.9 * (velocity or 0.0) - rate * gradient
    return -velocity, velocity


def rule_of_adagrad(gradient, total, k, rate):
    total = (0.1 if total is None else total) + gradient**2
    return rate * gradient / (total + 1e-7) ** 0.5, total


def rule_of_rmsprop(gradient, average, k, rate):
    average = 0.9 * (average or 0.0) + 0.1 * gradient**2
    return rate * gradient / (average + 1e-7) ** 0.5, average


def rule_of_adam(gradient, memory, k, rate):
    m, average = memory or (0.0, 0.0)
    m = 0.9 * m + 0.1 * gradient
    average = 0.999 * average + 0.001 * gradient**2
    correction = (1 - 0.999**k) ** 0.5 / (1 - 0.9**k)
    return rate * correction * m / (average**0.5 + 1e-7), (m, average)


RULES = {
    "SGD": (rule_of_sgd, lambda rate: tf.keras.optimizers.SGD(rate)),
    "momentum": (
        rule_of_momentum,
        lambda rate: tf.keras.optimizers.SGD(rate, momentum=0.9),
    ),
    "Adagrad": (rule_of_adagrad, lambda rate: tf.keras.optimizers.Adagrad(rate)),
    "RMSprop": (rule_of_rmsprop, lambda rate: tf.keras.optimizers.RMSprop(rate)),
    "Adam": (rule_of_adam, lambda rate: tf.keras.optimizers.Adam(rate)),
}
each_rule = pytest.mark.parametrize("name", RULES)


@each_rule
def test_keras_follows_the_rule_on_the_page(name):
    """Fed with gradients of both signs and of many sizes."""
    rule, make = RULES[name]
    opt, x, total, memory = make(0.1), tf.Variable(0.0), 0.0, None
    fed = np.random.default_rng(7).normal(size=40) * np.geomspace(1e-3, 1e2, 40)
    for k, gradient in enumerate(fed, start=1):
        step(opt, x, gradient)
        change, memory = rule(gradient, memory, k, 0.1)
        total -= change
        assert np.isclose(float(x), total, rtol=1e-5, atol=1e-6), k


@each_rule
def test_two_updates_agree_within_ten_gaps(name):
    rule, make = RULES[name]
    x, memory = 10.0, None
    for k in (1, 2):
        change, memory = rule(2 * (x - 4), memory, k, 0.1)
        x -= change
    by_keras = path_by_hand(make(0.1), steps=2)[-1]
    assert abs(by_keras - x) <= 10 * np.spacing(np.float32(10))


def test_the_defaults_are_those_on_the_page():
    keras = tf.keras.optimizers
    assert keras.Adagrad().get_config()["initial_accumulator_value"] == 0.1
    assert keras.RMSprop().get_config()["rho"] == 0.9
    assert keras.Adam().get_config()["beta_1"] == 0.9
    assert keras.Adam().get_config()["beta_2"] == 0.999
    for opt in (keras.Adagrad(), keras.RMSprop(), keras.Adam()):
        assert opt.get_config()["epsilon"] == 1e-7


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("RMSprop", 1e-6 / (1e-13 + 1e-7) ** 0.5),
        ("Adam", 1e-6 / (1e-6 + 1e-7 / 0.001**0.5)),
    ],
)
def test_epsilon_stands_inside_the_root_but_for_adam(name, expected):
    x = tf.Variable(0.0)
    moved = step(getattr(tf.keras.optimizers, name)(0.1), x, 1e-6)
    assert np.isclose(-moved, 0.1 * expected, rtol=1e-3)


@pytest.mark.parametrize("name", ["RMSprop", "Adam"])
def test_epsilon_keeps_the_division_alive_without_a_gradient(name):
    make = getattr(tf.keras.optimizers, name)
    assert step(make(0.1), tf.Variable(4.0), 0.0) == 4
    assert np.isnan(step(make(0.1, epsilon=0.0), tf.Variable(4.0), 0.0))


@pytest.mark.parametrize("gradient", [0.012, -12.0, 12000.0])
def test_the_first_step_of_adam_is_the_rate(gradient):
    moved = step(tf.keras.optimizers.Adam(0.1), tf.Variable(0.0), gradient)
    assert np.isclose(moved, -0.1 * np.sign(gradient), rtol=1e-3)


@pytest.mark.parametrize("gradient", [0.012, 12.0, 12000.0])
def test_steps_are_a_length_while_the_gradients_agree(gradient):
    for name in ("RMSprop", "Adam"):
        opt, x = getattr(tf.keras.optimizers, name)(0.1), tf.Variable(0.0)
        path = [step(opt, x, gradient) for _ in range(100)]
        assert np.isclose(path[-2] - path[-1], 0.1, rtol=1e-2), name


@each_rule
def test_only_sgd_and_momentum_follow_the_scale_of_the_loss(name):
    _, make = RULES[name]
    plain = step(make(0.1), tf.Variable(0.0), 12.0)
    steep = step(make(0.1), tf.Variable(0.0), 12000.0)
    factor = 1000 if name in ("SGD", "momentum") else 1
    assert np.isclose(steep, factor * plain, rtol=1e-3)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("curvature", [2.0, 200.0])
def test_stable_below_the_bound_and_not_above(momentum, curvature):
    bound = 2 * (1 + momentum) / curvature
    for share in (0.97, 1.03):
        opt = tf.keras.optimizers.SGD(share * bound, momentum=momentum)
        x = tf.Variable(1.0)
        for _ in range(200):
            step(opt, x, curvature * float(x))
        assert (abs(float(x)) < 1) == (share < 1), share


def test_momentum_has_one_factor_over_many_rates():
    """The distance shrinks by the root of the momentum, whatever the curvature."""
    opt, x = tf.keras.optimizers.SGD(0.009, momentum=0.9), tf.Variable([6.0, 1.0])
    path = [x.numpy()]
    for _ in range(120):
        opt.apply_gradients([(x * tf.constant([2.0, 200.0]), x)])
        path.append(x.numpy())
    envelope = np.abs(path).reshape(11, 11, 2).max(axis=1)
    factors = (envelope[8:].max(0) / envelope[:3].max(0)) ** (1 / 88)
    assert np.allclose(factors, 0.9**0.5, atol=0.01)


def test_the_curvatures_of_rosenbrock_at_its_minimum():
    x = tf.constant([1.0, 1.0])

    def rosenbrock(x):
        return (1.0 - x[0]) ** 2 + 100.0 * (x[1] - x[0] ** 2) ** 2

    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = rosenbrock(x)
        slope = inner.gradient(y, x)
    curvatures = outer.jacobian(slope, x).numpy()
    assert np.allclose(curvatures, [[802, -400], [-400, 200]])
