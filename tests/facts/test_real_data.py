"""What the chapter real_data states, one test for each statement."""

from helpers.penguins import load_penguins
import numpy as np
import pytest
import tensorflow as tf

PENGUINS = load_penguins()
LENGTH, MASS = PENGUINS.flipper_length_mm, PENGUINS.body_mass_g / 1000
CENTRED = LENGTH - LENGTH.mean()
MEASURES = np.column_stack([LENGTH, PENGUINS.bill_length_mm, PENGUINS.bill_depth_mm])


def standardised(values):
    return (values - values.mean(axis=0)) / values.std(axis=0)


def with_ones(values):
    return np.column_stack([values, np.ones(len(values))])


def curvatures(matrix):
    """Return the smallest and the largest eigenvalue of the Hessian 2AᵀA/n."""
    values = np.linalg.eigvalsh(2 * matrix.T @ matrix / len(matrix))
    return values[0], values[-1]


def loss_of(matrix, w):
    predicted = tf.linalg.matvec(tf.constant(matrix, tf.float32), w)
    return tf.reduce_mean((predicted - tf.constant(MASS, tf.float32)) ** 2)


def descend(matrix, rate, steps):
    """Return the distance from the least-squares line at every step of SGD."""
    w = tf.Variable(tf.zeros(matrix.shape[1]))
    opt = tf.keras.optimizers.SGD(float(rate))
    best = np.linalg.lstsq(matrix, MASS, rcond=None)[0]
    distances = [np.linalg.norm(w.numpy() - best)]
    for _ in range(steps):
        with tf.GradientTape() as t:
            loss = loss_of(matrix, w)
        opt.apply_gradients(zip(t.gradient(loss, [w]), [w], strict=True))
        distances.append(np.linalg.norm(w.numpy() - best))
    return np.array(distances)


LINE, THREE = with_ones(standardised(LENGTH)), with_ones(standardised(MEASURES))


def test_float64_data_do_not_meet_a_float32_variable():
    data = tf.constant(LENGTH)
    assert data.dtype == tf.float64
    assert tf.Variable(0.0).dtype == tf.float32
    with pytest.raises(tf.errors.InvalidArgumentError, match="double tensor"):
        _ = tf.Variable(0.0) * data


def test_a_numpy_array_is_converted_where_a_variable_comes_first():
    assert (tf.Variable(0.0) * LENGTH).dtype == tf.float32


def test_the_two_steps_find_the_line_of_least_squares():
    assert descend(LINE, 0.1, 60)[-1] < 1e-4


def test_the_line_in_kilograms_per_deviation():
    best = np.linalg.lstsq(LINE, MASS, rcond=None)[0]
    assert best == pytest.approx([0.69764, 4.20175], abs=5e-6)
    assert LENGTH.std() == pytest.approx(14.04, abs=0.01)


@pytest.mark.parametrize("matrix", [LINE, THREE], ids=["line", "three"])
def test_a_jacobian_of_the_gradient_is_the_hessian(matrix):
    w = tf.Variable(tf.zeros(matrix.shape[1]))
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            loss = loss_of(matrix, w)
        gradient = inner.gradient(loss, w)
    hessian = outer.jacobian(gradient, w).numpy()
    formula = 2 * matrix.T @ matrix / len(matrix)
    assert np.allclose(hessian, formula, atol=1e-5)


def test_one_standardised_column_is_the_parabola_twice():
    assert curvatures(LINE) == pytest.approx((2, 2), rel=1e-9)
    distances = descend(LINE, 0.5, 1)
    assert distances[1] < 1e-6 * distances[0]


@pytest.mark.parametrize("matrix", [LINE, THREE], ids=["line", "three"])
def test_the_bound_holds_from_both_sides(matrix):
    bound = 2 / curvatures(matrix)[1]
    below, above = (descend(matrix, share * bound, 60) for share in (0.99, 1.01))
    assert below[60] < below[10]
    assert above[60] > above[10]


@pytest.mark.parametrize(
    ("column", "condition", "bound", "steps"),
    [
        (LENGTH, 8.346e6, 2.465e-5, 1.92e7),
        (CENTRED, 197.15, 5.072e-3, 454),
        (standardised(LENGTH), 1, 1, 1),
    ],
    ids=["raw", "centred", "standardised"],
)
def test_scaling_decides_the_number_of_steps(column, condition, bound, steps):
    low, high = curvatures(with_ones(column))
    assert high / low == pytest.approx(condition, rel=1e-3)
    assert 2 / high == pytest.approx(bound, rel=1e-3)
    factor = max((high - low) / (high + low), 1e-9)
    assert np.ceil(np.log(0.01) / np.log(factor)) == pytest.approx(steps, rel=2e-3)


def test_centred_columns_need_as_many_steps_as_predicted():
    low, high = curvatures(with_ones(CENTRED))
    distances = descend(with_ones(CENTRED), 2 / (low + high), 227)
    assert distances[-1] / distances[0] == pytest.approx(0.1, rel=0.01)


def test_raw_columns_come_no_nearer_in_the_same_steps():
    low, high = curvatures(with_ones(LENGTH))
    distances = descend(with_ones(LENGTH), 2 / (low + high), 227)
    assert distances[-1] / distances[0] > 0.999


@pytest.mark.parametrize("rate", [0.1, 0.01, 0.001])
def test_raw_columns_give_nan_at_a_usual_rate(rate):
    assert np.isnan(descend(with_ones(LENGTH), rate, 50)[-1])


def test_raw_columns_below_the_bound_stop_at_twice_the_smallest_loss():
    matrix, w = with_ones(LENGTH), tf.Variable(tf.zeros(2))
    opt = tf.keras.optimizers.SGD(1e-5)
    for _ in range(60):
        with tf.GradientTape() as t:
            loss = loss_of(matrix, w)
        opt.apply_gradients(zip(t.gradient(loss, [w]), [w], strict=True))
    best = np.linalg.lstsq(matrix, MASS, rcond=None)[0]
    smallest = np.mean((matrix @ best - MASS) ** 2)
    assert 1.9 < float(loss) / smallest < 2.2


def test_one_missing_value_makes_the_loss_nan():
    for name in ("flipper_length_mm", "bill_length_mm", "body_mass_g"):
        assert np.isfinite(getattr(PENGUINS, name)).all(), "complete rows only"
    holes = LINE.copy()
    holes[5, 0] = np.nan
    assert np.isnan(loss_of(holes, tf.Variable([0.5, 4.0])))


def test_three_measures_have_the_curvatures_printed():
    low, high = curvatures(THREE)
    assert (low, high) == pytest.approx((0.460, 4.006), abs=5e-4)
    assert 2 / high == pytest.approx(0.4992, abs=5e-5)


def test_the_best_rate_decays_by_its_factor():
    low, high = curvatures(THREE)
    distances = descend(THREE, 2 / (low + high), 30)
    factor = distances[30] / distances[29]
    assert factor == pytest.approx((high - low) / (high + low), abs=0.002)


def test_a_run_above_the_bound_may_begin_well():
    distances = descend(THREE, 2.02 / curvatures(THREE)[1], 30)
    assert distances[5] < distances[0] / 5
    assert distances[30] > distances[5]


def test_the_bill_adds_little_once_the_flipper_is_known():
    together = np.linalg.lstsq(THREE, MASS, rcond=None)[0]
    alone = np.linalg.lstsq(with_ones(standardised(MEASURES[:, 1])), MASS, rcond=None)
    assert abs(together[1]) < 0.03
    assert alone[0][0] > 0.4


def test_no_unit_of_length_beats_centring():
    low, high = curvatures(with_ones(CENTRED))
    conditions = []
    for size in (1, 10, 100, 1000):
        lowest, highest = curvatures(with_ones(LENGTH / size))
        conditions.append(highest / lowest)
    assert np.argmin(conditions) == 2  # decimetres
    assert min(conditions) > high / low
