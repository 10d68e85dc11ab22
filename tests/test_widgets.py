"""The explorer in Python: what it gives, what it follows, what it refuses."""

import struct

from helpers.widgets import LEARNING_RATES, explore_convergence
import numpy as np
import pytest
import tensorflow as tf


def f(x):
    return (x - 4.0) ** 2


@pytest.fixture
def explorer():
    return explore_convergence(
        f,
        start=(10.0, -2.0),
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
        ("start", np.inf, "start must be a finite number, not inf"),
        ("start", (), r"start must be one value or several different ones; got \[\]"),
        ("start", (1.0, 1.0), "start must be one value or several different ones"),
        ("learning_rates", [], "learning_rates must be positive.*got none"),
        ("learning_rates", [0.2, 0.1], "got 0.2 and then 0.1"),
        ("learning_rates", [0.1, 0.1], "got 0.1 and then 0.1"),
        ("learning_rates", [-1.0], "got -1.0"),
        ("optimizers", ["Adan"], "optimizer must be one of SGD, .*not 'Adan'"),
        ("optimizers", [], "optimizers must be one value or several"),
        ("optimizers", ["SGD", "SGD"], "optimizers must be one value or several"),
        ("steps", 0, "steps must be a whole number of 1 or more, not 0"),
    ],
)
def test_bad_input_is_named(argument, value, message):
    with pytest.raises(ValueError, match=message):
        explore_convergence(f, **{argument: value})


def test_a_loss_that_mixes_its_entries_is_named():
    with pytest.raises(ValueError, match="f must be elementwise"):
        explore_convergence(lambda x: tf.reduce_sum(x))
