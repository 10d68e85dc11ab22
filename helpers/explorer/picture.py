"""The plot of the convergence explorer: figures by matplotlib, points to move.

matplotlib draws the axes once. The points of every run are put on those axes
here, as whole numbers on the grid of the drawing, so that the page has nothing
to compute: it shows the points of the run that is chosen.
"""

from collections.abc import Callable, Mapping, Sequence
import io
from itertools import chain
from pathlib import Path
import re
from typing import Any

import anywidget
from helpers.plots import CURVE_COLOR, METHOD_STYLES, curve, plot_contours
from helpers.runs import Run, Sweep, Walk, WalkSweep, arrival, regime
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
import numpy as np
import traitlets

HERE = Path(__file__).parent
# The grid: SVG units, which are pixels where the two figures stand side by side.
WIDTH, HEIGHT = 360, 300
RADIUS = 3.4  # of a marker, in SVG units
# The lowest loss on the logarithmic axis, as a part of the highest start.
FLOOR = 1e-14
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class ConvergencePlot(anywidget.AnyWidget):
    """Two figures in which the points of the chosen run are shown.

    The traits ``rate``, ``method`` and ``start`` are positions in ``data``;
    ``iteration`` says how much of the run is shown. The ``variant`` names what
    makes the widget higher than others of its kind.
    """

    _esm = HERE / "plot.js"
    _css = HERE / "plot.css"
    path_svg = traitlets.Unicode().tag(sync=True)
    loss_svg = traitlets.Unicode().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    rate = traitlets.Int().tag(sync=True)
    method = traitlets.Int().tag(sync=True)
    start = traitlets.Int().tag(sync=True)
    iteration = traitlets.Int().tag(sync=True)
    variant = traitlets.Unicode().tag(sync=True)

    def __repr__(self) -> str:
        return "ConvergencePlot()"


def draw(
    f: Callable[..., Any],
    sweeps: Mapping[str, Sequence[Sweep]],
    *,
    minimum: Sequence[float] | None = None,
    bounds: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """Return the traits of a `ConvergencePlot` that can show every run.

    Parameters
    ----------
    f
        The elementwise loss that the runs went down.
    sweeps
        For each method a sweep from every start, the same starts and learning
        rates for each; all of one variable, or all of two.
    minimum
        The lowest point; by default the lowest that any run visited.
    bounds
        The learning rate to be marked for some of the methods.
    """
    every = list(chain.from_iterable(sweeps.values()))
    in_two = isinstance(every[0], WalkSweep)
    bottom, lowest = lowest_point(f, every, minimum)
    height = max(sweep.loss[0, 0] for sweep in every) - lowest or 1.0
    # A lowest loss of a rounding error is zero, and is called so.
    lowest = lowest if abs(lowest) > 1e-6 * height else 0.0
    steps = len(every[0].x) - 1
    with style.context("helpers.book"):
        if in_two:
            path = draw_valley_axes(f, every, bottom)
        else:
            starts = np.unique([sweep.x[0, 0] for sweep in every])
            path = draw_path_axes(f, starts, bottom[0], lowest, height)
        loss = draw_loss_axes(steps, lowest, height)
        drawings = {"path_svg": to_svg(path), "loss_svg": to_svg(loss)}
    columns, _ = on_grid(loss, np.arange(steps + 1), np.full(steps + 1, height))
    runs = [
        [
            [points(sweep.run(i), path, loss, lowest) for i in range(sweep.x.shape[1])]
            for sweep in from_every_start
        ]
        for from_every_start in sweeps.values()
    ]
    rates = every[0].learning_rates
    data = {
        "steps": steps,
        "rates": [f"{rate:g}" for rate in rates],
        "columns": packed(columns),
        "styles": [marker_style(method) for method in sweeps],
        "bounds": [mark((bounds or {}).get(method), rates) for method in sweeps],
        "surface": "among the contours" if in_two else "on the curve",
        "rest": [loss.get_ylabel(), "a ten-thousandth"]
        if in_two
        else ["slope", "a hundredth"],
        "runs": runs,
    }
    variant = "marked" if bounds else ""
    return {**drawings, "data": data, "iteration": steps, "variant": variant}


def lowest_point(
    f: Callable[..., Any], sweeps: Sequence[Sweep], minimum: Sequence[float] | None
) -> tuple[np.ndarray, float]:
    """Return the minimum, given or else found by the runs, and the loss there."""
    losses = np.concatenate([sweep.loss.ravel() for sweep in sweeps])
    if minimum is not None:
        place = np.array(minimum, np.float32)
        return place, float(f(*place))
    places = np.concatenate([places_of(sweep) for sweep in sweeps])
    best = np.nanargmin(losses)
    return places[best], float(losses[best])


def places_of(sweep: Sweep) -> np.ndarray:
    """Return the points that the runs of ``sweep`` visited, a row for each."""
    axes = [sweep.x, sweep.y] if isinstance(sweep, WalkSweep) else [sweep.x]
    return np.stack([axis.ravel() for axis in axes], axis=1)


def mark(bound: float | None, rates: np.ndarray) -> dict[str, Any] | None:
    """Return where on a band over ``rates`` a bound lies, and what it says.

    The place is a part of the width, in which every rate has an equal share;
    off the band it is None.
    """
    if bound is None:
        return None
    place = None
    if rates[0] <= np.float32(bound) <= rates[-1]:
        shares = (np.arange(len(rates)) + 0.5) / len(rates)
        place = round(float(np.interp(np.log(bound), np.log(rates), shares)), 4)
    return {"place": place, "text": f"{bound:.4g}"}


def draw_path_axes(
    f: Callable[[Any], Any],
    starts: np.ndarray,
    bottom: float,
    lowest: float,
    height: float,
) -> Axes:
    """Return axes with the curve of ``f``, the starts and the minimum on it."""
    axes = new_axes()
    reach = 1.3 * np.max(np.abs(starts - bottom)) or 1.0
    grid = np.linspace(bottom - reach, bottom + reach, 121, dtype=np.float32)
    axes.plot(grid, curve(f, grid), color=CURVE_COLOR, linewidth=1.2)
    plot_landmarks(axes, (bottom, lowest), (starts, curve(f, starts)))
    axes.set(xlabel="x", ylabel="loss", xlim=(grid[0], grid[-1]))
    axes.set_ylim(lowest - 0.08 * height, lowest + 1.4 * height)
    axes.legend(loc="upper center", ncols=2)
    return with_moving_parts(axes)


def draw_valley_axes(
    f: Callable[..., Any], sweeps: Sequence[Sweep], bottom: np.ndarray
) -> Axes:
    """Return axes with the contours of ``f``, the starts and the minimum."""
    axes = new_axes()
    starts = np.unique([places_of(sweep)[0] for sweep in sweeps], axis=0)
    x, y = valley_window(sweeps, bottom)
    axes.set(xlabel="x", ylabel="y", xlim=x, ylim=y)
    plot_landmarks(axes, bottom, starts.T)
    figure_of(axes).legend(loc="outside upper center", ncols=2)
    figure_of(axes).draw_without_rendering()
    x, y = widened(axes)
    plot_contours(f, x=x, y=y, ax=axes)
    for path in axes.collections[0].get_paths():
        path.should_simplify = True  # no corners that cannot be seen
    return with_moving_parts(axes)


def valley_window(
    sweeps: Sequence[Sweep], bottom: np.ndarray
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ends of both axes: starts, minimum and most of every walk.

    Walks that diverge have no say in it.
    """
    shown = [bottom[None], *(places_of(sweep)[:1] for sweep in sweeps)]
    for sweep in sweeps:
        with np.errstate(invalid="ignore"):
            tame = np.isfinite(sweep.loss[-1]) & (sweep.loss[-1] <= sweep.loss[0])
        places = places_of(sweep).reshape(*sweep.x.shape, 2)[:, tame].reshape(-1, 2)
        if len(places):
            shown.append(np.quantile(places, [0.01, 0.99], axis=0))
    low, high = (pick(np.concatenate(shown), axis=0) for pick in (np.min, np.max))
    size = high - low
    margin = 0.1 * size + 0.02 * (size.max() or 50.0)
    (x, y) = zip((low - margin).tolist(), (high + margin).tolist(), strict=True)
    return x, y


def widened(axes: Axes) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ends of both axes, one moved apart: units are equally long."""
    ends = np.array([axes.get_xlim(), axes.get_ylim()])
    pixels = np.array([axes.bbox.width, axes.bbox.height])
    half = pixels * np.max(np.ptp(ends, axis=1) / pixels) / 2
    low, high = (ends.mean(axis=1) + sign * half for sign in (-1, 1))
    (x, y) = zip(low.tolist(), high.tolist(), strict=True)
    return x, y


def plot_landmarks(axes: Axes, bottom: Any, starts: Any) -> None:
    """Mark the minimum and the starts, each given as x and y."""
    axes.plot(*bottom, "*", color="#333333", markersize=11, label="minimum")
    axes.plot(
        *starts,
        "o",
        markersize=11,
        markerfacecolor="none",
        color="#333333",
        label="start",
    )


def draw_loss_axes(steps: int, lowest: float, height: float) -> Axes:
    """Return logarithmic axes for the loss, measured from the lowest."""
    axes = new_axes()
    axes.set_yscale("log")
    axes.set(xlabel="iteration", xlim=(-0.02 * steps, 1.02 * steps))
    axes.set_ylabel("loss" if lowest == 0 else f"loss above {lowest:.4g}")
    axes.set_ylim(FLOOR * height, 1e3 * height)
    axes.yaxis.set_major_formatter(power_of_ten)
    return with_moving_parts(axes)


def power_of_ten(value: float, position: object = None) -> str:
    """Return the label of a tick at a power of ten, as plain text.

    matplotlib's own labels place every glyph for one font; a page has others.
    """
    return "10" + f"{np.log10(value):.0f}".translate(SUPERSCRIPTS)


def new_axes() -> Axes:
    """Return the axes of a new figure on the grid: one unit is one pixel."""
    figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72)
    return figure.subplots()


def with_moving_parts(axes: Axes) -> Axes:
    """Add the lines whose points the page will replace, named by their gid."""
    middle = [np.mean(limits) for limits in (axes.get_xlim(), axes.get_ylim())]
    for gid, width in (("trail", 1.2), ("dots", 0.5), ("head", 3.0)):
        axes.plot(*([value, value] for value in middle), gid=gid, linewidth=width)
    figure_of(axes).draw_without_rendering()  # from here on, the axes stay in place
    return axes


def figure_of(axes: Axes) -> Figure:
    """Return the figure that ``axes`` is part of."""
    figure = axes.figure
    assert isinstance(figure, Figure)
    return figure


def to_svg(axes: Axes) -> str:
    """Return the figure of ``axes`` as an SVG element, the same every time.

    It says nothing of its maker. Its style sheet is left out: a rule for ``*``
    in it is one for every element of the page that shows it. The widget's own
    style sheet says the same.
    """
    file = io.StringIO()
    unsaid = dict.fromkeys(["Creator", "Date", "Format", "Type"])
    figure_of(axes).savefig(file, format="svg", transparent=True, metadata=unsaid)
    svg = file.getvalue()
    svg = re.sub(r"<style.*?</style>", "", svg[svg.index("<svg") :], flags=re.S)
    return re.sub(r' d="[^"]*"', lambda path: rounded(path[0]), svg)


def rounded(text: str) -> str:
    """Return ``text`` with its numbers to a tenth, a pixel's smallest part.

    >>> rounded('d="M 10.249 -0.333333"')
    'd="M 10.2 -0.3"'
    """
    return re.sub(r"-?\d+\.\d+", lambda number: f"{float(number[0]):.1f}", text)


def on_grid(axes: Axes, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where the points lie on the drawing, as whole SVG units.

    What lies far outside, or is infinite, is put three widths away: a line
    that leaves the picture keeps its direction.
    """
    with np.errstate(all="ignore"):
        across, up = axes.transData.transform(np.column_stack([x, y])).T
    limit = 3 * WIDTH
    return tuple(
        np.rint(
            np.clip(np.nan_to_num(v, posinf=limit, neginf=-limit), -limit, limit)
        ).astype(int)
        for v in (across, HEIGHT - up)
    )


def points(run: Run, path: Axes, loss: Axes, lowest: float) -> dict[str, Any]:
    """Return ``run`` as the page shows it.

    What the page says of the run are the numbers themselves, as text.
    """
    if isinstance(run, Walk):
        up, known = run.y, lowest
        place = f"(x, y) = ({run.x[-1]:.4g}, {run.y[-1]:.4g})"
    else:
        up, known = run.loss, None
        place = f"x = {run.x[-1]:.6g}"
    finite = np.isfinite(run.x) & np.isfinite(up) & np.isfinite(run.loss)
    shown = slice(0, 1 + np.flatnonzero(finite)[-1])
    x, y = on_grid(path, run.x[shown], up[shown])
    floor = loss.get_ylim()[0]
    above = np.maximum(run.loss[shown] - lowest, floor)
    _, heights = on_grid(loss, run.iterations[shown], above)
    return {
        "x": packed(x),
        "y": packed(y),
        "loss": packed(heights),
        "regime": regime(run, known),
        "arrival": arrival(run, known),
        "end": [place, f"{run.loss[-1]:.3g}"],
    }


def packed(positions: np.ndarray) -> str:
    """Return whole numbers as the text that says the way from each to the next.

    Most ways are a sign long. The encoding is that of Google's polylines,
    https://developers.google.com/maps/documentation/utilities/polylinealgorithm.

    >>> packed(np.array([5, 7, 4, 4]))
    'ICD?'
    >>> packed(np.array([-17998321]))
    '`~oia@'
    """
    signs = []
    for way in np.diff(positions, prepend=0).tolist():
        number = ~(way << 1) if way < 0 else way << 1
        while number > 31:
            signs.append(32 | number & 31)
            number >>= 5
        signs.append(number)
    return "".join(chr(63 + sign) for sign in signs)


def marker_style(method: str) -> dict[str, str]:
    """Return the colour of ``method``, and its marker as a relative SVG path."""
    marker = MarkerStyle(METHOD_STYLES[method]["marker"])
    outline = marker.get_path().transformed(marker.get_transform())
    corners = 2 * RADIUS * np.asarray(outline.to_polygons()[0])[:-1] * [1, -1]
    if len(corners) > 8:  # a circle, as a polygon of few corners
        corners = corners[:: len(corners) // 12]
    moves = np.round(np.diff(corners, axis=0, prepend=[[0, 0]]), 1)
    first, *rest = [f"{x:g},{y:g}" for x, y in moves.tolist()]
    return {
        "color": METHOD_STYLES[method]["color"],
        "marker": f"m{first}l{' '.join(rest)}z",
    }
