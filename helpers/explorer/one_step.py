"""Show a single step of gradient descent: choose where it begins and its rate."""

from collections.abc import Callable, Sequence
import io
from typing import Any

from helpers.checks import check_elementwise, check_learning_rates, check_starts
from helpers.descent import sweep_from_each_start
from helpers.explorer.rates import nearest, rates_between
from helpers.explorer.step_picture import draw_steps, plot_step, sentence
from helpers.explorer.widget import StepPlot
from helpers.runs import Run, Sweep
from helpers.static_form import StaticForm
import ipywidgets
from matplotlib.figure import Figure
import numpy as np

__all__ = ["StepExplorer", "explore_step"]

_VARIABLES = ("x",)


def explore_step(
    f: Callable[..., Any],
    *,
    starts: Sequence[float] = tuple(range(-2, 11)),
    learning_rates: Sequence[float] = rates_between(0.01, 1.1),
) -> "StepExplorer":
    """Return a widget that shows one step of gradient descent on ``f``.

    Two sliders choose x and the learning rate. The picture has the tangent at x,
    the step, and where it lands; a sentence has the numbers. TensorFlow computes
    every step here, one for each x and rate, with the optimizer ``SGD``. It opens
    at the last x and the rate nearest to 0.1.

    Parameters
    ----------
    f
        An elementwise loss, written with TensorFlow operations.
    starts
        The x of the first slider: finite numbers in rising order.
    learning_rates
        The rates of the second slider: positive, finite, in rising order.

    Returns
    -------
    StepExplorer
        Show it as the last line of a cell.

    Raises
    ------
    ValueError
        If an argument makes no sense, or a step leads to no finite loss: the
        message names it, its value and what would be right.

    Examples
    --------
    >>> def f(x):
    ...     return (x - 4.0) ** 2
    >>> explore_step(f, starts=[1.0, 10.0], learning_rates=[0.1, 0.5]).run
    Run(1 iterations, x: 10 -> 8.8, loss: 36 -> 23.04)
    """
    points = check_starts(starts, _VARIABLES)
    check_learning_rates(learning_rates)
    check_elementwise(f, _VARIABLES)
    sweeps = sweep_from_each_start(f, _VARIABLES, "SGD", points, learning_rates, 1)
    for start, sweep in zip(points, sweeps, strict=True):
        bad = ~np.isfinite(sweep.loss).all(axis=0)
        if bad.any():
            raise ValueError(
                f"each step must lead to a finite loss; the one from {start:g} at the "
                f"learning rate {sweep.learning_rates[bad][0]:g} does not"
            )
    return StepExplorer(f, sweeps)


class StepExplorer(StaticForm, ipywidgets.VBox):
    """Two sliders, and a plot of the step that they choose.

    Attributes
    ----------
    run
        The chosen step as a `Run` of one iteration.
    """

    def __init__(self, f: Callable[..., Any], sweeps: Sequence[Sweep]) -> None:
        self._f, self._sweeps = f, sweeps
        self._rates = [float(f"{rate:g}") for rate in sweeps[0].learning_rates]
        self._start = _slider("x", [float(sweep.x[0, 0]) for sweep in sweeps], -1)
        self._rate = _slider("learning rate", self._rates, nearest(self._rates, 0.1))
        plot = StepPlot(
            **draw_steps(f, sweeps), start=self._start.index, rate=self._rate.index
        )
        ipywidgets.jslink((self._start, "index"), (plot, "start"))
        ipywidgets.jslink((self._rate, "index"), (plot, "rate"))
        super().__init__([self._start, self._rate, plot])

    @property
    def run(self) -> Run:
        """The chosen step: two rows, before and after."""
        sweep: Sweep = self._sweeps[self._start.index]
        return sweep.run(self._rate.index)

    def __repr__(self) -> str:
        return f"StepExplorer({sentence(self.run, self._rates[self._rate.index])})"

    def static_form(self) -> dict[str, Any]:
        """Return a picture of the chosen step, the sentence above it."""
        figure = Figure(figsize=(5.6, 3.4))
        axes = figure.subplots()
        plot_step(self._f, self._sweeps, self.run, axes)
        said = sentence(self.run, self._rates[self._rate.index])
        axes.set_title(said.replace(": x goes", ":\nx goes"), fontsize=9)
        png = io.BytesIO()
        figure.savefig(png, format="png", bbox_inches="tight")
        return {"image/png": png.getvalue()}


def _slider(
    name: str, values: Sequence[float], index: int
) -> ipywidgets.SelectionSlider:
    """Return a slider over ``values`` that opens at the one at ``index``."""
    return ipywidgets.SelectionSlider(
        options=[f"{value:g}" for value in values],
        index=index % len(values),
        description=name,
        style={"description_width": "6.5em"},
        layout={"width": "99%"},
    )
