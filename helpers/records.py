"""What runs leave behind: plain NumPy arrays, no TensorFlow."""

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


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """The runs of one method from one start, one for each learning rate.

    Attributes
    ----------
    learning_rates
        The rates, as float32, shape ``(n,)``.
    x
        Where the runs were, shape ``(steps + 1, n)``: a column is a run.
    loss
        ``f(x)``, in the same shape.
    gradients
        The derivative of ``f``, in the same shape.
    """

    learning_rates: np.ndarray
    x: np.ndarray
    loss: np.ndarray
    gradients: np.ndarray

    def __repr__(self) -> str:
        rows, columns = self.x.shape
        return (
            f"Sweep({columns} learning rates from {self.learning_rates[0]:.6g} to "
            f"{self.learning_rates[-1]:.6g}, {rows - 1} iterations)"
        )

    def run(self, column: int) -> Run:
        """Return the run at ``learning_rates[column]``.

        Parameters
        ----------
        column
            A position in ``learning_rates``.

        Returns
        -------
        Run
            The column of each array.
        """
        return Run(
            np.arange(len(self.x)),
            self.x[:, column],
            self.loss[:, column],
            self.gradients[:, column],
        )


def arrival(run: Run) -> int | None:
    """Return the iteration from which on ``run`` is at rest, or None.

    It is at rest where its slope stays at a hundredth of its first slope or
    less: there it has come to a minimum, whichever one it is.

    Parameters
    ----------
    run
        What to look at.

    Returns
    -------
    int or None
        A position in the arrays of ``run``; None if it is not at rest at its end.
    """
    with np.errstate(invalid="ignore"):
        steep = ~(np.abs(run.gradients) <= 0.01 * np.abs(run.gradients[0]))
    last = int(np.flatnonzero(steep)[-1]) if steep.any() else -1
    return last + 1 if last + 1 < run.x.size else None


def regime(run: Run) -> str:
    """Return in one word how ``run`` went.

    The rule, first match first:

    - ``"diverges"``: its last loss is not finite, or is higher than its first;
    - ``"oscillates"``: until it is at rest (see `arrival`), its slope changes
      sign twice or more, so it has passed a minimum and come back;
    - ``"converges"``: it came to rest;
    - ``"creeps"``: it is still on its way.

    Parameters
    ----------
    run
        What to look at.

    Returns
    -------
    str
        One of the four words.
    """
    if not np.isfinite(run.loss[-1]) or run.loss[-1] > run.loss[0]:
        return "diverges"
    rest = arrival(run)
    slopes = run.gradients[:rest]
    if np.sum(np.sign(slopes[1:]) * np.sign(slopes[:-1]) < 0) >= 2:
        return "oscillates"
    return "creeps" if rest is None else "converges"
