"""The stepper on a page, without a kernel: by keyboard, in both modes, on a phone."""

from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from helpers.scripts import whole_script
from helpers.stepper.stepper import _FOLDER, step_through
from playwright.sync_api import Page, expect
import pytest
from support.browser import PHONE
from support.notebooks import read
from support.pages import RULES, change_mode, open_all
import tensorflow as tf

# What the page's own script does for a widget: a model with this contract, and
# an element to draw into.
MOUNT = """
async ([source, style, states]) => {
  document.head.append(Object.assign(document.createElement("style"),
    { textContent: style }));
  const blob = new Blob([source], { type: "text/javascript" });
  const widget = (await import(URL.createObjectURL(blob))).default;
  window.models = states.map((state) => {
    const calls = {};
    const model = {
      get: (name) => state[name],
      set(name, value) {
        state[name] = value;
        (calls[`change:${name}`] ?? []).forEach((call) => call());
      },
      save_changes() {},
      on: (event, call) => (calls[event] ??= []).push(call),
      off(event, call) {
        calls[event] = (calls[event] ?? []).filter((one) => one !== call);
      },
      calls,
    };
    const el = document.createElement("div");
    document.querySelector("main").append(el);
    model.end = widget.render({ model, el });
    return model;
  });
}
"""
EMPTY = """<!doctype html><html lang="en" data-theme="{mode}"><title>Stepper</title>
<style>body {{ background: {paper}; font-family: sans-serif; margin: 8px }}</style>
<main><h1 style="color: {ink}">Stepper</h1></main></html>"""


def called_twice():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    g = t.gradient(y, x)
    print(float(g))
    t.gradient(y, x)


def called_once():
    x = tf.Variable(3.0)
    with tf.GradientTape() as t:
        y = x * x
    g = t.gradient(y, x)
    del t, g


def with_long_lines():
    x = tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as a_tape_with_a_long_name:
        if float(x):
            the_result_of_the_square = x * x
    gradient = a_tape_with_a_long_name.gradient(the_result_of_the_square, x)
    del gradient, a_tape_with_a_long_name


@pytest.fixture
def browser(chromium):
    return chromium


@pytest.fixture(scope="module")
def states():
    one, two = step_through(called_twice), step_through(called_twice, called_once)
    return [{"trace": stepper.trace, "step": 0} for stepper in (one, two)]


def opened(browser, states, mode="light", width=820) -> Iterator[Page]:
    """Open a page with one stepper for each state; fail on errors it logs."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.append(request.url)
            if not request.url.startswith("blob:") else None)  # fmt: skip
    paper, ink = {"light": ("#fff", "#111"), "dark": ("#121212", "#eee")}[mode]
    page.set_content(EMPTY.format(mode=mode, paper=paper, ink=ink))
    script = whole_script(_FOLDER / "stepper.js")
    style = (_FOLDER / "stepper.css").read_text(encoding="utf-8")
    page.evaluate(MOUNT, [script, style, states])
    yield page
    page.close()
    assert not problems


@pytest.fixture
def page(browser, states):
    yield from opened(browser, states)


@pytest.fixture
def one(page):
    return page.locator(".stepper").first


@pytest.fixture
def pair(page):
    return page.locator(".stepper").last


# The cells of a row as they are shown, without the hidden texts that need room.
SHOWN = """rows => rows.map(({ cells }) => [...cells].map((cell) =>
  (cell.querySelector(".stepper-room > :not([aria-hidden])") ?? cell).textContent))"""


def rows(stepper, which):
    return stepper.locator(which).evaluate_all(SHOWN)


def current(stepper):
    return stepper.locator("[aria-current=step] code").all_text_contents()


def test_it_begins_before_the_first_line(one):
    expect(one.get_by_role("status")).to_have_text("Nothing has run yet.")
    expect(one.get_by_role("button", name="Previous")).to_be_disabled()
    expect(one.get_by_role("button", name="Next")).to_be_enabled()
    assert current(one) == []


def test_the_buttons_walk_through_the_lines(one):
    for line in ("x = tf.Variable(3.0)", "with tf.GradientTape() as t:"):
        one.get_by_role("button", name="Next").click()
        assert current(one) == [line]
    expect(one.get_by_role("status")).to_have_text(
        "Line 2 binds t to tape 1; tape 1 is recording."
    )
    expect(one.get_by_role("row", name="tape 1 recording new")).to_be_visible()
    one.get_by_role("button", name="Previous").click()
    assert current(one) == ["x = tf.Variable(3.0)"]
    expect(one.get_by_role("row", name="tape 1 recording")).to_have_count(0)


def test_every_step_shows_what_was_recorded(one, states):
    (trace,) = states[0]["trace"]
    printed = ""
    for number, step in enumerate(trace["steps"]):
        if number:
            one.get_by_role("button", name="Next").click()
        expect(one.get_by_role("status")).to_have_text(step["said"])
        shown = rows(one, "tbody tr:not(.stepper-not)")
        assert shown == [[r["name"], r["value"], r["mark"]] for r in step["rows"]]
        assert current(one) == trace["lines"][step["line"] - 1 :][:1] * bool(number)
        printed += step["printed"]
        assert (
            "".join(one.locator("pre:not([aria-hidden])").all_text_contents())
            == printed
        )
    expect(one.locator(".stepper-raised")).to_have_count(1)


def test_the_slider_obeys_the_keyboard(page, one):
    slider = one.get_by_role("slider", name="Step")
    page.keyboard.press("Tab")  # Previous is out of use
    page.keyboard.press("Tab")
    expect(slider).to_be_focused()
    seen = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home",
                "ArrowUp", "ArrowDown"):  # fmt: skip
        page.keyboard.press(key)
        seen.append(slider.get_attribute("aria-valuetext"))
    expected = ["1", "2", "1", "7", "7", "0", "0", "1"]
    assert seen == [f"{step} of 7" for step in expected]
    assert page.evaluate("models[0].get('step')") == 1


def test_arrow_keys_work_on_the_buttons_too(page, one):
    one.get_by_role("button", name="Next").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(one.locator(".stepper-position")).to_have_text("2 of 7")
    expect(one.get_by_role("button", name="Next")).to_be_focused()


def test_focus_is_never_lost(page, one):
    slider = one.get_by_role("slider")
    one.get_by_role("button", name="Next").focus()
    for _ in range(7):
        page.keyboard.press("Enter")
    expect(one.get_by_role("button", name="Next")).to_be_disabled()
    expect(slider).to_be_focused()
    one.get_by_role("button", name="Previous").focus()
    page.keyboard.press("Home")
    expect(one.get_by_role("button", name="Previous")).to_be_disabled()
    expect(slider).to_be_focused()


def test_a_step_set_from_outside_is_shown(page, one):
    page.evaluate("models[0].set('step', 3)")
    assert current(one) == ["    y = x * x"]
    expect(one.get_by_role("slider")).to_have_value("3")


def test_an_ended_widget_listens_no_more(page):
    assert page.evaluate("models[0].calls['change:step'].length") == 1
    page.evaluate("models[0].end()")
    assert page.evaluate("models[0].calls['change:step'].length") == 0


def test_two_snippets_keep_in_step(page, pair, one):
    pair.get_by_role("slider").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert current(pair) == ["g = t.gradient(y, x)"] * 2
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    first, second = pair.get_by_role("status").all_text_contents()
    assert first.startswith("Line 6 raises RuntimeError")
    assert second == "Line 5 unbinds t; unbinds g; tape 1 is gone. It has ended."
    expect(one.get_by_role("slider")).to_have_value("0")


def test_each_control_has_its_name_and_each_id_is_there_once(page):
    ids = page.eval_on_selector_all("[id]", "all => all.map(one => one.id)")
    assert len(ids) == len(set(ids)) == 5
    groups = page.locator(".stepper")
    expect(groups.first).to_have_attribute("aria-label", "Step through called twice")
    names = [item.get_attribute("aria-label") for item in groups.all()]
    assert names[1] == "Step through called twice and called once"


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [820, 360])
def test_axe_finds_nothing(browser, states, mode, width):
    for step in (0, 3, 7):
        shown = [{**state, "step": step} for state in states]
        for page in opened(browser, shown, mode, width):
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            # axe leaves contrast undecided where it cannot tell: not here.
            undecided = [rule["id"] for rule in found.response["incomplete"]]
            assert "color-contrast" not in undecided


@pytest.mark.parametrize("step", [0, 4, 7])
def test_a_phone_shows_it_whole(browser, states, step):
    shown = [{**state, "step": step} for state in states]
    for page in opened(browser, shown, width=360):
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        code = page.locator(".stepper-code").first.bounding_box()
        tables = page.locator(".stepper-tables").first.bounding_box()
        assert tables["y"] >= code["y"] + code["height"]  # code over names
        for control in page.locator("button, input").all():
            assert control.bounding_box()["height"] >= 44


def test_code_and_names_stand_side_by_side_where_there_is_room(one):
    code = one.locator(".stepper-code").bounding_box()
    tables = one.locator(".stepper-tables").bounding_box()
    assert tables["x"] >= code["x"] + code["width"]


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("width", [1100, 820, 360])
def test_nothing_moves_while_stepping(browser, states, width, which):
    """No line of code, no name and no edge, from before the first step on."""
    for page in opened(browser, states[which : which + 1], width=width):
        seen = set()
        for _ in range(8):
            seen.add(page.evaluate(PLACES))
            page.keyboard.press("Tab")
            page.get_by_role("slider").press("ArrowRight")
        assert len(seen) == 1


def test_the_names_to_come_stand_there_from_the_start(one, states):
    """The room that the steps need is no empty half page."""
    (trace,) = states[0]["trace"]
    names = {row["name"] for step in trace["steps"] for row in step["rows"]}
    shown = rows(one, "tbody tr.stepper-not")
    assert {name for name, _, _ in shown} == names
    assert {(value, mark) for _, value, mark in shown} == {("–", "")}
    state, last = (
        one.locator(which).bounding_box()
        for which in (".stepper-state", "tr >> nth=-1")
    )
    printed = one.locator(".stepper-output").bounding_box()["height"]
    free = state["y"] + state["height"] - last["y"] - last["height"] - printed
    assert free < 12


# The words of the code that are not on one line: two boxes, or an edge cut off.
BROKEN = r"""() => [...document.querySelectorAll("li code")].flatMap((code) => {
  const edge = code.parentElement.getBoundingClientRect();
  const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
  const broken = [];
  for (let text; (text = texts.nextNode());) {
    for (const { 0: word, index } of text.data.matchAll(/[^\s(]+/g)) {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      const boxes = [...range.getClientRects()];
      if (new Set(boxes.map(({ top }) => top)).size > 1
          || boxes.some(({ right }) => right > edge.right + 1)) broken.push(word);
    }
  }
  return broken;
})"""
# How many lines of code take more than one line of the page.
FOLDED = """() => [...document.querySelectorAll(".stepper-code li")].filter((line) =>
  line.getBoundingClientRect().height > 25).length"""
PLACES = """() => JSON.stringify([...document.querySelectorAll(
  ".stepper, .stepper-panel, .stepper-code li, .stepper-state, .stepper tr")].map(
  (one) => { const { x, y, width, height } = one.getBoundingClientRect();
    return [x, y, width, height]; }))"""


@pytest.mark.parametrize("width", [1100, 820, 560, 360])
def test_no_line_of_code_breaks_inside_a_word(browser, width):
    traces = (
        step_through(with_long_lines).trace,
        step_through(called_twice, with_long_lines).trace,
    )
    states = [{"trace": trace, "step": 2} for trace in traces]
    for page in opened(browser, states, width=width):
        assert page.evaluate(BROKEN) == []
        assert (page.evaluate(FOLDED) > 0) == (width < 600)


@pytest.mark.parametrize("width", [1100, 820, 560, 360])
@pytest.mark.parametrize("other", [called_once, with_long_lines])
def test_two_snippets_stand_side_by_side_only_where_both_fit(browser, other, width):
    """Side by side with every line of code whole, else one below the other."""
    state = {"trace": step_through(called_twice, other).trace, "step": 0}
    for page in opened(browser, [state], width=width):
        one, two = (
            panel.bounding_box() for panel in page.locator(".stepper-panel").all()
        )
        beside = two["y"] == one["y"]
        longest = max(len(line) for one in state["trace"] for line in one["lines"])
        assert beside == (width > 16.1 * longest + 150)
        if beside:
            assert two["x"] >= one["x"] + one["width"]
            assert page.evaluate(FOLDED) == 0
        else:
            assert two["y"] >= one["y"] + one["height"]
            assert two["x"] == one["x"]


def test_code_is_text_never_markup(browser):
    source = "x = '<img src=y onerror=alert(1)>'\nprint(x)"
    stepper = step_through(source, titles=["<b>bold</b>"])
    for page in opened(browser, [{"trace": stepper.trace, "step": 2}]):
        assert page.locator(".stepper img, .stepper b").count() == 0
        assert (
            page.locator(".stepper code").first.text_content() == source.split("\n")[0]
        )


# ------------------------------------------------------------ on the built page

CHAPTERS = ("explicit_tape", "with_blocks", "persistent_tapes")


def steppers(page):
    """Return the steppers on a page of the site, those that are folded open."""
    open_all(page)
    return page.locator(".widget-place .stepper")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_stepper_of_a_chapter_works_on_its_page(visit, site, chapter):
    visited = visit(f"{site}/book/{chapter}.html")
    with visited as page:
        found = steppers(page)
        stored = [
            output
            for cell in read(chapter).cells
            for output in cell.get("outputs", [])
            if "<table" in output.get("data", {}).get("text/html", "")
        ]
        assert found.count() == len(stored) > 0
        for stepper in found.all():
            expect(stepper.get_by_role("slider")).to_have_value("0")
            stepper.get_by_role("slider").focus()
            page.keyboard.press("End")
            expect(stepper.get_by_role("button", name="Next")).to_be_disabled()
            page.keyboard.press("Home")
            expect(stepper.get_by_role("button", name="Previous")).to_be_disabled()
            stepper.get_by_role("button", name="Next").press("Enter")
            expect(stepper.get_by_role("slider")).to_have_value("1")
            assert len(current(stepper)) >= 1
    assert not visited.asked


def test_both_snippets_keep_in_step_on_the_page(visit, site):
    with visit(f"{site}/book/persistent_tapes.html") as page:
        pair = steppers(page).first
        before = pair.get_by_role("status").all_text_contents()
        pair.get_by_role("slider").focus()
        page.keyboard.press("ArrowRight")
        after = pair.get_by_role("status").all_text_contents()
        assert len(current(pair)) == 2
        assert all(one != other for one, other in zip(before, after, strict=True))


@pytest.mark.parametrize("chapter", CHAPTERS)
@pytest.mark.parametrize("view", [{}, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_on_the_page(visit, site, chapter, view):
    with visit(f"{site}/book/{chapter}.html", **view) as page:
        steppers(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= page.viewport_size["width"]
        for mode in ("light", "dark"):
            change_mode(page, mode)
            options = {"rules": RULES}
            results = Axe().run(page, context=".widget-place", options=options)
            assert results.violations_count == 0, (mode, results.generate_report())


@pytest.mark.parametrize("medium", ["no script", "print"])
def test_without_script_and_in_print_there_is_a_table(visit, site, medium):
    address = f"{site}/book/with_blocks.html"
    with visit(address, java_script_enabled=medium != "no script") as page:
        if medium == "print":
            page.emulate_media(media="print")
        place = page.locator(".widget-place").first
        assert place.locator("table").first.is_visible()
        assert not place.locator("input").first.is_visible()
