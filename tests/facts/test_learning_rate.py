"""What the chapter learning_rate states, one test for each statement."""

import numpy as np
import pytest
from support.oracles import path_by_hand, rate_of, step
import tensorflow as tf


def distances(rate, steps=50, start=10.0, **options):
    """Return x - 4 along a run of SGD on the parabola."""
    return path_by_hand(tf.keras.optimizers.SGD(rate, **options), start, steps) - 4


def word_for(rate):
    """Return how 50 steps from 10 go, by the definitions on the page.

    On this parabola the slope is twice the distance, so either can be read.
    """
    distance = distances(rate)
    if abs(distance[-1]) > abs(distance[0]):
        return "diverges"
    moving = np.flatnonzero(abs(distance) > 0.01 * abs(distance[0]))[-1] + 1
    signs = np.sign(distance[:moving])
    swings = np.sum(signs[1:] != signs[:-1]) >= 2
    if moving == len(distance):
        return "oscillates" if swings else "creeps"
    return "converges, swinging" if swings else "converges"


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.3, 0.5, 0.8, 0.9, 1.0, 1.1])
@pytest.mark.parametrize("start", [10.0, -2.0])
def test_each_step_multiplies_the_distance_by_the_same_factor(rate, start):
    distance = distances(rate, steps=10, start=start)
    expected = (1 - 2 * rate) * distance[:-1]
    np.testing.assert_allclose(distance[1:], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("word", "rates"),
    [
        ("creeps", [0.01, 0.03, 0.04]),
        ("converges", [0.045, 0.1, 0.5, 0.55]),
        ("converges, swinging", [0.6, 0.8, 0.9, 0.95]),
        ("oscillates", [1.0]),
        ("diverges", [1.1, 1.5]),
    ],
)
def test_where_on_the_slider_the_words_change(word, rates):
    assert [word_for(rate) for rate in rates] == [word] * len(rates)


def test_a_run_that_creeps_may_rest_later():
    assert word_for(0.03) == "creeps"
    assert abs(distances(0.03, steps=100)[-1]) < 0.06


def test_rate_1_is_a_two_cycle_and_0_9_is_none():
    """At 0.9 the swings shrink, so "oscillates" is not for it."""
    assert np.ptp(abs(distances(1.0))) == 0
    assert abs(distances(0.9)[-1]) < 1e-3


@pytest.mark.parametrize("rate", [0.1, 0.3])
def test_a_rate_and_1_minus_it_are_equally_fast(rate):
    one, other = (abs(distances(r, steps=20)) for r in (rate, 1 - rate))
    np.testing.assert_allclose(one, other, atol=1e-4)


def test_the_run_that_is_shown_ends_elsewhere_than_the_first():
    """Rate 0.9 would print what 0.1 printed, as if it had not been set."""
    first, chosen, mirrored = (abs(distances(r)[-1]) for r in (0.1, 0.8, 0.9))
    assert f"{4 + first:.6g}" == f"{4 + mirrored:.6g}" == "4.00009"
    assert f"{4 + chosen:.6g}" == "4"


@pytest.mark.parametrize("curvature", [0.5, 2.0, 10.0, 20.0])
def test_1_divided_by_the_curvature_lands_in_one_step(curvature):
    x, opt = tf.Variable(10.0), tf.keras.optimizers.SGD(1 / curvature)
    with tf.GradientTape() as t:
        y = curvature / 2 * (x - 4.0) ** 2
    opt.apply_gradients(zip(t.gradient(y, [x]), [x], strict=True))
    assert np.isclose(float(x), 4, atol=1e-5)


@pytest.mark.parametrize("start", [0.001, 0.01, -0.01])
def test_two_divided_by_the_curvature_at_the_minimum_is_the_largest_rate(start):
    """On x² + sin²(3x)/4, whose curvature at 0 is 2 + 9/2."""

    def g(x):
        return x**2 + tf.sin(3.0 * x) ** 2 / 4

    for share in (0.95, 1.05):
        x, opt = tf.Variable(start), tf.keras.optimizers.SGD(share * 2 / 6.5)
        for _ in range(60):
            with tf.GradientTape() as t:
                y = g(x)
            opt.apply_gradients(zip(t.gradient(y, [x]), [x], strict=True))
        assert (abs(float(x)) < abs(start)) == (share < 1)


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.2])
def test_momentum_crosses_the_minimum_where_plain_descent_does_not(rate):
    plain, rolling = (
        np.sign(distances(rate, steps=60, momentum=momentum)) for momentum in (0.0, 0.9)
    )
    assert np.all(plain == plain[0])
    assert np.sum(rolling[1:] != rolling[:-1]) >= 2


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2])
def test_the_first_step_of_adam_has_the_length_of_the_rate(rate):
    for scale in (1.0, 1000.0):
        x, opt = tf.Variable(10.0), tf.keras.optimizers.Adam(rate)
        assert np.isclose(10 - step(opt, x, 12 * scale), rate, rtol=1e-3)


@pytest.mark.parametrize("momentum", [0.5, 0.9])
def test_momentum_is_stable_beyond_the_bound_of_plain_descent(momentum):
    assert abs(distances(1.2)[-1]) > 6
    assert abs(distances(1.2, momentum=momentum)[-1]) < 6


@pytest.mark.parametrize("steps", [20, 21, 30])
def test_where_the_trials_on_g_diverge(steps):
    """Far from its minimum; the rates next to those on the page, too."""
    ends = {}
    for rate in (0.1, 0.25, 0.9, 1.1, 3.0):
        x, opt = tf.Variable(5.0), tf.keras.optimizers.SGD(rate)
        for _ in range(steps):
            with tf.GradientTape() as t:
                y = x**2 + tf.sin(3.0 * x) ** 2 / 4
            opt.apply_gradients(zip(t.gradient(y, [x]), [x], strict=True))
        ends[rate] = abs(float(x))
    assert ends[0.25] < 0.3
    assert ends[3.0] > 1e6


def test_a_run_that_diverges_ends_in_nan():
    loss = (distances(3.0, steps=100)) ** 2
    first = np.flatnonzero(~np.isfinite(loss))[0]
    assert np.all(np.diff(loss[:first]) > 0)
    assert np.isinf(loss[first])
    assert np.isnan(loss[-1])


@pytest.mark.parametrize("way", ["assign", "="])
def test_the_rate_can_be_changed_during_a_run(way):
    x, opt = tf.Variable(10.0), tf.keras.optimizers.SGD(1.0)
    assert step(opt, x, 12.0) == -2
    if way == "assign":
        opt.learning_rate.assign(0.5)
    else:
        opt.learning_rate = 0.5
    assert step(opt, x, -12.0) == 4


def test_keras_refuses_a_whole_number_for_a_rate():
    with pytest.raises(ValueError, match="learning_rate"):
        tf.keras.optimizers.SGD(1)


def test_a_compiled_step_sees_the_new_rate():
    x, opt = tf.Variable(10.0), tf.keras.optimizers.SGD(1.0)

    @tf.function
    def compiled_step():
        with tf.GradientTape() as t:
            y = (x - 4.0) ** 2
        opt.apply_gradients(zip(t.gradient(y, [x]), [x], strict=True))

    compiled_step()
    assert float(x) == -2
    opt.learning_rate.assign(0.5)
    compiled_step()
    assert float(x) == 4


def test_reduce_lr_on_plateau_lowers_the_rate_where_the_loss_stands_still():
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, trainable=False)])
    model.compile(tf.keras.optimizers.SGD(0.1), "mse")
    callback = tf.keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=2)
    data = np.ones((4, 1), np.float32)
    model.fit(data, data, epochs=4, verbose=0, callbacks=[callback])
    assert np.isclose(rate_of(model.optimizer), 0.05)


def test_a_schedule_makes_the_rate_not_settable():
    schedule = tf.keras.optimizers.schedules.ExponentialDecay(1.0, 4, 0.5)
    opt = tf.keras.optimizers.SGD(schedule)
    with pytest.raises(TypeError, match="not settable"):
        opt.learning_rate = 0.1
