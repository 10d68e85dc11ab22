"""The convergence explorer on the built page, without kernel and network."""

import re

from axe_playwright_python.sync_playwright import Axe
from conftest import SITE
import numpy as np
import pytest
import tensorflow as tf

PAGE = "book/learning_rate.html"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
STEPS = 50


@pytest.fixture
def page(visit, site):
    with visit(f"{site}/{PAGE}") as page:
        yield page


def explorer(page, number=0):
    """Return the explorer on ``page``, the folded ones opened."""
    page.evaluate(
        """() => {
             for (const details of document.querySelectorAll("details"))
               details.open = true;
             // they fade in
             return Promise.all(document.getAnimations().map(a => a.finished));
           }"""
    )
    return page.locator(".widget-place").nth(number)


def control(place, name):
    """Return a control by the name that assistive technology hears."""
    return place.get_by_label(name, exact=True)


def f(x):
    return (x - 4.0) ** 2


def wave(x):
    return tf.sin(3.0 * x) + x**2 / 10


def eager_path(f, opt, start):
    """Where a plain loop goes; the oracle for every drawn point."""
    x = tf.Variable(float(start))
    path = [x.numpy()]
    for _ in range(STEPS):
        with tf.GradientTape() as t:
            y = f(x)
        opt.apply_gradients([(t.gradient(y, x), x)])
        path.append(x.numpy())
    return np.array(path)


OPTIMIZERS = {
    "SGD": lambda rate: tf.keras.optimizers.SGD(rate),
    "momentum": lambda rate: tf.keras.optimizers.SGD(rate, momentum=0.9),
    "RMSprop": lambda rate: tf.keras.optimizers.RMSprop(rate),
    "Adagrad": lambda rate: tf.keras.optimizers.Adagrad(rate),
    "Adam": lambda rate: tf.keras.optimizers.Adam(rate),
}


def drawn(place, figure):
    """Return the drawn points of a figure in its SVG units, shape (n, 2).

    A dot is drawn as a marker whose first move leads from the point itself.
    """
    path = place.locator("svg").nth(figure).locator("g[id$=dots] path")
    return np.array(
        [
            [float(v) for v in point.split(",")]
            for point in re.findall(r"M([-\d.]+,[-\d.]+)m", path.get_attribute("d"))
        ]
    )


def axis(place, figure, name):
    """Return (positions, values) of the ticks of an axis, as they are drawn."""
    svg = place.locator("svg").nth(figure)
    ticks = svg.evaluate(
        """(svg, name) => [...svg.querySelectorAll(`g[id*="${name}tick_"]`)]
             .filter(g => g.querySelector("text") && g.querySelector("use"))
             .map(g => [g.querySelector("use").getAttribute(name),
                        g.querySelector("text").textContent])""",
        name,
    )
    values = [tick_value(label) for _, label in ticks]
    return np.array([float(position) for position, _ in ticks]), np.array(values)


def tick_value(label):
    """Return the number that a tick label shows: 4, \u22122 or 10\u207b\u2078."""
    if re.search("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]", label):
        superscripts = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
        return 10.0 ** int(label.removeprefix("10").translate(superscripts))
    return float(label.replace("\u2212", "-"))


def expected(place, figure, name, values, is_log=False):
    """Return where ``values`` belong on an axis, in SVG units."""
    positions, ticks = axis(place, figure, name)
    assert len(ticks) >= 3
    if is_log:
        values, ticks = np.log10(values), np.log10(ticks)
    slope, offset = np.polyfit(ticks, positions, 1)
    return slope * values + offset


def assert_draws(place, path, loss):
    """Check the drawn points against a path, to half a pixel."""
    near = (np.abs(path) < 50) & (loss < 5000)
    points = drawn(place, 0)[: len(path)]
    assert len(points) >= near.sum()
    rows = np.flatnonzero(near)
    left = expected(place, 0, "x", path[rows])
    np.testing.assert_allclose(points[rows, 0], left, atol=0.51)
    in_sight = rows[loss[rows] < 50]
    up = expected(place, 0, "y", loss[in_sight])
    np.testing.assert_allclose(points[in_sight, 1], up, atol=0.51)
    points = drawn(place, 1)
    on_axis = rows[(loss[rows] > 1e-8) & (loss[rows] < 1e4)]
    across = expected(place, 1, "x", on_axis)
    height = expected(place, 1, "y", loss[on_axis], is_log=True)
    np.testing.assert_allclose(points[on_axis, 0], across, atol=0.51)
    np.testing.assert_allclose(points[on_axis, 1], height, atol=0.51)


def assert_shows(place, optimizer, start, rate):
    """Check picture and words against the plain loop for this choice."""
    path = eager_path(f, OPTIMIZERS[optimizer](rate), start)
    loss = np.asarray(f(tf.constant(path)))
    assert_draws(place, path, loss)
    words = place.locator(".convergence-reading").inner_text()
    assert f"At the learning rate {rate:g} the run " in words
    if optimizer != "RMSprop":  # its last digit is rounded differently in a sweep
        assert f"x = {path[-1]:.6g} and the loss is {loss[-1]:.3g}." in words


def choose(page, menu, number):
    """Choose an option of a menu by its number, with the keys that people use."""
    menu.focus()
    page.keyboard.press("Home")
    for _ in range(number):
        page.keyboard.press("ArrowDown")


def shown_rate(place):
    """Return the rate that the slider shows, and tells assistive technology."""
    slider = control(place, "learning rate")
    text = slider.get_attribute("aria-valuetext")
    assert place.locator(".widget-slider output").inner_text() == text
    return float(text)


def test_it_opens_with_a_run_that_tensorflow_computed(page):
    assert_shows(explorer(page), "SGD", 10, 0.1)


def test_the_slider_moves_by_keyboard(page):
    place = explorer(page)
    slider = control(place, "learning rate")
    slider.focus()
    page.keyboard.press("End")
    assert shown_rate(place) == 1.5
    assert_shows(place, "SGD", 10, 1.5)
    page.keyboard.press("ArrowLeft")
    assert_shows(place, "SGD", 10, 1.4)
    page.keyboard.press("Home")
    assert_shows(place, "SGD", 10, 0.01)
    page.keyboard.press("ArrowRight")
    assert_shows(place, "SGD", 10, 0.011)


def test_the_slider_moves_by_mouse(page):
    place = explorer(page)
    control(place, "learning rate").scroll_into_view_if_needed()
    box = control(place, "learning rate").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], middle, steps=8)
    page.mouse.up()
    rate = shown_rate(place)
    assert 0.4 < rate < 0.9
    assert_shows(place, "SGD", 10, rate)


def test_the_slider_moves_by_touch(visit, site):
    with visit(f"{site}/{PAGE}", **PHONE) as page:
        place = explorer(page)
        control(place, "learning rate").scroll_into_view_if_needed()
        box = control(place, "learning rate").bounding_box()
        page.touchscreen.tap(
            box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2
        )
        rate = shown_rate(place)
        assert rate > 0.7
        assert_shows(place, "SGD", 10, rate)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_and_start_is_chosen_by_keyboard(page, optimizer):
    place = explorer(page)
    choose(page, control(place, "optimizer"), list(OPTIMIZERS).index(optimizer))
    for number, start in enumerate((10, -2, 5)):
        choose(page, control(place, "start"), number)
        assert_shows(place, optimizer, start, shown_rate(place))


def test_the_iterations_are_stepped_through(page):
    place = explorer(page)
    step = control(place, "iteration")
    assert place.get_by_role("button", name="Next").is_disabled()
    step.focus()
    page.keyboard.press("Home")
    assert len(drawn(place, 0)) == 1
    assert step.get_attribute("aria-valuetext") == f"iteration 0 of {STEPS}"
    assert place.get_by_role("button", name="Back").is_disabled()
    place.get_by_role("button", name="Next").press("Enter")
    place.get_by_role("button", name="Next").press("Space")
    assert len(drawn(place, 0)) == 3
    path = eager_path(f, OPTIMIZERS["SGD"](0.1), 10)[:3]
    assert_draws(place, path, np.asarray(f(path)))


def test_playing_walks_through_the_run_and_stops_at_its_end(page):
    place = explorer(page)
    place.get_by_role("button", name="Play").click()
    place.get_by_role("button", name="Pause").wait_for()
    page.wait_for_function(
        "() => document.querySelector('.convergence-count').textContent >= '5 of'"
    )
    place.get_by_role("button", name="Pause").click()
    held = place.locator(".convergence-count").inner_text()
    page.wait_for_timeout(400)
    assert place.locator(".convergence-count").inner_text() == held
    place.get_by_role("button", name="Play").click()
    place.get_by_text(f"{STEPS} of {STEPS}").wait_for(timeout=15000)
    place.get_by_role("button", name="Play").wait_for()


def test_who_wants_less_motion_sees_no_motion(visit, site):
    with visit(f"{site}/{PAGE}", reduced_motion="reduce") as page:
        place = explorer(page)
        control(place, "iteration").focus()
        page.keyboard.press("Home")
        place.get_by_role("button", name="Play").click()
        assert place.locator(".convergence-count").inner_text() == "50 of 50"
        assert place.get_by_role("button", name="Pause").count() == 0


def test_two_explorers_on_a_page_leave_each_other_alone(page):
    first, second = explorer(page), explorer(page, 1)
    before = drawn(first, 0)
    control(second, "learning rate").focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    np.testing.assert_array_equal(drawn(first, 0), before)
    assert_shows(first, "SGD", 10, 0.1)
    assert shown_rate(second) == 1.4
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))


def test_a_curve_with_several_minima_is_drawn_as_it_was_run(page):
    place = explorer(page, 1)
    path = eager_path(wave, OPTIMIZERS["SGD"](0.05), 1.0)
    left = expected(place, 0, "x", path)
    np.testing.assert_allclose(drawn(place, 0)[:, 0], left, atol=0.51)


def test_the_band_tells_what_the_runs_do(page):
    place = explorer(page)
    told = place.locator(".convergence-band").get_attribute("aria-label")
    parts = re.findall(r"(\w+) from ([\d.]+) to ([\d.]+)[,.]", told)
    for rate, name in ((0.01, "creeps"), (0.5, "converges"), (0.9, "oscillates")):
        assert [n for n, low, high in parts if float(low) <= rate <= float(high)] == [
            name
        ]
    assert parts[-1] == ("diverges", "1.1", "1.5")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_part_of_the_band_has_a_shade_of_its_own(visit, site, scheme):
    with visit(f"{site}/{PAGE}", color_scheme=scheme) as page:
        shades = explorer(page).evaluate(
            """place => [...place.querySelectorAll(".convergence-band span")]
                 .map(part => getComputedStyle(part).backgroundColor)"""
        )
        assert len(shades) == len(set(shades)) == 4
        assert "rgba(0, 0, 0, 0)" not in shades


def test_it_works_from_a_file(visit):
    visited = visit((SITE / PAGE).as_uri())
    with visited as page:
        place = explorer(page)
        control(place, "learning rate").focus()
        page.keyboard.press("End")
        assert_shows(place, "SGD", 10, 1.5)
    assert not visited.asked


def test_no_request_leaves_the_site_and_nobody_complains(visit, site):
    visited = visit(f"{site}/{PAGE}")
    with visited as page:
        explorer(page)
        page.wait_for_load_state("networkidle")
    assert not visited.asked
    ours = [text for text in visited.complaints if "widget" in text.lower()]
    assert not ours


def test_the_page_does_not_jump_when_the_widget_comes(visit, site):
    with visit(f"{site}/book/welcome.html") as page:
        page.wait_for_load_state("networkidle")
        shift = page.evaluate(
            """() => new Promise(resolve => {
                 let sum = 0;
                 new PerformanceObserver(list => {
                   for (const entry of list.getEntries())
                     if (!entry.hadRecentInput) sum += entry.value;
                 }).observe({type: "layout-shift", buffered: true});
                 setTimeout(() => resolve(sum), 500);
               })"""
        )
        assert shift < 0.02


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 600, 360, 320])
def test_nothing_is_cut_off_or_overlaps(visit, site, scheme, width):
    """Widths down to a phone's; 600 is a window of 1200 at 200% zoom."""
    view = {"width": width, "height": 800}
    with visit(f"{site}/{PAGE}", viewport=view, color_scheme=scheme) as page:
        place = explorer(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        parts = place.locator(
            "select, input, button, output, label, svg, .convergence-reading"
        )
        boxes = [part.bounding_box() for part in parts.all()]
        assert len(boxes) > 12
        for number, box in enumerate(boxes):
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            for other in boxes[:number]:
                apart = (
                    box["x"] + box["width"] <= other["x"] + 1
                    or other["x"] + other["width"] <= box["x"] + 1
                    or box["y"] + box["height"] <= other["y"] + 1
                    or other["y"] + other["height"] <= box["y"] + 1
                )
                assert apart, (box, other)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_explorer(visit, site, scheme):
    with visit(f"{site}/{PAGE}", color_scheme=scheme) as page:
        explorer(page)
        results = Axe().run(
            page,
            context=".widget-place",
            options={"rules": {"target-size": {"enabled": True}}},
        )
        assert results.violations_count == 0, results.generate_report()


def test_every_control_has_a_name_and_a_value_in_words(page):
    place = explorer(page)
    heard = place.aria_snapshot()
    for control_heard in (
        'combobox "optimizer"',
        'combobox "start"',
        'slider "learning rate"',
        'slider "iteration"',
        'button "Play"',
    ):
        assert control_heard in heard
    assert control(place, "learning rate").get_attribute("aria-valuetext") == "0.1"


def test_the_focus_is_seen(page):
    place = explorer(page)
    for name in ("optimizer", "start", "learning rate", "iteration"):
        control(place, "optimizer").focus()
        control(place, name).focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        style = control(place, name).evaluate(
            "e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineWidth]"
        )
        assert style == ["solid", "3px"], name


def test_what_is_seen_is_spoken_once_it_rests(page):
    place = explorer(page)
    control(place, "learning rate").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    spoken = place.locator("[aria-live=polite]")
    words = place.locator(".convergence-reading").inner_text()
    page.wait_for_function(
        "([element, words]) => element.textContent === words",
        arg=[spoken.element_handle(), words],
        timeout=3000,
    )


@pytest.mark.parametrize("medium", ["no script", "print"])
def test_without_script_and_in_print_there_is_a_picture(visit, site, medium):
    with visit(f"{site}/{PAGE}", java_script_enabled=medium != "no script") as page:
        if medium == "print":
            page.emulate_media(media="print")
        place = page.locator(".widget-place").first
        picture = place.locator("img")
        assert picture.is_visible()
        assert len(picture.get_attribute("alt").split()) > 10
        assert not place.locator("input").first.is_visible()
