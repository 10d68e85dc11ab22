"""Sliders over runs: live in a notebook, and without a kernel on the page."""

from helpers.explorer.explore import (
    LEARNING_RATES,
    ConvergenceExplorer,
    explore_convergence,
    explore_valley,
    rates_between,
)

__all__ = [
    "LEARNING_RATES",
    "ConvergenceExplorer",
    "explore_convergence",
    "explore_valley",
    "rates_between",
]
