"""The record of a run."""

from dataclasses import FrozenInstanceError

from helpers.records import Run, Sweep, arrival, regime
import numpy as np
import pytest

RUN = Run(
    iterations=np.arange(3),
    x=np.array([10.0, 8.8, 7.84], np.float32),
    loss=np.array([36.0, 23.04, 14.7456], np.float32),
    gradients=np.array([12.0, 9.6, 7.68], np.float32),
)


def test_it_reads_as_one_line_of_numbers():
    assert repr(RUN) == "Run(2 iterations, x: 10 -> 7.84, loss: 36 -> 14.7456)"


def test_it_cannot_be_changed_by_accident():
    with pytest.raises(FrozenInstanceError):
        RUN.x = RUN.loss  # type: ignore[misc]


def run_of(gradients, loss=None):
    """Return a run with these slopes; its loss falls unless given."""
    gradients = np.array(gradients, np.float32)
    n = gradients.size
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
        ([10, -5, 2, 0.09], None, "oscillates"),
        ([10, -10, 10], [36, 36, 36], "oscillates"),
        ([10, -12, 14], [36, 40, 50], "diverges"),
        ([10, -5, 14], [36, 9, 50], "diverges"),
        ([10, -12, 0.09], [36, 50, 1], "converges"),
        ([10, 5, 2], [36, np.inf, np.nan], "diverges"),
        ([10, 0.09, -0.09, 0.09], None, "converges"),
    ],
)
def test_how_a_run_went_in_one_word(gradients, loss, expected):
    assert regime(run_of(gradients, loss)) == expected


ZEROS = np.zeros((3, 2), np.float32)
SWEEP = Sweep(np.array([0.1, 0.5], np.float32), ZEROS, ZEROS, ZEROS)


def test_a_sweep_cannot_be_changed_by_accident():
    with pytest.raises(FrozenInstanceError):
        SWEEP.loss = SWEEP.x  # type: ignore[misc]


def test_a_sweep_reads_as_one_line():
    assert repr(SWEEP) == "Sweep(2 learning rates from 0.1 to 0.5, 2 iterations)"
