"""Draw the curve of a loss, and place each single step on it, in words too.

matplotlib draws the axes once. Where a step begins and lands, its tangent and
its numbers are put on them here: the page only shows those that are chosen.
"""

from collections.abc import Callable, Sequence
from typing import Any

from helpers.explorer.canvas import new_axes, on_grid, to_svg, with_moving_parts
from helpers.explorer.encoding import packed
from helpers.plots import draw_curve
from helpers.runs import Run, Sweep
from matplotlib import style
from matplotlib.axes import Axes
import numpy as np

__all__: list[str] = []

_TANGENT = 70  # SVG units from the point to either end of its tangent
_SLOPE, _STEP, _LANDING = "#b8480c", "#0b6bb0", "#333333"
_PARTS: dict[str, dict[str, Any]] = {
    "tangent": {"color": _SLOPE, "linewidth": 2.0},
    "step": {"color": _STEP, "linewidth": 2.5},
    "drop": {"color": _STEP, "linewidth": 1.2, "linestyle": "--"},
    "begin": {"color": _LANDING, "linewidth": 1.5},
    "landing": {"color": _STEP, "linewidth": 1.5},
}


def draw_steps(f: Callable[..., Any], sweeps: Sequence[Sweep]) -> dict[str, Any]:
    """Return the traits of a `StepPlot` for these sweeps of one step each.

    Parameters
    ----------
    f
        The loss, elementwise.
    sweeps
        For each start a sweep of one step, all at the same learning rates.
    """
    with style.context("helpers.book"):
        axes = new_axes()
        _draw_curve(f, sweeps, axes)
        axes.legend(handles=_legend(axes), loc="upper center", ncols=2)
        with_moving_parts(axes, _PARTS)
        svg = to_svg(axes)
    data = {"steps": [_shown(sweep, axes) for sweep in sweeps]}
    return {"svg": svg, "data": data}


def plot_step(
    f: Callable[..., Any], sweeps: Sequence[Sweep], run: Run, ax: Axes
) -> None:
    """Draw the curve and the step of ``run`` on axes for print."""
    _draw_curve(f, sweeps, ax)
    (x, landed), (loss, new_loss), slope = run.x, run.loss, run.gradients[0]
    ends = x + np.array([-1, 1]) * np.ptp(ax.get_xlim()) / (6 + abs(slope))
    ax.plot(ends, loss + slope * (ends - x), **_PARTS["tangent"], label="tangent")
    ax.annotate(
        "",
        (landed, loss),
        (x, loss),
        arrowprops={"arrowstyle": "->", "color": _STEP, "linewidth": 2},
    )
    ax.plot([landed, landed], [loss, new_loss], **_PARTS["drop"])
    ax.plot(x, loss, "o", markerfacecolor="none", color=_LANDING, label="x")
    ax.plot(landed, new_loss, "o", color=_STEP, label="after the step")
    ax.legend()


def sentence(run: Run, rate: float) -> str:
    """Return what the single step of ``run`` did, in plain words."""
    return f"{_slope_in_words(run)} {_step_in_words(run, rate)}"


def _slope_in_words(run: Run) -> str:
    """Return the slope where ``run`` begins, in words."""
    return f"The slope at x = {_number(run.x[0])} is {_number(run.gradients[0])}."


def _step_in_words(run: Run, rate: float) -> str:
    """Return how long the step of ``run`` is and where it leads, in words."""
    (x, landed), (loss, new_loss) = run.x, run.loss
    slope, step = (_number(v) for v in (run.gradients[0], landed - x))
    return (
        f"The step is {_number(-rate)} × {slope} = {step}: x goes from {_number(x)} to "
        f"{_number(landed)}, and the loss from {_number(loss)} to {_number(new_loss)}. "
        f"{_note(run)}"
    ).strip()


def _number(value: float) -> str:
    """Return a number to four digits, with a true minus sign.

    >>> _number(-0.25)
    '−0.25'
    """
    return f"{value + 0.0:.4g}".replace("-", "−")


def _note(run: Run) -> str:
    """Return what else is to be seen of the step, or nothing.

    Where the slope changes its sign, the step has crossed the minimum: a loss with
    several has other reasons too.
    """
    (slope, new_slope), (loss, new_loss) = run.gradients, run.loss
    if slope == 0:
        return "The curve is flat here, so x stays."
    if new_slope == 0:
        return "The step lands at the minimum."
    facts = ["it crosses the minimum"] * bool(slope * new_slope < 0)
    facts += ["the loss is larger after it"] * bool(new_loss > loss)
    return f"Look at the step: {', and '.join(facts)}." if facts else ""


def _draw_curve(f: Callable[..., Any], sweeps: Sequence[Sweep], axes: Axes) -> None:
    """Draw the curve of ``f`` on axes that hold each start and each landing."""
    points = np.array([sweep.x for sweep in sweeps])
    losses = np.array([sweep.loss for sweep in sweeps])
    margin = 0.06 * np.ptp(points) or 1.0
    grid = np.linspace(
        points.min() - margin, points.max() + margin, 121, dtype=np.float32
    )
    draw_curve(f, grid, ax=axes)
    axes.set(xlabel="x", ylabel="loss", xlim=(grid[0], grid[-1]))
    height = np.ptp(losses) or 1.0
    axes.set_ylim(losses.min() - 0.08 * height, losses.max() + 0.2 * height)


def _legend(axes: Axes) -> list[Any]:
    """Return the entries of the legend, without a line on the axes."""
    entries: list[tuple[str, dict[str, Any]]] = [
        ("x", {"marker": "o", "color": _LANDING, "markerfacecolor": "none"}),
        ("after the step", {"marker": "o", "color": _STEP}),
        ("tangent", {"color": _SLOPE}),
        ("step", {"color": _STEP}),
    ]
    lines: list[Any] = []
    for label, look in entries:
        width = 0 if "marker" in look else 2
        lines += axes.plot([], [], label=label, linewidth=width, **look)
    return lines


def _shown(sweep: Sweep, axes: Axes) -> dict[str, Any]:
    """Return the steps from one start as the page shows them."""
    runs = [sweep.run(i) for i in range(len(sweep.learning_rates))]
    start = runs[0]
    (x,), (y,) = on_grid(axes, start.x[:1], start.loss[:1])
    landed = on_grid(axes, sweep.x[1], sweep.loss[1])
    return {
        "begin": [int(x), int(y)],
        "tangent": _tangent(axes, start),
        "x": packed(landed[0]),
        "y": packed(landed[1]),
        # What is the same for all rates is sent once.
        "slope": _slope_in_words(start),
        "words": [
            _step_in_words(run, rate)
            for run, rate in zip(runs, sweep.learning_rates, strict=True)
        ],
    }


def _tangent(axes: Axes, run: Run) -> list[int]:
    """Return both ends of the tangent where ``run`` begins, in SVG units."""
    x, loss, slope = run.x[0], run.loss[0], run.gradients[0]
    to_pixels = axes.transData.transform
    across, up = to_pixels((x + 1, loss + slope)) - to_pixels((x, loss))
    share = _TANGENT / np.hypot(across, up)
    ends = np.array([-share, share])
    columns = on_grid(axes, x + ends, loss + slope * ends)
    return [int(v) for point in zip(*columns, strict=True) for v in point]
