"""When the scripts of a page are loaded, and that none of them fails."""

from urllib.parse import urljoin, urlsplit

import pytest
from support.browser import PHONE, SITE, wait_for_scripts
from support.pages import CHAPTER, each_page, pages_with, soup


@each_page
def test_a_page_has_nothing_to_complain_of(visited, page):
    for visit in visited(page).visits():
        assert not visit.complaints


@each_page
def test_no_script_of_a_page_holds_up_its_text(page):
    assert not soup(page).select("script[src]:not([defer]), link[rel~=preload]")
    for path in script_files(page):
        assert (SITE / path.lstrip("/")).is_file(), path


@each_page
def test_what_readers_use_first_comes_first(page):
    """The menu, then the widgets; copy buttons and small menus can wait."""
    tags = [script["src"] for script in soup(page).select("script[src]")]
    names = [tag.partition("?")[0].rpartition("_static/")[2] for tag in tags]
    assert names[0] == "site.js"
    if soup(page).select("[data-state]"):
        assert names[-1] == "widget_host.js", "it needs the modules"
        assert names[-2].startswith("widgets/")
    assert not [name for name in names if name.startswith("late")]


@each_page
def test_nothing_needs_the_load_event_that_late_scripts_miss(page):
    """Bootstrap starts these when the page is loaded, and comes later."""
    missed = "[data-bs-spy], [data-bs-ride], .offcanvas, [data-bs-toggle=tab]"
    assert not soup(page).select(missed)


WIDGETS = "book/learning_rate.html"
# What a script of the page is told.
LISTEN = """globalThis.told = [];
document.addEventListener("DOMContentLoaded", () => told.push("DOMContentLoaded"));
addEventListener("load", () => told.push("load"));"""


def test_what_can_wait_comes_after_the_opening_picture(visit, site):
    asked, pictures = [], []
    with visit() as page:
        page.on("request", lambda request: asked.append(name_of(request.url)))
        page.route("**/_images/*", lambda picture: pictures.append(picture))
        page.add_init_script(LISTEN)
        page.goto(f"{site}/{CHAPTER}", wait_until="domcontentloaded")
        for _ in range(3):
            page.evaluate("new Promise(requestAnimationFrame)")
        assert "site.js" in asked
        assert "late.js" not in asked
        for picture in pictures:
            picture.continue_()
        wait_for_scripts(page)
        assert "late.js" in asked
        # Each once, by the browser.
        assert page.evaluate("told") == ["DOMContentLoaded", "load"]


def name_of(address):
    """Return the name of the file at an address."""
    return urlsplit(address).path.rpartition("/")[2]


def test_menu_and_widget_answer_while_a_picture_is_awaited(visit, site):
    with visit(**PHONE) as page:
        page.route("**/_images/*", lambda picture: None)
        page.goto(f"{site}/{WIDGETS}", wait_until="domcontentloaded")
        page.locator(".widget-ready").first.wait_for()
        page.locator(".primary-toggle:visible").click()
        page.locator("dialog[open] nav a:visible").first.wait_for()
        assert page.locator("html[data-ready]").count() == 0


# ------------------------------------------------------- where scripts cannot run

WITH_WIDGETS = max(
    pages_with(".widget-place"),
    key=lambda page: len(soup(page).select("[data-widget]")),
)
# The text of a page that cannot be seen: of what is not folded, in a tab, in the
# place of a widget, or for those who come by an old address.
UNREAD = """[...document.querySelectorAll(
    "article :is(h1, h2, h3, p, pre, li, summary, td, th, figcaption)")]
  .filter((e) => !e.closest(
    ".widget-place, .sd-tab-content, .moved, " +
    "summary *, details:not([open]) > :not(summary)"))
  .filter((e) => !e.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .map((e) => e.outerHTML.slice(0, 150))"""
# Places where neither the widget nor its static form can be seen.
EMPTY = """[...document.querySelectorAll(".widget-place")]
  .filter((place) => !place.closest("details:not([open])"))
  .filter((place) => ![...place.children].some((e) =>
    e.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && e.getBoundingClientRect().height > 20))
  .map((place) => place.dataset.kind)"""
STATIC = "document.querySelectorAll('.widget-static').length"
LIVE = "document.querySelectorAll('.widget-ready').length"


def script_files(page):
    """Return the script files that a page asks for, and its widgets' states."""
    tags = [script["src"] for script in soup(page).select("script[src]")]
    (late,) = soup(page).select("script[data-scripts]")
    root = soup(page).html["data-content_root"]
    states = [place["data-state"] for place in soup(page).select("[data-state]")]
    asked = [*tags, *(root + name for name in late["data-scripts"].split()), *states]
    paths = [urlsplit(urljoin(f"/{page}", address)).path for address in asked]
    return list(dict.fromkeys(paths))


@each_page
def test_a_page_reads_whole_without_scripts(visit, site, page):
    with visit(f"{site}/{page}", java_script_enabled=False) as shown:
        assert shown.evaluate(UNREAD) == []
        assert shown.evaluate(EMPTY) == []
        assert shown.evaluate(LIVE) == 0


@pytest.mark.parametrize("blocked", script_files(WITH_WIDGETS))
def test_a_page_reads_whole_without_one_of_its_scripts(visit, site, blocked):
    with visit() as page:
        refused = []

        def refuse(route):
            refused.append(route.request.url)
            route.abort()

        page.route(lambda address: urlsplit(address).path == blocked, refuse)
        page.goto(f"{site}/{WITH_WIDGETS}")
        wait_for_scripts(page)
        page.wait_for_load_state("networkidle")
        assert refused
        assert page.evaluate(STATIC) > 0
        assert page.evaluate(UNREAD) == []
        assert page.evaluate(EMPTY) == []
