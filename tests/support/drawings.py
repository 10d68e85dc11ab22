"""Explorers' drawings of known losses: a parabola, and a valley of two variables."""

import re

from helpers.descent import compile_sweep
from helpers.explorer.picture import draw
from helpers.explorer.views import ContourView, CurveView
import numpy as np
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


def unpacked(text):
    """Return the numbers that ``text`` packs, five bits a character."""
    bits = [f"{ord(sign) - 63:06b}" for sign in text]
    digits, ways = "", []
    for more, five in ((b[0], b[1:]) for b in bits):
        digits = five + digits
        if more == "0":
            size = int(digits[:-1] or "0", 2)
            ways.append(-size - 1 if digits[-1] == "1" else size)
            digits = ""
    return np.cumsum(np.array(ways, int))


def corners(style):
    """Return the corners of a marker, measured from its point."""
    ways = re.findall(r"([-\d.]+),([-\d.]+)", style["marker"])
    return np.cumsum(np.array(ways, float), axis=0)
