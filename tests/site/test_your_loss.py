"""The page where readers type a loss, built, without kernel and network."""

import gzip
import random
import re
import string
from urllib.parse import urlencode

from axe_playwright_python.sync_playwright import Axe
import numpy as np
from playwright.sync_api import expect
import pytest
from support.browser import PHONE, SITE, Visit, go, wait_for_scripts
from support.oracles import OPTIMIZERS
from support.pages import RULES
import tensorflow as tf

PAGE = "book/your_loss.html"
STEPS = 50
ENGINE_KB = 75
# A point lies on a whole pixel; the ticks that say where it should lie are written
# to a thousandth, and the engines' float32 numbers differ in their last digits.
HALF = 0.505

# Losses as they are typed, as Python's TensorFlow has them, and a start.
LOSSES = {
    "(x - 4)**2": (lambda x: (x - 4.0) ** 2, [-1.5]),
    "x**2/2 + sin(3*x)/5": (lambda x: x**2 / 2 + tf.sin(3 * x) / 5, [3.0]),
    "abs(x - 1) + exp(-x)": (lambda x: tf.abs(x - 1) + tf.exp(-x), [4.0]),
    "log(1 + x**2)": (lambda x: tf.math.log(1 + x**2), [2.0]),
    "(x - 4)**2 + 5*y**2": (lambda x, y: (x - 4.0) ** 2 + 5 * y**2, [10.0, 1.0]),
    "(1 - x)**2 + 2*(y - x**2)**2": (
        lambda x, y: (1 - x) ** 2 + 2 * (y - x**2) ** 2,
        [-1.2, 1.0],
    ),
    "abs(x*y) + tanh(x - y)": (lambda x, y: tf.abs(x * y) + tf.tanh(x - y), [2.0, 3.0]),
}
# What the page draws itself, and what it came with has not.
DRAWN = ".convergence-figures .start"
UNPACK = """(text) => { let [out, at, n, bits] = [[], 0, 0, 0];
  for (const c of text) { const five = c.charCodeAt(0) - 63;
    n |= (five & 31) << bits; bits += 5; if (five > 31) continue;
    at += n & 1 ? ~(n >> 1) : n >> 1; out.push(at); n = bits = 0; } return out; }"""


def type_loss(page, text, *start):
    """Type a loss, and the start of each variable; wait until the answer is there."""
    page.fill("#loss-text", text)
    for field, number in zip(["#loss-start", "#loss-start-y"], start, strict=False):
        page.fill(field, str(number))
    page.wait_for_function(
        """([text, start, drawn]) => {
             const link = new URLSearchParams(location.hash.slice(1));
             const starts = ["start", "start_y"].map((name) => link.get(name));
             return document.querySelector(".loss-answer").textContent
                 .includes("TensorFlow.js") && link.get("loss") === text &&
               start.every((number, k) => starts[k] === number) &&
               document.querySelector(drawn); }""",
        arg=[text, [str(number) for number in start], DRAWN],
    )
    page.wait_for_timeout(600)  # all optimizers are computed


def choose(page, rate, method):
    """Choose a rate by its text, and an optimizer; return the drawn numbers."""
    page.select_option(".widget-row select >> nth=0", method)
    page.evaluate(
        """(rate) => { const slider = document.querySelector(".widget-slider input");
             for (let k = 0; k <= slider.max; k++) {
               slider.value = k; slider.dispatchEvent(new Event("input"));
               if (document.querySelector(".widget-slider output").textContent === rate)
                 return; } throw rate; }""",
        rate,
    )


def menu_of(page):
    """Return the optimizers to choose from."""
    return page.locator(".widget-row select >> nth=0 >> option").all_inner_texts()


FIGURES = """() => [...document.querySelectorAll(".convergence-figures svg")]
  .map((svg) => {
    const tick = (name) => [...svg.querySelectorAll(`.${name}`)].map((g) => [
      g.querySelector("text").textContent,
      Number(g.querySelector("path").getAttribute("d")
        .match(name === "x-tick" ? /M([-\\d.]+)/ : /M[-\\d.]+ ([-\\d.]+)/)[1])]);
    const trail = svg.querySelector('[id$="trail"] path').getAttribute("d");
    return {x: tick("x-tick"), y: tick("y-tick"),
      points: trail.slice(1).split("L").map((p) => p.split(",").map(Number))};
  })"""
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def scale(ticks):
    """Return the function from numbers to places that the ticks of an axis say."""
    numbers = [
        float(text[2:].translate(SUPERSCRIPTS))
        if re.match("10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]", text)
        else float(text.replace("−", "-"))
        for text, _ in ticks
    ]
    slope, offset = np.polyfit(numbers, [place for _, place in ticks], 1)
    return lambda value: offset + slope * np.asarray(value, float)


def eager(f, start, method, rate):
    """Return each variable and the loss of a plain loop."""
    variables, opt = [tf.Variable(x) for x in start], OPTIMIZERS[method](rate)
    rows = []
    for _ in range(STEPS + 1):
        with tf.GradientTape() as t:
            loss = f(*variables)
        rows.append([float(number) for number in (*variables, loss)])
        opt.apply_gradients(zip(t.gradient(loss, variables), variables, strict=True))
    return np.array(rows).T


@pytest.fixture(scope="module")
def typed(chromium):
    """Return a page from a file, with which tests of one module go on."""
    with Visit(chromium, f"{SITE.as_uri()}/{PAGE}") as page:
        yield page


@pytest.fixture(scope="module")
def asked(chromium, site):
    """Return a page from the server, with which tests of one module go on."""
    with Visit(chromium, f"{site}/{PAGE}") as page:
        yield page


@pytest.mark.parametrize("text", LOSSES)
def test_a_typed_loss_is_drawn_where_a_plain_loop_has_it(typed, text):
    f, start = LOSSES[text]
    type_loss(typed, text, *start)
    for method, rate in [("SGD", "0.05"), ("momentum", "0.01"), ("Adam", "0.1"),
                         ("RMSprop", "0.05"), ("Adagrad", "0.3")]:  # fmt: skip
        choose(typed, rate, method)
        *point, loss = eager(f, start, method, float(rate))
        surface, falling = typed.evaluate(FIGURES)
        drawn = np.array(surface["points"])
        # Along the curve the second is the loss, among contours it is y.
        second = [*point, loss][1]
        right = np.stack([scale(surface["x"])(point[0]), scale(surface["y"])(second)])
        far = np.abs(right) > 900
        assert np.abs(drawn.T - right)[~far].max() <= HALF
        assert far.mean() < 0.5
        columns = np.array(falling["points"])[:, 0]
        assert np.abs(columns - scale(falling["x"])(range(STEPS + 1))).max() <= HALF
        reading = typed.inner_text(".convergence-reading")
        assert f"the learning rate {rate} the run" in reading
        last = re.search(r"After 50 iterations (.*) = (.*) and the loss is", reading)
        assert last[1] == ("x" if len(start) == 1 else "(x, y)")
        told = [float(number) for number in last[2].strip("()").split(",")]
        np.testing.assert_allclose(told, [v[-1] for v in point], rtol=1e-3, atol=1e-3)


def test_the_engine_comes_at_the_first_focus_and_is_light(site, visit):
    with visit(f"{site}/{PAGE}") as page:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.wait_for_timeout(300)
        assert not [url for url in asked if "engine/" in url]
        assert page.evaluate("globalThis.bookLoss") is None
        assert menu_of(page) == ["SGD", "Adam"]
        page.focus("#loss-text")
        page.wait_for_function("() => globalThis.bookLoss")
        assert len([url for url in asked if "engine/" in url]) == 1
        page.wait_for_timeout(300)
        assert menu_of(page) == ["SGD", "Adam"]  # nothing is typed yet
        assert page.evaluate("location.hash") == ""
        page.click(".loss-examples button >> nth=0")
        page.wait_for_selector(DRAWN)
        assert menu_of(page) == list(OPTIMIZERS)
    script = (SITE / "_static/engine/loss.js").read_bytes()
    assert len(gzip.compress(script, 9)) <= ENGINE_KB * 1000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x**2 + z", "Character 8: z is not known here; the variables are x and y"),
        ("y**2", "no x in this: a loss of one variable is written with x"),
        ("y(2)*x", "Character 2: a * is missing before this"),
        ("log(x - 20) + y", "at the start, (x, y) = (10, 10), this loss is nan"),
        ("x^2", "Character 2: ^ is not known here; did you mean **?"),
        ("2x", "Character 2: a * is missing before this"),
        ("sin(x", "Character 4: this ( has no )"),
        ("x)", "Character 2: this ) has no ("),
        ("", "type a loss such as (x - 4)**2"),
        ("x" * 10_000, "a loss has at most 200 characters; this has 10000"),
        ("(" * 150 + "x", "has no )"),
        ("maximum(x)", "takes 2 arguments, not 1"),
        ("3", "there is no x in this"),
        ("1/(x - 10)", "this loss is inf: choose another start"),
        ("log(x - 20)", "this loss is nan: choose another start"),
        ("<img src=x onerror=alert(1)>", "< is not known here"),
    ],
)
def test_bad_input_is_answered_and_keeps_the_picture(asked, text, words):
    type_loss(asked, "x**2", 10)
    before = asked.inner_html(".convergence-figures")
    asked.fill("#loss-text", text)
    asked.wait_for_function(
        """(words) => document.querySelector(".loss-answer").innerText
             .includes(words)""",
        arg=words,
    )
    assert asked.inner_html(".convergence-figures") == before
    assert asked.locator("#loss-answer img").count() == 0
    assert "loss=x**2" in asked.evaluate("location.hash").replace("%2A", "*")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        *((text, [2]) for text in ["-x**2", "x", "x - x", "log(x)", "1/x", "x**30"]),
        *((text, [2, 1]) for text in ["x + y", "x - x + y - y", "x**2 - y**2"]),
        *((text, [2, 1]) for text in ["log(x) + log(y)", "1/(x*y)", "x**30 + y"]),
        ("log(x + 1e9) + y/1e9", [1e9, 1e-9]),
    ],
)
def test_a_loss_without_a_minimum_is_drawn(site, visit, text, start):
    visited = visit(f"{site}/{PAGE}")
    with visited as page:
        type_loss(page, text, *start)
        assert "NaN" not in page.inner_html(".convergence-figures")
        assert page.inner_text(".convergence-reading")
        for method in OPTIMIZERS:
            choose(page, "0.1", method)
    assert not visited.complaints
    assert not visited.asked


def test_a_thousand_random_texts_break_nothing(site, visit):
    chance = random.Random(3)
    parts = [
        *string.printable,
        "sin(",
        "**",
        "tf.",
        "x",
        "y",
        "(",
        ")",
        "<b>",
        "é",
        "²",
    ]
    texts = [
        "".join(chance.choices(parts, k=chance.randint(0, 25))) for _ in range(1000)
    ]
    visited = visit(f"{site}/{PAGE}")
    with visited as page:
        type_loss(page, "x**2", 10)
        elements = page.evaluate("document.querySelectorAll('.loss-field *').length")
        strays = page.evaluate(
            """async (texts) => {
                 const input = document.getElementById("loss-text");
                 const answer = document.querySelector(".loss-answer");
                 let strays = 0;
                 for (const text of texts) {
                   input.value = text;
                   input.form.requestSubmit();
                   await new Promise((resolve) => setTimeout(resolve, 2));
                   for (const node of answer.querySelectorAll("*"))
                     if (!["P", "CODE", "MARK"].includes(node.tagName)) strays++;
                   if (!answer.textContent) strays++;
                 }
                 return strays;
               }""",
            texts,
        )
        assert strays == 0
        assert page.evaluate("document.querySelectorAll('.loss-field *').length") < (
            elements + 10
        )
        type_loss(page, "x**2 + y**2", 3, 4)
    assert not visited.complaints
    assert not visited.asked


@pytest.mark.parametrize("place", ["server", "file"])
def test_a_link_carries_the_loss(site, visit, place):
    root = site if place == "server" else SITE.as_uri()
    link = "loss=abs%28x%29+%2B+y**2&start=-3&start_y=0.5"
    visited = visit(f"{root}/{PAGE}#{link}")
    with visited as page:
        page.wait_for_selector(DRAWN)
        assert page.input_value("#loss-text") == "abs(x) + y**2"
        assert page.input_value("#loss-start") == "-3"
        assert page.input_value("#loss-start-y") == "0.5"
        assert page.locator(".convergence-figures .contours").count() == 1
        page.evaluate("location.hash = '#loss=%3Cscript%3E'")
        page.wait_for_function(
            """() => document.querySelector(".loss-answer").innerText
                 .includes("< is not known")"""
        )
    assert not visited.complaints
    assert not visited.asked


@pytest.mark.parametrize(
    ("loss", "start", "words"),
    [
        ("<img src=x onerror=globalThis.hit=1>", "3", "< is not known here"),
        ("<script>globalThis.hit=1</script>", "3", "< is not known here"),
        ("`<b>x</b>`", "3", "is not known here"),
        ("constructor(x)", "3", "constructor is not known here; known are sin"),
        ("tf.__proto__(x)", "3", "tf.__proto__ is not known here"),
        ("sin.constructor(x)", "3", "sin.constructor is not known here"),
        ("toString(x)", "3", "toString is not known here"),
        ("globalThis.hit=1", "3", "= is not known here"),
        (
            "x**2",
            "<img src=x onerror=globalThis.hit=1>",
            "the start of x must be a number",
        ),
        ("x**2", "1e999", "the start of x must be a number"),
    ],
)
def test_a_hostile_link_is_answered_as_typed_text(site, visit, loss, start, words):
    link = urlencode({"loss": loss, "start": start})
    visited = visit(f"{site}/{PAGE}#{link}")
    with visited as page:
        page.wait_for_function(
            """(words) => document.querySelector(".loss-answer").innerText
                 .includes(words)""",
            arg=words,
        )
        assert page.input_value("#loss-text") == loss
        assert page.input_value("#loss-start") == start
        tags = page.evaluate(
            """[...document.querySelectorAll(".loss-answer *")]
                 .map((node) => node.tagName)"""
        )
        assert set(tags) <= {"P", "CODE", "MARK"}
        assert page.evaluate("globalThis.hit") is None
        assert page.locator(DRAWN).count() == 0
    assert not visited.complaints
    assert not visited.asked


def test_two_visits_share_nothing(site, visit):
    with visit(f"{site}/{PAGE}") as one:
        example = one.input_value("#loss-text")
        type_loss(one, "(x - 1)**2", 2)
        choose(one, "0.5", "Adam")
        said = one.inner_text(".convergence-reading")
        other = one.context.new_page()
        go(other, f"{site}/{PAGE}")
        assert other.input_value("#loss-text") == example
        assert other.locator(".widget-row select >> nth=0").input_value() == "SGD"
        type_loss(other, "(x + 3)**2", 5)
        assert one.input_value("#loss-text") == "(x - 1)**2"
        assert one.inner_text(".convergence-reading") == said
        one.reload()
        wait_for_scripts(one)
        one.wait_for_selector(DRAWN)
        assert one.input_value("#loss-text") == "(x - 1)**2"  # by its address


def test_a_choice_stays_when_the_engine_computes(site, visit):
    with visit(f"{site}/{PAGE}") as page:
        choose(page, "0.25", "Adam")
        stored = page.inner_text(".convergence-reading")
        page.press("#loss-text", "Enter")
        page.wait_for_selector(DRAWN)
        assert page.locator(".widget-row select >> nth=0").input_value() == "Adam"
        assert page.inner_text(".widget-slider output") == "0.25"
        # TensorFlow.js says of the first example what Python's TensorFlow said.
        assert page.inner_text(".convergence-reading") == stored


def test_a_start_is_named_as_it_was_typed(site, visit):
    with visit(f"{site}/{PAGE}") as page:
        type_loss(page, "x**2", "0.1")
        menu = page.locator(".widget-row select >> nth=1 >> option")
        assert menu.all_inner_texts() == ["0.1"]
        type_loss(page, "x**2 + y", "0.1", "-2.50")
        assert menu.all_inner_texts() == ["(0.1, -2.5)"]


def test_a_screen_reader_gets_names_answers_and_errors(site, visit):
    with visit(f"{site}/{PAGE}") as page:
        field = page.get_by_role("textbox", name="Loss of x, or of x and y")
        start = page.get_by_role("textbox", name="Start x")
        start_y = page.get_by_role("textbox", name="Start y")
        expect(start_y).to_be_disabled()
        field.fill("x^2")
        expect(page.get_by_role("status").first).to_contain_text("did you mean **?")
        expect(field).to_have_accessible_description(re.compile("did you mean"))
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(start).to_have_attribute("aria-invalid", "false")
        field.fill("x**2")
        start.fill("ten")
        expect(start).to_have_attribute("aria-invalid", "true")
        expect(start).to_have_accessible_description(re.compile("must be a number"))
        start.fill("10")
        expect(field).not_to_have_attribute("aria-invalid", re.compile(""))
        expect(field).to_have_accessible_description(re.compile("^Computed in this"))
        figure = page.get_by_role("img", name=re.compile("points of the run on the"))
        expect(figure).to_be_visible()
        slider = page.get_by_role("slider", name="learning rate")
        expect(slider).to_have_attribute("aria-valuetext", "0.1")
        field.fill("x**2 + y**2")
        expect(start_y).to_be_enabled()
        among = page.get_by_role(
            "img", name=re.compile("of the run among the contours")
        )
        expect(among).to_be_visible()
        expect(figure).to_have_count(0)
        start_y.fill("")
        expect(start_y).to_have_attribute("aria-invalid", "true")
        expect(start_y).to_have_accessible_description(
            re.compile("^the start of y must be a number")
        )
        expect(start).to_have_attribute("aria-invalid", "false")
        field.fill("x**2")  # the start of y is not asked for
        expect(start_y).to_be_disabled()
        expect(figure).to_be_visible()


def test_a_keyboard_is_enough(site, visit):
    with visit(f"{site}/{PAGE}") as page:
        page.focus("#loss-text")
        page.keyboard.press("Control+A")
        page.keyboard.type("x**2 + 2*x")
        page.keyboard.press("Enter")
        page.wait_for_selector(DRAWN)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "loss-start"
        page.keyboard.press("Tab")  # the start of y is not asked for
        page.keyboard.press("Tab")
        example = page.evaluate("document.activeElement.dataset.loss")
        page.keyboard.press("Enter")
        page.wait_for_function(
            "(text) => document.getElementById('loss-text').value === text", arg=example
        )


@pytest.mark.parametrize(
    "settings",
    [
        {"color_scheme": "light"},
        {"color_scheme": "dark"},
        {"reduced_motion": "reduce"},
        PHONE,
    ],
    ids=["light", "dark", "reduced", "phone"],
)
def test_answers_are_accessible_and_fit(site, visit, settings):
    visited = visit(f"{site}/{PAGE}", **settings)
    with visited as page:
        press = page.tap if settings is PHONE else page.click
        press(".loss-examples button >> nth=2")
        page.wait_for_selector(".convergence-figures .curve")
        at = "document.querySelector('.convergence-figures').getBoundingClientRect()"
        place = page.evaluate(f"{at}.top + scrollY")
        press("[data-loss*='y']")
        page.wait_for_selector(".convergence-figures .contours")
        found = Axe().run(page, options={"rules": RULES})
        assert not found.response["violations"], found.generate_report()
        assert abs(page.evaluate(f"{at}.top + scrollY") - place) < 0.5  # it stays
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.fill("#loss-text", "x^2 + a very long text without any meaning at all")
        page.wait_for_selector("#loss-answer mark")
        found = Axe().run(page, options={"rules": RULES})
        assert not found.response["violations"], found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not visited.complaints


def test_two_losses_after_each_other(site, visit):
    with visit(f"{site}/{PAGE}") as page:
        type_loss(page, "(x - 1)**2", 2)
        choose(page, "0.5", "Adam")
        type_loss(page, "(x + 3)**2", 2)
        assert page.inner_text(".widget-slider output") == "0.5"
        assert page.locator(".widget-row select >> nth=0").input_value() == "Adam"
        assert page.locator(".convergence").count() == 1
        type_loss(page, "(x + 3)**2 + y**2", 2, 1)
        assert page.inner_text(".widget-slider output") == "0.5"
        assert page.locator(".widget-row select >> nth=0").input_value() == "Adam"
        page.click(".convergence-steps button >> nth=0")
        assert page.inner_text(".convergence-count") == "49 of 50"
        assert len(page.evaluate(FIGURES)[0]["points"]) == 50
        type_loss(page, "(x + 3)**2", 2)
        assert page.locator(".convergence-figures .contours").count() == 0


def test_without_scripts_the_static_form_is_there(site, visit):
    with visit(f"{site}/{PAGE}", java_script_enabled=False) as page:
        assert not page.is_visible(".loss-field")
        assert not page.is_visible(".loss-steps")
        assert page.is_visible(".widget-static img")


def test_the_lines_of_tensorflow_js_are_run(site, visit):
    with visit(f"{site}/{PAGE}") as page:
        page.click(".loss-steps button")
        page.wait_for_selector(".loss-steps code")
        told = page.inner_text(".loss-told")
        number = str(float(np.float32(8.8)))
        assert told.count(number) == 2
        assert "They are equal." in told
        shown = page.inner_text(".highlight-javascript")
    assert "variableGrads" in shown
    assert "minimize" in shown
