"""Runs against oracles that are written here, in plain TensorFlow and NumPy."""

from helpers.descent import OPTIMIZERS as METHODS
from helpers.descent import compile_sweep, run_descent
from helpers.explorer import LEARNING_RATES
from hypothesis import given, settings
from hypothesis import strategies as st
import numpy as np
import pytest
import tensorflow as tf
import tf_keras

OPTIMIZERS = [
    getattr(library.optimizers, name)
    for library in (tf.keras, tf_keras)
    for name in ("SGD", "RMSprop", "Adagrad", "Adam")
]


def parabola(x):
    return (x - 4.0) ** 2


def quartic(x):
    return (x + 1.0) ** 4 - x


def wave(x):
    return tf.sin(3.0 * x) + 0.1 * x**2


LOSSES = [parabola, quartic, wave]


def eager_path(f, opt, start, steps):
    """Where a plain loop goes: x before the first step and after each."""
    x = tf.Variable(start)
    path = [x.numpy()]
    for _ in range(steps):
        with tf.GradientTape() as t:
            y = f(x)
        opt.apply_gradients(zip(t.gradient(y, [x]), [x], strict=True))
        path.append(x.numpy())
    return np.array(path)


@pytest.mark.parametrize("f", LOSSES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_it_is_the_plain_loop_bit_for_bit(f, optimizer):
    run = run_descent(f, optimizer(0.03), start=1.5, steps=15)
    path = eager_path(f, optimizer(0.03), 1.5, 15)
    assert run.x.tobytes() == path.tobytes()
    assert run.iterations.tolist() == list(range(16))


@settings(max_examples=25, deadline=None)
@given(
    rate=st.floats(1e-3, 1.2),
    start=st.floats(-100, 100, width=32),
)
def test_sgd_on_the_parabola_follows_its_closed_form(rate, start):
    """x_k - 4 = (1 - 2 rate)^k (x_0 - 4)."""
    run = run_descent(parabola, tf.keras.optimizers.SGD(rate), start=start, steps=12)
    k = np.arange(13)
    distance = (1 - 2 * rate) ** k * (start - 4)
    scale = np.maximum(1, np.abs(distance)).max()
    np.testing.assert_allclose(run.x - 4, distance, atol=2e-5 * scale)
    np.testing.assert_allclose(run.loss, (run.x - 4) ** 2, rtol=1e-5, atol=1e-10)
    np.testing.assert_allclose(run.gradients, 2 * (run.x - 4), rtol=1e-5, atol=1e-6)


def test_a_diverging_run_is_kept_to_the_end():
    run = run_descent(parabola, tf.keras.optimizers.SGD(1.5), start=10.0, steps=140)
    assert run.x.shape == (141,)
    assert np.isinf(run.loss).any()
    assert np.isnan(run.x[-1])


def test_a_schedule_is_a_learning_rate():
    rates = tf.keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
    run = run_descent(parabola, tf.keras.optimizers.SGD(rates), start=10.0, steps=2)
    np.testing.assert_allclose(run.x[1:], [8.8, 8.8 - 0.05 * 9.6], rtol=1e-6)


def no_argument():
    return 1.0


def two_arguments(x, y):
    return x + y


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (3.0, r"f must be a function of one tensor, not 3\.0"),
        (no_argument, r"f must take one argument, the tensor x; got no_argument\(\)"),
        (two_arguments, r"got two_arguments\(x, y\)"),
        (lambda x: None, r"f\(10\) returned None \(NoneType\)"),
        (lambda x: float(x) ** 2, r"f\(10\) returned 100\.0 \(float\)"),
        (lambda x: tf.stack([x, x]), r"f must return a scalar; .* shape \(2,\)"),
        (lambda x: tf.constant(1.0), r"gradient of f at 10 is None"),
    ],
)
def test_a_loss_that_makes_no_sense_is_named(f, message):
    with pytest.raises(ValueError, match=message):
        run_descent(f, tf.keras.optimizers.SGD(0.1), start=10.0, steps=1)


@pytest.mark.parametrize("start", [np.nan, np.inf, "10", None, True, 1j])
def test_a_start_that_is_no_finite_number_is_named(start):
    with pytest.raises(ValueError, match="start must be a finite number, not"):
        run_descent(parabola, tf.keras.optimizers.SGD(0.1), start=start, steps=1)


@pytest.mark.parametrize("steps", [0, -1, 1.5, "3", None, True])
def test_a_number_of_steps_that_makes_no_sense_is_named(steps):
    with pytest.raises(ValueError, match="steps must be a whole number of 1 or more"):
        run_descent(parabola, tf.keras.optimizers.SGD(0.1), start=1.0, steps=steps)


@pytest.mark.parametrize("start", [10, np.float32(10), np.int64(10)])
def test_a_start_may_be_any_real_number(start):
    run = run_descent(parabola, tf.keras.optimizers.SGD(0.5), start=start, steps=1)
    assert run.x.tolist() == [10, 4]


@pytest.mark.parametrize("library", [tf.keras, tf_keras])
@pytest.mark.parametrize("rate", [-0.1, 0.0, np.nan, np.inf])
def test_a_learning_rate_that_makes_no_sense_is_named(library, rate):
    opt = library.optimizers.SGD(float(rate))
    with pytest.raises(ValueError, match="learning rate of opt must be one positive"):
        run_descent(parabola, opt, start=1.0, steps=1)


@pytest.mark.parametrize("opt", ["SGD", None, 0.1, tf.keras.optimizers.SGD])
def test_what_is_no_optimizer_is_named(opt):
    with pytest.raises(ValueError, match="opt must be a Keras optimizer such as"):
        run_descent(parabola, opt, start=1.0, steps=1)


def test_a_used_optimizer_is_refused():
    opt = tf.keras.optimizers.SGD(0.1)
    run_descent(parabola, opt, start=1.0, steps=3)
    with pytest.raises(ValueError, match="this SGD has done 3 iterations already"):
        run_descent(parabola, opt, start=1.0, steps=3)


# ------------------------------------------------------------------ sweeps

PLAIN = {
    "SGD": lambda rate: tf.keras.optimizers.SGD(rate),
    "momentum": lambda rate: tf.keras.optimizers.SGD(rate, momentum=0.9),
    "RMSprop": lambda rate: tf.keras.optimizers.RMSprop(rate),
    "Adagrad": lambda rate: tf.keras.optimizers.Adagrad(rate),
    "Adam": lambda rate: tf.keras.optimizers.Adam(rate),
}


def hyperbola(x):
    return tf.sqrt(1.0 + (x - 1.0) ** 2)


def soft_corner(x):
    return tf.math.log(tf.cosh(x - 1.0)) + x**2 / 8


# Smooth everywhere, with a curvature that makes no rate of the slider chaotic:
# a difference in the last bit may grow along an oscillating run, a hundredfold
# or so, and no further.
SWEPT = [parabola, hyperbola, soft_corner]
# On vectors, TensorFlow computes a few functions with other instructions than
# on a single number, rounded otherwise in the last bit of float32 (1.2e-7): the
# reciprocal square root in these two updates, and the logarithm of this loss.
ROUNDED_OTHERWISE = {"RMSprop", "Adagrad", soft_corner}


def test_the_methods_are_those_of_the_book():
    assert METHODS.keys() == PLAIN.keys()


@pytest.mark.parametrize("f", SWEPT)
@pytest.mark.parametrize("method", PLAIN)
def test_a_sweep_is_the_plain_loop_at_every_rate(f, method):
    steps = 20
    sweep = compile_sweep(f, method, learning_rates=LEARNING_RATES, steps=steps)(1.5)
    assert sweep.x.shape == (steps + 1, len(LEARNING_RATES))
    for column, rate in enumerate(LEARNING_RATES):
        path = eager_path(f, PLAIN[method](rate), 1.5, steps)
        if {method, f} & ROUNDED_OTHERWISE:
            np.testing.assert_allclose(sweep.x[:, column], path, rtol=5e-5, atol=5e-5)
        else:
            np.testing.assert_array_equal(sweep.x[:, column], path)


@pytest.mark.parametrize("f", LOSSES)
def test_a_sweep_knows_loss_and_slope_of_what_it_visits(f):
    sweep = compile_sweep(f, "SGD", learning_rates=[0.01, 0.1], steps=5)(2.0)
    x = tf.Variable(sweep.x)
    with tf.GradientTape() as t:
        y = f(x)
    np.testing.assert_allclose(sweep.loss, y, rtol=1e-6)
    np.testing.assert_allclose(sweep.gradients, t.gradient(y, x), rtol=1e-5, atol=1e-6)


def test_a_compiled_sweep_forgets_its_last_start():
    sweep = compile_sweep(parabola, "Adam", learning_rates=[0.1, 0.2], steps=9)
    first = sweep(10.0)
    sweep(-3.0)
    np.testing.assert_array_equal(sweep(10.0).x, first.x)


def test_a_sweep_keeps_infinite_and_nan_entries():
    sweep = compile_sweep(parabola, "SGD", learning_rates=[0.5, 1.5], steps=140)(10.0)
    assert np.isfinite(sweep.x[:, 0]).all()
    assert np.isinf(sweep.loss[:, 1]).any()
    assert np.isnan(sweep.x[-1, 1])


def test_a_run_of_a_sweep_is_its_column():
    sweep = compile_sweep(parabola, "SGD", learning_rates=[0.1, 0.5], steps=2)(10.0)
    run = sweep.run(1)
    assert run.iterations.tolist() == [0, 1, 2]
    assert run.x.tolist() == [10, 4, 4]
    assert run.loss.tolist() == [36, 0, 0]
    assert run.gradients.tolist() == [12, 0, 0]


def test_a_sweep_says_nothing_on_the_way(capfd):
    for _ in range(7):  # TensorFlow warns of functions that are traced too often
        compile_sweep(parabola, "SGD", learning_rates=[0.1], steps=2)(1.0)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ([], "got none"),
        ([0.2, 0.1], r"got 0\.2 and then 0\.1"),
        ([0.1, 0.1], r"got 0\.1 and then 0\.1"),
        ([0.0, 0.1], r"got 0\.0"),
        ([-0.1], r"got -0\.1"),
        ([0.1, np.nan], "got nan"),
        ([0.1, np.inf], "got inf"),
        (["0.1"], "got '0.1'"),
    ],
)
def test_learning_rates_that_make_no_sense_are_named(rates, message):
    right = "learning_rates must be positive, finite numbers in rising order; "
    with pytest.raises(ValueError, match=right + message):
        compile_sweep(parabola, "SGD", learning_rates=rates, steps=1)


def test_an_unknown_optimizer_is_named():
    with pytest.raises(ValueError, match=r"optimizer must be one of SGD, .*not 'sgd'"):
        compile_sweep(parabola, "sgd", learning_rates=[0.1], steps=1)


@pytest.mark.parametrize(
    "f", [lambda x: tf.reduce_sum(x), lambda x: x * tf.reduce_mean(x)]
)
def test_a_loss_that_is_not_elementwise_is_named(f):
    with pytest.raises(ValueError, match=r"f must be elementwise, f\(\[a, b\]\) equal"):
        compile_sweep(f, "SGD", learning_rates=[0.1], steps=1)


def test_a_sweep_checks_start_and_steps_too():
    with pytest.raises(ValueError, match="steps must be a whole number"):
        compile_sweep(parabola, "SGD", learning_rates=[0.1], steps=0)
    sweep = compile_sweep(parabola, "SGD", learning_rates=[0.1], steps=1)
    with pytest.raises(ValueError, match="start must be a finite number, not nan"):
        sweep(np.nan)


# ------------------------------------------------------- sweeps in two variables


def eager_walk(f, opt, start, steps):
    """Where a plain loop over two variables goes, and what it sees there."""
    x, y = tf.Variable(start[0]), tf.Variable(start[1])
    points, losses, slopes = [], [], []
    for step in range(steps + 1):
        with tf.GradientTape() as t:
            loss = f(x, y)
        gradients = t.gradient(loss, [x, y])
        points.append([x.numpy(), y.numpy()])
        losses.append(loss.numpy())
        slopes.append([gradient.numpy() for gradient in gradients])
        if step < steps:
            opt.apply_gradients(zip(gradients, [x, y], strict=True))
    return np.array(points), np.array(losses), np.array(slopes)


def long_valley(x, y):
    return ((x - 1.0) ** 2 + 20.0 * (y + 0.5) ** 2) / 2.0


def bent_valley(x, y):
    return (1.0 - x) ** 2 + 100.0 * (y - x**2) ** 2


def soft_valley(x, y):
    return tf.sqrt(1.0 + (x + y) ** 2 + 9.0 * (x - y) ** 2)


ROUNDED_WALKS = ROUNDED_OTHERWISE | {soft_valley}  # the slope of a square root
# For each loss a start, and rates at which a difference in the last bit stays one.
WALKED = [
    (long_valley, (-4.0, 2.0), np.geomspace(0.001, 0.4, 30)),
    (bent_valley, (-1.25, 1.5), np.geomspace(1e-5, 2e-4, 10)),
    (soft_valley, (3.0, -1.0), np.geomspace(0.01, 0.2, 10)),
]


@pytest.mark.parametrize(("f", "start", "rates"), WALKED)
@pytest.mark.parametrize("method", PLAIN)
def test_a_walk_sweep_is_the_plain_loop_at_every_rate(f, start, rates, method):
    steps = 25
    sweep = compile_sweep(f, method, learning_rates=rates, steps=steps)(start)
    assert sweep.x.shape == sweep.y.shape == sweep.loss.shape == (26, len(rates))
    assert sweep.gradients.shape == (26, len(rates), 2)
    for column, rate in enumerate(np.float32(rates)):
        points, losses, slopes = eager_walk(f, PLAIN[method](float(rate)), start, steps)
        walk = sweep.run(column)
        if {method, f} & ROUNDED_WALKS:
            np.testing.assert_allclose(walk.points, points, rtol=5e-4, atol=5e-4)
            np.testing.assert_allclose(walk.loss, losses, rtol=5e-3, atol=5e-3)
            np.testing.assert_allclose(walk.gradients, slopes, rtol=5e-3, atol=5e-3)
        else:
            np.testing.assert_array_equal(walk.points, points)
            np.testing.assert_array_equal(walk.gradients, slopes)
            # A compiled loss may be rounded otherwise in its last bit.
            np.testing.assert_allclose(walk.loss, losses, rtol=2.4e-7)


def test_a_walk_sweep_forgets_its_last_start():
    sweep = compile_sweep(long_valley, "Adam", learning_rates=[0.1, 0.2], steps=9)
    first = sweep((1.0, 2.0))
    sweep((-3.0, 0.5))
    again = sweep((1.0, 2.0))
    np.testing.assert_array_equal(again.x, first.x)
    np.testing.assert_array_equal(again.y, first.y)


def test_a_walk_sweep_keeps_infinite_and_nan_entries():
    sweep = compile_sweep(long_valley, "SGD", learning_rates=[0.05, 1], steps=60)
    walks = sweep((-4.0, 2.0))
    assert np.isfinite(walks.run(0).points).all()
    assert np.isinf(walks.run(1).loss).any()
    assert np.isnan(walks.run(1).points[-1, 1])


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x, y: None, r"f\(0\.75, 1\.25\) returned None"),
        (lambda x, y: tf.stack([x, y]), r"f must return a scalar; f\(0\.75, 1\.25\)"),
        (lambda x, y: y**2, r"depend on its argument x .* at 0\.75, 1\.25 is None"),
        (lambda x, y: x**2, r"depend on its argument y .* at 0\.75, 1\.25 is None"),
        (
            lambda x, y: tf.reduce_sum(x * y),
            r"f must be elementwise, f\(\[a, b\], \[c, d\]\) equal .* \[1\.25, 2\.0\]",
        ),
    ],
)
def test_a_loss_of_two_variables_that_makes_no_sense_is_named(f, message):
    with pytest.raises(ValueError, match=message):
        compile_sweep(f, "SGD", learning_rates=[0.1], steps=1)


def test_a_loss_of_two_variables_is_not_met_by_one_number():
    with pytest.raises(ValueError, match=r"f must take one argument, .* got two_arg"):
        run_descent(two_arguments, tf.keras.optimizers.SGD(0.1), start=1.0, steps=1)
    with pytest.raises(ValueError, match=r"f must take two arguments, .* got parabola"):
        run_descent(parabola, tf.keras.optimizers.SGD(0.1), start=(1.0, 2.0), steps=1)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_in_two_variables_is_the_plain_loop_bit_for_bit(optimizer):
    run = run_descent(long_valley, optimizer(0.03), start=(-4.0, 2.0), steps=15)
    points, losses, slopes = eager_walk(long_valley, optimizer(0.03), (-4.0, 2.0), 15)
    np.testing.assert_array_equal(run.points, points)
    np.testing.assert_array_equal(run.loss, losses)
    np.testing.assert_array_equal(run.gradients, slopes)
    assert run.iterations.tolist() == list(range(16))


@pytest.mark.parametrize(
    "start", [3.0, (1.0,), (1.0, 2.0, 3.0), (1.0, np.inf), ("1", "2"), None]
)
def test_a_start_with_a_bad_shape_is_named(start):
    sweep = compile_sweep(long_valley, "SGD", learning_rates=[0.1], steps=1)
    with pytest.raises(ValueError, match="start must be a pair of finite numbers, not"):
        sweep(start)


def test_a_walk_sweep_checks_the_rest_too():
    right = {"optimizer": "SGD", "learning_rates": [0.1], "steps": 1}
    for wrong in ({"optimizer": "sgd"}, {"learning_rates": [-1]}, {"steps": 0}):
        (name,) = wrong
        with pytest.raises(ValueError, match=f"{name} must be"):
            compile_sweep(long_valley, **right | wrong)
