"""The plot as a widget: its style sheet and what it sends to the page."""

import re

from helpers.explorer.widget import ConvergencePlot
import numpy as np
import pytest

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


def test_all_that_the_plot_shows_reaches_the_page(explorer):
    state = explorer.children[2].get_state()
    drawn = {"path_svg", "loss_svg", "data"}
    assert drawn | {"rate", "method", "start", "iteration"} <= state.keys()
