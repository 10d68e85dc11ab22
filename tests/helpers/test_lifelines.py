"""The lifelines of a snippet, read from the drawn artists."""

from helpers.stepper import plot_lifelines, record
from matplotlib.patches import Rectangle
import matplotlib.pyplot as plt
import pytest
import tensorflow as tf


@pytest.fixture
def ax():
    fig, ax = plt.subplots()
    yield ax
    plt.close(fig)


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


def test_the_code_stands_beside_the_bars(ax):
    plot_lifelines(record("first = 1\nsecond_name = first"), {"first": "first"}, ax=ax)
    ax.figure.draw_without_rendering()
    edge = ax.get_window_extent().x0
    boxes = [label.get_window_extent() for label in ax.get_yticklabels()]
    assert all(box.x1 <= edge for box in boxes)
    assert len({round(box.x0) for box in boxes}) == 1  # indentation can be seen


def test_it_draws_on_the_axes_given_or_else_on_the_current_ones(ax):
    _, other = plt.subplots()  # now the current axes
    assert plot_lifelines(record("x = 1"), {"x": "x"}, ax=ax) is ax
    assert plot_lifelines(record("x = 1"), {"x": "x"}) is other
    plt.close(other.figure)
