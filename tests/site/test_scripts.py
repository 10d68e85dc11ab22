"""When the scripts of a page are loaded, and that none of them fails."""

import pytest
from support.browser import SHOWN_WHEN_TOLD, SITE, wait_for_scripts
from support.pages import CHAPTER, each_page, soup


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
