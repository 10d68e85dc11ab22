"""Drawings as SVG, without a browser."""

import re
import xml.etree.ElementTree as ET

from helpers.descent import compile_sweep
from helpers.explorer.canvas import _HEIGHT, _WIDTH
from helpers.explorer.views import CurveView
import pytest
from support.drawings import drawn


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
