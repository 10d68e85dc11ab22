"""The graph of what a tape recorded, read from the drawn artists."""

from helpers.graph import plot_graph
from matplotlib.patches import FancyArrowPatch
import matplotlib.pyplot as plt
import pytest


@pytest.fixture
def ax():
    fig, ax = plt.subplots()
    yield ax
    plt.close(fig)


def square(x):
    z = x - 4.0
    y = z**2
    return {"z": z, "y": y}


def two_ways(x):
    a = x * 2.0
    b = x - 4.0
    return {"a": a, "b": b, "y": a * b}


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


def test_constants_stand_below_and_before_what_they_feed(ax):
    plot_graph(square, 10.0, ax=ax)
    places = {text.get_text(): text.get_position() for text in ax.texts}
    for constant, user in (("4", "Sub\nz = 6"), ("2", "Pow\ny = 36")):
        assert places[constant] == (places[user][0] - 0.5, -1)


def test_what_stands_in_one_column_stands_one_above_the_other(ax):
    plot_graph(square, 10.0, ax=ax)
    heights = [t.get_position()[1] for t in ax.texts if " = " in t.get_text()]
    assert heights.count(0) == 3  # x, z and y, in a line
    ax.clear()
    plot_graph(two_ways, 1.0, ax=ax)
    boxes = [text.get_position() for text in ax.texts if text.get_bbox_patch()]
    assert len(set(boxes)) == len(boxes)


def test_a_result_that_the_last_one_does_not_need_has_no_gradient(ax):
    plot_graph(lambda x: {"aside": x * 2.0, "y": x * 3.0}, 1.0, ax=ax)
    texts = {text.get_text() for text in ax.texts}
    assert "Mul\naside = 2" in texts
    assert {text for text in texts if text.startswith("d")} == {"dy/dx = 3"}


def test_a_gradient_is_written_between_the_boxes_that_it_joins(ax):
    plot_graph(square, 10.0, ax=ax)
    x, z, y = (
        next(t.get_position()[0] for t in ax.texts if t.get_text() == name)
        for name in ("x = 10", "Sub\nz = 6", "Pow\ny = 36")
    )
    found = {t.get_text(): t.xy[0] for t in ax.texts if t.get_text().startswith("d")}
    assert found == {"dy/dx = 12": (x + z) / 2, "dy/dz = 12": (z + y) / 2}


def test_results_without_names_are_refused(ax):
    with pytest.raises(ValueError, match=r"by name, .* not"):
        plot_graph(lambda x: x * 2, 1.0, ax=ax)


def test_it_draws_on_the_axes_given_or_else_on_the_current_ones(ax):
    _, other = plt.subplots()  # now the current axes
    assert plot_graph(square, 1.0, ax=ax) is ax
    assert plot_graph(square, 1.0) is other
    plt.close(other.figure)
