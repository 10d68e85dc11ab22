"""Draw runs with matplotlib, on the axes that you give."""

from collections.abc import Callable
from typing import Any

from helpers.runs import Run
from matplotlib.axes import Axes
import matplotlib.pyplot as plt
import numpy as np

__all__ = [
    "CURVE_COLOR",
    "METHOD_STYLES",
    "plot_contours",
    "plot_loss",
    "plot_path",
    "plot_walk",
]

#: One colour and one marker for each method, through the whole book. The colours
#: keep 3:1 against a white page, and against a black one with lightness inverted.
METHOD_STYLES: dict[str, dict[str, Any]] = {
    "SGD": {"color": "#0b6bb0", "marker": "o"},
    "momentum": {"color": "#b8480c", "marker": "s"},
    "RMSprop": {"color": "#8a4fbf", "marker": "^"},
    "Adagrad": {"color": "#8a6d00", "marker": "D"},
    "Adam": {"color": "#0a7d4f", "marker": "v"},
}
#: The colour of a loss, as a curve or as contours.
CURVE_COLOR = "#6b6b6b"
_CONTOURS = 13
_CONTOUR_GRID = 241  # points along each side of the window


def plot_path(
    f: Callable[[Any], Any],
    run: Run,
    *,
    method: str = "SGD",
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the curve of ``f`` and on it the points that ``run`` visited, in order.

    Points that lie more than four times as high above the run's lowest loss as its
    start, or its first step if that is higher, are left out. The title says how
    many they are. That keeps the picture of a diverging run readable.

    Parameters
    ----------
    f
        The loss that the run went down: elementwise, so that the curve can be
        drawn from an array of x.
    run
        What to draw.
    method
        A name in `METHOD_STYLES`; it decides colour and marker.
    label
        The path's name in a legend.
    ax
        Where to draw; by default the current axes.

    Returns
    -------
    Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If ``method`` is not known, or ``f`` does not return one value per x.
    """
    style = _method_style(method)
    ax = plt.gca() if ax is None else ax
    near = _is_near(run.loss)
    low, high = _window(run.x[near])
    if ax.lines:  # beside another path, both stay in sight
        low, high = min(low, ax.get_xlim()[0]), max(high, ax.get_xlim()[1])
    grid = np.linspace(low, high, 201, dtype=np.float32)
    draw_curve(f, grid, ax=ax, zorder=1)
    ax.plot(run.x[near], run.loss[near], label=label, alpha=0.9, **style)
    ax.set(xlabel="x", ylabel="loss", xlim=(low, high))
    gone = int(near.size - near.sum())
    if gone:
        ax.set_title(f"{gone} of {near.size} points lie outside", loc="left")
    return ax


def plot_loss(
    run: Run,
    *,
    method: str = "SGD",
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the loss of ``run`` against the iteration, on a logarithmic axis.

    A loss of exactly zero has no place on a logarithmic axis: it is marked by
    an open circle on the lower edge. Infinite and nan entries are left out.

    Parameters
    ----------
    run
        What to draw.
    method
        A name in `METHOD_STYLES`; it decides colour and marker.
    label
        The run's name in a legend.
    ax
        Where to draw; by default the current axes.

    Returns
    -------
    Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If ``method`` is not known.
    """
    style = _method_style(method)
    ax = plt.gca() if ax is None else ax
    drawn = np.isfinite(run.loss) & (run.loss > 0)
    ax.set_yscale("log")
    ax.plot(
        run.iterations,
        np.where(drawn, run.loss, np.nan),
        label=label,
        markevery=max(1, run.loss.size // 25),
        **style,
    )
    zeros = run.iterations[run.loss == 0]
    if zeros.size:
        ax.plot(
            zeros,
            np.zeros(zeros.size),
            linestyle="none",
            marker="o",
            markerfacecolor="none",
            color=style["color"],
            transform=ax.get_xaxis_transform(),
            clip_on=False,
        )
    ax.set(xlabel="iteration", ylabel="loss")
    return ax


def plot_contours(
    f: Callable[[Any, Any], Any],
    *,
    x: tuple[float, float],
    y: tuple[float, float],
    evenly: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw the contours of ``f``, a loss of two variables, over a window.

    From each contour to the next, the height above the lowest loss in the window
    grows by the same factor, so that the floor of a long valley shows as well as
    its walls. A unit is as long along x as along y.

    Parameters
    ----------
    f
        An elementwise loss of two arguments.
    x, y
        The window: the lowest and the highest value on each axis.
    evenly
        Whether the height grows by the same amount from each contour to the next:
        for a loss without a minimum in the window.
    ax
        Where to draw; by default the current axes.

    Returns
    -------
    Axes
        The axes drawn on, their window held.

    Raises
    ------
    ValueError
        If the window is empty, or if ``f`` does not return one value per
        point or returns the same value everywhere.
    """
    _check_window("x", x)
    _check_window("y", y)
    ax = plt.gca() if ax is None else ax
    fine = [np.linspace(*ends, _CONTOUR_GRID, dtype=np.float32) for ends in (x, y)]
    across, up = np.meshgrid(*fine)
    heights = _surface(f, across, up)
    ax.contour(
        across,
        up,
        heights,
        levels=_contour_levels(heights, evenly),
        colors=CURVE_COLOR,
        linewidths=0.8,
        zorder=1,
    )
    ax.grid(False)  # so many lines are enough
    ax.set(xlabel="x", ylabel="y", xlim=x, ylim=y, aspect="equal")
    return ax


def plot_walk(
    points: Any,
    *,
    method: str = "SGD",
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the points that a run in two variables visited, in order.

    If the axes already show something, such as contours, the window stays as it
    is. Points outside it do not show, and the title says how many they are;
    what lies further away than the window is wide is left out.

    Parameters
    ----------
    points
        What to draw, shape ``(n, 2)``: x and y of each point.
    method
        A name in `METHOD_STYLES`; it decides colour and marker.
    label
        The walk's name in a legend and in the title.
    ax
        Where to draw; by default the current axes.

    Returns
    -------
    Axes
        The axes drawn on.

    Raises
    ------
    ValueError
        If ``method`` is not known, or ``points`` has another shape or no
        finite point.
    """
    style = _method_style(method)
    points = np.asarray(points, np.float64)
    finite = points[np.isfinite(points).all(-1)] if points.ndim == 2 else points
    if points.shape[1:] != (2,) or not len(finite):
        raise ValueError(
            f"points must be an array of the shape (n, 2) with finite points; "
            f"got {len(finite)} of the shape {points.shape}"
        )
    ax = plt.gca() if ax is None else ax
    if not ax.has_data():
        ax.set(xlim=_window(finite[:, 0]), ylim=_window(finite[:, 1]), aspect="equal")
        ax.set(xlabel="x", ylabel="y")
    ends = np.array([ax.get_xlim(), ax.get_ylim()]).T
    size = np.ptp(ends, axis=0)
    with np.errstate(invalid="ignore"):
        beyond = np.max(np.maximum(ends.min(0) - points, points - ends.max(0)), axis=1)
        outside = int(np.sum(~(beyond <= 0)))
        near = beyond <= size.max()
    ax.plot(*np.where(near[:, None], points, np.nan).T, label=label, alpha=0.9, **style)
    ax.set(xlim=ends[:, 0], ylim=ends[:, 1])
    if outside:
        name = f"{label}: " if label else ""
        said = f"{name}{outside} of {len(points)} points lie outside"
        before = ax.get_title(loc="left")
        ax.set_title("\n".join(filter(None, [before, said])), loc="left")
    return ax


def _method_style(method: str) -> dict[str, Any]:
    """Return the colour and marker of ``method``, or raise a ValueError."""
    if method not in METHOD_STYLES:
        known = ", ".join(METHOD_STYLES)
        raise ValueError(f"method must be one of {known}; not {method!r}")
    return METHOD_STYLES[method]


def _is_near(loss: np.ndarray) -> np.ndarray:
    """Say for each entry of ``loss``, shape ``(n,)``, whether it can be drawn.

    It can while it lies within four times the height that the run began with,
    measured from its lowest loss. The height is that of the first two losses: a
    run may start at the bottom and be thrown out by its first step.
    """
    finite = np.isfinite(loss)
    floor = loss[finite].min(initial=np.inf)
    height = np.max(loss[:2][finite[:2]], initial=floor) - floor
    with np.errstate(invalid="ignore"):
        near: np.ndarray = finite & (loss - floor <= 4 * height)
    return near


def _window(x: np.ndarray) -> tuple[float, float]:
    """Return the ends of an axis that shows all entries of ``x`` with a margin.

    The curve goes on for a quarter of their range to each side, so that both
    sides of a valley are seen; for 1, if all entries are one.
    """
    low, high = float(x.min()), float(x.max())
    margin = 0.25 * (high - low) or 1.0
    return low - margin, high + margin


def draw_curve(
    f: Callable[[Any], Any], grid: np.ndarray, *, ax: Axes, **style: Any
) -> None:
    """Draw the curve of ``f`` at the entries of ``grid``, shape ``(n,)``."""
    values = np.asarray(f(grid), np.float64)
    if values.shape != grid.shape:
        raise ValueError(
            f"f must be elementwise, one loss for each x: for x of the shape "
            f"{grid.shape} it returned the shape {values.shape}"
        )
    ax.plot(grid, values, color=CURVE_COLOR, linewidth=1.2, **style)


def _check_window(axis: str, ends: tuple[float, float]) -> None:
    """Raise a ValueError unless ``ends`` are two finite numbers, rising."""
    low, high = np.asarray(ends, float) if np.shape(ends) == (2,) else (0, 0)
    if not low < high or not np.isfinite([low, high]).all():
        raise ValueError(
            f"{axis} must be two finite numbers, the lower one first; got {ends!r}"
        )


def _surface(
    f: Callable[[Any, Any], Any], across: np.ndarray, up: np.ndarray
) -> np.ndarray:
    """Return ``f`` at each point of a grid, in the grid's shape."""
    values = np.asarray(f(across, up), np.float64)
    if values.shape != across.shape:
        raise ValueError(
            f"f must be elementwise, one loss for each point: for x and y of the "
            f"shape {across.shape} it returned the shape {values.shape}"
        )
    return values


def _contour_levels(heights: np.ndarray, evenly: bool = False) -> np.ndarray:
    """Return levels for contours, nearly all of them close above the lowest.

    They divide the heights above the lowest, from a ten-thousandth of the
    highest on, evenly on a logarithmic scale; or all heights ``evenly``.
    """
    finite = heights[np.isfinite(heights)]
    low, high = finite.min(initial=np.inf), finite.max(initial=-np.inf)
    if not low < high:
        raise ValueError("f must not be the same everywhere in the window")
    if evenly:
        return np.linspace(low, high, _CONTOURS + 2)[1:-1]
    levels: np.ndarray = low + (high - low) * np.geomspace(1e-4, 1, _CONTOURS + 1)[:-1]
    return levels
