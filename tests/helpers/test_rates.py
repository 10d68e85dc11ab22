"""The rates of a slider."""

from helpers.explorer.rates import LEARNING_RATES, VALLEY_RATES, rates_between
import numpy as np
import pytest


def test_the_rates_of_the_slider_are_round_and_even():
    ratios = np.divide(LEARNING_RATES[1:], LEARNING_RATES[:-1])
    assert (LEARNING_RATES[0], LEARNING_RATES[-1]) == (0.01, 1.5)
    assert len(LEARNING_RATES) == 60
    assert ratios.min() > 1.04
    assert ratios.max() < 1.14
    assert all(float(f"{rate:.2g}") == rate for rate in LEARNING_RATES)


def test_round_rates_lie_between_their_ends():
    assert rates_between(1e-4, 1e-3)[0] == 1e-4
    assert rates_between(1e-4, 1e-3)[-1] == 1e-3
    assert rates_between(1e-4, 1e-3)[3] == 0.00014
    assert rates_between(0.01, 1.0) == VALLEY_RATES
    assert len(VALLEY_RATES) == 41
    ratios = np.divide(VALLEY_RATES[1:], VALLEY_RATES[:-1])
    assert ratios.min() > 1.09
    assert ratios.max() < 1.15


@pytest.mark.parametrize("ends", [(0, 1), (2, 1), (0.1, np.inf), ("1", 2)])
def test_ends_that_make_no_rates_are_named(ends):
    with pytest.raises(ValueError, match="low and high must be positive, finite"):
        rates_between(*ends)
