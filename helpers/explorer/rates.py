"""The learning rates of a slider: round numbers, evenly spread."""

from collections.abc import Sequence
import math

from helpers.checks import check_ends
import numpy as np

__all__ = ["LEARNING_RATES", "rates_between"]

# Within each decade nearly even on a logarithmic scale.
_ROUND = (
    *(1.0, 1.1, 1.25, 1.4, 1.6, 1.8, 2.0, 2.2, 2.5, 2.8),
    *(3.2, 3.6, 4.0, 4.5, 5.0, 5.6, 6.3, 7.0, 8.0, 9.0),
)
_FINE = (
    *(1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0, 2.2, 2.5, 2.8, 3.0, 3.3),
    *(3.6, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 8.5, 9.0, 9.5),
)


def rates_between(
    low: float, high: float, digits: Sequence[float] = _ROUND
) -> tuple[float, ...]:
    """Return round learning rates from ``low`` to ``high``, about 20 a decade.

    Parameters
    ----------
    low, high
        The ends of the slider.
    digits
        The rates of the decade from 1 to 10, in rising order.

    Returns
    -------
    tuple of float
        Those between the ends, the ends included.

    Raises
    ------
    ValueError
        If the ends are not two positive, finite numbers, the lower one first.

    Examples
    --------
    >>> rates_between(0.09, 0.12)
    (0.09, 0.1, 0.11)
    """
    check_ends(low, high)
    decades = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    rates = [float(f"{first}e{decade}") for decade in decades for first in digits]
    return tuple(rate for rate in rates if low <= rate <= high)


#: From 0.01 to 1.5, in round numbers.
LEARNING_RATES = rates_between(0.01, 1.5, _FINE)
#: From 0.01 to 1, in round numbers.
VALLEY_RATES = rates_between(0.01, 1.0)


def nearest(rates: Sequence[float], rate: float) -> int:
    """Return the position in ``rates`` that is nearest to ``rate``."""
    return int(np.argmin(np.abs(np.asarray(rates) - rate)))
