"""Sliders over runs: live in a notebook, and without a kernel on the page.

What happens to a loss, in this order: `explore` has it checked and run, `views`
says how it lies on a drawing, `picture` draws it once and puts the points of the
runs on the drawing (`canvas`, `encoding`), `controls` joins sliders to the
`widget`, whose script moves the points on the page. `one_step` shows a single
step in the same way, on the drawing of `step_picture`.
"""

from helpers.explorer.controls import ConvergenceExplorer
from helpers.explorer.explore import (
    explore_convergence,
    explore_loss,
    explore_runs,
    explore_valley,
)
from helpers.explorer.one_step import StepExplorer, explore_step
from helpers.explorer.rates import LEARNING_RATES, rates_between

__all__ = [
    "LEARNING_RATES",
    "ConvergenceExplorer",
    "StepExplorer",
    "explore_convergence",
    "explore_loss",
    "explore_runs",
    "explore_step",
    "explore_valley",
    "rates_between",
]
