"""The single step on the built page of the chapter, by keyboard and on a phone."""

import re

import numpy as np
from playwright.sync_api import expect
import pytest
from support.browser import PHONE
from support.oracles import f
import tensorflow as tf
import tf_keras

PAGE = "book/minimize.html"
LAST_START, RATES = 10, ("0.1", "1.1")


def place_on(page):
    """Return the explorer of a single step on ``page``."""
    place = page.locator('[data-kind~="StepPlot"]')
    place.locator(".widget-live").wait_for()
    return place


def ticks(place, name):
    """Return the line through the ticks of an axis: SVG units for a value."""
    found = place.locator("svg").evaluate(
        """(svg, name) => [...svg.querySelectorAll(`g[id*="${name}tick_"]`)]
             .filter(g => g.querySelector("text") && g.querySelector("use"))
             .map(g => [g.querySelector("use").getAttribute(name),
                        g.querySelector("text").textContent])""",
        name,
    )
    values = [float(text.replace("−", "-")) for _, text in found]
    return np.polyfit(values, [float(at) for at, _ in found], 1)


def centre(place, part):
    """Return the middle of a marker in SVG units: 4.5 right of its first point."""
    path = place.locator(f"g[id$='-{part}'] path").get_attribute("d")
    x, y = re.match(r"M([-\d.]+),([-\d.]+)", path).groups()
    return float(x) + 4.5, float(y)


def by_minimize(start, rate):
    """Return x after one call of ``minimize``."""
    x = tf.Variable(float(start))
    tf_keras.optimizers.SGD(rate).minimize(lambda: f(x), var_list=[x])
    return float(x)


def test_keys_change_picture_and_sentence(visit, site):
    with visit(f"{site}/{PAGE}") as page:
        place = place_on(page)
        x, rate = (place.get_by_label(n, exact=True) for n in ("x", "learning rate"))
        spoken, reading = place.locator(".step-spoken"), place.locator(".step-reading")
        for keys, start, chosen in [
            ((), 10, 0.1),
            ([(x, "ArrowLeft")], 9, 0.1),
            ([(x, "Home")], -2, 0.1),
            ([(rate, "End")], -2, 1.1),
        ]:
            for slider, key in keys:
                slider.press(key)
            assert x.get_attribute("aria-valuetext") == f"{start:g}"
            assert rate.get_attribute("aria-valuetext") == f"{chosen:g}"
            landed = by_minimize(start, chosen)
            for name, axis, values in (
                ("begin", 0, (start, f(start))),
                ("landing", 1, (landed, f(landed))),
            ):
                found = centre(place, name)
                for at, letter, value in zip(found, "xy", values, strict=True):
                    slope, offset = ticks(place, letter)
                    assert at == pytest.approx(slope * value + offset, abs=0.75), axis
            said = reading.text_content().replace("−", "-")
            assert f"slope at x = {start} is {2 * (start - 4)}." in said
            assert f"x goes from {start} to {landed:.4g}" in said
        assert said.endswith("crosses the minimum, and the loss is larger after it.")
        expect(spoken).to_have_text(reading.text_content())
        name = place.locator("svg[role=img]").get_attribute("aria-label")
        assert name.startswith("One step on the curve of the loss")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_phone_shows_all_of_it(visit, site, scripts):
    settings = PHONE | {"java_script_enabled": scripts}
    with visit(f"{site}/{PAGE}", **settings) as page:
        wide = page.evaluate("document.documentElement.scrollWidth") if scripts else 360
        assert wide <= 360
        if not scripts:
            static = page.locator('[data-kind~="StepPlot"] .widget-static')
            expect(static.locator("img")).to_be_visible()
            return
        place = place_on(page)
        slider = place.get_by_label("x", exact=True)
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(place.locator(".step-reading")).to_contain_text("The curve is flat")
        assert box["height"] >= 44
