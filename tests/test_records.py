"""The record of a run."""

from dataclasses import FrozenInstanceError

from helpers.records import Run
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
