"""The explorer's figures and points, without a browser."""

import re
import xml.etree.ElementTree as ET

from helpers.descent import compile_sweep
from helpers.explorer.canvas import _HEIGHT, _WIDTH
from helpers.explorer.encoding import _RADIUS, packed
from helpers.explorer.picture import _FLOOR, _draw_loss_axes, _mark, draw
from helpers.explorer.plot import ConvergencePlot
from helpers.explorer.views import ContourView, CurveView
from helpers.plots import METHOD_STYLES
import numpy as np
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


def test_the_loss_has_room_for_every_iteration_and_for_wild_runs():
    axes = _draw_loss_axes(50, 0.0, 36.0)
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    assert -5 < left < 0
    assert 50 < right < 55
    assert low == pytest.approx(_FLOOR * 36)
    assert high >= 360


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


@pytest.mark.parametrize(
    "positions", [[], [0], [15, 31, 15, -1], [16, 0, 5000, -(10**6)], [-1, -17, -33]]
)
def test_what_is_packed_comes_back(positions):
    assert unpacked(packed(np.array(positions, int))).tolist() == positions


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


def test_markers_are_those_of_the_methods(drawing):
    for method, style in zip(("SGD", "Adam"), drawing["data"]["styles"], strict=True):
        assert style["color"] == METHOD_STYLES[method]["color"]
        assert re.fullmatch(r"m[-\d.]+,[-\d.]+l([-\d.]+,[-\d.]+ ?)+z", style["marker"])


def corners(style):
    """Return the corners of a marker, measured from its point."""
    ways = re.findall(r"([-\d.]+),([-\d.]+)", style["marker"])
    return np.cumsum(np.array(ways, float), axis=0)


def test_markers_stand_around_their_points(drawing):
    circle, triangle = map(corners, drawing["data"]["styles"])
    np.testing.assert_allclose(np.hypot(*circle.T), _RADIUS, atol=0.3)
    # Adam's points down, and down is where y grows.
    lowest = triangle[np.argmax(triangle[:, 1])]
    np.testing.assert_allclose(lowest, [0, _RADIUS], atol=0.1)
    assert sorted(triangle[:, 0].tolist()) == [-_RADIUS, 0, _RADIUS]


def test_a_loss_above_zero_is_measured_from_its_lowest():
    sweep = compile_sweep(
        lambda x: f(x) + 7.0, "SGD", learning_rates=[0.5, 1.0], steps=3
    )
    drawing = drawn(CurveView, lambda x: f(x) + 7.0, {"SGD": [sweep(10.0)]})
    assert "loss above 7" in drawing["loss_svg"]


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


# ------------------------------------------------------------ in two variables


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


def test_a_walk_is_told_by_its_point_and_its_loss(walks):
    run = walks["data"]["runs"][0][0][0]
    assert re.fullmatch(r"\(x, y\) = \(1, -0\.5\)", run["end"][0])
    assert float(run["end"][1]) < 1e-8
    assert walks["data"]["rest"] == ["loss", "a ten-thousandth"]
    assert walks["data"]["surface"] == "among the contours"


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


def test_a_loss_below_zero_is_measured_from_its_lowest_in_words_too():
    def deep(x, y):
        return valley(x, y) - 7.0

    sweep = compile_sweep(deep, "SGD", learning_rates=[0.05, 0.1], steps=3)
    drawing = drawn(ContourView, deep, {"SGD": [sweep(STARTS[0])]}, minimum=(1.0, -0.5))
    assert drawing["data"]["rest"][0] == "loss above -7"
    assert "loss above -7" in drawing["loss_svg"]


def test_contours_are_light(walks):
    assert len(walks["path_svg"]) < 60_000
    for corners in re.findall(r' d="([^"]*)"', walks["path_svg"]):
        assert not re.search(r"\.\d\d", corners)


def test_numbers_on_the_axes_are_whole():
    """Only corners are rounded: what is read is left as it is."""
    sweep = compile_sweep(lambda x: x**2 / 100, "SGD", learning_rates=[0.1], steps=3)
    drawing = drawn(CurveView, lambda x: x**2 / 100, {"SGD": [sweep(0.25)]})
    assert re.search(r">0\.\d{2,}<", drawing["path_svg"])


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


SHADES = ("creeps", "converges", "swinging", "oscillates", "diverges")


def luminance(color):
    """Return the relative luminance of a colour like ``#fff``, as WCAG defines it."""
    digits = color[1:] if len(color) == 7 else "".join(2 * c for c in color[1:])
    c = np.array([int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)])
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    """Return the contrast of two colours, 1 to 21."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def band_color(name, theme):
    """Return what the style sheet calls ``name``: 0 for light, 1 for dark."""
    css = str(ConvergencePlot._css)
    return re.findall(rf"--convergence-{name}: (#\w+);", css)[theme]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", SHADES)
def test_words_on_the_band_can_be_read(name, theme):
    assert contrast(band_color(name, theme), band_color("text", theme)) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", [name for name in SHADES if name != "swinging"])
def test_a_run_that_swings_is_lighter_or_darker_than_any_other(name, theme):
    """Who does not see hues still sees where it begins and ends."""
    assert contrast(band_color(name, theme), band_color("swinging", theme)) >= 1.35
