"""Drawings as SVG, without a browser."""

import re
import xml.etree.ElementTree as ET

from helpers.descent import compile_sweep
from helpers.explorer.canvas import _HEIGHT, _WIDTH
from helpers.explorer.picture import draw
from helpers.explorer.views import ContourView, CurveView
import pytest

RATES = [0.1, 0.5, 1.0, 1.5]


def f(x):
    return (x - 4.0) ** 2


def drawn(view, loss, sweeps, minimum=None, bounds=None):
    """Return the traits of the plot of these sweeps."""
    each = [sweep for several in sweeps.values() for sweep in several]
    return draw(view(loss, each, minimum), sweeps, bounds or {})


@pytest.fixture(scope="module")
def drawing():
    sweeps = {}
    for method in ("SGD", "Adam"):
        sweep = compile_sweep(f, method, learning_rates=RATES, steps=140)
        sweeps[method] = [sweep(10.0), sweep(-2.0)]
    return drawn(CurveView, f, sweeps)


@pytest.mark.parametrize("name", ["path_svg", "loss_svg"])
def test_the_figures_are_svg_with_parts_to_move(drawing, name):
    root = ET.fromstring(drawing[name])
    assert root.get("viewBox") == f"0 0 {_WIDTH} {_HEIGHT}"
    ids = {element.get("id") for element in root.iter()}
    assert {"trail", "dots", "head"} <= ids


@pytest.mark.parametrize("name", ["path_svg", "loss_svg"])
def test_the_page_shows_through_the_figures(drawing, name):
    root = ET.fromstring(drawing[name])
    (back,) = (part for part in root.iter() if part.get("id") == "patch_1")
    assert "fill: none" in back[0].get("style")


def valley(x, y):
    return (x - 1.0) ** 2 + 8.0 * (y + 0.5) ** 2


STARTS = [(-4.0, 2.0), (3.0, 0.5)]


def draw_valley(**settings):
    """Return the drawing of walks of two methods from two starts."""
    sweeps = {}
    for method in ("SGD", "momentum"):
        sweep = compile_sweep(valley, method, learning_rates=RATES, steps=60)
        sweeps[method] = [sweep(start) for start in STARTS]
    return drawn(ContourView, valley, sweeps, **settings)


@pytest.fixture(scope="module")
def walks():
    return draw_valley(minimum=(1.0, -0.5), bounds={"SGD": 0.125})


@pytest.mark.parametrize("name", ["path_svg", "loss_svg"])
def test_the_figures_of_walks_have_parts_to_move(walks, name):
    root = ET.fromstring(walks[name])
    assert root.get("viewBox") == f"0 0 {_WIDTH} {_HEIGHT}"
    ids = {element.get("id") for element in root.iter()}
    assert {"trail", "dots", "head"} <= ids


def test_numbers_on_the_axes_are_whole():
    """Only corners are rounded: what is read is left as it is."""
    sweep = compile_sweep(lambda x: x**2 / 100, "SGD", learning_rates=[0.1], steps=3)
    drawing = drawn(CurveView, lambda x: x**2 / 100, {"SGD": [sweep(0.25)]})
    assert re.search(r">0\.\d{2,}<", drawing["path_svg"])
