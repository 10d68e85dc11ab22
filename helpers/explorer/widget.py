"""The plots of explorers as widgets: traits here, script and style sheet beside."""

from pathlib import Path

import anywidget
import traitlets

__all__: list[str] = []

_HERE = Path(__file__).parent


class ConvergencePlot(anywidget.AnyWidget):
    """Two figures in which the points of the chosen run are shown.

    The traits ``rate``, ``method`` and ``start`` are positions in ``data``;
    ``iteration`` says how much of the run is shown, and ``room`` how many lines
    a page has to keep free besides those of any such plot (see
    `helpers.static_form`).
    """

    _esm = _HERE / "widget.js"
    _css = _HERE / "widget.css"
    path_svg = traitlets.Unicode().tag(sync=True)
    loss_svg = traitlets.Unicode().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    rate = traitlets.Int().tag(sync=True)
    method = traitlets.Int().tag(sync=True)
    start = traitlets.Int().tag(sync=True)
    iteration = traitlets.Int().tag(sync=True)
    room = traitlets.Dict().tag(sync=True)

    def __repr__(self) -> str:
        return "ConvergencePlot()"


class StepPlot(anywidget.AnyWidget):
    """One figure in which the chosen step is shown, and a sentence about it.

    The traits ``start`` and ``rate`` are positions in ``data``.
    """

    _esm = _HERE / "step.js"
    _css = _HERE / "step.css"
    svg = traitlets.Unicode().tag(sync=True)
    data = traitlets.Dict().tag(sync=True)
    start = traitlets.Int().tag(sync=True)
    rate = traitlets.Int().tag(sync=True)

    def __repr__(self) -> str:
        return "StepPlot()"
