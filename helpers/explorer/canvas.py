"""Axes on a grid of whole SVG units, written as an SVG element."""

from collections.abc import Mapping
import io
import re
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
import numpy as np

__all__: list[str] = []

# The grid: SVG units, which are pixels where the two figures stand side by side.
_WIDTH, _HEIGHT = 360, 300
_PARTS_OF_A_RUN = {
    "trail": {"linewidth": 1.2},
    "dots": {"linewidth": 0.5},
    "head": {"linewidth": 3.0},
}


def new_axes() -> Axes:
    """Return the axes of a new figure on the grid: one unit is one pixel."""
    figure = Figure(figsize=(_WIDTH / 72, _HEIGHT / 72), dpi=72)
    return figure.subplots()


def with_moving_parts(
    axes: Axes, parts: Mapping[str, Mapping[str, Any]] = _PARTS_OF_A_RUN
) -> Axes:
    """Add the lines whose points the page will replace: a style for each gid."""
    middle = [np.mean(limits) for limits in (axes.get_xlim(), axes.get_ylim())]
    for gid, style in parts.items():
        axes.plot(*([value, value] for value in middle), gid=gid, **style)
    figure_of(axes).draw_without_rendering()  # the axes stay in place from here on
    return axes


def figure_of(axes: Axes) -> Figure:
    """Return the figure that ``axes`` is part of."""
    figure = axes.figure
    assert isinstance(figure, Figure)
    return figure


def to_svg(axes: Axes) -> str:
    """Return the figure of ``axes`` as an SVG element, the same for the same figure.

    It has no metadata, which hold a date. Its style sheet is left out: on a page,
    its rule for ``*`` would hold for the whole page. The widget's own style sheet
    says the same for the figures alone.
    """
    file = io.StringIO()
    unsaid = dict.fromkeys(["Creator", "Date", "Format", "Type"])
    figure_of(axes).savefig(file, format="svg", transparent=True, metadata=unsaid)
    svg = file.getvalue()
    svg = re.sub(r"<style.*?</style>", "", svg[svg.index("<svg") :], flags=re.S)
    return re.sub(r' d="[^"]*"', lambda path: _rounded(path[0]), svg)


def _rounded(text: str) -> str:
    """Return ``text`` with its numbers to a tenth, a pixel's smallest part.

    >>> _rounded('d="M 10.249 -0.333333"')
    'd="M 10.2 -0.3"'
    """
    return re.sub(r"-?\d+\.\d+", lambda number: f"{float(number[0]):.1f}", text)


def on_grid(axes: Axes, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where the points lie on the drawing, as whole SVG units.

    A unit is a pixel where the picture is shown in full size, so rounding moves
    a point by half a pixel at most. What lies far outside, or is infinite, is
    put three widths away: a line that leaves the picture keeps its direction,
    and its numbers stay short.
    """
    with np.errstate(all="ignore"):
        across, up = axes.transData.transform(np.column_stack([x, y])).T
    limit = 3 * _WIDTH
    return tuple(
        np.rint(
            np.clip(np.nan_to_num(v, posinf=limit, neginf=-limit), -limit, limit)
        ).astype(int)
        for v in (across, _HEIGHT - up)
    )
