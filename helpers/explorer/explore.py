"""Make explorers: sliders over runs of an optimizer, with or without a kernel."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from helpers.checks import (
    check_bounds,
    check_elementwise,
    check_learning_rates,
    check_optimizer_names,
    check_point,
    check_starts,
    check_steps,
    variables_of,
)
from helpers.descent import OPTIMIZERS, sweep_from_each_start
from helpers.explorer.controls import ConvergenceExplorer
from helpers.explorer.rates import LEARNING_RATES, VALLEY_RATES
from helpers.explorer.views import (
    ContourView,
    CurveView,
    TypedContourView,
    TypedCurveView,
    View,
)
from helpers.loss_text import loss_from_text
from helpers.runs import Sweep
import numpy as np

__all__ = ["explore_convergence", "explore_loss", "explore_runs", "explore_valley"]

_Loss = Callable[..., Any]


def explore_convergence(
    f: _Loss,
    *,
    starts: float | Sequence[float] = 10.0,
    learning_rates: Sequence[float] = LEARNING_RATES,
    optimizers: Sequence[str] = tuple(OPTIMIZERS),
    steps: int = 50,
    bounds: Mapping[str, float] | None = None,
) -> ConvergenceExplorer:
    """Return a widget that shows how runs on ``f`` go as a slider moves the rate.

    TensorFlow computes the runs here, one for each rate, optimizer and start;
    moving the slider chooses one of them. It opens at the rate nearest to 0.1.
    Whether a run creeps, converges (swinging or not), oscillates or diverges is
    decided by the rule of `helpers.runs.regime`.

    Parameters
    ----------
    f
        An elementwise loss, written with TensorFlow operations.
    starts
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
    return _explore(
        CurveView, f, starts, None, learning_rates, optimizers, steps, bounds or {}
    )


def explore_loss(
    text: str,
    *,
    starts: float | Sequence[float] | Sequence[Sequence[float]] | None = None,
    learning_rates: Sequence[float] = LEARNING_RATES,
    optimizers: Sequence[str] = tuple(OPTIMIZERS),
    steps: int = 50,
) -> ConvergenceExplorer:
    """Return a widget that shows runs on a loss that is given as text.

    It is `explore_convergence` for a loss such as ``"(x - 4)**2 + sin(3*x)"``, in
    the grammar that the page `your_loss` reads too: numbers, ``x`` and ``y``,
    ``+ - * / **``, parentheses, and ``sin``, ``cos``, ``tan``, ``exp``, ``log``,
    ``sqrt``, ``abs``, ``tanh``, ``sigmoid``, ``relu``, ``minimum`` and ``maximum``,
    with or without ``tf.``. All numbers are float32.

    A loss in which ``y`` stands has two variables: its runs go among its contours.

    Parameters
    ----------
    text
        The loss, an expression in ``x``, or in ``x`` and ``y``, of at most 200
        characters.
    starts
        Where the runs begin: a finite number, or a pair (x, y) for a loss of two
        variables; or a few to choose from. By default 10 for each variable.
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
        If an argument makes no sense, or the loss is not finite at a start: the
        message names it, its value and what would be right.

    Examples
    --------
    >>> explorer = explore_loss(
    ...     "(x - 4)**2", learning_rates=[0.1, 0.5], optimizers=["SGD"], steps=3
    ... )
    >>> explorer.learning_rate = 0.5
    >>> explorer.run
    Run(3 iterations, x: 10 -> 4, loss: 36 -> 0)
    >>> explorer = explore_loss(
    ...     "x**2/2 + y**2", starts=(4, 2), learning_rates=[0.5], steps=1
    ... )
    >>> explorer.run
    Run(1 iterations, (x, y): (4, 2) -> (2, 0), loss: 12 -> 2)
    """
    f = loss_from_text(text)
    view = TypedCurveView if len(variables_of(f)) == 1 else TypedContourView
    if starts is None:
        starts = 10.0 if view is TypedCurveView else (10.0, 10.0)
    for start in check_starts(starts, view.variables):
        loss = float(f(*np.ravel(start)))
        if not np.isfinite(loss):
            raise ValueError(
                f"the loss must be finite at each start; {text} at {start} is {loss}"
            )
    return _explore(view, f, starts, None, learning_rates, optimizers, steps, {})


def explore_valley(
    f: _Loss,
    *,
    starts: Sequence[float] | Sequence[Sequence[float]],
    minimum: Sequence[float] | None = None,
    learning_rates: Sequence[float] = VALLEY_RATES,
    optimizers: Sequence[str] = ("SGD", "momentum", "RMSprop", "Adam"),
    steps: int = 60,
    bounds: Mapping[str, float] | None = None,
) -> ConvergenceExplorer:
    """Return a widget that shows how runs on ``f(x, y)`` go, rate by rate.

    It is `explore_convergence` for a loss of two variables: its contours, and
    on them the run that the controls choose.

    A *stability bound* is the learning rate above which no run near the
    minimum can settle. Where the curvature is at most λ, gradient descent is
    stable up to 2/λ, and with momentum β up to 2(1 + β)/λ (Goh, 2017).

    Parameters
    ----------
    f
        An elementwise loss of two arguments, written with TensorFlow operations.
    starts
        Where the runs begin: a pair (x, y), or a few to choose from.
    minimum
        The lowest point, a pair; by default the lowest that a run visited. A
        run is at rest where its loss is near the loss there.
    learning_rates
        The rates of the slider: positive, finite, in rising order.
    optimizers
        Names in `helpers.descent.OPTIMIZERS`.
    steps
        How many iterations each run has; 1 or more.
    bounds
        For some of the optimizers the stability bound of the learning rate, to
        be marked on the band.

    Returns
    -------
    ConvergenceExplorer
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
    Run(3 iterations, (x, y): (-4, 2) -> (-3.4295, 0), loss: 48 -> 5.88073)
    """
    return _explore(
        ContourView, f, starts, minimum, learning_rates, optimizers, steps, bounds or {}
    )


def explore_runs(
    f: _Loss,
    sweeps: Mapping[str, Sweep],
    *,
    menu: str,
    minimum: Any = None,
    optimizer: str = "SGD",
) -> ConvergenceExplorer:
    """Return a widget that shows runs on ``f`` which were computed beforehand.

    It is for runs that no sweep of `explore_convergence` or `explore_valley` can
    make, such as those on mini-batches: compute them in a loop of your own, and
    put those that differ in the learning rate into one `Sweep`. The slider
    chooses the rate, a menu the sweep.

    Parameters
    ----------
    f
        The loss that is drawn: elementwise, of one argument or of two.
    sweeps
        For each choice of the menu its runs, all from the same start, at the
        same learning rates, of the same length.
    menu
        What the choices differ in, in a word or two: the label of the menu.
    minimum
        The lowest point; by default the lowest that a run visited.
    optimizer
        Whose colour and marker the runs have, a name in
        `helpers.descent.OPTIMIZERS`.

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
    >>> x = np.float32([[10.0, 10.0], [8.8, 4.0]])
    >>> sweep = Sweep(np.float32([0.1, 0.5]), x, f(x), 2 * (x - 4))
    >>> explorer = explore_runs(f, {"all rows": sweep}, menu="batch size")
    >>> explorer.run
    Run(1 iterations, x: 10 -> 8.8, loss: 36 -> 23.04)
    """
    (method,) = check_optimizer_names(optimizer, OPTIMIZERS)
    first = _check_sweeps(sweeps)
    view = CurveView if first.points.ndim == 2 else ContourView
    if minimum is not None:
        check_point("minimum", minimum, view.variables)
    check_elementwise(f, view.variables)
    return ConvergenceExplorer(
        view(f, list(sweeps.values()), minimum),
        {name: [sweep] for name, sweep in sweeps.items()},
        first.learning_rates.tolist(),
        {},
        menu=menu,
        methods=dict.fromkeys(sweeps, method),
    )


def _check_sweeps(sweeps: Mapping[str, Sweep]) -> Sweep:
    """Raise a ValueError unless the sweeps can share a slider; return the first."""
    if not sweeps:
        raise ValueError(f"sweeps must have a Sweep for each choice; got {sweeps!r}")
    first = next(iter(sweeps.values()))
    for name, sweep in sweeps.items():
        if (
            sweep.points.shape != first.points.shape
            or not np.array_equal(sweep.learning_rates, first.learning_rates)
            or not np.array_equal(sweep.points[0], first.points[0])
        ):
            raise ValueError(
                f"sweeps must have the same start, learning rates and number of "
                f"iterations; {name!r} has {sweep!r} from {sweep.points[0, 0]}, the "
                f"first has {first!r} from {first.points[0, 0]}"
            )
    return first


def _explore(
    view: type[View],
    f: _Loss,
    starts: Any,
    minimum: Any,
    learning_rates: Sequence[float],
    optimizers: str | Sequence[str],
    steps: int,
    bounds: Mapping[str, float],
) -> ConvergenceExplorer:
    """Check ``f`` and the rest, run it, and return what shows the runs.

    The three happen one after the other, each in its own module. What is called
    after the checks trusts its arguments.
    """
    variables = view.variables
    points = check_starts(starts, variables)
    if minimum is not None:
        check_point("minimum", minimum, variables)
    check_learning_rates(learning_rates)
    names = check_optimizer_names(optimizers, OPTIMIZERS)
    check_steps(steps)
    check_bounds(bounds, names)
    check_elementwise(f, variables)
    sweeps = {
        name: sweep_from_each_start(f, variables, name, points, learning_rates, steps)
        for name in names
    }
    each = [sweep for several in sweeps.values() for sweep in several]
    return ConvergenceExplorer(view(f, each, minimum), sweeps, learning_rates, bounds)
