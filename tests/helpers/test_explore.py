"""The explorers: what they return, what they compute, what they refuse."""

from itertools import groupby

from helpers.explorer import explore_convergence, explore_runs, explore_valley
from helpers.runs import Sweep
import numpy as np
import pytest
from support.oracles import f
import tensorflow as tf


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


def test_f_is_checked_then_run_then_drawn_and_each_only_once():
    calls = []

    def counted(x):
        eager = "checked" if tf.executing_eagerly() else "run"
        calls.append("drawn" if isinstance(x, np.ndarray) else eager)
        return (x - 4.0) ** 2

    explore_convergence(
        counted,
        starts=(10.0, -2.0),
        learning_rates=[0.1, 0.5],
        optimizers=["SGD", "Adam"],
        steps=2,
    )
    assert [what for what, _ in groupby(calls)] == ["checked", "run", "drawn"]
    assert calls.count("checked") == 3  # at two points, and at both together
    assert calls.count("drawn") == 1


def test_a_loss_that_mixes_its_entries_is_named():
    with pytest.raises(ValueError, match="f must be elementwise"):
        explore_convergence(lambda x: tf.reduce_sum(x))


def test_a_bound_of_the_parabola_is_marked():
    explorer = explore_convergence(
        f, learning_rates=[0.5, 1.0], optimizers=["SGD", "Adam"], bounds={"SGD": 1.0}
    )
    plot = explorer.children[2]
    assert plot.data["bounds"] == [{"place": 0.75, "text": "1"}, None]


def valley(x, y):
    return (x**2 + 20.0 * y**2) / 2.0


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


# ------------------------------------------------- runs that were computed beforehand


def computed(rates=(0.1, 0.5), start=(10.0, 2.0), factor=1.0):
    """Return a sweep of three rows on a bowl, as a loop would leave it behind."""
    shares = (1 - 2 * factor * np.array(rates)) ** np.arange(3)[:, None]
    points = np.float32(shares[..., None] * np.array(start))
    return Sweep(np.float32(rates), points, bowl(*points.T).T, 2 * points)


def bowl(x, y):
    return x**2 + y**2


@pytest.fixture
def runs():
    sweeps = {"one row": computed(factor=0.5), "all rows": computed()}
    return explore_runs(bowl, sweeps, menu="batch size", minimum=(0.0, 0.0))


def test_given_runs_are_chosen_by_rate_and_by_a_menu_with_its_label(runs):
    (menu, _), slider = runs.children[0].children, runs.children[1]
    assert (menu.description, menu.options) == ("batch size", ("one row", "all rows"))
    assert runs.run.points[1].tolist() == pytest.approx([9, 1.8])
    menu.index, slider.index = 1, 1
    assert runs.run.points[1].tolist() == [0, 0]


def test_given_runs_are_drawn_alike_and_told_by_the_same_plot(runs):
    data = runs.children[2].data
    assert data["rates"] == ["0.1", "0.5"]
    one, other = data["styles"]
    assert one == other
    last = data["runs"][1][0][1]
    assert (last["regime"], last["end"]) == ("converges", ["(x, y) = (0, 0)", "0"])


def test_given_runs_have_a_static_form(runs):
    assert runs.static_form()["image/png"].startswith(b"\x89PNG")


def test_given_runs_in_one_variable_lie_on_the_curve():
    x = np.float32([[10.0], [8.8]])
    explorer = explore_runs(
        f, {"all": Sweep(np.float32([0.1]), x, f(x), 2 * x)}, menu="batch size"
    )
    assert explorer.children[2].data["surface"] == "on the curve"


@pytest.mark.parametrize(
    ("sweeps", "message"),
    [
        ({}, "sweeps must have a Sweep for each choice; got {}"),
        ({"a": computed(), "b": computed(rates=(0.1, 0.4))}, "the same .*'b' has"),
        ({"a": computed(), "b": computed(start=(1.0, 1.0))}, "the same start.*'b'"),
    ],
)
def test_sweeps_that_cannot_share_a_slider_are_named(sweeps, message):
    with pytest.raises(ValueError, match=message):
        explore_runs(bowl, sweeps, menu="batch size")


@pytest.mark.parametrize(
    ("argument", "value", "message"),
    [
        ("minimum", (0.0,), "minimum must be a pair"),
        ("optimizer", "Adan", "optimizer must be one of SGD, .*not 'Adan'"),
    ],
)
def test_bad_input_beside_given_runs_is_named(argument, value, message):
    with pytest.raises(ValueError, match=message):
        explore_runs(bowl, {"a": computed()}, menu="batch size", **{argument: value})
