"""The numbers of a run: plain NumPy arrays, no TensorFlow."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Run", "Sweep", "arrival", "regime"]


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """A run of an optimizer, step by step.

    Row 0 is the start; row k is where the optimizer's k-th update led. A run
    that diverges keeps its infinite and nan entries.

    One class serves losses of one and of several variables. A loss of one
    variable starts at a number, so a point is a number and ``points`` has the
    shape ``(steps + 1,)``. A loss of x and y starts at a pair, and ``points``
    has the shape ``(steps + 1, 2)``.

    Attributes
    ----------
    iterations
        The optimizer's own count, ``opt.iterations``, shape ``(steps + 1,)``.
    points
        Where the run was at each row, as float32.
    loss
        The loss at each row, as float32, shape ``(steps + 1,)``.
    gradients
        The gradient of the loss at each row, as float32, in the shape of
        ``points``.
    x, y
        The first and the second variable at each row, shape ``(steps + 1,)``. A
        run in one variable has no ``y``.
    """

    iterations: np.ndarray
    points: np.ndarray
    loss: np.ndarray
    gradients: np.ndarray

    @property
    def x(self) -> np.ndarray:
        """The first variable at each row."""
        return _variable(self, 0)

    @property
    def y(self) -> np.ndarray:
        """The second variable at each row."""
        return _variable(self, 1)

    def __repr__(self) -> str:
        names = point_text(["x", "y", "z"][: _point_size(self)])
        begin, end = (point_text(_numbers(self.points[row])) for row in (0, -1))
        return (
            f"Run({self.iterations[-1]} iterations, {names}: {begin} -> {end}, "
            f"loss: {self.loss[0]:.6g} -> {self.loss[-1]:.6g})"
        )


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """The runs of one optimizer from one start, one for each learning rate.

    Attributes
    ----------
    learning_rates
        The rates, as float32, shape ``(n,)``.
    points
        Where the runs were, as in `Run` with one more axis, the second: shape
        ``(steps + 1, n)`` for one variable, ``(steps + 1, n, 2)`` for two.
    loss
        The loss there, shape ``(steps + 1, n)``: a column is a run.
    gradients
        The gradient there, in the shape of ``points``.
    x, y
        The first and the second variable, shape ``(steps + 1, n)``.
    """

    learning_rates: np.ndarray
    points: np.ndarray
    loss: np.ndarray
    gradients: np.ndarray

    @property
    def x(self) -> np.ndarray:
        """The first variable of each run at each row."""
        return _variable(self, 0)

    @property
    def y(self) -> np.ndarray:
        """The second variable of each run at each row."""
        return _variable(self, 1)

    def __repr__(self) -> str:
        rows, columns = self.loss.shape
        return (
            f"Sweep({columns} learning rates from "
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
            np.arange(len(self.loss)),
            self.points[:, column],
            self.loss[:, column],
            self.gradients[:, column],
        )


def arrival(run: Run, lowest: float | None = None) -> int | None:
    """Return the iteration from which on ``run`` is at rest, or None.

    It is at rest where its slope stays at a hundredth of its first slope or
    less: there it has come to a minimum, or to a plateau. In several variables
    the slope is the length of the gradient, and a run is at rest where it stays
    at a thousandth: the floor of a valley is less steep than its walls.

    In a very long valley this rule says little, because its floor is nearly flat.
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
        on_its_way = ~is_calm(run)
    else:
        left = run.loss.astype(float) - lowest
        with np.errstate(invalid="ignore"):
            on_its_way = ~(left <= 1e-4 * left[0])
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
    to oscillate is to go on swinging. The sign of a slope below a hundredth of the
    steepest at the start does not count, so rounding on the floor of a valley is
    no swinging.

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
    least = 0.01 * _steepness(run)[0]
    slopes = np.atleast_2d(run.gradients[:rest].T)
    swings = any(_sign_changes(along_one, least) >= 2 for along_one in slopes)
    if rest is None:
        return "oscillates" if swings else "creeps"
    return "converges, swinging" if swings else "converges"


def is_calm(record: Run | Sweep) -> np.ndarray:
    """Say where the slope is small enough for a run at rest, in the loss's shape."""
    part = 0.01 if _point_size(record) == 1 else 0.001
    slopes = _steepness(record)
    with np.errstate(invalid="ignore"):
        return slopes <= part * slopes[0]  # type: ignore[no-any-return]


def _steepness(record: Run | Sweep) -> np.ndarray:
    """Return the length of the gradient at each row, in the shape of the loss."""
    slopes = record.gradients.astype(float).reshape(*record.loss.shape, -1)
    return np.sqrt(np.sum(slopes**2, axis=-1))  # type: ignore[no-any-return]


def _sign_changes(slopes: np.ndarray, least: float) -> int:
    """Count how often the sign changes among the slopes of ``least`` or more."""
    with np.errstate(invalid="ignore"):
        signs = np.sign(slopes[np.abs(slopes) >= least])
    return int(np.sum(signs[1:] != signs[:-1]))


def _point_size(record: Run | Sweep) -> int:
    """Return how many variables a run or a sweep has."""
    return record.points.size // record.loss.size


def point_text(parts: Sequence[str]) -> str:
    """Return the parts of a point as text, in parentheses if there are several.

    >>> point_text(["10"]), point_text(["4", "0.5"])
    ('10', '(4, 0.5)')
    """
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"


def _variable(record: Run | Sweep, number: int) -> np.ndarray:
    """Return one variable of ``record`` in the shape of its loss."""
    if number >= _point_size(record):
        raise AttributeError(
            f"this {type(record).__name__} has {_point_size(record)} variable, x"
        )
    variables = record.points.reshape(*record.loss.shape, -1)
    return variables[..., number]


def _numbers(point: np.ndarray) -> list[str]:
    """Return the numbers of a point as text, to six digits."""
    return [f"{number:.6g}" for number in point.ravel()]
