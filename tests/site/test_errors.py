"""The box for error messages on the built page, without kernel and network."""

from functools import cache
import json
import re

from axe_playwright_python.sync_playwright import Axe
from bookbuild.errors.entries import SYMPTOM
from bs4 import BeautifulSoup
from playwright.sync_api import expect
import pytest
from support import pages
from support.browser import PHONE, SITE, Visit
from support.messages import ENTRIES, HOMES, said
from support.notebooks import BOOK, ROOT
from support.pages import RULES

PAGE = "book/errors.html"
OLDER = "captured_errors.html"  # beside it: the messages of older versions
SETTINGS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": PHONE,
}
TRACEBACKS = json.loads(
    (ROOT / "tests" / "fixtures" / "tracebacks.json").read_text(encoding="utf-8")
)
# What a traceback is about: the first words of its entry, None for no entry.
ABOUT = {
    "minimize": "AttributeError 'SGD' object has no attribute 'minimize'",
    "unknown_variable": "ValueError Unknown variable:",
    "spent_tape": "RuntimeError A non-persistent GradientTape can only",
    "no_gradients": "ValueError No gradients provided for any variable.",
    "old_key_error": "KeyError The optimizer cannot recognize variable",
    "tensor_as_loss": "ValueError `tape` is required when a `Tensor` loss",
    "unrelated_key_error": None,
    "unrelated_import_error": None,
}
# Names, shapes, numbers and addresses of another program.
CHANGES = [
    ("'SGD' object", "'MyOptimizer' object"),
    ("numpy.float32", "numpy.float64"),
    ("Variable:0", "encoder_3/dense/kernel:0"),
    (
        "shape=() dtype=float32, numpy=10.0",
        "shape=(2, 3) dtype=float64, numpy=\narray([[1., -2.5, 0.],\n"
        "       [3e-05, 4., 5.]]) at 0x7f3a5c0d1e80",
    ),
    ("DenseBincount", "UnsortedSegmentJoin"),
    ("optimizers.legacy.SGD", "optimizers.legacy.Adagrad"),
    ("loss=9.0", "loss=[0.25 1e-08]"),
    ("36.0", "-1.25e-03"),
    ("object 10.0", "object 0.125"),
    ("learning_rate=1", "learning_rate=<tf.Tensor: shape=(), numpy=3>"),
    ("'lr': 0.1", "'lr': 3e-4"),
    ("0.123 is not", "7 is not"),
    ("tf.int32", "tf.int64"),
    ("(expected 2, got 0)", "(expected 2, got 1)"),
]
LOREM = """Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod
tempor incididunt ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis
nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo consequat.

Duis aute irure dolor in reprehenderit in voluptate velit esse cillum dolore eu
fugiat nulla pariatur. Excepteur sint occaecat cupidatat non proident, sunt in
culpa qui officia deserunt mollit anim id est laborum.
"""


def soup(page="errors.html"):
    return pages.soup(f"book/{page}")


def entries_of(kind):
    """Yield the entries of both pages that have ``kind``: ``(link, item)``."""
    for page, address in (("errors.html", ""), (OLDER, OLDER)):
        for item in soup(page).select(f".error-entry:has({kind})"):
            yield f"{address}#{item['id']}", item


@cache
def listed():
    """Return the messages: ``[(link, [kind and text, ...]), ...]``."""
    return [
        (
            link,
            [
                f"{m.select_one('.error-kind').text} {m.select_one('code').text}"
                for m in item.select(".error-message")
            ],
        )
        for link, item in entries_of(".error-kind")
    ]


@cache
def symptoms():
    """Return the symptoms: ``[(link, what goes wrong, words), ...]``."""
    return [
        (
            link,
            item.select_one(".error-symptom").text,
            item.select_one(".error-words").text.split("; "),
        )
        for link, item in entries_of(".error-symptom")
    ]


@pytest.fixture(scope="session")
def page(chromium, site):
    """Yield the page; tests that only paste share it."""
    with Visit(chromium, f"{site}/{PAGE}") as page:
        have_all(page)
        yield page


@pytest.fixture
def tab(visit, site):
    """Yield the page in a tab of the test's own."""
    with visit(f"{site}/{PAGE}") as page:
        have_all(page)
        yield page


def have_all(page):
    """Use the box, and wait until it has all that it searches."""
    box(page).dispatch_event("focus")
    page.locator(".error-finder[data-ready]").wait_for()


def box(page):
    return page.get_by_label("Paste your error message")


def paste(page, text):
    """Put ``text`` into the box as a paste does; return the answer."""
    box(page).evaluate(
        """(box, text) => {
             box.value = text;
             const inputType = "insertFromPaste";
             box.dispatchEvent(new InputEvent("input", {inputType}));
             return new Promise(resolve => setTimeout(resolve, 20));
           }""",
        text,
    )
    return page.locator(".error-answer")


def first(answer):
    """Return kind and text of the entry in the answer, None for no entry."""
    head = answer.locator("> p").first
    if not head.count() or not head.inner_text().startswith("It looks like"):
        return None
    link = head.locator("a").get_attribute("href")
    texts = {link: texts[0] for link, texts in listed()}
    return (texts | {link: text for link, text, _ in symptoms()})[link]


def as_printed(kind, text):
    """Return a message as it stands on a reader's screen."""
    if kind == "log line":
        return f"WARNING:tensorflow:{text}"
    if kind == "warning":
        place = "/usr/lib/python3/site-packages/keras/src/trainer.py:77"
        return f"{place}: UserWarning: {text}\n  warnings.warn("
    head = 'Traceback (most recent call last):\n  File "/home/me/b.py", line 731\n'
    return f"{head}    train(model)\n{kind}: {text}\n"


# -------------------------------------------------------------------- the list


@pytest.mark.parametrize("older", [False, True])
def test_the_list_is_what_the_notebooks_print(older):
    # The page writes two spaces as one that does not collapse, and one.
    shown = [
        [" ".join(text.split()) for text in texts]
        for link, texts in listed()
        if link.startswith(OLDER) == older
    ]
    assert shown == [
        [" ".join(f"{entry.message.kind} {text}".split()) for text in entry.wordings]
        for entry in ENTRIES
        if entry.message.kind != SYMPTOM and bool(entry.shown) != older
    ]


def test_the_symptoms_are_those_of_the_data():
    assert [(text, words) for _, text, words in symptoms()] == [
        (entry.message.text, entry.words)
        for entry in ENTRIES
        if entry.message.kind == SYMPTOM
    ]


def test_every_link_of_the_list_leads_to_a_section():
    links = [
        (page, link)
        for page in ("errors.html", OLDER)
        for link in soup(page).select(".error-list a:not(.error-versions a)")
    ]
    assert len(links) >= len(ENTRIES)
    for page, link in links:
        file, _, name = link["href"].partition("#")
        assert soup(file or page).select_one(f'section[id="{name}"]'), link


def test_every_entry_has_versions_cause_and_fix():
    for _, item in entries_of("p"):
        for versions in item.select(".error-versions"):
            seen = re.fullmatch(
                r"(reported)?(?: for )?(TensorFlow \d+\.\d+[\w.]*(, \d+\.\d+[\w.]*)*)?",
                versions.text,
            )
            assert seen, versions.text
            assert any(seen.groups()), "a version, or a thread"
            assert bool(seen[1]) == bool(versions.select("a[href^='https://']"))
        text = item.get_text()
        assert "Cause: " in text
        assert "Fix: " in text
        assert item.select(".error-where a[href]")


def test_only_this_page_has_the_script():
    for path in SITE.rglob("*.html"):
        assert ("errors.js" in path.read_text(encoding="utf-8")) == (
            path.name == "errors.html"
        ), path


# ------------------------------------------------------------- what it finds


def test_each_message_of_the_list_is_found_with_other_names(page):
    unused, items = dict(CHANGES), dict(entries_of(".error-kind"))
    for link, texts in listed():
        for text in texts:
            kind = re.match(r"log line|\w+", text)[0]
            changed = text.removeprefix(f"{kind} ")
            for old, new in CHANGES:
                if old in changed:
                    unused.pop(old, None)
                    changed = changed.replace(old, new)
            answer = paste(page, as_printed(kind, changed))
            assert first(answer) == texts[0], changed
            said = " ".join(answer.inner_text().split())
            for part in items[link].select("p:not(.error-message)"):
                assert " ".join(part.text.split()) in said
    assert not unused, "every change changes something"


def test_each_symptom_is_found_from_plain_words(page):
    for link, symptom, words in symptoms():
        for text in (symptom, *words):
            answer = paste(page, text)
            found = answer.locator("a.error-link").evaluate_all(
                "links => links.map(link => link.getAttribute('href'))"
            )
            assert link in found, f"{text}: {found}"


def test_where_several_causes_share_a_message_the_answer_asks(page):
    text = "ValueError: No gradients provided for any variable."
    answer = paste(page, text)
    asked = answer.locator("ol.error-ask > li")
    assert asked.count() in (2, 3, 4)
    for item in asked.all():
        assert item.locator("p").first.inner_text().endswith("?")
        assert item.locator(".error-where a").count() == 1


@pytest.fixture(scope="module")
def messages():
    return said()


def test_what_tensorflow_says_today_is_found(page, messages):
    for mistake, (kind, text) in messages.items():
        answer = paste(page, as_printed(kind, text))
        assert first(answer), f"{mistake}: {text}"
        links = answer.locator(".error-where a").evaluate_all(
            "links => links.map(link => link.getAttribute('href'))"
        )
        home = HOMES[mistake]
        # An entry of the page itself has its fix in any chapter.
        start = "" if home == "errors" else f"{home}.html#"
        assert any(link.startswith(start) for link in links), f"{mistake}: {links}"


@pytest.mark.parametrize("name", ABOUT)
def test_a_whole_traceback_of_a_terminal_is_found(page, name):
    text = TRACEBACKS["terminal"][name]
    assert len(text.splitlines()) > 9, "it is whole, with what TensorFlow logs"
    found = first(paste(page, text))
    assert (found or "").startswith(ABOUT[name] or ""), found
    assert (found is None) == (ABOUT[name] is None)


@pytest.mark.parametrize("name", TRACEBACKS["notebook"])
def test_a_whole_traceback_of_a_notebook_is_found(page, name):
    text = TRACEBACKS["notebook"][name]
    assert "\x1b[" in text, "with its colours"
    for pasted in (text, re.sub(r"\x1b\[[\d;]*m", "", text)):
        found = first(paste(page, pasted))
        assert (found or "").startswith(ABOUT[name] or ""), found
        assert (found is None) == (ABOUT[name] is None)


@pytest.mark.parametrize(
    "text",
    [
        "KeyError: 'val_loss'",
        "ImportError: cannot import name 'Sequential' from 'keras.models'",
        "ModuleNotFoundError: No module named 'tf_keras'",
        "AttributeError: 'NoneType' object has no attribute 'backward'",
        "ValueError: Shapes (None, 1) and (None, 10) are incompatible",
        "TypeError: 'AdamW' object has no attribute 'minimize'",
        LOREM,
        (ROOT / "LICENSE").read_text(encoding="utf-8"),
        (ROOT / "README.md").read_text(encoding="utf-8"),
    ],
    ids=lambda text: text[:30],
)
def test_what_is_unrelated_is_not_found(page, text):
    answer = paste(page, text)
    assert first(answer) is None
    assert "has no entry here" in answer.inner_text()
    guesses = answer.locator("li a")
    assert guesses.count() <= 3
    if guesses.count():
        assert "guesses" in answer.inner_text()


def test_prose_of_the_book_is_no_message(page):
    # Pages that name no chapter or section after a message.
    for name in ("mini_batches", "with_blocks", "stopping"):
        html = (SITE / "book" / f"{name}.html").read_text(encoding="utf-8")
        article = BeautifulSoup(html, "html.parser").article
        for output in article.select(".cell_output"):
            output.decompose()  # it may print a message
        assert first(paste(page, article.get_text())) is None, name


def test_a_guess_is_a_link_to_an_entry(page):
    answer = paste(page, "KeyError: 'no such key'")
    link = answer.locator("li a").first
    assert link.get_attribute("href") in dict(listed())
    assert "KeyError" in link.inner_text()


@pytest.mark.parametrize("text", ["", "  \n\t\n"])
def test_nothing_pasted_has_no_answer(page, text):
    assert first(paste(page, "KeyError: 'k'")) is None
    assert paste(page, text).inner_text() == ""


def test_several_messages_are_all_found(page):
    both = TRACEBACKS["terminal"]["no_gradients"] + TRACEBACKS["terminal"]["minimize"]
    answer = paste(page, both)
    assert first(answer).startswith(ABOUT["minimize"]), "the last comes first"
    assert "No gradients provided" in answer.locator("li a").inner_text()


# -------------------------------------------------------------- what it never does


@pytest.mark.parametrize(
    "text",
    [
        '<img src=x onerror="window.intruded = 1">',
        "<script>window.intruded = 1</script>",
        'KeyError: <img src=x onerror="window.intruded = 1">',
        "ValueError: <b>No</b> gradients provided for any variable.<script>1</script>",
        "AttributeError: '<i>A</i>' object has no attribute 'minimize'<svg onload=1>",
        "</textarea><iframe src='javascript:window.intruded = 1'></iframe>",
    ],
)
def test_nothing_pasted_becomes_markup(page, text):
    before = page.locator("img, script, iframe, svg, b, i, object").count()
    paste(page, text)
    assert page.locator("img, script, iframe, svg, b, i, object").count() == before
    assert page.evaluate("window.intruded") is None
    assert box(page).input_value() == text
    assert "intruded" not in page.locator(".error-answer").inner_text()


def test_the_script_writes_no_markup_and_asks_for_nothing():
    script = (BOOK / "_static" / "errors.js").read_text(encoding="utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval("):
        assert word not in script
    for word in ("fetch", "XMLHttp", "sendBeacon", "WebSocket", "import(", "Storage"):
        assert word not in script


def test_a_message_of_an_older_version_is_found_by_the_first_paste(visit, site):
    with visit(f"{site}/{PAGE}") as page:
        assert first(paste(page, "KeyError: 'k'")) is None
        page.locator(".error-finder[data-ready]").wait_for()
        text = "AttributeError: '_UserObject' object has no attribute 'add_slot'"
        answer = paste(page, text)
        assert first(answer).endswith("'add_slot'")
        link = answer.locator("a.error-link").first
        assert link.get_attribute("href").startswith(f"{OLDER}#")
        link.click()
        assert page.locator(".error-entry:target").is_visible()


def test_who_only_reads_the_page_does_not_load_what_the_box_needs(visit, site):
    with visit(f"{site}/{PAGE}") as page:
        page.wait_for_load_state("networkidle")
        assert page.locator("script[src*='errors_data']").count() == 0


def test_a_search_that_does_not_load_is_said_and_tried_again(visit, site):
    with visit() as page:
        page.route("**/errors_data.js*", lambda script: script.abort())
        page.goto(f"{site}/{PAGE}")
        answer = page.locator(".error-answer")
        box(page).fill(TRACEBACKS["terminal"]["minimize"])
        expect(answer).to_contain_text("The search did not load.")
        page.unroute("**/errors_data.js*")
        box(page).press("End")
        page.keyboard.type(" ")
        expect(answer).to_contain_text("It looks like")


def test_nothing_pasted_leaves_the_page(tab):
    requests = []
    tab.on("request", lambda request: requests.append(request.url))
    paste(tab, TRACEBACKS["terminal"]["minimize"])
    tab.wait_for_load_state("networkidle")
    # The browser asks for the page's icon when it likes.
    assert not [url for url in requests if not url.endswith("/favicon.svg")]
    kept = tab.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "minimize" not in kept


# ------------------------------------------------------------- for every reader


def test_a_real_paste_is_answered(visit, site):
    visited = visit(f"{site}/{PAGE}")
    visited.context.grant_permissions(["clipboard-read", "clipboard-write"])
    with visited as page:
        text = TRACEBACKS["terminal"]["spent_tape"]
        page.evaluate("text => navigator.clipboard.writeText(text)", text)
        box(page).focus()
        page.keyboard.press("Control+V")
        page.locator(".error-answer .error-where").wait_for()
        assert first(page.locator(".error-answer")).startswith(ABOUT["spent_tape"])


def test_the_keyboard_alone_leads_to_the_chapter(tab):
    for _ in range(80):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
    tab.keyboard.type("ValueError: No gradients provided for any variable.")
    tab.locator(".error-answer .error-where").first.wait_for()
    for _ in range(20):
        tab.keyboard.press("Tab")
        target = tab.evaluate("document.activeElement.getAttribute('href') ?? ''")
        if target.startswith("none_gradients.html#"):
            break
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/none_gradients.html#*")


def test_clear_empties_box_and_answer(tab):
    assert first(paste(tab, TRACEBACKS["terminal"]["minimize"]))
    tab.get_by_role("button", name="Clear").press("Enter")
    tab.locator(".error-answer:empty").wait_for(state="attached")
    assert box(tab).input_value() == ""
    assert tab.evaluate("document.activeElement.tagName") == "TEXTAREA"


def test_the_answer_is_spoken_once(tab):
    answer = tab.locator(".error-answer")
    assert answer.get_attribute("aria-live") == "polite"
    text = TRACEBACKS["terminal"]["minimize"]
    paste(tab, text)
    tab.evaluate(
        """() => {
             window.changes = 0;
             new MutationObserver(() => changes++).observe(
               document.querySelector(".error-answer"), {childList: true});
           }"""
    )
    paste(tab, text + "\n")
    assert tab.evaluate("changes") == 0
    paste(tab, "")
    assert tab.evaluate("changes") == 1


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("text", ["terminal", "KeyError: 'k'"])
def test_axe_finds_nothing_in_an_answer(visit, site, setting, text):
    with visit(f"{site}/{PAGE}", **SETTINGS[setting]) as page:
        whole = TRACEBACKS["terminal"]["minimize"]
        paste(page, whole if text == "terminal" else text)
        results = Axe().run(page, ".error-finder", {"rules": RULES})
        assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [320, 360])
def test_a_phone_shows_the_box_first_and_no_answer_is_too_wide(visit, site, width):
    view = {"width": width, "height": 740}
    with visit(f"{site}/{PAGE}", viewport=view, has_touch=True) as page:
        place = box(page).bounding_box()
        assert place["y"] + place["height"] < view["height"], "without scrolling"
        for text in [*TRACEBACKS["terminal"].values(), "x" * 500]:
            paste(page, text)
            assert (
                page.evaluate("document.documentElement.scrollWidth") <= view["width"]
            )


def test_it_works_from_a_file(visit):
    with visit((SITE / PAGE).as_uri()) as page:
        have_all(page)
        found = first(paste(page, TRACEBACKS["terminal"]["old_key_error"]))
        assert found.startswith(ABOUT["old_key_error"])


def test_without_scripts_there_is_the_list_and_no_box(visit, site):
    with visit(f"{site}/{PAGE}", java_script_enabled=False) as page:
        here = page.locator(".error-entry:visible").count()
        assert not page.locator("textarea").is_visible()
        assert not page.locator(".error-finder").is_visible()
        page.locator(f"section a[href^='{OLDER}#messages-of-older']").click()
        assert here + page.locator(".error-entry:visible").count() == len(ENTRIES)


def test_paper_has_the_list_and_no_box(tab):
    tab.emulate_media(media="print")
    assert not tab.locator(".error-finder").is_visible()
    assert tab.locator(".error-entry").first.is_visible()


def test_a_text_pasted_before_the_script_came_is_answered(visit, site):
    with visit() as page:
        held = []
        page.route("**/errors.js*", lambda script: held.append(script))
        page.goto(f"{site}/{PAGE}", wait_until="commit")
        box(page).fill(TRACEBACKS["terminal"]["minimize"])
        (script,) = held
        script.continue_()
        page.locator(".error-answer .error-where").wait_for()
        assert first(page.locator(".error-answer"))


def test_a_kept_text_is_answered_when_the_page_comes_back(tab):
    paste(tab, TRACEBACKS["terminal"]["minimize"])
    tab.goto(tab.url.replace("errors", "minimize"))
    tab.go_back()
    tab.locator(".error-answer .error-where").wait_for()
    assert "minimize" in box(tab).input_value()
    assert first(tab.locator(".error-answer"))
