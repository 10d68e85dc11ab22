"""Figures and widgets as they show, in light and in dark."""

from io import BytesIO
import re

from helpers.plots import CURVE_COLOR, METHOD_STYLES
from matplotlib import rc_params_from_file
from matplotlib.colors import to_rgb
import nbformat
import numpy as np
from PIL import Image
import pytest
from support.notebooks import BOOK
from support.pages import CHAPTER, pages_with

# Contrast, as WCAG counts it.
TEXT_CONTRAST = 4.5
LINE_CONTRAST = 3.0


def luminance(color):
    """Return the relative luminance of a colour, as WCAG defines it."""
    c = np.asarray(color, dtype=float) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    """Return the contrast of two colours, 1 to 21."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def drawn_colors():
    """Return ``{colour: the contrast it needs}`` of all that figures draw."""
    style = rc_params_from_file(
        BOOK.parent / "helpers" / "book.mplstyle", use_default_template=True
    )
    needed = {}
    for notebook in BOOK.glob("*.ipynb"):
        for cell in nbformat.read(notebook, as_version=4).cells:
            if cell.cell_type == "code":
                for name in re.findall(r"""\bcolor=["']([^"']+)["']""", cell.source):
                    needed[to_rgb(name)] = LINE_CONTRAST
    for entry in METHOD_STYLES.values():
        needed[to_rgb(entry["color"])] = LINE_CONTRAST
    needed[to_rgb(CURVE_COLOR)] = LINE_CONTRAST
    needed[to_rgb(style["axes.edgecolor"])] = LINE_CONTRAST
    for name in ("text.color", "axes.labelcolor", "xtick.color", "ytick.color"):
        needed[to_rgb(style[name])] = TEXT_CONTRAST
    return needed


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_are_legible(visit, site, scheme):
    """Every colour is shown by the browser as a figure, and measured there."""
    needed = drawn_colors()
    assert len(needed) > 8
    with visit(f"{site}/{CHAPTER}", color_scheme=scheme) as page:
        page.wait_for_load_state("networkidle")

        def shown(color):
            page.evaluate(
                """(color) => {
                     const canvas = document.createElement("canvas");
                     canvas.width = canvas.height = 40;
                     const ink = canvas.getContext("2d");
                     ink.fillStyle = color;
                     ink.fillRect(0, 0, 40, 40);
                     const image = document.querySelector(".cell_output img");
                     image.src = canvas.toDataURL();
                     image.removeAttribute("loading");
                     return image.decode();
                   }""",
                "rgb({})".format(",".join(str(round(255 * c)) for c in color)),
            )
            shot = page.locator(".cell_output img").first.screenshot()
            with Image.open(BytesIO(shot)) as picture:
                return picture.convert("RGB").getpixel(
                    (picture.width // 2, picture.height // 2)
                )

        paper = shown((1, 1, 1))
        faint = {
            color: contrast(shown(color), paper)
            for color, least in needed.items()
            if contrast(shown(color), paper) < least
        }
        assert not faint
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        around = [int(c) for c in re.findall(r"\d+", background)[:3]]
        assert (luminance(around) < 0.2) == (scheme == "dark")
        assert contrast(paper, around) < 1.3


def test_figures_and_widgets_are_darkened_alike(visit, site):
    (page, *_) = pages_with(".widget-place")
    with visit(f"{site}/{page}", color_scheme="dark") as opened:
        opened.wait_for_load_state("networkidle")
        filters = opened.evaluate(
            """[...document.querySelectorAll(
                 ".cell_output img, .widget-live svg[viewBox]")]
                 .map(e => getComputedStyle(e).filter)"""
        )
        assert len(filters) >= 2
        assert set(filters) == {filters[0]} != {"none"}
