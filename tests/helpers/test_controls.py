"""The controls of an explorer: what they choose, and what it shows."""

import struct

from helpers.explorer import explore_valley
import numpy as np
import pytest


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
    message = (
        rf"{rate} is not one of the slider's learning rates; the nearest is {nearest}"
    )
    with pytest.raises(ValueError, match=message):
        explorer.learning_rate = rate
    assert explorer.learning_rate == 0.1


def test_every_control_is_linked_to_the_plot(explorer):
    plot = explorer.children[2]
    assert (plot.rate, plot.method, plot.start, plot.iteration) == (0, 0, 0, 4)
    assert plot.data["rates"] == list(controls(explorer)["learning rate"].options)


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
