"""How the axes of an explorer are chosen for a loss and its runs."""

import re

from helpers.descent import compile_sweep
from helpers.explorer.canvas import _HEIGHT, _WIDTH
from helpers.explorer.views import ContourView, CurveView
import numpy as np
import pytest
from support.drawings import draw_valley, drawn, unpacked, valley
from support.oracles import f


def test_the_curve_spans_a_window_around_starts_and_minimum():
    sweep = compile_sweep(f, "SGD", learning_rates=[0.5], steps=1)
    axes = CurveView(f, [sweep(10.0), sweep(-2.0)]).draw_axes()
    (low, high), (floor, top) = axes.get_xlim(), axes.get_ylim()
    curve, minimum, starts = axes.lines[:3]
    assert (curve.get_xdata()[0], curve.get_xdata()[-1]) == (low, high)
    assert minimum.get_xydata().tolist() == [[4, 0]]
    assert starts.get_xydata().tolist() == [[-2, 36], [10, 36]]
    # The starts lie 6 from the minimum and 36 above it; margins are below a half.
    assert -5 < low < -2.5
    assert 10.5 < high < 13
    assert -18 < floor < 0
    assert 37 < top < 54


def test_a_lowest_loss_of_a_rounding_error_is_called_zero():
    def off(x):
        return f(x) + 1e-6

    sweep = compile_sweep(off, "SGD", learning_rates=[0.5], steps=3)
    assert "loss above" not in drawn(CurveView, off, {"SGD": [sweep(10.0)]})["loss_svg"]


def test_starting_at_the_minimum_is_drawn():
    sweep = compile_sweep(f, "SGD", learning_rates=[0.1], steps=3)(4.0)
    run = drawn(CurveView, f, {"SGD": [sweep]})["data"]["runs"][0][0][0]
    first, *others = unpacked(run["x"])
    assert others == [first] * 3


def test_walks_lie_in_one_plane_of_equal_units(walks):
    """The starts are 7 apart in x and 1.5 in y, and so they are drawn."""
    left, right = (starts[0] for starts in walks["data"]["runs"][0])
    across, down = (unpacked(right[axis])[0] - unpacked(left[axis])[0] for axis in "xy")
    assert across > 100
    assert down / 1.5 == pytest.approx(across / 7, rel=0.03)


def test_walks_are_in_sight_from_start_to_minimum(walks):
    for starts in walks["data"]["runs"]:
        for run in (starts[0][0], starts[1][0]):
            x, y = unpacked(run["x"]), unpacked(run["y"])
            assert x.min() > 20
            assert x.max() < _WIDTH
            assert y.min() > 20
            assert y.max() < _HEIGHT - 20


def test_rest_is_near_the_lowest_loss_that_is_given(walks):
    """At 0.1, x - 1 shrinks to 0.8 and y + 0.5 turns to -0.6 of what it was."""
    k = np.arange(61)
    loss = (5 * 0.8**k) ** 2 + 8 * (2.5 * (-0.6) ** k) ** 2
    expected = int(np.flatnonzero(loss > 1e-4 * loss[0])[-1]) + 1
    run = walks["data"]["runs"][0][0][0]
    assert run["arrival"] == expected
    assert run["regime"] == "converges, swinging"
    assert walks["data"]["runs"][0][0][1]["regime"] == "diverges"


def test_without_a_minimum_the_lowest_visited_is_it(walks):
    found = draw_valley()
    given = draw_valley(minimum=(1.0, -0.5))
    assert found["data"]["runs"][0][0][0] == given["data"]["runs"][0][0][0]


def test_contours_are_light(walks):
    assert len(walks["path_svg"]) < 60_000
    for corners in re.findall(r' d="([^"]*)"', walks["path_svg"]):
        assert not re.search(r"\.\d\d", corners)


def test_the_last_place_of_a_walk_is_that_of_its_last_step():
    sweep = compile_sweep(valley, "SGD", learning_rates=[0.05], steps=1)((-4.0, 2.0))
    run = sweep.run(0)
    x, y = (f"{v:.4g}" for v in run.points[1])
    assert ContourView(valley, [sweep]).last_place(run) == f"(x, y) = ({x}, {y})"


def test_a_leap_of_a_run_that_diverges_does_not_widen_the_view():
    calm = compile_sweep(valley, "SGD", learning_rates=[0.05], steps=5)((-4.0, 2.0))
    wild = compile_sweep(valley, "SGD", learning_rates=[50.0], steps=5)((-4.0, 2.0))
    alone = ContourView(valley, [calm], (1.0, -0.5)).draw_axes().get_xlim()
    both = ContourView(valley, [calm, wild], (1.0, -0.5)).draw_axes().get_xlim()
    assert both == pytest.approx(alone)
