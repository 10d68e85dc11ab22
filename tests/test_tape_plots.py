"""Pictures of tapes: read from the drawn artists."""

from helpers.recorder import record
from helpers.tape_plots import plot_graph, plot_lifelines
from matplotlib.patches import FancyArrowPatch, Rectangle
import matplotlib.pyplot as plt
import pytest
import tensorflow as tf


@pytest.fixture
def ax():
    fig, ax = plt.subplots()
    yield ax
    plt.close(fig)


def square(x):
    z = x - 4.0
    y = z**2
    return {"z": z, "y": y}


def test_a_lifeline_lasts_while_its_thing_does(ax, tmp_path):
    source = (
        "with open(path, 'w') as file:\n    file.write('4')\n"
        "with tf.GradientTape(persistent=True) as t:\n    x = 1\ndel t"
    )
    given = {"path": tmp_path / "a.txt", "tf": tf}
    lives = {
        "file": "file",
        "open": ("file a.txt", "open"),
        "t": "t",
        "records": ("tape 1", "recording"),
    }
    recording = record(source, given=given)
    assert plot_lifelines(recording, lives, ax=ax) is ax
    bars: dict[int, list[int]] = {}
    for bar in ax.patches:
        assert isinstance(bar, Rectangle)
        column = round(bar.get_x() + bar.get_width() / 2)
        bars.setdefault(column, []).append(round(bar.get_y() + 0.5))
    assert bars == {0: [1, 2, 3, 4, 5], 1: [1, 2], 2: [3, 4], 3: [3, 4]}
    assert [label.get_text() for label in ax.get_yticklabels()] == source.split("\n")
    assert [label.get_text() for label in ax.get_xticklabels()] == list(lives)
    assert ax.yaxis_inverted()  # the first line on top


def test_a_graph_shows_the_operations_and_the_gradients(ax):
    assert plot_graph(square, 10.0, ax=ax) is ax
    texts = {text.get_text() for text in ax.texts if text.get_text()}
    assert texts == {
        "x = 10", "4", "2", "Sub\nz = 6", "Pow\ny = 36", "dy/dx = 12", "dy/dz = 12",
    }  # fmt: skip
    arrows = [
        text.arrow_patch for text in ax.texts if getattr(text, "arrow_patch", None)
    ]
    assert all(isinstance(arrow, FancyArrowPatch) for arrow in arrows)
    assert len(arrows) == 4 + 2  # the inputs, and two ways back


def test_a_graph_shows_the_numbers_of_its_point(ax):
    plot_graph(square, 1.0, ax=ax)
    texts = {text.get_text() for text in ax.texts}
    assert {"x = 1", "Sub\nz = -3", "Pow\ny = 9", "dy/dx = -6", "dy/dz = -6"} <= texts


def test_inputs_stand_to_the_left_of_what_they_feed(ax):
    plot_graph(square, 10.0, ax=ax)
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert places["x = 10"][0] < places["Sub\nz = 6"][0] < places["Pow\ny = 36"][0]
    assert places["4"][0] < places["Sub\nz = 6"][0]
    assert places["4"][1] < places["Sub\nz = 6"][1]


def test_results_without_names_are_refused(ax):
    with pytest.raises(ValueError, match=r"by name, .* not"):
        plot_graph(lambda x: x * 2, 1.0, ax=ax)


def test_the_current_axes_are_the_default(ax):
    plt.sca(ax)
    assert plot_graph(square, 1.0) is ax
