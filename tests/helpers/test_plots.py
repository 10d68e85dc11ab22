"""The plots of runs, read from the drawn artists."""

from helpers.plots import (
    CURVE_COLOR,
    METHOD_STYLES,
    plot_contours,
    plot_loss,
    plot_path,
    plot_walk,
)
from helpers.runs import Run
import matplotlib as mpl
from matplotlib.colors import same_color
import matplotlib.pyplot as plt
import numpy as np
import pytest

mpl.use("agg")


def f(x):
    return (x - 4) ** 2


def run_through(*x):
    """Return a run that visits the points ``x``."""
    x = np.array(x, np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        return Run(np.arange(x.size), x, f(x), 2 * (x - 4))


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


CALM = run_through(10, 8.8, 7.84)
WILD = run_through(10, -3.2, 12.64, -6.4, 16.4, np.inf, np.nan)


def test_the_path_is_the_run_on_the_curve(ax):
    assert plot_path(f, CALM, label="a run", ax=ax) is ax
    curve, path = ax.lines
    np.testing.assert_array_equal(path.get_xdata(), CALM.x)
    np.testing.assert_array_equal(path.get_ydata(), CALM.loss)
    np.testing.assert_allclose(curve.get_ydata(), f(curve.get_xdata()), rtol=1e-6)
    low, high = ax.get_xlim()
    assert low < CALM.x.min() < CALM.x.max() < high
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x", "loss")
    assert path.get_label() == "a run"


def test_a_diverging_path_stays_readable(ax):
    plot_path(f, WILD, ax=ax)
    drawn = ax.lines[1].get_xdata()
    assert np.isfinite(drawn).all()
    assert 3 <= drawn.size < WILD.x.size
    assert np.ptp(ax.get_xlim()) < 100
    left_out = WILD.x.size - drawn.size
    assert ax.get_title(loc="left") == f"{left_out} of 7 points lie outside"


def test_points_up_to_four_times_the_first_height_are_near(ax):
    """The first two losses are 36 and 4, the lowest is 0: the height is 36."""
    near, far = 4 + 6 * np.sqrt(3.99), 4 + 6 * np.sqrt(4.01)
    plot_path(f, run_through(10, 6, 4, near, far), ax=ax)
    assert ax.lines[1].get_xdata().tolist() == [10, 6, 4, np.float32(near)]


def test_a_run_that_stands_still_has_a_window(ax):
    plot_path(f, run_through(4, 4, 4), ax=ax)
    low, high = ax.get_xlim()
    assert low < 4 < high


def test_a_loss_that_is_not_elementwise_is_named(ax):
    with pytest.raises(ValueError, match=r"f must be elementwise.*shape \(201,\)"):
        plot_path(lambda x: 1.0, CALM, ax=ax)


def test_the_loss_is_drawn_on_a_logarithmic_axis(ax):
    assert plot_loss(CALM, label="a run", ax=ax) is ax
    (line,) = ax.lines
    np.testing.assert_array_equal(line.get_xdata(), CALM.iterations)
    np.testing.assert_array_equal(line.get_ydata(), CALM.loss)
    assert ax.get_yscale() == "log"
    assert line.get_label() == "a run"


@pytest.mark.parametrize(("steps", "most"), [(10, 11), (500, 27)])
def test_markers_stay_apart_however_long_the_run(ax, steps, most):
    plot_loss(run_through(*np.linspace(10, 5, steps + 1)), ax=ax)
    every = ax.lines[0].get_markevery()
    shown = len(range(0, steps + 1, every))
    assert 10 < shown <= most


def test_a_loss_of_zero_is_marked_on_the_edge(ax):
    plot_loss(run_through(10, 4, 4), ax=ax)
    line, zeros = ax.lines
    assert np.isnan(line.get_ydata()[1:]).all()
    assert zeros.get_xdata().tolist() == [1, 2]
    assert zeros.get_ydata().tolist() == [0, 0]


def test_infinite_and_nan_losses_are_left_out(ax):
    plot_loss(WILD, ax=ax)
    assert np.isfinite(ax.lines[0].get_ydata()).tolist() == [True] * 5 + [False] * 2


@pytest.mark.parametrize("method", METHOD_STYLES)
def test_each_method_has_its_colour_and_marker(ax, method):
    plot_path(f, CALM, method=method, ax=ax)
    plot_loss(CALM, method=method, ax=ax)
    for line in (ax.lines[1], ax.lines[2]):
        assert line.get_color() == METHOD_STYLES[method]["color"]
        assert line.get_marker() == METHOD_STYLES[method]["marker"]


def test_no_two_methods_look_alike():
    for key in ("color", "marker"):
        assert len({s[key] for s in METHOD_STYLES.values()}) == len(METHOD_STYLES)


@pytest.mark.parametrize("draw", [plot_loss, lambda r, **k: plot_path(f, r, **k)])
def test_an_unknown_method_is_named(draw, ax):
    with pytest.raises(ValueError, match=r"method must be one of SGD.*not 'sgd'"):
        draw(CALM, method="sgd", ax=ax)


@pytest.mark.parametrize("draw", [plot_loss, lambda r: plot_path(f, r)])
def test_without_axes_it_draws_on_the_current_ones(draw, ax):
    plt.sca(ax)
    assert draw(CALM) is ax


# --------------------------------------------------------- in two variables


def valley(x, y):
    return (x - 1) ** 2 + 50 * (y + 0.5) ** 2 - 3


WINDOW = {"x": (-4.0, 4.0), "y": (-2.0, 2.0)}
STROLL = np.array([[-3.0, 1.5], [-2.0, -1.5], [0.0, 1.0], [0.5, -0.5]])


@pytest.fixture
def contours(ax):
    """Return axes with the contours of the valley."""
    return plot_contours(valley, **WINDOW, ax=ax)


def test_contours_are_where_the_loss_is_as_high_as_they_say(contours):
    (drawn,) = contours.collections
    assert len(drawn.get_paths()) == len(drawn.levels) > 10
    for path, level in zip(drawn.get_paths(), drawn.levels, strict=True):
        assert len(path.vertices)
        np.testing.assert_allclose(valley(*path.vertices.T), level, rtol=0.05)


def test_contours_show_the_floor_and_the_walls_of_a_valley(contours):
    """Each lies a constant number of times higher than the one before."""
    (drawn,) = contours.collections
    above = np.array(drawn.levels) + 3
    ratios = above[1:] / above[:-1]
    assert ratios.min() > 1.5
    np.testing.assert_allclose(ratios, ratios[0], rtol=0.02)
    assert above[0] < 1e-3 * above[-1]


def test_even_contours_rise_by_the_same_amount(ax):
    (drawn,) = plot_contours(valley, **WINDOW, evenly=True, ax=ax).collections
    assert len(drawn.levels) > 10
    np.testing.assert_allclose(np.diff(drawn.levels), np.diff(drawn.levels)[0])
    assert drawn.levels[0] + 3 == pytest.approx(np.diff(drawn.levels)[0], rel=1e-3)


def test_contours_have_the_window_and_equal_units(contours):
    assert contours.get_aspect() == 1
    assert (contours.get_xlim(), contours.get_ylim()) == tuple(WINDOW.values())
    assert (contours.get_xlabel(), contours.get_ylabel()) == ("x", "y")
    (drawn,) = contours.collections
    assert all(same_color(color, CURVE_COLOR) for color in drawn.get_edgecolor())


def test_a_walk_goes_through_its_points_in_the_same_window(contours):
    assert plot_walk(STROLL, label="a walk", ax=contours) is contours
    (line,) = contours.lines
    np.testing.assert_array_equal(line.get_xydata(), STROLL)
    assert line.get_label() == "a walk"
    assert (contours.get_xlim(), contours.get_ylim()) == tuple(WINDOW.values())
    assert contours.get_title(loc="left") == ""


def test_a_walk_that_leaves_the_window_says_how_much_of_it(contours):
    out = [[5.0, 0.0], [1e6, 0.0], [0.0, 13.0], [np.inf, 0.0], [np.nan, np.nan]]
    plot_walk([*STROLL, *out], label="wild", ax=contours)
    plot_walk([*STROLL, out[0]], ax=contours)
    title = "wild: 5 of 9 points lie outside\n1 of 5 points lie outside"
    assert contours.get_title(loc="left") == title
    drawn = contours.lines[0].get_xydata()
    np.testing.assert_array_equal(drawn[:5], [*STROLL, out[0]])  # it leads out
    assert np.isnan(drawn[5:]).all()
    assert (contours.get_xlim(), contours.get_ylim()) == tuple(WINDOW.values())


def test_a_walk_alone_has_a_window_of_its_own(ax):
    plot_walk(STROLL, ax=ax)
    assert ax.get_xlim()[0] < -3 < 0.5 < ax.get_xlim()[1]
    assert ax.get_ylim()[0] < -1.5 < 1.5 < ax.get_ylim()[1]
    assert ax.get_aspect() == 1


@pytest.mark.parametrize("method", METHOD_STYLES)
def test_a_walk_has_the_colour_and_marker_of_its_method(ax, method):
    plot_walk(STROLL, method=method, ax=ax)
    assert ax.lines[0].get_color() == METHOD_STYLES[method]["color"]
    assert ax.lines[0].get_marker() == METHOD_STYLES[method]["marker"]


def test_contours_and_walks_are_drawn_on_the_current_axes(ax):
    plt.sca(ax)
    assert plot_contours(valley, **WINDOW) is ax
    assert plot_walk(STROLL) is ax


@pytest.mark.parametrize("axis", ["x", "y"])
@pytest.mark.parametrize("ends", [(1, 1), (2, 1), (0, np.inf), (np.nan, 1), 3, (1,)])
def test_a_bad_window_is_named(ax, axis, ends):
    message = f"{axis} must be two finite numbers, the lower one first; got "
    with pytest.raises(ValueError, match=message):
        plot_contours(valley, **WINDOW | {axis: ends}, ax=ax)


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (lambda x, y: 1.0, r"f must be elementwise, one loss for each point: .*\(\)"),
        (lambda x, y: x * 0, "f must not be the same everywhere in the window"),
    ],
)
def test_a_loss_without_contours_is_named(ax, loss, message):
    with pytest.raises(ValueError, match=message):
        plot_contours(loss, **WINDOW, ax=ax)


@pytest.mark.parametrize(
    ("points", "told"),
    [
        ([], r"0 of the shape \(0,\)"),
        ([1.0, 2.0], r"2 of the shape \(2,\)"),
        ([[1.0, 2.0, 3.0]], r"1 of the shape \(1, 3\)"),
        ([[np.nan, 1.0]], r"0 of the shape \(1, 2\)"),
    ],
)
def test_points_that_are_no_walk_are_named(ax, points, told):
    message = rf"points must be an array of the shape \(n, 2\).*got {told}"
    with pytest.raises(ValueError, match=message):
        plot_walk(points, ax=ax)


def test_a_walk_of_an_unknown_method_is_named(ax):
    with pytest.raises(ValueError, match=r"method must be one of SGD.*not 'sgd'"):
        plot_walk(STROLL, method="sgd", ax=ax)
