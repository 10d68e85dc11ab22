"""Walk through a short snippet, line by line, with what each line did.

`recorder` runs a `snippet` (`execution` follows it line by line) and keeps its
`steps`: values as short texts (`reprs`), and the states of tapes and files
(`tracked`). `differences` compares two steps and `words` puts the difference in
words. `stepper` is the widget, `lifelines` a picture of the same recording.
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
