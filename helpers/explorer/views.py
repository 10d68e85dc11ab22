"""Choose the axes of an explorer's drawing, for one variable and for two.

This is where the two differ. A loss of one variable is a curve: x to the right,
the loss upward. A loss of two variables is drawn by its contours: x to the right,
y upward. What a view knows besides (the minimum, the heights) is the same.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from helpers.checks import Variables
from helpers.explorer.canvas import figure_of, new_axes, with_moving_parts
from helpers.plots import draw_curve, plot_contours, plot_path, plot_walk
from helpers.runs import Run, Sweep, is_calm, point_text
from matplotlib.axes import Axes
import numpy as np

__all__: list[str] = []

_Ends = tuple[float, float]
# How far from its start a run is followed that falls for ever: so many times as far
# as the start is from 0, and 1 more so that a start at 0 has a range as well.
_NEAR = 3


class View(ABC):
    """A loss, the runs on it, and where its minimum is.

    Attributes
    ----------
    variables
        The names of the variables of the loss.
    surface
        What the points of a run lie on, in words.
    landmark
        What the lowest point is called.
    bottom, lowest
        The minimum, a number for each variable, and the loss there: as given,
        or else the lowest that a run visited.
    height
        How far above ``lowest`` the highest start is.
    """

    variables: ClassVar[Variables]
    surface: ClassVar[str]
    landmark: ClassVar[str] = "minimum"

    def __init__(
        self, f: Callable[..., Any], sweeps: Sequence[Sweep], minimum: Any = None
    ) -> None:
        self.f, self.sweeps = f, sweeps
        self.bottom, lowest = self._lowest_point(minimum)
        highest = float(max(sweep.loss[0, 0] for sweep in sweeps))
        self.height = highest - lowest or max(1.0, 1e-6 * abs(lowest))
        # A lowest loss of a rounding error is zero, and is called so.
        self.lowest = lowest if abs(lowest) > 1e-6 * self.height else 0.0

    def _lowest_point(self, minimum: Any) -> tuple[np.ndarray, float]:
        """Return the minimum, given or else found by the runs, and the loss there."""
        if minimum is not None:
            given = np.ravel(np.array(minimum, np.float32))
            return given, float(self.f(*given))
        losses = np.concatenate([sweep.loss.ravel() for sweep in self.sweeps])
        places = np.concatenate([_places(sweep) for sweep in self.sweeps])
        best = np.nanargmin(losses)
        return places[best], float(losses[best])

    @property
    def starts(self) -> np.ndarray:
        """The different starts, a row for each, with their loss as last entry."""
        rows = [[*_places(sweep)[0], sweep.loss[0, 0]] for sweep in self.sweeps]
        return np.unique(rows, axis=0)

    @abstractmethod
    def draw_axes(self) -> Axes:
        """Return axes with the loss, the starts, the minimum and parts to move."""

    @abstractmethod
    def coordinates(self, run: Run) -> tuple[np.ndarray, np.ndarray]:
        """Return where the points of ``run`` lie, rightward and upward."""

    @abstractmethod
    def last_place(self, run: Run) -> str:
        """Return where ``run`` ends, in words."""

    @abstractmethod
    def rest(self, loss_label: str) -> tuple[str, str]:
        """Return what is small in a run at rest, and below which part of its first."""

    @abstractmethod
    def lowest_for_rest(self) -> float | None:
        """Return the lowest loss, if rest is measured by it (see `arrival`)."""

    @abstractmethod
    def plot_run(self, run: Run, *, method: str, ax: Axes) -> None:
        """Draw the loss and ``run`` on axes for print."""


class CurveView(View):
    """A loss of one variable: runs go along its curve."""

    variables = ("x",)
    surface = "on the curve"

    def draw_axes(self) -> Axes:
        """Return axes with the curve, the starts and the minimum on it."""
        axes = new_axes()
        (bottom,), starts = self.bottom, self.starts.T
        # As far to either side of the minimum as the farthest start lies, so that
        # a run that overshoots is seen, and three tenths more as a margin.
        reach = 1.3 * np.max(np.abs(starts[0] - bottom)) or 1.0
        grid = np.linspace(bottom - reach, bottom + reach, 121, dtype=np.float32)
        draw_curve(self.f, grid, ax=axes)
        _plot_landmarks(axes, (bottom, self.lowest), starts, self.landmark)
        axes.set(xlabel="x", ylabel="loss", xlim=(grid[0], grid[-1]))
        axes.set_ylim(self.lowest - 0.08 * self.height, self.lowest + 1.4 * self.height)
        axes.legend(loc="upper center", ncols=2)
        return with_moving_parts(axes)

    def coordinates(self, run: Run) -> tuple[np.ndarray, np.ndarray]:
        """Return x and the loss."""
        return run.x, run.loss

    def last_place(self, run: Run) -> str:
        """Return the last x, to six digits."""
        return f"x = {run.x[-1]:.6g}"

    def rest(self, loss_label: str) -> tuple[str, str]:
        """Return that it is the slope which is small."""
        return "slope", "a hundredth"

    def lowest_for_rest(self) -> None:
        """Return None: a run is at rest where its slope is small."""

    def plot_run(self, run: Run, *, method: str, ax: Axes) -> None:
        """Draw the curve and the path of ``run``."""
        plot_path(self.f, run, method=method, ax=ax)


class TypedView(View):
    """A loss that a reader typed: it may have no minimum, or several.

    A run may fall for ever, and its last points are then far away and useless for
    a picture. So the lowest point is that of the points at rest: no higher than
    the start, where the slope is small (see `arrival`). Without any, it is that of
    the points not far from the start. (`book/_engine/picture.js` does the same.)
    """

    landmark = "lowest found"

    def _lowest_point(self, minimum: Any) -> tuple[np.ndarray, float]:
        """Return the lowest point at rest, or else near the starts."""
        places, losses, rest, near = [], [], [], []
        for sweep in self.sweeps:
            points = _places(sweep).astype(float)
            far = np.abs(points - points[0]) > _NEAR * (1 + np.abs(points[0]))
            places.append(points)
            losses.append(sweep.loss.ravel().astype(float))
            # A run that jumps up may come to rest there, far too high.
            with np.errstate(invalid="ignore"):
                calm = is_calm(sweep) & (sweep.loss <= sweep.loss[0])
            rest.append(calm.ravel())
            near.append(~far.any(axis=1))
        point, loss = np.concatenate(places), np.concatenate(losses)
        finite = np.isfinite(point).all(axis=1) & np.isfinite(loss)
        at_rest = finite & np.concatenate(rest)
        chosen = at_rest if at_rest.any() else finite & np.concatenate(near)
        best = np.argmin(np.where(chosen, loss, np.inf))
        return point[best], float(loss[best])


class TypedCurveView(TypedView, CurveView):
    """A loss of one variable that a reader typed."""


class ContourView(View):
    """A loss of two variables: runs go among its contours."""

    variables = ("x", "y")
    surface = "among the contours"

    def draw_axes(self) -> Axes:
        """Return axes with the contours, the starts and the minimum."""
        axes = new_axes()
        x, y = self._window()
        axes.set(xlabel="x", ylabel="y", xlim=x, ylim=y)
        _plot_landmarks(axes, self.bottom, self.starts[:, :2].T, self.landmark)
        figure_of(axes).legend(loc="outside upper center", ncols=2)
        # The legend and the labels take their room from the axes: how many pixels
        # are left for the contours is known after drawing.
        figure_of(axes).draw_without_rendering()
        x, y = _widened(axes)
        self._draw_contours(x, y, axes)
        for contours in axes.collections:
            for path in contours.get_paths():
                path.should_simplify = True  # no corners that cannot be seen
        return with_moving_parts(axes)

    def coordinates(self, run: Run) -> tuple[np.ndarray, np.ndarray]:
        """Return x and y."""
        return run.x, run.y

    def last_place(self, run: Run) -> str:
        """Return the last point, to four digits."""
        return f"(x, y) = {point_text([f'{v:.4g}' for v in run.points[-1]])}"

    def rest(self, loss_label: str) -> tuple[str, str]:
        """Return that it is the loss which is small."""
        return loss_label, "a ten-thousandth"

    def lowest_for_rest(self) -> float | None:
        """Return the lowest loss: the floor of a long valley is nearly flat."""
        return self.lowest

    def plot_run(self, run: Run, *, method: str, ax: Axes) -> None:
        """Draw the contours and the points of ``run``."""
        self._draw_contours(*self._window(), ax)
        plot_walk(run.points, method=method, ax=ax)

    def _draw_contours(self, x: _Ends, y: _Ends, axes: Axes) -> None:
        """Draw the contours of the loss over a window."""
        plot_contours(self.f, x=x, y=y, ax=axes)

    def _window(self) -> tuple[_Ends, _Ends]:
        """Return the ends of both axes: starts, minimum and most of the runs.

        A run that ends higher than it began, or nowhere, would push all others
        into a corner, so it is left out here. Of each sweep's other points one in
        a hundred may lie outside on each side: a single leap, such as the first
        step of a large rate, does not set the scale for the rest.
        """
        shown = [self.bottom[None], *(_places(sweep)[:1] for sweep in self.sweeps)]
        for sweep in self.sweeps:
            with np.errstate(invalid="ignore"):
                tame = np.isfinite(sweep.loss[-1]) & (sweep.loss[-1] <= sweep.loss[0])
            places = sweep.points[:, tame].reshape(-1, 2)
            if len(places):
                shown.append(np.quantile(places, [0.01, 0.99], axis=0))
        low, high = (pick(np.concatenate(shown), axis=0) for pick in (np.min, np.max))
        size = high - low
        # A tenth of each axis; and of a flat one a bit of the other, so that its
        # ends differ. Where all is one point, 1 in each direction.
        margin = 0.1 * size + 0.02 * (size.max() or 50.0)
        (x, y) = zip((low - margin).tolist(), (high + margin).tolist(), strict=True)
        return x, y


class TypedContourView(TypedView, ContourView):
    """A loss of two variables that a reader typed."""

    def rest(self, loss_label: str) -> tuple[str, str]:
        """Return that it is the slope which is small."""
        return "slope", "a thousandth"

    def lowest_for_rest(self) -> None:
        """Return None: a run may end in another minimum than the lowest found."""

    def _draw_contours(self, x: _Ends, y: _Ends, axes: Axes) -> None:
        """Draw the contours of the loss; one that is the same everywhere has none.

        Levels near the lowest height would show little of a loss that falls on and
        on: one whose lowest height in the window is not near the lowest point.
        """
        grid = np.meshgrid(*(np.linspace(*ends, 61) for ends in (x, y)))
        heights = np.asarray(self.f(*grid))
        heights = heights[np.isfinite(heights)]
        if np.ptp(heights):
            falls_on = self.lowest - heights.min() > 0.1 * self.height
            plot_contours(self.f, x=x, y=y, evenly=bool(falls_on), ax=axes)
        else:
            axes.set(xlabel="x", ylabel="y", xlim=x, ylim=y, aspect="equal")

    def _window(self) -> tuple[_Ends, _Ends]:
        """Return the ends of both axes, the lowest point in the middle.

        As far to either side of it as the farthest start lies, so that a run that
        overshoots is seen, and three tenths more as a margin.
        """
        reach = 1.3 * np.max(np.abs(self.starts[:, :2] - self.bottom), axis=0)
        if not reach.any():
            reach = np.ones(2)
        reach = np.maximum(reach, reach.max() / 2)  # no flat picture
        ends = np.transpose([self.bottom - reach, self.bottom + reach])
        (x, y) = map(tuple, ends.tolist())
        return x, y


def _places(sweep: Sweep) -> np.ndarray:
    """Return the points that the runs of ``sweep`` visited, a row for each."""
    return sweep.points.reshape(sweep.loss.size, -1)


def _widened(axes: Axes) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ends of both axes so that a unit is equally long on both.

    The figure keeps its size, so one pair of ends has to move apart: the one
    whose units take more pixels than the other's have room for.
    """
    ends = np.array([axes.get_xlim(), axes.get_ylim()])
    pixels = np.array([axes.bbox.width, axes.bbox.height])
    half = pixels * np.max(np.ptp(ends, axis=1) / pixels) / 2
    low, high = (ends.mean(axis=1) + sign * half for sign in (-1, 1))
    (x, y) = zip(low.tolist(), high.tolist(), strict=True)
    return x, y


def _plot_landmarks(axes: Axes, bottom: Any, starts: Any, landmark: str) -> None:
    """Mark the lowest point and the starts, each given as x and y."""
    axes.plot(*bottom, "*", color="#333333", markersize=11, label=landmark)
    axes.plot(
        *starts,
        "o",
        markersize=11,
        markerfacecolor="none",
        color="#333333",
        label="start",
    )
