"""The explorer's figures and points, without a browser."""

import re
import xml.etree.ElementTree as ET

from helpers.convergence import HEIGHT, WIDTH, draw
from helpers.descent import compile_sweep
from helpers.plots import METHOD_STYLES
import numpy as np
import pytest

RATES = [0.1, 0.5, 1.0, 1.5]


def f(x):
    return (x - 4.0) ** 2


@pytest.fixture(scope="module")
def drawing():
    sweeps = {}
    for method in ("SGD", "Adam"):
        sweep = compile_sweep(f, method, learning_rates=RATES, steps=140)
        sweeps[method] = [sweep(10.0), sweep(-2.0)]
    return draw(f, sweeps)


@pytest.mark.parametrize("name", ["path_svg", "loss_svg"])
def test_the_figures_are_svg_with_parts_to_move(drawing, name):
    root = ET.fromstring(drawing[name])
    assert root.get("viewBox") == f"0 0 {WIDTH} {HEIGHT}"
    ids = {element.get("id") for element in root.iter()}
    assert {"trail", "dots", "head"} <= ids


def test_the_same_runs_are_drawn_the_same_every_time(drawing):
    sweeps = {"SGD": [compile_sweep(f, "SGD", learning_rates=[0.1], steps=3)(1.0)]}
    assert draw(f, sweeps) == draw(f, sweeps)


def test_every_run_is_there_by_method_start_and_rate(drawing):
    data = drawing["data"]
    assert data["rates"] == ["0.1", "0.5", "1", "1.5"]
    assert data["steps"] == drawing["iteration"] == 140
    assert [len(starts) for starts in data["runs"]] == [2, 2]
    assert [len(runs) for starts in data["runs"] for runs in starts] == [4] * 4


def test_points_lie_on_the_axes_of_the_figure(drawing):
    """From 10, rate 0.5 lands on the minimum: the same place from -2."""
    right, left = (starts[1] for starts in drawing["data"]["runs"][0])
    landed = [np.cumsum(run[axis])[1] for run in (right, left) for axis in "xy"]
    assert landed[:2] == landed[2:]
    start_right, start_left = right["x"][0], left["x"][0]
    assert start_left < landed[0] < start_right
    # 4 is halfway between -2 and 10.
    assert abs((start_left + start_right) / 2 - landed[0]) <= 1


def test_runs_are_told_in_numbers_to_the_digits_shown(drawing):
    run = drawing["data"]["runs"][0][0][1]
    assert run["end"] == ["x = 4", "0"]
    assert run["arrival"] == 1
    assert run["regime"] == "converges"


def test_a_run_that_leaves_float32_ends_where_it_left(drawing):
    run = drawing["data"]["runs"][0][0][3]
    assert run["regime"] == "diverges"
    assert run["end"] == ["x = nan", "nan"]
    assert len(run["x"]) == len(run["y"]) == len(run["loss"]) < 141
    assert np.abs(np.cumsum(run["x"])).max() <= 3 * WIDTH


def test_markers_are_those_of_the_methods(drawing):
    for method, style in zip(("SGD", "Adam"), drawing["data"]["styles"], strict=True):
        assert style["color"] == METHOD_STYLES[method]["color"]
        assert re.fullmatch(r"m[-\d.]+,[-\d.]+l([-\d.]+,[-\d.]+ ?)+z", style["marker"])


def test_a_loss_above_zero_is_measured_from_its_lowest():
    sweep = compile_sweep(
        lambda x: f(x) + 7.0, "SGD", learning_rates=[0.5, 1.0], steps=3
    )
    drawing = draw(lambda x: f(x) + 7.0, {"SGD": [sweep(10.0)]})
    assert "loss above 7" in drawing["loss_svg"]


def test_starting_at_the_minimum_is_drawn():
    sweep = compile_sweep(f, "SGD", learning_rates=[0.1], steps=3)(4.0)
    run = draw(f, {"SGD": [sweep]})["data"]["runs"][0][0][0]
    assert run["x"][1:] == [0, 0, 0]
