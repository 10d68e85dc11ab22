"""Points and markers as the short texts that the page's script reads."""

import re

from helpers.explorer.encoding import _RADIUS, packed
from helpers.plots import METHOD_STYLES
import numpy as np
import pytest
from support.drawings import corners, unpacked


@pytest.mark.parametrize(
    "positions", [[], [0], [15, 31, 15, -1], [16, 0, 5000, -(10**6)], [-1, -17, -33]]
)
def test_what_is_packed_comes_back(positions):
    assert unpacked(packed(np.array(positions, int))).tolist() == positions


def test_markers_are_those_of_the_methods(drawing):
    for method, style in zip(("SGD", "Adam"), drawing["data"]["styles"], strict=True):
        assert style["color"] == METHOD_STYLES[method]["color"]
        assert re.fullmatch(r"m[-\d.]+,[-\d.]+l([-\d.]+,[-\d.]+ ?)+z", style["marker"])


def test_markers_stand_around_their_points(drawing):
    circle, triangle = map(corners, drawing["data"]["styles"])
    np.testing.assert_allclose(np.hypot(*circle.T), _RADIUS, atol=0.3)
    # Adam's points down, and down is where y grows.
    lowest = triangle[np.argmax(triangle[:, 1])]
    np.testing.assert_allclose(lowest, [0, _RADIUS], atol=0.1)
    assert sorted(triangle[:, 0].tolist()) == [-_RADIUS, 0, _RADIUS]
