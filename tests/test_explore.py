"""The explorer in Python: what it gives, what it follows, what it refuses."""

import struct

from helpers.explorer import explore_convergence, explore_valley
from helpers.explorer.rates import LEARNING_RATES, VALLEY_RATES, rates_between
import numpy as np
import pytest
import tensorflow as tf


def f(x):
    return (x - 4.0) ** 2


@pytest.fixture
def explorer():
    return explore_convergence(
        f,
        starts=(10.0, -2.0),
        learning_rates=[0.1, 0.5, 1.1],
        optimizers=["SGD", "Adam"],
        steps=4,
    )


def controls(explorer):
    """Return the menus and the slider, by their description."""
    menus, slider, _ = explorer.children
    return {c.description: c for c in (*menus.children, slider)}


def test_the_run_follows_the_controls(explorer):
    assert explorer.run.x[1] == np.float32(8.8)
    controls(explorer)["learning rate"].index = 1
    assert explorer.run.x.tolist() == [10, 4, 4, 4, 4]
    controls(explorer)["start"].index = 1
    assert explorer.run.x.tolist() == [-2, 4, 4, 4, 4]
    controls(explorer)["optimizer"].value = "Adam"
    assert explorer.run.x[1] == pytest.approx(-1.5, abs=1e-4)


def test_the_learning_rate_moves_the_slider(explorer):
    explorer.learning_rate = 1.1
    assert controls(explorer)["learning rate"].value == "1.1"
    assert explorer.learning_rate == 1.1
    assert explorer.run.loss[-1] > explorer.run.loss[0]


@pytest.mark.parametrize(("rate", "nearest"), [(0.4, "0.5"), (9, "1.1"), (0.11, "0.1")])
def test_a_rate_off_the_slider_names_the_nearest(explorer, rate, nearest):
    message = rf"{rate} is none, the nearest is {nearest}"
    with pytest.raises(ValueError, match=message):
        explorer.learning_rate = rate
    assert explorer.learning_rate == 0.1


def test_every_control_is_linked_to_the_plot(explorer):
    plot = explorer.children[2]
    assert (plot.rate, plot.method, plot.start, plot.iteration) == (0, 0, 0, 4)
    assert plot.data["rates"] == list(controls(explorer)["learning rate"].options)


def test_all_that_the_plot_shows_reaches_the_page(explorer):
    state = explorer.children[2].get_state()
    drawn = {"path_svg", "loss_svg", "data"}
    assert drawn | {"rate", "method", "start", "iteration"} <= state.keys()


def test_it_shows_as_a_widget_a_picture_and_a_line(explorer):
    bundle = explorer._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["image/png"].startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data["image/png"][16:24])
    assert 1.5 < width / height < 2.5  # two figures side by side, each nearly square
    assert data["text/plain"] == (
        "ConvergenceExplorer(3 learning rates; SGD at 0.1: "
        "Run(4 iterations, x: 10 -> 6.4576, loss: 36 -> 6.0398))"
    )


def test_the_rates_of_the_slider_are_round_and_even():
    ratios = np.divide(LEARNING_RATES[1:], LEARNING_RATES[:-1])
    assert (LEARNING_RATES[0], LEARNING_RATES[-1]) == (0.01, 1.5)
    assert len(LEARNING_RATES) == 60
    assert ratios.min() > 1.04
    assert ratios.max() < 1.14
    assert all(float(f"{rate:.2g}") == rate for rate in LEARNING_RATES)


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("starts", np.inf, "starts must be a finite number, not inf"),
        ("starts", (), "starts must be one value or several different ones; got"),
        ("starts", (1.0, 1.0), "starts must be one value or several different ones"),
        ("learning_rates", [], "learning_rates must be positive.*got none"),
        ("learning_rates", [0.2, 0.1], "got 0.2 and then 0.1"),
        ("learning_rates", [0.1, 0.1], "got 0.1 and then 0.1"),
        ("learning_rates", [-1.0], "got -1.0"),
        ("optimizers", ["Adan"], "optimizer must be one of SGD, .*not 'Adan'"),
        ("optimizers", [], "optimizers must be one value or several"),
        ("optimizers", ["SGD", "SGD"], "optimizers must be one value or several"),
        ("steps", 0, "steps must be a whole number of 1 or more, not 0"),
        ("bounds", {"sgd": 1.0}, "bounds must be for optimizers among .*'sgd' is none"),
        ("bounds", {"SGD": 0}, "bounds must be positive, finite .* for SGD it is 0"),
        ("bounds", {"Adam": np.inf}, "for Adam it is inf"),
    ],
)
def test_bad_input_is_named(argument, value, message):
    with pytest.raises(ValueError, match=message):
        explore_convergence(f, **{argument: value})


def test_a_loss_that_mixes_its_entries_is_named():
    with pytest.raises(ValueError, match="f must be elementwise"):
        explore_convergence(lambda x: tf.reduce_sum(x))


def test_a_bound_of_the_parabola_is_marked():
    explorer = explore_convergence(
        f, learning_rates=[0.5, 1.0], optimizers=["SGD", "Adam"], bounds={"SGD": 1.0}
    )
    plot = explorer.children[2]
    assert plot.data["bounds"] == [{"place": 0.75, "text": "1"}, None]


# ------------------------------------------------------------ in two variables


def valley(x, y):
    return (x**2 + 20.0 * y**2) / 2.0


@pytest.fixture(scope="module")
def valleys():
    return explore_valley(
        valley,
        starts=[(-4.0, 2.0), (4, 0.5)],
        learning_rates=[0.025, 0.05, 0.2],
        optimizers=["SGD", "momentum"],
        steps=3,
        bounds={"SGD": 0.1},
    )


def test_the_walk_follows_the_controls(valleys):
    walk = valleys.run
    assert valleys.learning_rate == 0.05
    np.testing.assert_allclose(walk.points[1], [-3.8, 0.0], atol=1e-6)
    controls(valleys)["learning rate"].index = 0
    np.testing.assert_allclose(valleys.run.points[1], [-3.9, 1.0], rtol=1e-6)
    controls(valleys)["start"].index = 1
    np.testing.assert_allclose(valleys.run.points[1], [3.9, 0.25], rtol=1e-6)
    controls(valleys)["optimizer"].value = "momentum"
    velocity = 0.9 * -0.1 - 0.025 * 3.9
    np.testing.assert_allclose(valleys.run.x[2], 3.9 + velocity, rtol=1e-6)


def test_starts_are_named_as_points(valleys):
    assert controls(valleys)["start"].options == ("(-4, 2)", "(4, 0.5)")


def test_a_valley_shows_as_a_widget_a_picture_and_a_line(valleys):
    bundle = valleys._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"].startswith("ConvergenceExplorer(3 learning rates; ")


def test_one_start_may_stand_alone():
    for start in ((1.0, 2.0), [1, 2], np.array([1.0, 2.0]), [(1.0, 2.0)]):
        explorer = explore_valley(
            valley, starts=start, learning_rates=[0.05], optimizers="SGD", steps=1
        )
        assert explorer.run.points[0].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("starts", 3.0, "starts must be a pair of finite numbers, not 3.0"),
        ("starts", [], r"starts must be one value or several different ones; got \[\]"),
        (
            "starts",
            [(1.0, np.nan)],
            r"starts must be a pair of finite numbers, not \(1",
        ),
        ("starts", [(1.0, 2.0), 3.0], "starts must be a pair of finite numbers, not 3"),
        ("starts", [(1, 2), (1, 2)], "starts must be one value or several different"),
        ("starts", (1.0, 2.0, 3.0), r"pair of finite numbers, not \(1.0, 2.0, 3.0\)"),
        ("minimum", (0.0,), r"minimum must be a pair of finite numbers, not \(0.0,\)"),
        ("learning_rates", [0.2, 0.1], "got 0.2 and then 0.1"),
        ("optimizers", ["Adan"], "optimizer must be one of SGD, .*not 'Adan'"),
        ("optimizers", [], "optimizers must be one value or several"),
        ("steps", 0, "steps must be a whole number of 1 or more, not 0"),
        ("bounds", {"Adagrad": 1.0}, "bounds must be for optimizers among"),
        ("bounds", {"SGD": "1"}, "bounds must be positive, finite .* it is '1'"),
    ],
)
def test_bad_input_for_a_valley_is_named(argument, value, message):
    with pytest.raises(ValueError, match=message):
        explore_valley(valley, **{"starts": (1.0, 2.0), argument: value})


def test_a_loss_of_one_variable_is_no_valley():
    with pytest.raises(ValueError, match="f must take two arguments"):
        explore_valley(f, starts=(1.0, 2.0))


@pytest.mark.parametrize(
    ("optimizer", "bound"), [("SGD", 2 / 20), ("momentum", 2 * (1 + 0.9) / 20)]
)
def test_the_stability_bounds_are_where_walks_begin_to_diverge(optimizer, bound):
    """2/λ for gradient descent, 2(1 + β)/λ with momentum β; here λ is 20."""
    rates = [0.99 * bound, 1.01 * bound]
    explorer = explore_valley(
        valley,
        starts=(-4.0, 2.0),
        minimum=(0.0, 0.0),
        learning_rates=rates,
        optimizers=[optimizer],
        steps=400,
    )
    below, above = explorer.children[2].data["runs"][0][0]
    assert below["regime"] != "diverges"
    assert below["arrival"] is not None
    assert above["regime"] == "diverges"


def test_round_rates_lie_between_their_ends():
    assert rates_between(1e-4, 1e-3)[0] == 1e-4
    assert rates_between(1e-4, 1e-3)[-1] == 1e-3
    assert rates_between(1e-4, 1e-3)[3] == 0.00014
    assert rates_between(0.01, 1.0) == VALLEY_RATES
    assert len(VALLEY_RATES) == 41
    ratios = np.divide(VALLEY_RATES[1:], VALLEY_RATES[:-1])
    assert ratios.min() > 1.09
    assert ratios.max() < 1.15


@pytest.mark.parametrize("ends", [(0, 1), (2, 1), (0.1, np.inf), ("1", 2)])
def test_ends_that_make_no_rates_are_named(ends):
    with pytest.raises(ValueError, match="low and high must be positive, finite"):
        rates_between(*ends)
