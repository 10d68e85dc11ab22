"""Where the picture of a single step has its points, and how it writes numbers."""

from helpers.explorer import explore_step
from helpers.explorer.canvas import figure_of, to_svg
from helpers.explorer.step_picture import _draw_curve
import matplotlib.pyplot as plt
import numpy as np
import pytest
from support.drawings import unpacked
from support.one_step import RATES, STARTS, by_minimize, choose, explored
from support.oracles import f


@pytest.fixture(scope="module")
def explorer():
    return explored()


def test_points_lie_where_the_axes_of_the_picture_have_them():
    """Built again here: a half pixel is what rounding to whole units may move."""
    explorer = explore_step(f, starts=STARTS, learning_rates=RATES)
    with plt.style.context("helpers.book"):
        axes = plt.figure(figsize=(5, 300 / 72), dpi=72).subplots()
        _draw_curve(f, explorer._sweeps, axes)
        figure_of(axes).draw_without_rendering()
        to_svg(axes)  # which lays the labels out, so it moves the axes a little
    for start, step in zip(STARTS, explorer.children[2].data["steps"], strict=True):
        landed = np.array([by_minimize(start, rate) for rate in RATES])
        pixels = axes.transData.transform(
            np.column_stack([[start, *landed], f(np.array([start, *landed]))])
        )
        x = [step["begin"][0], *unpacked(step["x"])]
        y = [step["begin"][1], *unpacked(step["y"])]
        assert x == pytest.approx(pixels[:, 0], abs=0.51)
        assert y == pytest.approx(300 - pixels[:, 1], abs=0.51)
        left, left_up, right, right_up = step["tangent"]
        lean = axes.transData.transform(
            [[start, f(start)], [start + 1, f(start) + 2 * (start - 4)]]
        )
        across, up = lean[1] - lean[0]
        assert (left_up - right_up) * across == pytest.approx(
            (right - left) * up, abs=2 * np.hypot(across, up)
        )
        assert 2 * step["begin"][0] == pytest.approx(left + right, abs=2)


def test_sliders_sentence_and_axes_write_numbers_in_one_way(explorer):
    slider = explorer.children[0]
    assert slider._options_labels == ("−2", "1", "4", "10")
    choose(explorer, -2.0, 0.01)
    assert f"x = {slider.label} " in repr(explorer)
    assert "-" not in repr(explorer)
    assert plt.ScalarFormatter.fix_minus("-2") == slider.label
