"""Walk through a short snippet, line by line, with what every line did."""

from helpers.stepper.lifelines import plot_lifelines
from helpers.stepper.recorder import Recording, Step, record
from helpers.stepper.stepper import Stepper, step_through

__all__ = [
    "Recording",
    "Step",
    "Stepper",
    "plot_lifelines",
    "record",
    "step_through",
]
