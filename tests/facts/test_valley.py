"""What the chapter valley states, one test for each statement."""

from helpers.descent import compile_sweep
from helpers.explorer import rates_between
import numpy as np
import pytest
from support.oracles import OPTIMIZERS, step
import tensorflow as tf

CURVATURES = np.array([2.0, 200.0])  # of the valley, along its floor and across


def distances(opt, steps=120, curvatures=CURVATURES):
    """Return the distances from the minimum in a valley, a row for each step."""
    x = tf.Variable(tf.constant([6.0, 1.0]))
    slopes = tf.constant(curvatures, tf.float32)
    path = [x.numpy()]
    for _ in range(steps):
        opt.apply_gradients([(x * slopes, x)])
        path.append(x.numpy())
    return np.array(path)


def long_run_factor(rate, beta):
    """Return the largest eigenvalue, without its sign, of a step of momentum."""
    matrices = [[[1 - rate * c, beta], [-rate * c, beta]] for c in CURVATURES]
    return max(abs(np.linalg.eigvals(matrix)).max() for matrix in matrices)


@pytest.mark.parametrize(
    ("share", "better"), [(0.8, False), (1.0, True), (1.01, False)]
)
def test_the_best_rate_has_the_factor_of_the_condition_number(share, better):
    low, high = CURVATURES
    path = abs(distances(tf.keras.optimizers.SGD(share * 2 / (high + low)), 20))
    slowest = (path[1:] / path[:-1]).max()
    factor = (high / low - 1) / (high / low + 1)
    assert np.isclose(slowest, factor, atol=1e-4) == better
    assert slowest >= factor - 1e-4


def test_steps_for_a_digit():
    for factor, steps in ((99 / 101, 116), (9 / 11, 12)):
        assert factor**steps <= 0.1 < factor ** (steps - 1)


def test_no_other_pair_of_rate_and_momentum_is_faster():
    low, high = CURVATURES
    root = np.sqrt(high / low)
    beta = ((root - 1) / (root + 1)) ** 2
    rate = (2 / (np.sqrt(high) + np.sqrt(low))) ** 2
    best = long_run_factor(rate, beta)
    # A double eigenvalue is computed to half of the digits only.
    assert np.isclose(best, np.sqrt(beta), atol=1e-6)
    for other in np.geomspace(rate / 3, 3 * rate, 61):
        for momentum in np.linspace(0, 0.98, 50):
            assert long_run_factor(other, momentum) > best - 1e-6


def test_at_its_best_momentum_is_far_ahead_after_60_steps():
    loss = {}
    for name, opt in (
        ("SGD", tf.keras.optimizers.SGD(2 / 202)),
        ("momentum", tf.keras.optimizers.SGD(0.0165289, momentum=0.669421)),
    ):
        loss[name] = [np.sum(CURVATURES / 2 * row**2) for row in distances(opt, 61)]
    for k in (60, 61):
        assert loss["momentum"][k] < 1e-4 * loss["SGD"][k]


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("curvature", [2.0, 200.0])
def test_at_the_bound_an_eigenvalue_is_minus_1(momentum, curvature):
    rate = 2 * (1 + momentum) / curvature
    matrix = np.array([[1 - rate * curvature, momentum], [-rate * curvature, momentum]])
    assert np.isclose(np.linalg.det(matrix + np.eye(2)), 0, atol=1e-12)
    for other in (0.5 * rate, 1.5 * rate):
        push = other * curvature
        plus = np.array([[2 - push, momentum], [-push, 1 + momentum]])
        assert np.isclose(np.linalg.det(plus), 2 * (1 + momentum) - push)


@pytest.mark.parametrize("rate", [0.5, 0.4])
def test_stretched_to_a_circle_the_valley_needs_one_step(rate):
    path = distances(tf.keras.optimizers.SGD(rate), 1, curvatures=[2.0, 2.0])
    assert np.allclose(path[1], (1 - 2 * rate) * path[0], atol=1e-6)


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


def rosenbrock(x, y):
    return (1.0 - x) ** 2 + 100.0 * (y - x**2) ** 2


def fair_scores(f, start, steps):
    """Return for each optimizer the lowest of its worst losses at three rates."""
    scores, rates = {}, rates_between(0.0005, 10.0)
    for name in OPTIMIZERS:
        sweep = compile_sweep(f, name, learning_rates=rates, steps=steps)
        worst = sweep(start).loss[-20:].max(axis=0)
        worst = np.where(np.isfinite(worst), worst, np.inf)
        scores[name] = np.max([worst[:-2], worst[1:-1], worst[2:]], axis=0).min()
    return scores


@pytest.mark.parametrize("steps", [200, 201, 300, 400])
def test_at_its_best_rate_adam_comes_second_around_the_bend(steps):
    scores = fair_scores(rosenbrock, (-1.2, 1.0), steps)
    assert sorted(scores, key=scores.get)[:3] == ["momentum", "Adam", "Adagrad"]
    assert scores["Adam"] < 0.03


def test_rmsprop_comes_last_after_200_steps():
    scores = fair_scores(rosenbrock, (-1.2, 1.0), 200)
    assert max(scores, key=scores.get) == "RMSprop"
