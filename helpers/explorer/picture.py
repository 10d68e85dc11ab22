"""Draw the figures of an explorer, and place the points of its runs on them.

matplotlib draws the axes once. The points of the runs are put on those axes
here, as whole numbers on the grid of the drawing. The page has no axes to
compute: it shows the points of the run that is chosen.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from helpers.explorer.canvas import new_axes, on_grid, to_svg, with_moving_parts
from helpers.explorer.encoding import marker_style, packed
from helpers.explorer.views import View
from helpers.runs import Run, Sweep, arrival, regime
from matplotlib import style
from matplotlib.axes import Axes
import numpy as np

__all__: list[str] = []

# The lowest loss on the logarithmic axis, as a part of the highest start.
_FLOOR = 1e-14
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def draw(
    view: View,
    sweeps: Mapping[str, Sequence[Sweep]],
    bounds: Mapping[str, float],
    methods: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the traits of a `ConvergencePlot` for these runs.

    Parameters
    ----------
    view
        How the loss and the runs lie on the drawing.
    sweeps
        For each choice of the menu a sweep from each start, the same starts and
        learning rates for each.
    bounds
        The learning rate to be marked for some of the choices.
    methods
        For each choice the method whose colour and marker its runs have; by default
        the choices are methods themselves.
    """
    methods = methods or dict(zip(sweeps, sweeps, strict=True))
    first = next(iter(sweeps.values()))[0]
    steps, rates = len(first.loss) - 1, first.learning_rates
    with style.context("helpers.book"):
        path = view.draw_axes()
        loss = _draw_loss_axes(steps, view.lowest, view.height)
        drawings = {"path_svg": to_svg(path), "loss_svg": to_svg(loss)}
    columns, _ = on_grid(loss, np.arange(steps + 1), np.full(steps + 1, view.height))
    data = {
        "steps": steps,
        "rates": [f"{rate:g}" for rate in rates],
        "columns": packed(columns),
        "styles": [marker_style(methods[choice]) for choice in sweeps],
        "bounds": [_mark(bounds.get(choice), rates) for choice in sweeps],
        "surface": view.surface,
        "rest": [*view.rest(loss.get_ylabel())],
        "runs": [
            [
                [_shown(sweep.run(i), view, path, loss) for i in range(len(rates))]
                for sweep in from_each_start
            ]
            for from_each_start in sweeps.values()
        ],
    }
    room = {"marked": 1} if bounds else {}
    return {**drawings, "data": data, "iteration": steps, "room": room}


def _shown(run: Run, view: View, path: Axes, loss: Axes) -> dict[str, Any]:
    """Return ``run`` as the page shows it.

    The numbers in the sentence about the run are text, as TensorFlow computed
    them, to the digits that are shown.
    """
    across, up = view.coordinates(run)
    finite = np.isfinite(across) & np.isfinite(up) & np.isfinite(run.loss)
    inside = slice(0, 1 + np.flatnonzero(finite)[-1])
    x, y = on_grid(path, across[inside], up[inside])
    floor = loss.get_ylim()[0]
    above = np.maximum(run.loss[inside] - view.lowest, floor)
    _, heights = on_grid(loss, run.iterations[inside], above)
    lowest = view.lowest_for_rest()
    return {
        "x": packed(x),
        "y": packed(y),
        "loss": packed(heights),
        "regime": regime(run, lowest),
        "arrival": arrival(run, lowest),
        "end": [view.last_place(run), f"{run.loss[-1]:.3g}"],
    }


def _mark(bound: float | None, rates: np.ndarray) -> dict[str, Any] | None:
    """Return where on a band over ``rates`` a bound lies, and what it says.

    The place is a part of the width, in which each rate has an equal share;
    off the band it is None.
    """
    if bound is None:
        return None
    place = None
    if rates[0] <= np.float32(bound) <= rates[-1]:
        shares = (np.arange(len(rates)) + 0.5) / len(rates)
        place = round(float(np.interp(np.log(bound), np.log(rates), shares)), 4)
    return {"place": place, "text": f"{bound:.4g}"}


def _draw_loss_axes(steps: int, lowest: float, height: float) -> Axes:
    """Return logarithmic axes for the loss, measured from the lowest."""
    axes = new_axes()
    axes.set_yscale("log")
    axes.set(xlabel="iteration", xlim=(-0.02 * steps, 1.02 * steps))
    axes.set_ylabel("loss" if lowest == 0 else f"loss above {lowest:.4g}")
    axes.set_ylim(_FLOOR * height, 1e3 * height)
    axes.yaxis.set_major_formatter(_power_of_ten)
    return with_moving_parts(axes)


def _power_of_ten(value: float, position: object = None) -> str:
    """Return the label of a tick at a power of ten, as plain text.

    matplotlib's own labels place each glyph for one font; a page has others.
    """
    return "10" + f"{np.log10(value):.0f}".translate(_SUPERSCRIPTS)
