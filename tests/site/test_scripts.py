"""When the scripts of a page are loaded, and that none of them fails."""

from urllib.parse import urljoin, urlsplit

import pytest
from support.browser import SHOWN_WHEN_TOLD, SITE, wait_for_scripts
from support.pages import CHAPTER, each_page, pages_with, soup


@each_page
def test_a_page_has_nothing_to_complain_of(visited, page):
    assert not visited(page).light.complaints


@each_page
def test_a_page_holds_no_script_to_wait_for(page):
    assert not soup(page).select("script[src], link[rel~=preload]")
    (tag,) = soup(page).select("script[data-scripts]")
    for address in tag["data-scripts"].split():
        assert (SITE / address.partition("?")[0]).is_file(), address


# What a script may wait for.
LISTEN = """;
globalThis.told = [document.readyState];
document.addEventListener("DOMContentLoaded", () => told.push("DOMContentLoaded"));
addEventListener("load", () => told.push("load"));"""


@pytest.fixture
def listening(visit):
    """Yield an empty page; on pages of the site a script of theirs listens."""

    def listen(route):
        script = route.fetch()
        route.fulfill(response=script, body=script.text() + LISTEN)

    with visit() as page:
        page.route("**/site.js*", listen)
        yield page


def test_scripts_come_after_the_first_frame_and_get_the_events_they_missed(
    listening, site
):
    asked = []
    listening.on("request", lambda request: asked.append(request.resource_type))
    listening.add_init_script(SHOWN_WHEN_TOLD)
    listening.goto(f"{site}/{CHAPTER}")
    assert "stylesheet" in asked
    assert "script" not in asked
    listening.evaluate("show()")
    wait_for_scripts(listening)
    told = listening.evaluate("told")
    assert told == ["complete", "DOMContentLoaded", "load"]


def test_scripts_come_after_the_opening_picture(listening, site):
    asked = []
    listening.on("request", lambda request: asked.append(request.resource_type))
    pictures = []
    listening.route("**/_images/*", lambda picture: pictures.append(picture))
    listening.goto(f"{site}/{CHAPTER}", wait_until="domcontentloaded")
    for _ in range(3):
        listening.evaluate("new Promise(requestAnimationFrame)")
    assert "script" not in asked
    pictures[0].continue_()
    wait_for_scripts(listening)
    told = listening.evaluate("told")
    assert told == ["complete", "DOMContentLoaded", "load"]


# ------------------------------------------------------- where scripts cannot run

WITH_WIDGETS = max(
    pages_with(".widget-place"),
    key=lambda page: len(soup(page).select("[data-widget]")),
)
# The text of a page that cannot be seen: of what is not folded, in a tab, or in
# the place of a widget.
UNREAD = """[...document.querySelectorAll(
    "article :is(h1, h2, h3, p, pre, li, summary, td, th, figcaption)")]
  .filter((e) => !e.closest(
    ".widget-place, .sd-tab-content, summary *, details:not([open]) > :not(summary)"))
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
    (tag,) = soup(page).select("script[data-scripts]")
    root = soup(page).html["data-content_root"]
    states = [place["data-state"] for place in soup(page).select("[data-state]")]
    asked = [root + address for address in tag["data-scripts"].split()] + states
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
