"""Walk through a short snippet, line by line, with what each line did.

`recorder` runs a `snippet` and keeps its `steps`, with values as `reprs` and with
the state of tapes and files as `tracked`; `differences` compares two steps, `words`
says so; `stepper` is the widget and `lifelines` a picture of the same recording.
"""

from helpers.stepper.lifelines import plot_lifelines
from helpers.stepper.recorder import record
from helpers.stepper.stepper import Stepper, step_through
from helpers.stepper.steps import Recording, Step

__all__ = [
    "Recording",
    "Step",
    "Stepper",
    "plot_lifelines",
    "record",
    "step_through",
]
