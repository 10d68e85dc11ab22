"""Sliders over runs: live in a notebook, and without a kernel on the page."""

from collections.abc import Mapping, Sequence
import io
import math
from typing import Any

from helpers.descent import (
    OPTIMIZERS,
    Loss,
    check_loss,
    check_point,
    check_start,
    check_sweep,
    compile_sweep,
    compile_walk_sweep,
    is_number,
)
from helpers.explorer.picture import ConvergencePlot, draw, lowest_point, valley_window
from helpers.plots import plot_contours, plot_loss, plot_path, plot_walk
from helpers.runs import Run, Sweep, Walk, WalkSweep
from helpers.static_form import StaticForm
import ipywidgets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
import numpy as np

# Within each decade nearly even on a logarithmic scale.
ROUND = (
    *(1.0, 1.1, 1.25, 1.4, 1.6, 1.8, 2.0, 2.2, 2.5, 2.8),
    *(3.2, 3.6, 4.0, 4.5, 5.0, 5.6, 6.3, 7.0, 8.0, 9.0),
)
FINE = (
    *(1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0, 2.2, 2.5, 2.8, 3.0, 3.3),
    *(3.6, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 8.5, 9.0, 9.5),
)


def rates_between(
    low: float, high: float, digits: Sequence[float] = ROUND
) -> tuple[float, ...]:
    """Return round learning rates from ``low`` to ``high``, about 20 a decade.

    Parameters
    ----------
    low, high
        The ends of the slider.
    digits
        The rates of the decade from 1 to 10, in rising order.

    Returns
    -------
    tuple of float
        Those between the ends, the ends included.

    Raises
    ------
    ValueError
        If the ends are not two positive, finite numbers, the lower one first.

    Examples
    --------
    >>> rates_between(0.09, 0.12)
    (0.09, 0.1, 0.11)
    """
    if not (is_number(low) and is_number(high) and 0 < low <= high < math.inf):
        raise ValueError(
            f"low and high must be positive, finite numbers in rising order; "
            f"got {low!r} and {high!r}"
        )
    decades = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    rates = [float(f"{first}e{decade}") for decade in decades for first in digits]
    return tuple(rate for rate in rates if low <= rate <= high)


#: From 0.01 to 1.5, in round numbers.
LEARNING_RATES = rates_between(0.01, 1.5, FINE)
#: From 0.01 to 1, in round numbers.
VALLEY_RATES = rates_between(0.01, 1.0)


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
        *,
        first: int,
        **drawing: Any,
    ) -> None:
        self._f, self._sweeps, self._drawing = f, sweeps, drawing
        self._rates = [float(rate) for rate in learning_rates]
        self._slider = ipywidgets.SelectionSlider(
            options=[f"{rate:g}" for rate in self._rates],
            index=first,
            description="learning rate",
            style={"description_width": "6.5em"},
            layout={"width": "99%"},
        )
        starts = [start_of(sweep) for sweep in next(iter(sweeps.values()))]
        self._method = dropdown("optimizer", list(sweeps))
        self._start = dropdown("start", starts)
        self._plot = ConvergencePlot(**draw(f, sweeps, **drawing), rate=first)
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
            f"{type(self).__name__}({len(self._rates)} learning rates; "
            f"{self._method.value} at {self.learning_rate:g}: {self.run!r})"
        )

    def static_form(self) -> dict[str, Any]:
        """Return a picture of the chosen run."""
        figure = Figure(figsize=(5.6, 2.8))
        left, right = figure.subplots(1, 2)
        self._plot_path(left)
        plot_loss(self.run, method=self._method.value, ax=right)
        png = io.BytesIO()
        figure.savefig(png, format="png", bbox_inches="tight")
        return {"image/png": png.getvalue()}

    def _plot_path(self, ax: Axes) -> None:
        """Draw the way of the chosen run."""
        plot_path(self._f, self.run, method=self._method.value, ax=ax)


class ValleyExplorer(ConvergenceExplorer):
    """Controls and a plot over all the walks of `explore_valley`.

    Attributes
    ----------
    run
        The chosen `Walk`, for the next cell.
    learning_rate
        The chosen rate; setting it moves the slider.
    """

    def _plot_path(self, ax: Axes) -> None:
        every = [sweep for sweeps in self._sweeps.values() for sweep in sweeps]
        x, y = valley_window(every, self._drawing["minimum"])
        plot_contours(self._f, x=x, y=y, ax=ax)
        assert isinstance(self.run, Walk)
        plot_walk(self.run.points, method=self._method.value, ax=ax)


def explore_convergence(
    f: Loss,
    *,
    start: float | Sequence[float] = 10.0,
    learning_rates: Sequence[float] = LEARNING_RATES,
    optimizers: Sequence[str] = tuple(OPTIMIZERS),
    steps: int = 50,
    bounds: Mapping[str, float] | None = None,
) -> ConvergenceExplorer:
    """Return a widget that shows how runs on ``f`` go as a slider moves the rate.

    Every run that it can show is computed here, by TensorFlow; moving the
    slider only chooses one. Whether a run creeps, converges (swinging or not),
    oscillates or diverges is decided by the rule of `helpers.runs.regime`.

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
    bounds
        For some of the optimizers the stability bound of the learning rate, to
        be marked on the band (see `explore_valley`).

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
    check_loss(f)
    check_choices("start", starts)
    for one_start in starts:
        check_start(one_start)
    names = check_explorer(f, learning_rates, optimizers, steps, bounds)
    sweeps = {}
    for name in names:
        sweep = compile_sweep(f, name, learning_rates=learning_rates, steps=steps)
        sweeps[name] = [sweep(one_start) for one_start in starts]
    first = nearest(learning_rates, 0.1)
    return ConvergenceExplorer(f, sweeps, learning_rates, first=first, bounds=bounds)


def explore_valley(
    f: Loss,
    *,
    starts: Sequence[float] | Sequence[Sequence[float]],
    minimum: Sequence[float] | None = None,
    learning_rates: Sequence[float] = VALLEY_RATES,
    optimizers: Sequence[str] = ("SGD", "momentum", "RMSprop", "Adam"),
    steps: int = 60,
    bounds: Mapping[str, float] | None = None,
) -> ValleyExplorer:
    """Return a widget that shows how walks on ``f(x, y)`` go, rate by rate.

    It is `explore_convergence` for a loss of two variables: its contours, and
    on them the walk that the controls choose. It opens at the middle rate.

    A *stability bound* is the learning rate above which no walk near the
    minimum can settle. Where the curvature is at most λ, gradient descent is
    stable up to 2/λ, and with momentum β up to 2(1 + β)/λ (Goh, 2017).

    Parameters
    ----------
    f
        An elementwise loss of two arguments, written with TensorFlow operations.
    starts
        Where the walks begin: a pair (x, y), or a few to choose from.
    minimum
        The lowest point, a pair; by default the lowest that any walk found. A
        walk is at rest where its loss is near the loss there.
    learning_rates
        The rates of the slider: positive, finite, in rising order.
    optimizers
        Names in `helpers.descent.OPTIMIZERS`.
    steps
        How many iterations each walk has; 1 or more.
    bounds
        For some of the optimizers the stability bound of the learning rate, to
        be marked on the band.

    Returns
    -------
    ValleyExplorer
        Show it as the last line of a cell.

    Raises
    ------
    ValueError
        If an argument makes no sense: the message names it, its value and what
        would be right.

    Notes
    -----
    Gabriel Goh derives the bounds in "Why Momentum Really Works", Distill, 2017,
    https://doi.org/10.23915/distill.00006.

    Examples
    --------
    >>> def f(x, y):
    ...     return (x**2 + 20.0 * y**2) / 2
    >>> explorer = explore_valley(
    ...     f, starts=(-4.0, 2.0), optimizers="SGD", steps=3, bounds={"SGD": 2 / 20}
    ... )
    >>> explorer.learning_rate = 0.05
    >>> explorer.run
    Walk(3 iterations, (x, y): (-4, 2) -> (-3.4295, 0), loss: 48 -> 5.88073)
    """
    points = as_points(starts)
    check_loss(f, 2)
    check_choices("starts", points)
    for point in points:
        check_point("starts", point)
    if minimum is not None:
        check_point("minimum", minimum)
    names = check_explorer(f, learning_rates, optimizers, steps, bounds, count=2)
    sweeps = {}
    for name in names:
        sweep = compile_walk_sweep(f, name, learning_rates=learning_rates, steps=steps)
        sweeps[name] = [sweep(point) for point in points]
    every = [sweep for several in sweeps.values() for sweep in several]
    return ValleyExplorer(
        f,
        sweeps,
        learning_rates,
        first=len(learning_rates) // 2,
        bounds=bounds,
        minimum=lowest_point(f, every, minimum)[0],
    )


def check_explorer(
    f: Loss,
    learning_rates: Sequence[float],
    optimizers: Sequence[str],
    steps: int,
    bounds: Mapping[str, float] | None,
    count: int = 1,
) -> list[str]:
    """Raise a ValueError if an argument makes no sense; return the optimizers."""
    names = [optimizers] if isinstance(optimizers, str) else list(optimizers)
    check_choices("optimizers", names)
    for name in names:
        check_sweep(f, count, name, learning_rates, steps)
    for name, bound in (bounds or {}).items():
        if name not in names:
            raise ValueError(
                f"bounds must be for optimizers among {names}; {name!r} is none"
            )
        if not is_number(bound) or not 0 < bound < math.inf:
            raise ValueError(
                f"bounds must be positive, finite learning rates; for {name} it "
                f"is {bound!r}"
            )
    return names


def as_points(starts: Any) -> list[Any]:
    """Return one start, a pair of numbers, as a list; and several as they are."""
    if not isinstance(starts, Sequence | np.ndarray) or len(starts) == 0:
        return [starts] if np.size(starts) else []
    is_one = is_number(starts[0])
    points = [starts] if is_one else list(starts)
    return [tuple(p) if isinstance(p, list | np.ndarray) else p for p in points]


def start_of(sweep: Sweep) -> str:
    """Return the name of a sweep's start in a menu."""
    x = f"{sweep.x[0, 0]:g}"
    return f"({x}, {sweep.y[0, 0]:g})" if isinstance(sweep, WalkSweep) else x


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
