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
class Walk(Run):
    """A run in two variables, x and y.

    Attributes
    ----------
    iterations, x, loss
        As in `Run`.
    gradients
        The derivatives of ``f`` along x and along y at each row, as float32,
        shape ``(steps + 1, 2)``.
    y
        Where the run was on the second axis, as float32.
    """

    y: np.ndarray

    @property
    def points(self) -> np.ndarray:
        """Where the run was: x and y at each row, shape ``(steps + 1, 2)``."""
        return np.column_stack([self.x, self.y])

    def __repr__(self) -> str:
        begin, end = (f"({x:.6g}, {y:.6g})" for x, y in self.points[[0, -1]])
        return (
            f"Walk({self.iterations[-1]} iterations, (x, y): {begin} -> {end}, "
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
            f"{type(self).__name__}({columns} learning rates from "
            f"{self.learning_rates[0]:.6g} to {self.learning_rates[-1]:.6g}, "
            f"{rows - 1} iterations)"
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


@dataclass(frozen=True, eq=False, repr=False)
class WalkSweep(Sweep):
    """The walks of one method from one start, one for each learning rate.

    Attributes
    ----------
    learning_rates, x, loss
        As in `Sweep`.
    gradients
        As in `Walk`, shape ``(steps + 1, n, 2)``.
    y
        As in `Walk`, shape ``(steps + 1, n)``.
    """

    y: np.ndarray

    def run(self, column: int) -> Walk:
        """Return the walk at ``learning_rates[column]``.

        Parameters
        ----------
        column
            Which rate, counted from 0.

        Returns
        -------
        Walk
            Its arrays are columns of this sweep's.
        """
        return Walk(**vars(super().run(column)), y=self.y[:, column])


def arrival(run: Run, lowest: float | None = None) -> int | None:
    """Return the iteration from which on ``run`` is at rest, or None.

    It is at rest where its slope stays at a hundredth of its first slope or
    less: there it has come to a minimum, or to a plateau. The slope of a
    `Walk` is the length of its gradient.

    In a long valley that says little, since its floor is nearly flat all along.
    Where the ``lowest`` loss is given, a run is at rest where its loss, measured
    from there, stays at a ten-thousandth of the first or less. (On a parabola of
    one variable the two are the same.)

    Parameters
    ----------
    run
        What to look at.
    lowest
        The lowest loss, if it is known.

    Returns
    -------
    int or None
        A position in the arrays of ``run``; None if it is not at rest at its end.
    """
    if lowest is None:
        left, part = steepness(run), 0.01
    else:
        left, part = run.loss.astype(float) - lowest, 1e-4
    with np.errstate(invalid="ignore"):
        on_its_way = ~(left <= part * left[0])
    last = int(np.flatnonzero(on_its_way)[-1]) if on_its_way.any() else -1
    return last + 1 if last + 1 < run.x.size else None


def regime(run: Run, lowest: float | None = None) -> str:
    """Return in a word or two how ``run`` went.

    The rule, first match first:

    - ``"diverges"``: its last loss is not finite, or is higher than its first;
    - ``"converges, swinging"``: it came to rest (see `arrival`), and before that
      its slope along one of its variables changed sign twice or more, so it
      passed the bottom there and came back;
    - ``"converges"``: it came to rest without that;
    - ``"oscillates"``: it is not at rest at its end, and its slope changed sign
      twice or more;
    - ``"creeps"``: it is not at rest, without that.

    So a run that comes to rest converges, whether it swings on the way or not;
    to oscillate is to go on swinging. A slope below a hundredth of the steepest at
    the start has no sign: what trembles on the floor of a valley in the last
    digits does not swing.

    Parameters
    ----------
    run
        What to look at.
    lowest
        The lowest loss, if it is known; see `arrival`.

    Returns
    -------
    str
        One of the five names.
    """
    if not np.isfinite(run.loss[-1]) or run.loss[-1] > run.loss[0]:
        return "diverges"
    rest = arrival(run, lowest)
    least = 0.01 * steepness(run)[0]
    slopes = np.atleast_2d(run.gradients[:rest].T)
    swings = any(sign_changes(along_one, least) >= 2 for along_one in slopes)
    if rest is None:
        return "oscillates" if swings else "creeps"
    return "converges, swinging" if swings else "converges"


def steepness(run: Run) -> np.ndarray:
    """Return the length of the gradient at every row, shape ``(steps + 1,)``."""
    slopes = np.atleast_2d(run.gradients.T.astype(float))
    return np.sqrt(np.sum(slopes**2, axis=0))  # type: ignore[no-any-return]


def sign_changes(slopes: np.ndarray, least: float) -> int:
    """Count how often the sign changes among the slopes of ``least`` or more."""
    with np.errstate(invalid="ignore"):
        signs = np.sign(slopes[np.abs(slopes) >= least])
    return int(np.sum(signs[1:] != signs[:-1]))
