"""Explorers' drawings of known losses: a parabola, and a valley of two variables."""

from helpers.descent import compile_sweep
from helpers.explorer.picture import draw
from helpers.explorer.views import ContourView, CurveView
from support.oracles import f

RATES = [0.1, 0.5, 1.0, 1.5]
STARTS = [(-4.0, 2.0), (3.0, 0.5)]


def valley(x, y):
    return (x - 1.0) ** 2 + 8.0 * (y + 0.5) ** 2


def drawn(view, loss, sweeps, minimum=None, bounds=None):
    """Return the traits of the plot of these sweeps."""
    each = [sweep for several in sweeps.values() for sweep in several]
    return draw(view(loss, each, minimum), sweeps, bounds or {})


def draw_parabola():
    """Return the drawing of runs of two methods from two starts."""
    sweeps = {}
    for method in ("SGD", "Adam"):
        sweep = compile_sweep(f, method, learning_rates=RATES, steps=140)
        sweeps[method] = [sweep(10.0), sweep(-2.0)]
    return drawn(CurveView, f, sweeps)


def draw_valley(**settings):
    """Return the drawing of walks of two methods from two starts."""
    sweeps = {}
    for method in ("SGD", "momentum"):
        sweep = compile_sweep(valley, method, learning_rates=RATES, steps=60)
        sweeps[method] = [sweep(start) for start in STARTS]
    return drawn(ContourView, valley, sweeps, **settings)
