"""What the chapter stopping states, one test for each statement."""

import numpy as np
import pytest
from support.oracles import BOTH, count, path_by_hand, step
import tensorflow as tf


def run_of(opt, steps, start=10.0):
    """Return where ``opt`` goes on the parabola, and its steps, as float32."""
    path = path_by_hand(opt, start, steps)
    return path, np.diff(path)


def test_a_float32_has_24_binary_digits():
    assert np.finfo(np.float32).nmant + 1 == 24
    assert tf.constant(4.0).dtype == tf.float32


def test_the_spacing_around_4():
    assert np.spacing(np.float32(4)) == 2.0**-21
    assert np.spacing(np.float32(3.9)) == 2.0**-22
    assert np.spacing(np.float32(1e6)) == 0.0625


def test_a_quarter_of_the_spacing_is_lost_in_a_variable():
    x = tf.Variable(4.0)
    x.assign_add(2.0**-23)
    assert float(x) == 4


@pytest.mark.parametrize(("name", "first"), [("SGD", 70), ("Adam", 260)])
def test_the_first_step_below_1e_8_is_zero(name, first):
    path, steps = run_of(getattr(tf.keras.optimizers, name)(0.1), 261)
    assert (np.abs(steps) < 1e-8).argmax() + 1 == first
    assert steps[first - 1] == 0
    assert path[first] != 4


def test_sgd_that_did_not_move_once_never_moves_again():
    _, steps = run_of(tf.keras.optimizers.SGD(0.1), 120)
    assert not steps[69:].any()


def test_adam_moves_again_after_a_step_of_zero():
    _, steps = run_of(tf.keras.optimizers.Adam(0.1), 275)
    assert steps[259] == 0
    assert steps[262:].all()


@pytest.mark.parametrize("rate", [0.1, 0.02])
def test_sgd_stands_still_within_half_a_gap_of_motion(rate):
    path, steps = run_of(tf.keras.optimizers.SGD(rate), 350)
    assert steps[-1] == 0
    assert 0 < abs(path[-1] - 4) <= 1.01 * 2.0**-22 / (2 * rate)


@BOTH
def test_iterations_count_for_the_optimizer_not_the_run(library):
    x, opt = tf.Variable(10.0), library.optimizers.SGD(0.01)
    for _ in range(2):
        for _ in range(20):
            step(opt, x)
    assert count(opt) == 40
    assert opt.iterations + 20 == 60


def test_rate_1_is_a_two_cycle():
    path, _ = run_of(tf.keras.optimizers.SGD(1.0), 6)
    assert path.tolist() == [10, -2, 10, -2, 10, -2, 10]


def raised(x):
    return (x - 4.0) ** 2 + 100.0


def run_raised(start, rate=0.1, steps=300):
    """Return x and the loss along a run of SGD on the parabola plus 100."""
    x, opt, rows = tf.Variable(start), tf.keras.optimizers.SGD(rate), []
    for _ in range(steps):
        with tf.GradientTape() as t:
            loss = raised(x)
        rows.append((x.numpy(), loss.numpy()))
        opt.apply_gradients(zip(t.gradient(loss, [x]), [x], strict=True))
    return np.array(rows).T


def loss_at_rest(loss):
    return int(np.flatnonzero(np.diff(loss))[-1]) + 1


@pytest.mark.parametrize("rate", [0.05, 0.1])
def test_the_loss_rests_far_from_the_minimum_while_x_still_moves(rate):
    """A square below half the spacing of 100 is lost in the sum."""
    x, loss = run_raised(10.0, rate)
    rest = loss_at_rest(loss)
    floor = np.sqrt(np.spacing(np.float32(100)) / 2)
    assert 0.9 * floor < abs(x[rest] - 4) <= floor
    assert np.count_nonzero(np.diff(x[rest:])) > 30
    assert abs(x[-1] - 4) < 1e-5


def test_where_the_loss_rests_at_rate_0_1():
    x, loss = run_raised(10.0)
    assert (np.diff(loss) == 0).argmax() + 1 == 35
    assert loss_at_rest(loss) == 36
    assert f"{abs(x[36] - 4):.2g}" == "0.0019"


def test_float64_lowers_both_floors():
    """The variable takes its type from its start; loss and gradient follow."""
    x, loss = run_raised(np.float64(10.0))
    assert x.dtype == loss.dtype == np.float64
    assert abs(x[loss_at_rest(loss)] - 4) < 1e-7
    assert abs(x[-1] - 4) < 1e-14


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2])
def test_next_to_0_small_steps_are_not_lost(rate):
    """Near 4 the steps below 1e-8 are zero; on x² none of them is."""
    x, opt = tf.Variable(6.0), tf.keras.optimizers.SGD(rate)
    path = [6.0] + [step(opt, x, 2 * float(x)) for _ in range(150)]
    steps = np.abs(np.diff(path))
    assert (steps < 1e-8).any() or rate < 0.1
    assert steps.all()


def test_adam_may_not_move_twice_and_go_on():
    _, steps = run_of(tf.keras.optimizers.Adam(0.1), 275)
    assert not steps[259:261].any()
    assert steps[261:].any()


def test_after_a_long_jump_the_estimate_is_far_too_small():
    """From 10 to 4.125 on (x - 4)^4 / 10, at the rate 0.068."""
    x, opt = tf.Variable(10.0), tf.keras.optimizers.SGD(0.068)
    slopes, places = [], []
    for _ in range(2):
        with tf.GradientTape() as t:
            y = (x - 4.0) ** 4 / 10.0
        gradient = t.gradient(y, x)
        slopes.append(float(gradient))
        places.append(float(x))
        opt.apply_gradients([(gradient, x)])
    curvature = (slopes[1] - slopes[0]) / (places[1] - places[0])
    estimate, true = slopes[1] / curvature, places[1] - 4
    assert f"{places[1]:.4g}" == "4.125"
    assert 1500 < true / estimate < 3000


@pytest.mark.parametrize("scale", [0.01, 1.0, 1000.0])
def test_a_norm_relative_to_the_first_does_not_depend_on_the_scale(scale):
    x, w = tf.Variable(10.0), tf.Variable([1.0, 2.0, 3.0])
    opt, norms = tf.keras.optimizers.SGD(0.1 / scale), []
    for _ in range(33):
        with tf.GradientTape() as t:
            y = scale * ((x - 4.0) ** 2 + tf.reduce_sum(w**2))
        gradients = t.gradient(y, [x, w])
        norms.append(float(tf.linalg.global_norm(gradients)))
        by_hand = sum(np.sum(np.square(g)) for g in gradients) ** 0.5
        assert np.isclose(norms[-1], by_hand, rtol=1e-5)
        opt.apply_gradients(zip(gradients, [x, w], strict=True))
    assert norms[31] <= 1e-3 * norms[0] < norms[30]


@pytest.mark.parametrize("seed", range(4))
def test_with_noise_a_short_patience_stops_too_early(seed):
    """In steps of its own: 2(x - 4 + noise) at the rate 0.05, from 10."""
    noise = np.random.default_rng(seed).normal(size=400)
    taken = {}
    for patience in (2, 30):
        x, best, waited, k = 10.0, np.inf, 0, 0
        while waited < patience and k < 400:
            loss = (x - 4 + noise[k]) ** 2
            x -= 0.05 * 2 * (x - 4 + noise[k])
            waited = 0 if loss < best else waited + 1
            best = min(best, loss)
            k += 1
        taken[patience] = k, abs(x - 4)
    assert taken[2][0] < taken[30][0]
    assert taken[30][1] < 1 < taken[2][1]


def test_early_stopping_waits_and_goes_back_to_the_best_weights():
    """The losses are given; the weight tells which epoch it is from."""
    model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    callback = tf.keras.callbacks.EarlyStopping(
        "val_loss", min_delta=0.1, patience=2, restore_best_weights=True
    )
    callback.set_model(model)
    callback.on_train_begin()
    losses = [3.0, 1.0, 0.95, 0.92]  # the last two improve by less than 0.1
    for epoch, loss in enumerate(losses):
        assert not model.stop_training, epoch
        model.layers[0].kernel.assign([[float(epoch)]])
        callback.on_epoch_end(epoch, {"val_loss": loss})
    assert model.stop_training
    callback.on_train_end()
    assert float(model.layers[0].kernel[0, 0]) == 1
