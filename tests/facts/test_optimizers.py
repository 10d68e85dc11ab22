"""What the chapter optimizers states, one test for each statement."""

import numpy as np
import pytest
from support.oracles import OPTIMIZERS, path_by_hand, rate_of, step
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
    "SGD": rule_of_sgd,
    "momentum": rule_of_momentum,
    "Adagrad": rule_of_adagrad,
    "RMSprop": rule_of_rmsprop,
    "Adam": rule_of_adam,
}
each_rule = pytest.mark.parametrize("name", RULES)


@each_rule
def test_keras_follows_the_rule_on_the_page(name):
    """Fed with gradients of both signs and of many sizes."""
    rule, make = RULES[name], OPTIMIZERS[name]
    opt, x, total, memory = make(0.1), tf.Variable(0.0), 0.0, None
    fed = np.random.default_rng(7).normal(size=40) * np.geomspace(1e-3, 1e2, 40)
    for k, gradient in enumerate(fed, start=1):
        step(opt, x, gradient)
        change, memory = rule(gradient, memory, k, 0.1)
        total -= change
        assert np.isclose(float(x), total, rtol=1e-5, atol=1e-6), k


@each_rule
def test_two_updates_agree_within_ten_gaps(name):
    rule, make = RULES[name], OPTIMIZERS[name]
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
        assert np.isclose(rate_of(opt), 0.001)
    assert np.isclose(rate_of(keras.SGD()), 0.01)
    assert keras.SGD().get_config()["momentum"] == 0.0
    assert keras.AdamW().get_config()["weight_decay"] == 0.004


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
    make = OPTIMIZERS[name]
    plain = step(make(0.1), tf.Variable(0.0), 12.0)
    steep = step(make(0.1), tf.Variable(0.0), 12000.0)
    factor = 1000 if name in ("SGD", "momentum") else 1
    assert np.isclose(steep, factor * plain, rtol=1e-3)


def run_on_x_squared(opt, start=6.0, steps=300):
    """Return where ``opt`` goes on x², whose minimum is at 0."""
    x = tf.Variable(start)
    return np.array([start] + [step(opt, x, 2 * float(x)) for _ in range(steps)])


@pytest.mark.parametrize("rate", [0.1, 0.13, 0.2, 0.4])
@pytest.mark.parametrize("steps", [299, 300])
def test_rmsprop_ends_in_a_two_cycle_of_half_the_rate(rate, steps):
    path = run_on_x_squared(tf.keras.optimizers.RMSprop(rate), steps=steps)
    assert abs(path).min() < 1e-10
    np.testing.assert_allclose(abs(path[-4:]), rate / 2, rtol=0.01)
    assert np.all(path[-4:-1] * path[-3:] < 0)


def test_rmsprop_lands_on_4_by_rounding_and_stays():
    path = path_by_hand(tf.keras.optimizers.RMSprop(0.1), steps=200)
    assert f"{path[100]:.4g}" == "4"
    assert np.all(path[-50:] == 4)


def test_the_loss_of_one_step_of_rmsprop_is_luck():
    """In the valley at 0.15 it is a thousand times higher two steps later."""
    x, y = tf.Variable(10.0), tf.Variable(1.0)
    opt, loss = tf.keras.optimizers.RMSprop(0.15), []
    for _ in range(63):
        a, b = float(x), float(y)
        loss.append((a - 4) ** 2 + 100 * b**2)
        gradients = [tf.constant(2 * (a - 4)), tf.constant(200 * b)]
        opt.apply_gradients(zip(gradients, [x, y], strict=True))
    assert loss[60] < 1e-3
    assert loss[62] > 1000 * loss[60]


@pytest.mark.parametrize("steps", [300, 301, 330])
def test_a_schedule_that_halves_the_rate_narrows_the_hovering(steps):
    schedule = tf.keras.optimizers.schedules.ExponentialDecay(0.2, 50, 0.5)
    path = run_on_x_squared(tf.keras.optimizers.RMSprop(schedule), steps=steps)
    assert max(abs(path[-20:])) < 0.6 * float(schedule(steps - 20))


def test_a_schedule_that_falls_too_fast_stops_the_run_on_its_way():
    schedule = tf.keras.optimizers.schedules.ExponentialDecay(0.2, 10, 0.5)
    path = run_on_x_squared(tf.keras.optimizers.RMSprop(schedule))
    assert path[-1] > 1


@pytest.mark.parametrize(
    ("name", "gradient", "part"),
    [
        ("RMSprop", 3e-4, 0.69),
        ("RMSprop", 3e-3, 1.0),
        ("Adam", 3e-4, 1.0),
        ("Adam", 1e-6, 0.76),
        ("Adam", 1e-5, 0.97),
    ],
)
def test_epsilon_has_two_scales(name, gradient, part):
    """Inside the root it counts near 3e-4, outside near 1e-7."""
    opt, x = getattr(tf.keras.optimizers, name)(0.1), tf.Variable(0.0)
    path = [step(opt, x, gradient) for _ in range(100)]
    assert np.isclose((path[-2] - path[-1]) / 0.1, part, atol=0.01)


def test_nesterov_adds_the_next_share_of_the_velocity_in_advance():
    opt = tf.keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True)
    x, expected, velocity = tf.Variable(0.0), 0.0, 0.0
    for gradient in (12.0, -5.0, 3.0):
        velocity = 0.9 * velocity - 0.1 * gradient
        expected += 0.9 * velocity - 0.1 * gradient
        assert np.isclose(step(opt, x, gradient), expected, rtol=1e-5)


@pytest.mark.parametrize("rate", [0.1, 0.01])
@pytest.mark.parametrize("start", [10.0, -3.0])
def test_adamw_shrinks_a_variable_without_a_gradient(rate, start):
    x, opt = tf.Variable(start), tf.keras.optimizers.AdamW(rate)
    assert np.isclose(step(opt, x, 0.0), start * (1 - 0.004 * rate), rtol=1e-6)


def test_adagrad_makes_longer_steps_where_gradients_are_rare():
    """Two entries get the same gradient, one each step and one each tenth."""
    x, opt = tf.Variable([0.0, 0.0]), tf.keras.optimizers.Adagrad(0.1)
    for k in range(1, 101):
        before = x.numpy()
        opt.apply_gradients([(tf.constant([1.0, float(k % 10 == 0)]), x)])
    often, rarely = abs(x.numpy() - before)
    assert rarely > 2.5 * often


def test_adam_moves_the_default_rate_in_a_step():
    path = path_by_hand(tf.keras.optimizers.Adam(), steps=200)
    assert 0.19 < path[0] - path[-1] <= 0.2001


def test_adam_overshoots():
    path = path_by_hand(tf.keras.optimizers.Adam(0.5), steps=60)
    assert path.min() < 3.5


@pytest.mark.parametrize("rate", [0.7, 1.0])
def test_adagrad_with_a_larger_rate_arrives(rate):
    path = path_by_hand(tf.keras.optimizers.Adagrad(rate), steps=100)
    assert abs(path[-1] - 4) < 0.15


@pytest.mark.parametrize("start", [1.0, 10.0])
def test_adam_divides_the_gradient_of_an_l2_penalty_too(start):
    x, opt = tf.Variable(start), tf.keras.optimizers.Adam(0.1)
    opt.apply_gradients([(tf.constant(0.004 * start), x)])
    assert start - float(x) == pytest.approx(0.1, rel=1e-2)  # whatever the start


def test_adam_settles_on_the_parabola_and_not_with_noise():
    ends = {}
    noise = np.random.default_rng(1).normal(size=400)
    for scale in (0.0, 1.0):
        x, opt = tf.Variable(6.0), tf.keras.optimizers.Adam(0.1)
        far = []
        for each in noise:
            gradient = 2 * float(x) + scale * each
            opt.apply_gradients([(tf.constant(gradient, tf.float32), x)])
            far.append(abs(float(x)))
        ends[scale] = max(far[-20:])
    assert ends[0.0] < 1e-4
    assert ends[1.0] > 1e-2


def test_a_name_in_place_of_an_optimizer_takes_the_default_rate():
    assert rate_of(tf.keras.optimizers.get("adam")) == pytest.approx(0.001)


def test_a_large_gradient_after_small_ones_makes_a_step_longer_than_the_rate():
    x, opt = tf.Variable(0.0), tf.keras.optimizers.Adam(0.1)
    for gradient in [0.01] * 300 + [5.0]:
        before = float(x)
        opt.apply_gradients([(tf.constant(gradient), x)])
    assert abs(float(x) - before) > 0.15
