"""Sliders over runs: live in a notebook, and without a kernel on the page."""

from collections.abc import Mapping, Sequence
import io
from typing import Any

from helpers.convergence import ConvergencePlot, draw
from helpers.descent import (
    OPTIMIZERS,
    Loss,
    check_elementwise,
    check_learning_rates,
    check_loss,
    check_optimizer_name,
    check_start,
    check_steps,
    compile_sweep,
)
from helpers.frontends import StaticForm
from helpers.plots import plot_loss, plot_path
from helpers.records import Run, Sweep
import ipywidgets
from matplotlib.figure import Figure
import numpy as np

#: From 0.01 to 1.5, nearly even on a logarithmic scale, in round numbers.
LEARNING_RATES = tuple(
    round(digits * decade, 4)
    for decade in (0.01, 0.1, 1.0)
    for digits in (
        *(1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0, 2.2, 2.5, 2.8, 3.0, 3.3),
        *(3.6, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 8.5, 9.0, 9.5),
    )
    if digits * decade <= 1.5
)


class ConvergenceExplorer(StaticForm, ipywidgets.VBox):
    """Controls and a plot over all the runs of `explore_convergence`.

    Attributes
    ----------
    run
        The chosen `Run`, for the next cell.
    learning_rate
        The chosen rate; setting it moves the slider.
    """

    def __init__(
        self,
        f: Loss,
        sweeps: Mapping[str, Sequence[Sweep]],
        learning_rates: Sequence[float],
    ) -> None:
        self._f, self._sweeps, self._rates = f, sweeps, list(learning_rates)
        first = nearest(self._rates, 0.1)
        starts = [sweep.x[0, 0] for sweep in next(iter(sweeps.values()))]
        self._slider = ipywidgets.SelectionSlider(
            options=[f"{rate:g}" for rate in self._rates],
            index=first,
            description="learning rate",
            style={"description_width": "6.5em"},
            layout={"width": "99%"},
        )
        self._method = dropdown("optimizer", list(sweeps))
        self._start = dropdown("start", [f"{start:g}" for start in starts])
        self._plot = ConvergencePlot(**draw(f, sweeps), rate=first)
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
        """The run at the chosen learning rate, optimizer and start."""
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
                f"learning_rate must be a rate of the slider; {rate!r} is none, "
                f"the nearest is {self._rates[index]:g}"
            )
        self._slider.index = index

    def __repr__(self) -> str:
        return (
            f"ConvergenceExplorer({len(self._rates)} learning rates; "
            f"{self._method.value} at {self.learning_rate:g}: {self.run!r})"
        )

    def static_form(self) -> dict[str, Any]:
        """Return a picture of the chosen run."""
        figure = Figure(figsize=(5.6, 2.8))
        left, right = figure.subplots(1, 2)
        plot_path(self._f, self.run, method=self._method.value, ax=left)
        plot_loss(self.run, method=self._method.value, ax=right)
        png = io.BytesIO()
        figure.savefig(png, format="png", bbox_inches="tight")
        return {"image/png": png.getvalue()}


def explore_convergence(
    f: Loss,
    *,
    start: float | Sequence[float] = 10.0,
    learning_rates: Sequence[float] = LEARNING_RATES,
    optimizers: Sequence[str] = tuple(OPTIMIZERS),
    steps: int = 50,
) -> ConvergenceExplorer:
    """Return a widget that shows how runs on ``f`` go as a slider moves the rate.

    Every run that it can show is computed here, by TensorFlow; moving the
    slider only chooses one. Whether a run creeps, converges, oscillates or
    diverges is decided by the rule of `helpers.records.regime`.

    Parameters
    ----------
    f
        An elementwise loss, written with TensorFlow operations.
    start
        Where the runs begin: a finite number, or a few to choose from.
    learning_rates
        The rates of the slider: positive, finite, in rising order.
    optimizers
        Names in `helpers.descent.OPTIMIZERS`.
    steps
        How many iterations each run has; 1 or more.

    Returns
    -------
    ConvergenceExplorer
        Show it as the last line of a cell.

    Raises
    ------
    ValueError
        If an argument makes no sense: the message names it, its value and what
        would be right.

    Examples
    --------
    >>> def f(x):
    ...     return (x - 4.0) ** 2
    >>> explorer = explore_convergence(
    ...     f, learning_rates=[0.1, 0.5, 1.1], optimizers=["SGD"]
    ... )
    >>> explorer.learning_rate = 0.5
    >>> explorer.run
    Run(50 iterations, x: 10 -> 4, loss: 36 -> 0)
    """
    starts = list(start) if isinstance(start, Sequence | np.ndarray) else [start]
    names = [optimizers] if isinstance(optimizers, str) else list(optimizers)
    check_loss(f)
    check_learning_rates(learning_rates)
    check_steps(steps)
    check_choices("start", starts)
    check_choices("optimizers", names)
    for one_start in starts:
        check_start(one_start)
    for name in names:
        check_optimizer_name(name)
    check_elementwise(f)
    sweeps = {}
    for name in names:
        sweep = compile_sweep(f, name, learning_rates=learning_rates, steps=steps)
        sweeps[name] = [sweep(one_start) for one_start in starts]
    return ConvergenceExplorer(f, sweeps, [float(rate) for rate in learning_rates])


def check_choices(argument: str, choices: Sequence[Any]) -> None:
    """Raise a ValueError if there is nothing to choose, or one thing twice."""
    if not choices or len(set(choices)) != len(choices):
        raise ValueError(
            f"{argument} must be one value or several different ones; got {choices!r}"
        )


def dropdown(description: str, options: Sequence[str]) -> ipywidgets.Dropdown:
    """Return a menu of ``options``, the first chosen."""
    return ipywidgets.Dropdown(
        options=options,
        index=0,
        description=description,
        style={"description_width": "6.5em"},
    )


def nearest(rates: Sequence[float], rate: float) -> int:
    """Return the position in ``rates`` that is nearest to ``rate``."""
    return int(np.argmin(np.abs(np.asarray(rates) - rate)))
