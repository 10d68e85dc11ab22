"""Every explorer of the built site, without kernel and network.

What an explorer offers (rates, starts, methods) is read from its page; its
loss is in a small table here, and a plain loop over it is the oracle.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
import inspect
import json
import re

from helpers.penguins import load_penguins
import numpy as np
import pytest
from support.browser import PHONE, SITE, Visit
from support.oracles import OPTIMIZERS
from support.pages import open_all, soup
import tensorflow as tf

WINDOW = {"width": 1200, "height": 900}


def parabola(x):
    return (x - 4.0) ** 2


def wave(x):
    return tf.sin(3.0 * x) + x**2 / 10


def hollows(x):
    return (x - 4.0) ** 2 + 3.0 * tf.sin(3.0 * x)


def valley(x, y):
    return (x - 4.0) ** 2 + 100.0 * y**2


def rosenbrock(x, y):
    return (1.0 - x) ** 2 + 100.0 * (y - x**2) ** 2


PENGUINS = load_penguins()
LENGTH = PENGUINS.flipper_length_mm
COLUMNS = np.column_stack(
    [(LENGTH - LENGTH.mean()) / LENGTH.std(), np.ones(len(LENGTH))]
)
MASS = PENGUINS.body_mass_g / 1000


def line(slope, intercept):
    """Return the mean squared error of a line through the penguins."""
    w = np.stack([slope, intercept], axis=-1)
    return np.mean((w @ COLUMNS.T - MASS) ** 2, axis=-1)


# The loss of each explorer, by page and place on it. One with an argument x is
# shown as a curve, one with x and y as contours.
LOSSES = {
    ("learning_rate", 0): parabola,
    ("learning_rate", 1): wave,
    ("mini_batches", 0): line,
    ("valley", 0): valley,
    ("valley", 1): rosenbrock,
    ("welcome", 0): parabola,
    ("your_loss", 0): hollows,
}
# A sweep of these losses may be rounded otherwise than the plain loop, in the
# last bit; so may these optimizers.
ROUNDED_OTHERWISE = {wave, hollows, line, "RMSprop", "Adagrad"}


@dataclass(frozen=True, eq=False)
class Explorer:
    """An explorer on a page of the site, and what it offers."""

    page: str
    number: int
    loss: Callable
    rates: list
    starts: list
    menu: str
    methods: list
    steps: int
    bounds: list

    def __str__(self):
        return f"{self.page}-{self.number}"

    @property
    def address(self):
        return f"book/{self.page}.html"

    @property
    def variables(self):
        return len(inspect.signature(self.loss).parameters)


@cache
def found():
    """Return every explorer on the built site, those of a page in order."""
    return [
        Explorer(path.stem, number, LOSSES.get((path.stem, number)), **offer)
        for path in sorted((SITE / "book").glob("*.html"))
        for number, offer in enumerate(offers(path))
    ]


def offers(path):
    """Yield what each explorer on a page offers, from the state of its widgets."""

    def within(state, reference):
        model = state[reference.removeprefix("IPY_MODEL_")]["state"]
        yield model
        for child in model.get("children", []):
            yield from within(state, child)

    page = path.relative_to(SITE).as_posix()
    for place in soup(page).select('[data-kind~="ConvergencePlot"]'):
        state = widget_state(place["data-state"], place["data-widget"])
        models = list(within(state, place["data-widget"]))
        menus = {m["description"]: m["_options_labels"] for m in models if "index" in m}
        (data,) = [m["data"] for m in models if "data" in m]
        (menu,) = menus.keys() - {"learning rate", "start"}
        yield {
            "rates": [float(rate) for rate in menus["learning rate"]],
            "starts": [numbers(start) for start in menus["start"]],
            "menu": menu,
            "methods": list(menus[menu]),
            "steps": data["steps"],
            "bounds": data["bounds"],
        }


def widget_state(address, widget):
    """Return the state of a widget, from the script at its ``address``."""
    script = (SITE / "book" / address.partition("?")[0]).read_text(encoding="utf-8")
    literal = re.search(rf"(?m)\['{widget}'\]=JSON\.parse\('(.*)'\);$", script)[1]
    return json.loads(re.sub(r"\\(.)", r"\1", literal))


def numbers(text):
    """Return the numbers in ``text``: of "(-4, 2)" they are -4 and 2."""
    return tuple(float(n) for n in re.findall(r"-?[\d.]+(?:e-?\d+)?", text))


def each(explorers):
    """Return a mark that has a test run for each of ``explorers``.

    Tests on the same page run in the same worker: they share it, see `opened`.
    """
    return pytest.mark.parametrize("shown", [on_its_page(one) for one in explorers])


def on_its_page(shown, *more):
    """Return the parameters of a test that shares the page of an explorer."""
    group = pytest.mark.xdist_group(f"explorers of {shown.page}")
    name = "-".join(map(str, (shown, *more)))
    return pytest.param(shown, *more, marks=group, id=name)


KNOWN = [one for one in found() if one.loss]
each_explorer = each(KNOWN)
# How the controls behave is the same for all losses: one of each kind will do.
each_kind = each({one.variables: one for one in KNOWN}.values())


def test_the_loss_of_every_explorer_is_in_the_table():
    unknown = [str(one) for one in found() if not one.loss]
    assert KNOWN
    assert not unknown, "add its loss to LOSSES above"


@pytest.fixture(scope="session")
def pages_in_use():
    """Yield the visits that tests share, by explorer's page and settings."""
    visits = {}
    yield visits
    for visited in visits.values():
        visited.__exit__()


@pytest.fixture
def opened(chromium, site, pages_in_use):
    """Return a function that shows an explorer as it opens: (page, place).

    To open a page takes longer than most tests: it is opened once, and from
    then on its controls are put back to where they were.
    """

    def open_page(shown, **settings):
        settings = {"viewport": WINDOW} | settings
        key = (shown.page, repr(sorted(settings.items())))
        if key not in pages_in_use:
            address = f"{site}/{shown.address}"
            pages_in_use[key] = Visit(chromium, address, **settings)
        page = pages_in_use[key].page
        page.set_viewport_size(settings["viewport"])
        place = place_of(page, shown)
        page.evaluate(AS_OPENED)
        return page, place

    return open_page


AS_OPENED = """() => {
  document.activeElement.blur();
  for (const button of document.querySelectorAll(".convergence button"))
    if (button.textContent === "Pause") button.click();
  for (const one of document.querySelectorAll(".widget-live :is(select, input)")) {
    one.dataset.opened ??= one.value;
    one.value = one.dataset.opened;
    one.dispatchEvent(new Event(one.localName === "select" ? "change" : "input"));
  }
  scrollTo(0, 0);
}"""


def place_of(page, shown):
    """Return the place of an explorer on ``page``, the folded ones opened."""
    open_all(page)
    place = page.locator('[data-kind~="ConvergencePlot"]').nth(shown.number)
    place.locator(".widget-live").wait_for()
    return place


def control(place, name):
    """Return a control by the name that assistive technology hears."""
    return place.get_by_label(name, exact=True)


@cache
def eager_run(shown, method, start, rate):
    """Return where a plain loop goes, and its losses; the oracle for what is drawn."""
    if shown.menu == "batch size":
        return batch_run(shown, int(method.split()[0]), start, rate)
    opt = OPTIMIZERS[method](rate)
    variables = [tf.Variable(value) for value in start]
    path, losses = [], []
    for _ in range(shown.steps + 1):
        with tf.GradientTape() as t:
            loss = shown.loss(*variables)
        path.append([variable.numpy() for variable in variables])
        losses.append(loss.numpy())
        gradients = t.gradient(loss, variables)
        opt.apply_gradients(zip(gradients, variables, strict=True))
    return np.array(path), np.array(losses)


def batch_run(shown, size, start, rate):
    """Return where mini-batches of ``size`` penguins lead, in NumPy alone."""
    random = np.random.default_rng(0)
    orders = [random.permutation(len(MASS)) for _ in range(shown.steps)]
    batches = np.reshape(orders, (-1, size))[: shown.steps]
    path = [np.array(start, float)]
    for rows in batches:
        error = COLUMNS[rows] @ path[-1] - MASS[rows]
        path.append(path[-1] - rate * 2 * error @ COLUMNS[rows] / size)
    path = np.array(path)
    return path, shown.loss(path[:, 0], path[:, 1])


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
    across, up = path[:, 0], path[:, 1] if path.shape[1] == 2 else loss
    points = drawn(place, 0)
    assert_lie(points, expected(place, 0, "x", across), expected(place, 0, "y", up))
    if place.locator("svg").nth(1).get_by_text("loss above").count():
        return  # the axis does not begin at zero
    points, rows = drawn(place, 1), np.arange(len(loss))
    with np.errstate(all="ignore"):
        height = expected(place, 1, "y", loss, is_log=True)
    height[~(loss > 1e-9 * loss[0])] = np.nan  # on the lower edge, or below it
    assert_lie(points, expected(place, 1, "x", rows), height)


def assert_lie(points, across, up):
    """Check that those ``points`` which should be in or near sight lie there."""
    near = (np.abs(across) < 1000) & (np.abs(up) < 1000)
    rows = np.flatnonzero(near)
    assert rows[0] == 0
    assert len(points) > rows[-1]
    np.testing.assert_allclose(points[rows, 0], across[rows], atol=0.52)
    np.testing.assert_allclose(points[rows, 1], up[rows], atol=0.52)


def assert_shows(place, shown, optimizer, start, rate):
    """Check picture and words against the plain loop for this choice."""
    path, loss = eager_run(shown, optimizer, start, rate)
    inexact = bool({optimizer, shown.loss} & ROUNDED_OTHERWISE)
    rows = steady_rows(shown, optimizer, start, rate, path) if inexact else len(path)
    assert_draws(place, path[:rows], loss[:rows])
    words = place.locator(".convergence-reading").inner_text()
    assert f"At the learning rate {rate:g} the run " in words
    if not inexact:
        where = f"x = {path[-1][0]:.6g}"
        if shown.variables == 2:
            where = "(x, y) = ({:.4g}, {:.4g})".format(*path[-1])
        assert f"{where} and the loss is {loss[-1]:.3g}." in words


def steady_rows(shown, optimizer, start, rate, path):
    """Return for how many rows a last bit makes no difference that is seen.

    At high rates a run may be chaotic: then one from the next number parts
    from ``path``, however small the way between the two starts.
    """
    next_to_it = np.nextafter(np.float32(start), np.float32(np.inf))
    other, _ = eager_run(shown, optimizer, tuple(next_to_it), rate)
    with np.errstate(invalid="ignore"):
        apart = ~(np.abs(other - path).max(axis=1) < 1e-4)
    return int(np.argmax(apart)) if apart.any() else len(path)


def first_choice(shown):
    """Return the method and the start that an explorer opens with."""
    return shown.methods[0], shown.starts[0]


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


@each_explorer
def test_it_opens_with_a_run_that_tensorflow_computed(opened, shown):
    _, place = opened(shown)
    assert_shows(place, shown, *first_choice(shown), shown_rate(place))


@each_kind
def test_the_slider_moves_by_keyboard(opened, shown):
    page, place = opened(shown)
    control(place, "learning rate").focus()
    for key, rate in (
        ("End", shown.rates[-1]),
        ("ArrowLeft", shown.rates[-2]),
        ("Home", shown.rates[0]),
        ("ArrowRight", shown.rates[1]),
    ):
        page.keyboard.press(key)
        assert shown_rate(place) == rate
        assert_shows(place, shown, *first_choice(shown), rate)


@each_kind
def test_the_slider_moves_by_mouse(opened, shown):
    page, place = opened(shown)
    control(place, "learning rate").scroll_into_view_if_needed()
    box = control(place, "learning rate").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], middle, steps=8)
    page.mouse.up()
    rate = shown_rate(place)
    assert 0.75 < shown.rates.index(rate) / (len(shown.rates) - 1) < 0.85
    assert_shows(place, shown, *first_choice(shown), rate)


@each_kind
def test_the_slider_moves_by_touch(opened, shown):
    page, place = opened(shown, **PHONE)
    control(place, "learning rate").scroll_into_view_if_needed()
    box = control(place, "learning rate").bounding_box()
    page.touchscreen.tap(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    rate = shown_rate(place)
    assert shown.rates.index(rate) / (len(shown.rates) - 1) > 0.85
    assert_shows(place, shown, *first_choice(shown), rate)


@pytest.mark.parametrize(
    ("shown", "method"),
    [on_its_page(one, method) for one in KNOWN for method in one.methods],
)
def test_every_method_and_start_is_chosen_by_keyboard(opened, shown, method):
    page, place = opened(shown)
    choose(page, control(place, shown.menu), shown.methods.index(method))
    for number, start in enumerate(shown.starts):
        choose(page, control(place, "start"), number)
        assert_shows(place, shown, method, start, shown_rate(place))


@each_kind
def test_the_iterations_are_stepped_through(opened, shown):
    page, place = opened(shown)
    step = control(place, "iteration")
    assert place.get_by_role("button", name="Next").is_disabled()
    step.focus()
    page.keyboard.press("Home")
    assert len(drawn(place, 0)) == 1
    assert step.get_attribute("aria-valuetext") == f"iteration 0 of {shown.steps}"
    assert place.get_by_role("button", name="Back").is_disabled()
    place.get_by_role("button", name="Next").press("Enter")
    place.get_by_role("button", name="Next").press("Space")
    assert len(drawn(place, 0)) == 3
    path, loss = eager_run(shown, *first_choice(shown), shown_rate(place))
    assert_draws(place, path[:3], loss[:3])


@each_kind
def test_play_shows_each_iteration_and_stops_at_the_last(opened, shown):
    page, place = opened(shown)
    count = place.locator(".convergence-count")
    place.get_by_role("button", name="Play").click()
    place.get_by_role("button", name="Pause").wait_for()
    page.wait_for_function(
        "count => ['2', '3', '4'].includes(count.textContent.split(' ')[0])",
        arg=count.element_handle(),
    )
    place.get_by_role("button", name="Pause").click()
    held = count.inner_text()
    page.wait_for_timeout(400)
    assert count.inner_text() == held
    control(place, "iteration").focus()
    page.keyboard.press("End")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    place.get_by_role("button", name="Play").click()
    place.get_by_text(f"{shown.steps} of {shown.steps}").wait_for(timeout=15000)
    place.get_by_role("button", name="Play").wait_for()


@each_kind
def test_reduced_motion_shows_no_motion(opened, shown):
    page, place = opened(shown, reduced_motion="reduce")
    control(place, "iteration").focus()
    page.keyboard.press("Home")
    place.get_by_role("button", name="Play").click()
    count = place.locator(".convergence-count").inner_text()
    assert count == f"{shown.steps} of {shown.steps}"
    assert place.get_by_role("button", name="Pause").count() == 0


@each(one for one in KNOWN if one.number)
def test_explorers_on_a_page_leave_each_other_alone(opened, shown):
    page, second = opened(shown)
    first = page.locator('[data-kind~="ConvergencePlot"]').first
    before = drawn(first, 0)
    words = first.locator(".convergence-reading").inner_text()
    control(second, "learning rate").focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    np.testing.assert_array_equal(drawn(first, 0), before)
    assert first.locator(".convergence-reading").inner_text() == words
    assert shown_rate(second) == shown.rates[-2]
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))


def band_parts(told):
    """Return ``(name, lowest rate, highest rate)`` for each part of the band."""
    part = r"([a-z]+(?:, swinging)?) from ([\d.e-]+) to ([\d.e-]+?)[;.](?!\d)"
    return re.findall(part, told)


@each_explorer
def test_the_band_tells_of_every_rate(opened, shown):
    page, place = opened(shown)
    told = place.locator(".convergence-band").get_attribute("aria-label")
    parts = band_parts(told)
    rates = {rate: number for number, rate in enumerate(shown.rates)}
    ends = [(rates[float(low)], rates[float(high)]) for _, low, high in parts]
    assert [low for low, _ in ends] == [0, *(high + 1 for _, high in ends[:-1])]
    assert ends[-1][1] == len(rates) - 1
    slider = control(place, "learning rate")
    slider.focus()
    page.keyboard.press("Home")
    for name, low, high in parts:
        words = place.locator(".convergence-reading")
        assert f"At the learning rate {low} the run {name}." in words.inner_text()
        for _ in range(rates[float(high)] - rates[float(low)] + 1):
            page.keyboard.press("ArrowRight")


@each(one for one in KNOWN if one.loss is parabola)
def test_the_band_is_right_about_the_parabola(opened, shown):
    _, place = opened(shown)
    told = place.locator(".convergence-band").get_attribute("aria-label")
    parts = band_parts(told)
    expected = {
        0.01: "creeps",
        0.5: "converges",
        0.9: "converges, swinging",
        1: "oscillates",
    }
    for rate, name in expected.items():
        assert [n for n, low, high in parts if float(low) <= rate <= float(high)] == [
            name
        ]
    assert parts[-1] == ("diverges", "1.1", "1.5")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@each_kind
def test_every_part_of_the_band_has_a_shade_of_its_own(opened, shown, scheme):
    _, place = opened(shown, color_scheme=scheme)
    shades = place.evaluate(
        """place => [...place.querySelectorAll(".convergence-band span")]
             .map(part => [part.className, getComputedStyle(part).backgroundColor])"""
    )
    by_name = dict(shades)
    assert len(set(by_name.values())) == len(by_name) >= 2
    assert "rgba(0, 0, 0, 0)" not in by_name.values()


@each_explorer
def test_a_legend_names_the_strips_too_narrow_for_their_word(opened, shown):
    """No word is cut off, and each name is on a strip or beside its colour."""
    page, place = opened(shown)
    for width in (1200, 600, 360):
        page.set_viewport_size({"width": width, "height": 800})
        for number in range(len(shown.methods)):
            choose(page, control(place, shown.menu), number)
            strips, entries = place.evaluate(
                """async place => {
                     await new Promise(requestAnimationFrame);
                     await new Promise(requestAnimationFrame);
                     const color = e => getComputedStyle(e).backgroundColor;
                     const all = name => [...place.querySelectorAll(name)];
                     return [
                       all(".convergence-band span").map(e =>
                         [e.textContent, color(e), e.scrollWidth > e.clientWidth]),
                       all(".convergence-legend span").map(e =>
                         [e.textContent, color(e.firstChild)])];
                   }"""
            )
            assert not any(cut for _, _, cut in strips)
            label = place.locator(".convergence-band").get_attribute("aria-label")
            names = [name for name, _, _ in band_parts(label)]
            assert len(names) == len(strips)
            written = {word for word, _, _ in strips if word}
            legend = dict(entries)
            assert set(names) == written | set(legend)
            assert not written & set(legend)
            for name, (_, color, _) in zip(names, strips, strict=True):
                assert legend.get(name, color) == color, name


def middle(locator):
    """Return where the middle of an element is, from the left."""
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2


# The words of the band with a letter under the mark of the bound.
COVERED = """place => {
  const mark = place.querySelector(".convergence-bound").getBoundingClientRect();
  const letters = document.createRange();
  return [...place.querySelectorAll(".convergence-band span")].filter((word) => {
    letters.selectNodeContents(word);
    const { left, right } = letters.getBoundingClientRect();
    return mark.left < right && left < mark.right;
  }).map((word) => word.textContent);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@each(one for one in KNOWN if any(one.bounds))
def test_bounds_are_marked_and_told_for_their_optimizer(opened, shown, scheme):
    """A mark lies between the needles at the rates next to the bound."""
    page, place = opened(shown, color_scheme=scheme)
    mark, needle = (place.locator(f".convergence-{n}") for n in ("bound", "needle"))
    for number, bound in enumerate(shown.bounds):
        choose(page, control(place, shown.menu), number)
        words = place.locator(".convergence-marked").inner_text()
        label = place.locator(".convergence-band").get_attribute("aria-label")
        on_slider = bound and shown.rates[0] <= float(bound["text"]) <= shown.rates[-1]
        assert mark.is_visible() == bool(on_slider)
        if not bound:
            assert words == "No bound is known for this optimizer."
            assert "bound" not in label
            continue
        assert f"the stability bound {bound['text']}" in words.lower()
        assert label.endswith(words)
        if on_slider:
            assert not place.evaluate(COVERED)
            after = int(np.searchsorted(shown.rates, float(bound["text"])))
            control(place, "learning rate").focus()
            page.keyboard.press("Home")
            for _ in range(after):
                page.keyboard.press("ArrowRight")
            assert middle(mark) <= middle(needle) + 1
            if shown.rates[after] == float(bound["text"]):
                assert middle(mark) == pytest.approx(middle(needle), abs=1)
            page.keyboard.press("ArrowLeft")
            assert middle(mark) > middle(needle) + 2


@each_kind
def test_it_works_from_a_file(visit, shown):
    visited = visit((SITE / shown.address).as_uri())
    with visited as page:
        place = place_of(page, shown)
        control(place, "learning rate").focus()
        page.keyboard.press("End")
        assert_shows(place, shown, *first_choice(shown), shown.rates[-1])
    assert not visited.asked


@each_explorer
def test_the_place_keeps_the_height_free_that_the_widget_takes(opened, shown):
    page, place = opened(shown)
    for width in (1200, 600, 360):
        page.set_viewport_size({"width": width, "height": 800})
        free, taken = place.evaluate(
            """place => [parseFloat(getComputedStyle(place, "::before").height),
                         place.querySelector(".widget-live").offsetHeight]"""
        )
        assert taken - 1 <= free <= taken + 60, width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@each_explorer
def test_nothing_is_cut_off_or_overlaps(opened, shown, scheme):
    """Widths down to a phone's; 600 is a window of 1200 at 200% zoom."""
    page, place = opened(shown, color_scheme=scheme)
    for width in (1200, 600, 360, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert_apart(place, width)


def assert_apart(place, width):
    """Check that the parts of an explorer lie side by side within ``width``."""
    parts = place.locator(
        "select, input, button, output, label, svg, .convergence-band,"
        " .convergence-legend, .convergence-marked, .convergence-reading"
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


@each_kind
def test_every_control_has_a_name_and_a_value_in_words(opened, shown):
    page, place = opened(shown)
    heard = place.aria_snapshot()
    for control_heard in (
        f'combobox "{shown.menu}"',
        'combobox "start"',
        'slider "learning rate"',
        'slider "iteration"',
        'button "Play"',
    ):
        assert control_heard in heard
    surface = "among the contours" if shown.variables == 2 else "on the curve"
    assert f"The points of the run {surface} of the loss" in heard
    slider = control(place, "learning rate")
    slider.focus()
    page.keyboard.press("Home")
    assert float(slider.get_attribute("aria-valuetext")) == shown.rates[0]


@each_kind
def test_the_focus_is_seen(opened, shown):
    page, place = opened(shown)
    for name in (shown.menu, "start", "learning rate", "iteration"):
        control(place, shown.menu).focus()
        control(place, name).focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        style = control(place, name).evaluate(
            "e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineWidth]"
        )
        assert style == ["solid", "3px"], name


@each_kind
def test_a_screen_reader_announces_the_result_once_the_slider_rests(opened, shown):
    page, place = opened(shown)
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
@each_explorer
def test_without_script_and_in_print_there_is_a_picture(visit, site, shown, medium):
    address = f"{site}/{shown.address}"
    with visit(address, java_script_enabled=medium != "no script") as page:
        if medium == "print":
            page.emulate_media(media="print")
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
        place = page.locator('[data-kind~="ConvergencePlot"]').nth(shown.number)
        picture = place.locator("img")
        folded = medium == "no script" and place.locator("xpath=ancestor::details")
        if folded and folded.count():
            folded.locator("summary").click()
        assert picture.is_visible()
        assert len(picture.get_attribute("alt").split()) > 10
        assert not place.locator("input").first.is_visible()
