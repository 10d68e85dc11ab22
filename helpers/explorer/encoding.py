"""Encode the points and markers of a run as short texts for the page's script."""

from helpers.plots import METHOD_STYLES
from matplotlib.markers import MarkerStyle
import numpy as np

__all__: list[str] = []

_RADIUS = 3.4  # of a marker, in SVG units


def packed(positions: np.ndarray) -> str:
    """Encode whole numbers as text, each as the difference to the one before.

    Neighbouring points of a run lie close together, so most differences are
    small and take one character; the first number is its difference to 0. The
    encoding is that of Google's polylines,
    https://developers.google.com/maps/documentation/utilities/polylinealgorithm:

    1. The last bit of a number holds the sign: 3 becomes 6, and -3 becomes 5.
       (``~`` turns the bits over, so that small negative numbers stay small.)
    2. Its bits are written five at a time, the lowest five first, since a
       character has room for six that can be printed.
    3. The sixth bit, 32, says that more bits of the same number follow.
    4. 63 is added, which makes each of the 64 values a printable character.

    >>> packed(np.array([5, 7, 4, 4]))
    'ICD?'
    >>> packed(np.array([-17998321]))
    '`~oia@'
    """
    characters = []
    for difference in np.diff(positions, prepend=0).tolist():
        number = ~(difference << 1) if difference < 0 else difference << 1
        while number > 31:
            characters.append(32 | number & 31)
            number >>= 5
        characters.append(number)
    return "".join(chr(63 + six) for six in characters)


def marker_style(method: str) -> dict[str, str]:
    """Return the colour of ``method``, and its marker as a relative SVG path."""
    marker = MarkerStyle(METHOD_STYLES[method]["marker"])
    outline = marker.get_path().transformed(marker.get_transform())
    corners = 2 * _RADIUS * np.asarray(outline.to_polygons()[0])[:-1] * [1, -1]
    if len(corners) > 8:  # a circle, as a polygon of few corners
        corners = corners[:: len(corners) // 12]
    moves = np.round(np.diff(corners, axis=0, prepend=[[0, 0]]), 1)
    first, *rest = [f"{x:g},{y:g}" for x, y in moves.tolist()]
    return {
        "color": METHOD_STYLES[method]["color"],
        "marker": f"m{first}l{' '.join(rest)}z",
    }
