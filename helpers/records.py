"""What a run leaves behind: plain NumPy arrays, no TensorFlow."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """A run of an optimizer, step by step.

    Row 0 is the start; row k is where the optimizer's k-th update led. All
    arrays have the shape ``(steps + 1,)``. A run that diverges keeps its
    infinite and nan entries: where it went is part of the story.

    Attributes
    ----------
    iterations
        The optimizer's own count, ``opt.iterations``, at each row.
    x
        Where the run was, as float32.
    loss
        ``f(x)`` at each row, as float32.
    gradients
        The derivative of ``f`` at each row, as float32.
    """

    iterations: np.ndarray
    x: np.ndarray
    loss: np.ndarray
    gradients: np.ndarray

    def __repr__(self) -> str:
        return (
            f"Run({self.iterations[-1]} iterations, "
            f"x: {self.x[0]:.6g} -> {self.x[-1]:.6g}, "
            f"loss: {self.loss[0]:.6g} -> {self.loss[-1]:.6g})"
        )
