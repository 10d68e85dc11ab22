"""The record of a run."""

from dataclasses import FrozenInstanceError

from helpers.runs import Run, Sweep, arrival, regime
import numpy as np
import pytest

RUN = Run(
    iterations=np.arange(3),
    points=np.array([10.0, 8.8, 7.84], np.float32),
    loss=np.array([36.0, 23.04, 14.7456], np.float32),
    gradients=np.array([12.0, 9.6, 7.68], np.float32),
)


def test_it_reads_as_one_line_of_numbers():
    assert repr(RUN) == "Run(2 iterations, x: 10 -> 7.84, loss: 36 -> 14.7456)"


def test_it_cannot_be_changed_by_accident():
    with pytest.raises(FrozenInstanceError):
        RUN.points = RUN.loss  # type: ignore[misc]


def run_of(gradients, loss=None):
    """Return a run with these slopes; its loss falls unless given."""
    gradients = np.array(gradients, np.float32)
    n = len(gradients)
    loss = np.linspace(2, 1, n) if loss is None else np.array(loss)
    return Run(np.arange(n), np.zeros(n), loss.astype(np.float32), gradients)


@pytest.mark.parametrize(
    ("gradients", "expected"),
    [
        ([10, 5, 0.09, 0.05], 2),
        ([10, 0.09, 5, 0.05], 3),
        ([10, 5, 2, 1], None),
        ([10, 5, 0.09, np.nan], None),
        ([0, 0, 0], 0),
        ([10, -0.09, 0.09], 1),
    ],
)
def test_a_run_is_at_rest_where_its_slope_stays_small(gradients, expected):
    assert arrival(run_of(gradients)) == expected


@pytest.mark.parametrize(
    ("gradients", "loss", "expected"),
    [
        ([10, 5, 2], None, "creeps"),
        ([10, 5, 0.09], None, "converges"),
        ([10, -5, 0.09], None, "converges"),
        ([10, -5, 2, 0.09], None, "converges, swinging"),
        ([10, -5, 2, 1], None, "oscillates"),
        ([10, -10, 10], [36, 36, 36], "oscillates"),
        ([10, -12, 14], [36, 40, 50], "diverges"),
        ([10, -5, 14], [36, 9, 50], "diverges"),
        ([10, -12, 0.09], [36, 50, 1], "converges"),
        ([10, 5, 2], [36, np.inf, np.nan], "diverges"),
        ([10, 0.09, -0.09, 0.09], None, "converges"),
        ([10, 0.09, -0.09, 0.09, 5], None, "creeps"),
        ([10, 0, -5, 0.05, 2], None, "oscillates"),
        ([10, 0, -5, 2, 0.05], None, "converges, swinging"),
        ([10, -5, np.nan], [2, 1, np.nan], "diverges"),
    ],
)
def test_how_a_run_went(gradients, loss, expected):
    assert regime(run_of(gradients, loss)) == expected


ZEROS = np.zeros((3, 2), np.float32)
SWEEP = Sweep(np.array([0.1, 0.5], np.float32), ZEROS, ZEROS, ZEROS)


def test_a_sweep_cannot_be_changed_by_accident():
    with pytest.raises(FrozenInstanceError):
        SWEEP.loss = SWEEP.points  # type: ignore[misc]


def test_a_sweep_reads_as_one_line():
    assert repr(SWEEP) == "Sweep(2 learning rates from 0.1 to 0.5, 2 iterations)"


# ------------------------------------------------------------ in two variables

WALK = Run(
    iterations=np.arange(3),
    points=np.array([[-4.0, 2.0], [-3.6, -1.5], [-3.24, 1.125]], np.float32),
    loss=np.array([48.0, 29.0, 17.9], np.float32),
    gradients=np.array([[-4, 40], [-3.6, -30], [-3.24, 22.5]], np.float32),
)


def test_a_run_in_two_variables_reads_as_one_line_of_numbers():
    assert repr(WALK) == (
        "Run(2 iterations, (x, y): (-4, 2) -> (-3.24, 1.125), loss: 48 -> 17.9)"
    )


def test_its_points_are_x_and_y():
    np.testing.assert_array_equal(WALK.x, np.float32([-4, -3.6, -3.24]))
    np.testing.assert_array_equal(WALK.y, np.float32([2, -1.5, 1.125]))


def test_a_run_in_one_variable_has_no_y():
    np.testing.assert_array_equal(RUN.x, RUN.points)
    assert not hasattr(RUN, "y")
    with pytest.raises(AttributeError, match="this Sweep has 1 variable, x"):
        _ = SWEEP.y


def test_a_run_of_a_sweep_in_two_variables_is_its_column():
    one, two = np.ones((3, 2)), np.ones((3, 2))
    two[:, 1] = WALK.y
    points, slopes = np.stack([one, two], axis=-1), np.stack([two, one], axis=-1)
    sweep = Sweep(np.float32([0.1, 0.5]), points, loss=two, gradients=slopes)
    assert repr(sweep) == "Sweep(2 learning rates from 0.1 to 0.5, 2 iterations)"
    np.testing.assert_array_equal(sweep.y, two)
    run = sweep.run(1)
    np.testing.assert_array_equal(run.y, WALK.y)
    np.testing.assert_array_equal(run.gradients, np.column_stack([WALK.y, one[:, 1]]))
    np.testing.assert_array_equal(run.loss, WALK.y)
    assert run.iterations.tolist() == [0, 1, 2]


def walk_of(slopes, loss=None):
    """Return a walk with these slopes along x and y; its loss falls unless given."""
    run = run_of(slopes, np.linspace(2, 1, len(slopes)) if loss is None else loss)
    n = len(slopes)
    return Run(np.arange(n), np.column_stack([run.loss] * 2), run.loss, run.gradients)


@pytest.mark.parametrize(
    ("slopes", "expected"),
    [
        ([[3, 4], [0.003, 0.0039], [0, 0]], 1),
        ([[3, 4], [0.004, 0.004], [0, 0.004]], 2),
        ([[3, 4], [0.005, 0.005]], None),  # each is small, both together are not
        ([[3, 4], [0.03, 0.04]], None),  # a hundredth: the floor of a valley
    ],
)
def test_the_slope_of_a_walk_is_the_length_of_its_gradient(slopes, expected):
    assert arrival(walk_of(slopes)) == expected


@pytest.mark.parametrize(
    ("loss", "lowest", "expected"),
    [
        ([7.0, 1.0, 0.0007, 0.0001], 0.0, 2),
        ([7.0, 1.0, 0.0008, 0.0001], 0.0, 3),
        ([3.0, -2.9995, -2.9995], -3.0, 1),
        ([7.0, 1.0, 0.1], 0.0, None),
        ([7.0, 0.0, np.inf, np.nan], 0.0, None),
        ([2.0, 2.0], 2.0, 0),
    ],
)
def test_where_the_lowest_loss_is_known_rest_is_near_it(loss, lowest, expected):
    assert arrival(walk_of([[1, 1]] * len(loss), loss), lowest) == expected


def test_on_a_parabola_both_meanings_of_rest_are_the_same():
    x = np.float32(6) * np.float32(0.8) ** np.arange(60)
    run = Run(np.arange(60), x, x**2, 2 * x)
    assert arrival(run) == arrival(run, 0.0) == 21


@pytest.mark.parametrize(
    ("slopes", "loss", "expected"),
    [
        ([[-4, 40], [-3, 10], [-2, 1]], None, "creeps"),
        # On the floor the slope across it trembles, a hundredth as steep.
        ([[-4, 40], [-3, 0.1], [-2, -0.1], [-1, 0.1]], None, "creeps"),
        ([[-4, 40], [-3, -30], [-2, 20], [-1, -10]], None, "oscillates"),
        ([[-4, 40], [4, -30], [3, -20], [2, -10]], None, "creeps"),
        # Round the minimum, never turning by a right angle.
        ([[0, 4], [3, 2], [3, -2], [0, -3], [-2, -1]], None, "creeps"),
        ([[0, 4], [3, 2], [3, -2], [0, -3], [-2, -1], [-2, 1]], None, "oscillates"),
        ([[3, 4], [0, 0]], None, "converges"),
        ([[-4, 40], [-3, -30], [-2, 20], [0.01, 0]], None, "converges, swinging"),
        ([[3, 4], [3, 5]], [1, 2], "diverges"),
    ],
)
def test_how_a_walk_went(slopes, loss, expected):
    assert regime(walk_of(slopes, loss)) == expected


def test_changes_of_sign_at_rest_do_not_count():
    slopes, loss = [[4, 40], [1, 2], [1, -2], [1, 2]], [100, 0.01, 0.001, 0.001]
    assert regime(walk_of(slopes, loss), 0.0) == "converges"
    assert regime(walk_of(slopes, [100, 50, 20, 10]), 0.0) == "oscillates"
    later = walk_of([*slopes, [0, 0]], [100, 50, 20, 10, 0.01])
    assert regime(later, 0.0) == "converges, swinging"
