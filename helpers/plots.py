"""Draw runs with matplotlib: axes in, axes out; nothing is computed or shown."""

from collections.abc import Callable
from typing import Any

from helpers.records import Run
from matplotlib.axes import Axes
import matplotlib.pyplot as plt
import numpy as np

#: One colour and one marker for each method, through the whole book. The colours
#: keep 3:1 against a white page, and against a black one with lightness inverted.
METHOD_STYLES: dict[str, dict[str, Any]] = {
    "SGD": {"color": "#0b6bb0", "marker": "o"},
    "momentum": {"color": "#b8480c", "marker": "s"},
    "RMSprop": {"color": "#8a4fbf", "marker": "^"},
    "Adagrad": {"color": "#8a6d00", "marker": "D"},
    "Adam": {"color": "#0a7d4f", "marker": "v"},
}
CURVE_COLOR = "#6b6b6b"


def plot_path(
    f: Callable[[Any], Any],
    run: Run,
    *,
    method: str = "SGD",
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the curve of ``f`` and on it the points that ``run`` visited, in order.

    The window holds the run as long as it stays near: points whose loss has
    grown past four times what the run began with are left out, and the title
    says how many. That keeps a diverging run readable.

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
    style = method_style(method)
    ax = plt.gca() if ax is None else ax
    near = is_near(run.loss)
    low, high = window(run.x[near])
    if ax.lines:  # beside another path, both stay in sight
        low, high = min(low, ax.get_xlim()[0]), max(high, ax.get_xlim()[1])
    grid = np.linspace(low, high, 201, dtype=np.float32)
    ax.plot(grid, curve(f, grid), color=CURVE_COLOR, linewidth=1.2, zorder=1)
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
    style = method_style(method)
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


def method_style(method: str) -> dict[str, Any]:
    """Return the colour and marker of ``method``, or raise a ValueError."""
    if method not in METHOD_STYLES:
        known = ", ".join(METHOD_STYLES)
        raise ValueError(f"method must be one of {known}; not {method!r}")
    return METHOD_STYLES[method]


def is_near(loss: np.ndarray) -> np.ndarray:
    """Say for each entry of ``loss``, shape ``(n,)``, whether it can be drawn.

    It can while it lies within four times the height that the run began with:
    the first two losses, measured from the lowest.
    """
    finite = np.isfinite(loss)
    floor = loss[finite].min(initial=np.inf)
    height = np.max(loss[:2][finite[:2]], initial=floor) - floor
    with np.errstate(invalid="ignore"):
        near: np.ndarray = finite & (loss - floor <= 4 * height)
    return near


def window(x: np.ndarray) -> tuple[float, float]:
    """Return the ends of an axis that shows every entry of ``x`` with a margin."""
    low, high = float(x.min()), float(x.max())
    margin = 0.25 * (high - low) or 1.0  # a valley needs two sides
    return low - margin, high + margin


def curve(f: Callable[[Any], Any], grid: np.ndarray) -> np.ndarray:
    """Return ``f`` at every entry of ``grid``, shape ``(n,)``."""
    values = np.asarray(f(grid), np.float64)
    if values.shape != grid.shape:
        raise ValueError(
            f"f must be elementwise, one loss for each x: for x of the shape "
            f"{grid.shape} it returned the shape {values.shape}"
        )
    return values
