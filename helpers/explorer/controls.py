"""The controls of an explorer, its plot, and the run that they choose."""

from collections.abc import Mapping, Sequence
import io
from typing import Any

from helpers.explorer.picture import draw
from helpers.explorer.rates import nearest
from helpers.explorer.views import View
from helpers.explorer.widget import ConvergencePlot
from helpers.plots import plot_loss
from helpers.runs import Run, Sweep, point_text
from helpers.static_form import StaticForm
import ipywidgets
from matplotlib.figure import Figure
import numpy as np

__all__ = ["ConvergenceExplorer"]


class ConvergenceExplorer(StaticForm, ipywidgets.VBox):
    """Controls, and a plot of the run that they choose.

    Attributes
    ----------
    run
        The chosen `Run`, for the next cell.
    learning_rate
        The chosen rate; setting it moves the slider.
    """

    def __init__(
        self,
        view: View,
        sweeps: Mapping[str, Sequence[Sweep]],
        learning_rates: Sequence[float],
        bounds: Mapping[str, float],
        *,
        menu: str = "optimizer",
        methods: Mapping[str, str] | None = None,
    ) -> None:
        self._view, self._sweeps = view, sweeps
        self._methods = methods or dict(zip(sweeps, sweeps, strict=True))
        self._rates = [float(rate) for rate in learning_rates]
        first = nearest(self._rates, 0.1)
        self._slider = ipywidgets.SelectionSlider(
            options=[f"{rate:g}" for rate in self._rates],
            index=first,
            description="learning rate",
            style={"description_width": "6.5em"},
            layout={"width": "99%"},
        )
        starts = [_name_of_start(sweep) for sweep in next(iter(sweeps.values()))]
        self._method = _dropdown(menu, list(sweeps))
        self._start = _dropdown("start", starts)
        drawing = draw(view, sweeps, bounds, self._methods)
        self._plot = ConvergencePlot(**drawing, rate=first)
        for control, trait in (
            (self._slider, "rate"),
            (self._method, "method"),
            (self._start, "start"),
        ):
            ipywidgets.jslink((control, "index"), (self._plot, trait))
        choices = ipywidgets.HBox([self._method, self._start])
        super().__init__([choices, self._slider, self._plot])

    @property
    def run(self) -> Run:
        """The run that the slider and the menus choose."""
        sweep: Sweep = self._sweeps[self._method.value][self._start.index]
        return sweep.run(self._slider.index)

    @property
    def learning_rate(self) -> float:
        """The chosen learning rate."""
        index: int = self._slider.index
        return self._rates[index]

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        index = nearest(self._rates, rate)
        if not np.isclose(self._rates[index], rate, rtol=1e-6):
            raise ValueError(
                f"{rate!r} is not one of the slider's learning rates; "
                f"the nearest is {self._rates[index]:g}"
            )
        self._slider.index = index

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({len(self._rates)} learning rates; "
            f"{self._method.value} at {self.learning_rate:g}: {self.run!r})"
        )

    def static_form(self) -> dict[str, Any]:
        """Return a picture of the chosen run."""
        figure = Figure(figsize=(5.6, 2.8))
        left, right = figure.subplots(1, 2)
        method = self._methods[self._method.value]
        self._view.plot_run(self.run, method=method, ax=left)
        plot_loss(self.run, method=method, ax=right)
        png = io.BytesIO()
        figure.savefig(png, format="png", bbox_inches="tight")
        return {"image/png": png.getvalue()}


def _name_of_start(sweep: Sweep) -> str:
    """Return the name of a sweep's start in a menu."""
    return point_text([f"{number:g}" for number in sweep.points[0, 0].ravel()])


def _dropdown(description: str, options: Sequence[str]) -> ipywidgets.Dropdown:
    """Return a menu of ``options``, the first chosen."""
    return ipywidgets.Dropdown(
        options=options,
        index=0,
        description=description,
        style={"description_width": "6.5em"},
    )
