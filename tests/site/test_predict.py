"""Every prediction of every page: each answer is given, and each outcome is seen."""

import re

from playwright.sync_api import expect
import pytest
from support.browser import PHONE, SITE, go
from support.pages import LAYOUT_SHIFT, axe, open_all, pages_with, soup

QUESTION = '[data-kind="Prediction"]'
OUTCOME = ".tag_outcome > details"
PAGES = pages_with(QUESTION)
each_page = pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=pytest.mark.xdist_group(page)) for page in PAGES],
)
# What all pages have in common is tried on the first and the last of them.
some_pages = pytest.mark.parametrize("page", [PAGES[0], PAGES[-1]])
STATES = """places => places.map(place =>
  Object.values(bookStates[place.dataset.widget])[0].state.asked)"""
SWITCH = "Show all outcomes"
# How far things below a question move, from when it is not there yet.
TOPS = f"""() => [...document.querySelectorAll('{QUESTION}')]
  .map(place => place.getBoundingClientRect().height)"""
# The same without the widgets, and with them.
ROOM = f"""() => {{
    const style = document.createElement("style");
    document.head.append(style);
    const tops = (css) => {{
      style.textContent = css;
      return ({TOPS})();
    }};
    const free = tops(`{QUESTION} > .widget-live {{ display: none }}`);
    const need = tops(`{QUESTION} > .widget-live {{ display: block !important }}
      {QUESTION}::before {{ content: none !important }}`);
    style.remove();
    return [free, need];
}}"""
STORED = "Object.keys(localStorage).filter(key => key !== 'mode' && key !== 'theme')"


class Asked:
    """One question on a page: what it asks, and how to answer it."""

    def __init__(self, place, asked):
        self.asked = asked
        self.place = place.locator(".widget-live")
        self.field = self.place.get_by_role("textbox")
        self.check = self.place.get_by_role("button", name="Check")
        self.reply = self.place.get_by_role("status")

    @property
    def chosen(self):
        return bool(self.asked["choices"])

    def choice(self, text):
        return self.place.get_by_label(text.replace("`", ""), exact=True)

    def give(self, text):
        """Give an answer by keyboard."""
        if self.chosen:
            self.choice(text).focus()
            self.choice(text).press("Space")
            self.choice(text).press("Enter")
        else:
            self.field.fill(text)
            self.field.press("Enter")


def questions(page):
    """Return the questions on an open page, in order, all of them alive."""
    places = page.locator(QUESTION)
    expect(page.locator(f"{QUESTION}.widget-ready")).to_have_count(places.count())
    states = places.evaluate_all(STATES)
    return [Asked(places.nth(i), asked) for i, asked in enumerate(states)]


def plain(text):
    """Return a text as it is shown: code without its backticks."""
    return text.replace("`", "")


def forms(text):
    """Return the forms in which readers type a number."""
    if not re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", text):
        return [text]
    value = float(text)
    found = {text, text.replace(".", ","), text.replace("-", "−"), f" {text} "}
    found |= {f"{value * 10:.10g}e-1", f"{value:+.10g}", f"x = {text}", f"{text}/1"}
    return sorted(found)


@pytest.fixture
def opened(visit, site):
    """Return a function that opens a page of the site."""
    visits = []

    def open_page(page, **settings):
        one = visit(f"{site}/{page}", **settings)
        visits.append(one)
        return one

    yield open_page
    for one in visits:
        one.context.close()


def test_some_pages_ask():
    assert len(PAGES) >= 2
    for page in PAGES:
        assert len(soup(page).select(QUESTION)) >= 3, page


# ------------------------------------------------------- the questions of a page


@each_page
def test_each_answer_is_given_by_keyboard(opened, page):
    visit = opened(page)
    shut = visit.page.locator(f"{OUTCOME}:not([open])")
    outcomes = visit.page.locator(OUTCOME).count()
    assert outcomes >= 3
    for one in questions(visit.page):
        is_announced(one)
        answers_nonsense(one)
        before = shut.count()
        answers_wrong(one, page)
        answers_close(one)
        answers_right(one)
        # The outcome below the question, and its code where that tells it; that
        # of an exercise is its solution.
        assert before - shut.count() <= 2, one.asked["text"]
    expect(shut).to_have_count(0)
    assert visit.page.evaluate(STORED) == []
    assert not visit.complaints
    open_all(visit.page)
    assert axe(visit.page) == ""


def is_announced(one):
    """Check what a screen reader is told of a question."""
    expect(one.reply).to_have_count(1)
    expect(one.reply).to_have_text("")
    role = "group" if one.chosen else "textbox"
    named = one.place.get_by_role(role, name=plain(one.asked["text"]), exact=True)
    expect(named).to_have_count(1)


def answers_nonsense(one):
    """Check what is said where there is nothing to compare; nothing opens."""
    one.check.click()
    if one.chosen:
        expect(one.reply).to_have_text("Choose one of the answers first.")
        return
    expect(one.reply).to_contain_text("Type a number first")
    one.give("about ten")
    expect(one.reply).to_contain_text("“about ten” is not a number I can read")


def answers_wrong(one, page):
    """Check the sentence of each wrong answer, and where its link leads."""
    asked = one.asked
    assert asked["wrong"], asked["text"]
    told = {asked["right"]["text"], *(wrong["text"] for wrong in asked["wrong"])}
    assert set(asked["choices"]) <= told, asked["text"]
    for wrong in asked["wrong"]:
        one.give(wrong["text"])
        expect(one.reply).to_contain_text("No")
        expect(one.reply).to_contain_text(plain(wrong["says"]))
        if wrong["link"]:
            link = one.reply.get_by_role("link")
            target, _, section = link.get_attribute("href").partition("#")
            path = (SITE / page).parent / target
            assert path.is_file(), target
            there = soup(path.relative_to(SITE).as_posix())
            assert not section or there.find(id=section), (target, section)


def answers_close(one):
    """Check what is said of a number that is nearly right, and of a far one."""
    if one.chosen:
        return
    one.give("123456789")
    expect(one.reply).to_contain_text("the answer is smaller")
    tolerance, close = one.asked["tolerance"], one.asked["close"]
    near = float(one.asked["right"]["value"]) + (tolerance + close) / 2 or 1
    wrong = [float(wrong["value"]) for wrong in one.asked["wrong"]]
    if not any(abs(near - value) <= 0.005 * abs(value) for value in wrong):
        one.give(f"{near:.10g}")
        expect(one.reply).to_contain_text(re.compile("^Close: .* too large"))


def answers_right(one):
    """Check that the right answer is accepted in each form."""
    right = one.asked["right"]
    for text in [right["text"]] if one.chosen else forms(right["text"]):
        if not one.chosen:
            one.give("?")
        one.give(text)
        expect(one.reply).to_contain_text("Right")
        expect(one.reply).to_contain_text(plain(right["says"]))


@each_page
def test_it_works_by_touch_on_a_phone_and_nothing_moves(opened, page):
    visit = opened(page, color_scheme="dark", **PHONE)
    for one in questions(visit.page):
        before = visit.page.evaluate(TOPS)
        if one.chosen:
            one.choice(one.asked["wrong"][0]["text"]).tap()
        else:
            one.field.tap()
            one.field.fill(one.asked["wrong"][0]["text"])
        one.check.tap()
        expect(one.reply).to_contain_text(plain(one.asked["wrong"][0]["says"]))
        assert visit.page.evaluate(TOPS) == before
        for control in [one.check, *([] if one.chosen else [one.field])]:
            box = control.bounding_box()
            assert min(box["width"], box["height"]) >= 44
    open_all(visit.page)
    assert axe(visit.page) == ""
    for width in (320, 360, 600, 1200):
        visit.page.set_viewport_size({"width": width, "height": 740})
        free, need = visit.page.evaluate(ROOM)
        for one, f, n in zip(questions(visit.page), free, need, strict=True):
            assert n <= f + 1, (width, one.asked["text"], f, n)
            assert f <= n + 60, (width, one.asked["text"], f, n)


@each_page
def test_each_outcome_is_closed_and_its_answer_in_a_fold(page):
    for outcome in soup(page).select(OUTCOME):
        assert not outcome.has_attr("open")
        assert outcome.select(".cell_output"), page
    for place in soup(page).select(QUESTION):
        assert "Predict:" in place.get_text()
        assert place.select(".widget-static details p")


# ------------------------------------------------- what all pages have in common


@some_pages
def test_nothing_shifts_while_the_page_loads_at_a_question(visit, site, page):
    with visit() as empty:
        go(empty, f"{site}/{page}")
        empty.locator(QUESTION).first.scroll_into_view_if_needed()
        empty.reload()
        empty.locator(f"{QUESTION}.widget-ready").last.wait_for()
        assert empty.evaluate(LAYOUT_SHIFT) < 0.02


@some_pages
def test_an_answer_opens_the_outcome_below_it_and_no_other(opened, page):
    visit = opened(page)
    second = questions(visit.page)[1]
    second.give(second.asked["wrong"][0]["text"])
    opened_ones = visit.page.locator(f"{OUTCOME}[open]")
    assert 1 <= opened_ones.count() <= 2
    below = """([outcome, place]) => place.compareDocumentPosition(outcome)
      & Node.DOCUMENT_POSITION_FOLLOWING"""
    handles = [opened_ones.first.element_handle(), second.place.element_handle()]
    assert visit.page.evaluate(below, handles)


@some_pages
def test_a_reader_who_does_not_predict_opens_an_outcome(opened, page):
    visit = opened(page)
    first = visit.page.locator(OUTCOME).first
    first.locator("summary").focus()
    visit.page.keyboard.press("Enter")
    expect(first.locator(".cell_output")).to_be_visible()


@some_pages
def test_the_switch_shows_all_and_is_remembered_only_if_chosen(opened, site, page):
    visit = opened(page)
    switch = visit.page.get_by_role("button", name=SWITCH)
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert visit.page.evaluate(STORED) == []
    switch.press("Enter")
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(visit.page.locator(f"{OUTCOME}:not([open])")).to_have_count(0)
    for other in PAGES[:2]:
        go(visit.page, f"{site}/{other}")
        expect(visit.page.locator(f"{OUTCOME}:not([open])")).to_have_count(0)
    switch.press("Enter")
    expect(visit.page.locator(f"{OUTCOME}[open]")).to_have_count(0)
    assert visit.page.evaluate(STORED) == []
    go(visit.page, f"{site}/{page}")
    expect(visit.page.locator(f"{OUTCOME}[open]")).to_have_count(0)


def test_a_page_without_outcomes_has_no_switch(opened):
    visit = opened("book/glossary.html")
    expect(visit.page.get_by_role("button", name=SWITCH)).to_have_count(0)


@some_pages
def test_the_switch_fits_on_a_narrow_page(opened, page):
    visit = opened(page, viewport={"width": 320, "height": 700})
    box = visit.page.get_by_role("button", name=SWITCH).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 320


@some_pages
def test_a_folded_outcome_is_found_by_the_browser(opened, site, page):
    visit = opened(page)
    outcome = visit.page.locator(OUTCOME).first
    line = outcome.locator("pre").first.text_content().strip().splitlines()[0]
    words = re.escape(line).replace("\\", "")
    visit.page.goto("about:blank")
    visit.page.goto(f"{site}/{page}#:~:text={words.replace(' ', '%20')}")
    expect(outcome).to_have_attribute("open", "")


@some_pages
def test_all_is_open_in_print_and_without_a_script(opened, site, visit, page):
    printed = opened(page)
    printed.page.emulate_media(media="print")
    for outcome in printed.page.locator(f"{OUTCOME} .cell_output").all():
        expect(outcome).to_be_visible()
    expect(printed.page.locator(f"{QUESTION} .widget-live:visible")).to_have_count(0)
    printed.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for place in printed.page.locator(QUESTION).all():
        expect(place.get_by_text("Predict:")).to_be_visible()
        expect(place.locator(".widget-static details p").first).to_be_visible()

    with visit(java_script_enabled=False) as still:
        still.goto(f"{site}/{page}")
        for outcome in still.locator(f"{OUTCOME} .cell_output").all():
            expect(outcome).to_be_visible()
        for place in still.locator(QUESTION).all():
            expect(place.get_by_text("Predict:")).to_be_visible()
            expect(place.locator(".widget-static details p").first).to_be_hidden()
