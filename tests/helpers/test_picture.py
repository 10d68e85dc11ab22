"""The explorer's figures and points, without a browser."""

import re

from helpers.descent import compile_sweep
from helpers.explorer.canvas import _WIDTH
from helpers.explorer.picture import _draw_loss_axes, _mark
from helpers.explorer.views import ContourView, CurveView
import numpy as np
import pytest
from support.drawings import STARTS, draw_valley, drawn, unpacked, valley
from support.oracles import f


def test_the_loss_has_room_for_every_iteration_and_for_wild_runs():
    axes = _draw_loss_axes(50, 0.0, 36.0)
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    assert -5 < left < 0
    assert 50 < right < 55
    # A float32 loss of a million-millionth of the first is in sight.
    assert 0 < low < 1e-12 * 36
    assert high >= 360


def test_the_same_runs_are_drawn_the_same_every_time(drawing):
    sweeps = {"SGD": [compile_sweep(f, "SGD", learning_rates=[0.1], steps=3)(1.0)]}
    assert drawn(CurveView, f, sweeps) == drawn(CurveView, f, sweeps)


def test_every_run_is_there_by_method_start_and_rate(drawing):
    data = drawing["data"]
    assert data["rates"] == ["0.1", "0.5", "1", "1.5"]
    assert data["steps"] == drawing["iteration"] == 140
    assert [len(starts) for starts in data["runs"]] == [2, 2]
    assert [len(runs) for starts in data["runs"] for runs in starts] == [4] * 4


def test_points_lie_on_the_axes_of_the_figure(drawing):
    """From 10, rate 0.5 lands on the minimum: the same place from -2."""
    right, left = (starts[1] for starts in drawing["data"]["runs"][0])
    landed = [unpacked(run[axis])[1] for run in (right, left) for axis in "xy"]
    assert landed[:2] == landed[2:]
    start_right, start_left = (unpacked(run["x"])[0] for run in (right, left))
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
    assert len({len(unpacked(run[axis])) for axis in ("x", "y", "loss")}) == 1
    assert len(unpacked(run["x"])) < 141
    assert np.abs(unpacked(run["x"])).max() <= 3 * _WIDTH


def test_a_loss_above_zero_is_measured_from_its_lowest():
    sweep = compile_sweep(
        lambda x: f(x) + 7.0, "SGD", learning_rates=[0.5, 1.0], steps=3
    )
    drawing = drawn(CurveView, lambda x: f(x) + 7.0, {"SGD": [sweep(10.0)]})
    assert "loss above 7" in drawing["loss_svg"]


def test_a_walk_is_told_by_its_point_and_its_loss(walks):
    run = walks["data"]["runs"][0][0][0]
    assert re.fullmatch(r"\(x, y\) = \(1, -0\.5\)", run["end"][0])
    assert float(run["end"][1]) < 1e-8
    assert walks["data"]["rest"] == ["loss", "a ten-thousandth"]
    assert walks["data"]["surface"] == "among the contours"


def test_a_loss_below_zero_is_measured_from_its_lowest_in_words_too():
    def deep(x, y):
        return valley(x, y) - 7.0

    sweep = compile_sweep(deep, "SGD", learning_rates=[0.05, 0.1], steps=3)
    drawing = drawn(ContourView, deep, {"SGD": [sweep(STARTS[0])]}, minimum=(1.0, -0.5))
    assert drawing["data"]["rest"][0] == "loss above -7"
    assert "loss above -7" in drawing["loss_svg"]


RISING = np.float32([0.1, 0.2, 0.4, 0.8])


@pytest.mark.parametrize(
    ("bound", "place"),
    [(0.1, 0.125), (0.4, 0.625), (0.8, 0.875), (0.05, None), (0.81, None)],
)
def test_a_bound_is_marked_where_its_rate_is_on_the_band(bound, place):
    assert _mark(bound, RISING) == {"place": place, "text": f"{bound:g}"}


def test_a_bound_between_two_rates_is_marked_between_them():
    place = _mark(np.sqrt(0.2 * 0.4), RISING)["place"]
    assert place == pytest.approx(0.5, abs=1e-3)


def test_bounds_belong_to_methods_and_make_the_widget_higher(walks):
    """0.125 lies a part log 1.25 / log 5 of the way from 0.1 to 0.5."""
    assert walks["data"]["bounds"] == [{"place": 0.1597, "text": "0.125"}, None]
    assert walks["room"] == {"marked": 1}
    assert draw_valley()["room"] == {}
