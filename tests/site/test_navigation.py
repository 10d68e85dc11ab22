"""Search, menus, buttons and folded cells on the built pages."""

import re
import tomllib

import nbformat
from playwright.sync_api import expect
import pytest
from support.browser import PHONE, SITE, wait_for_scripts
from support.notebooks import ROOT
from support.pages import CHAPTER, each_page, pages_with, soup


def test_the_contents_follow_the_reader(visit, site):
    with visit(f"{site}/{CHAPTER}", viewport={"width": 1500, "height": 900}) as page:
        for name in ("see-why-a-run-stopped", "set-up"):
            page.evaluate(f"location.hash = {name!r}")
            page.locator(f".page-toc a.active[href='#{name}']").wait_for()


@pytest.mark.parametrize("place", ["server", "file"])
def test_search_opens_by_shortcut_and_finds(visit, site, place):
    root = site if place == "server" else SITE.as_uri()
    with visit(f"{root}/{CHAPTER}") as page:
        page.keyboard.press("Control+k")
        field = page.locator("#pst-search-dialog input")
        field.wait_for()
        page.keyboard.type("learning rate")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?q=*")
        results = page.locator("#search-results li a")
        # They are shown one after the other.
        page.locator(
            "#search-results li a[href*='learning_rate.html']"
        ).first.wait_for()
        results.first.click()
        page.wait_for_url("**/book/**")
        assert page.locator("article h1").first.is_visible()


def test_the_search_button_opens_the_search(visit, site):
    with visit(f"{site}/{CHAPTER}") as page:
        page.locator(".search-button-field").click()
        assert page.locator("#pst-search-dialog input").is_visible()
        page.keyboard.press("Escape")
        assert not page.locator("#pst-search-dialog input").is_visible()


def test_the_theme_switches_and_stays(visit, site):
    with visit(f"{site}/{CHAPTER}", color_scheme="light") as page:
        theme = "document.documentElement.dataset.theme"
        assert page.evaluate(theme) == "light"
        for _ in range(3):
            if page.evaluate(theme) == "dark":
                break
            page.locator(".theme-switch-button:visible").click()
        assert page.evaluate(theme) == "dark"
        page.reload()
        wait_for_scripts(page)
        assert page.evaluate(theme) == "dark"


def test_the_sidebar_opens_on_a_phone(visit, site):
    with visit(f"{site}/{CHAPTER}", **PHONE) as page:
        link = page.locator(".bd-sidebar-primary nav a", has_text="by hand")
        assert not link.first.is_visible()
        page.locator(".primary-toggle:visible").click()
        page.locator("nav[aria-label=Main] a:visible", has_text="by hand").click()
        page.wait_for_url("**/explicit_tape.html")


def test_code_is_copied(visit, site):
    visited = visit(f"{site}/{CHAPTER}")
    visited.context.grant_permissions(["clipboard-read", "clipboard-write"])
    with visited as page:
        cell = page.locator(".cell_input:visible").first
        cell.hover()
        cell.locator("button.copybtn").click()
        code = cell.locator("pre").inner_text()
        assert page.evaluate("navigator.clipboard.readText()").strip() == code.strip()


def test_tabs_change(visit, site):
    (page, *_) = pages_with(".sd-tab-set")
    with visit(f"{site}/{page}") as opened:
        tabs = opened.locator(".sd-tab-set").first
        contents = tabs.locator("> .sd-tab-content")
        assert contents.nth(0).is_visible()
        tabs.locator("> label").nth(1).click()
        assert not contents.nth(0).is_visible()
        assert contents.nth(1).is_visible()


def test_a_solution_unfolds(visit, site):
    with visit(f"{site}/{CHAPTER}") as page:
        solution = page.locator(".cell.tag_solution").first
        assert not solution.locator("pre").first.is_visible()
        solution.locator("summary").click()
        assert solution.locator("pre").first.is_visible()


def test_the_download_button_saves_a_notebook(visit, site):
    with visit(f"{site}/{CHAPTER}") as page:
        page.locator(".dropdown-download-buttons > button").click()
        link = page.locator("a.btn-download-source-button")
        # Without it, a server that says "JSON" has the notebook shown as text.
        assert link.get_attribute("download") == "minimize.ipynb"
        with page.expect_download() as download:
            link.click()
        assert download.value.suggested_filename == "minimize.ipynb"
        notebook = nbformat.read(download.value.path(), as_version=4)
        assert notebook.cells


def test_the_print_and_full_screen_buttons_work_under_the_policy(visit, site):
    with visit(f"{site}/{CHAPTER}") as page:
        page.evaluate("window.print = () => { window.printed = true; }")
        page.locator(".dropdown-download-buttons > button").click()
        page.locator("button.btn-download-pdf-button").click()
        assert page.evaluate("window.printed")
        page.locator("button.btn-fullscreen-button").click()
        expect(page.locator(":fullscreen")).to_have_count(1)


def test_icons_are_drawn(visit, site):
    with visit(f"{site}/{CHAPTER}") as page:
        assert page.evaluate("document.fonts.ready.then(f => f.size > 0)")
        icons = page.evaluate(
            """[...document.querySelectorAll("i[class*=fa-], span[class*=fa-]")]
                 .filter(e => e.checkVisibility())
                 .map(e => getComputedStyle(e, "::before").content)"""
        )
        assert len(icons) > 4
        assert all(len(icon) == 3 for icon in icons), icons  # one sign, quoted
        loaded = page.evaluate(
            "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
        )
        assert any("Font Awesome" in family for family in loaded)


def test_an_unknown_address_has_a_page():
    assert soup("404.html").select_one("article h1")
    assert soup("404.html").select("nav a[href]")


EDITION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]["version"]


@each_page
def test_a_page_names_its_edition_at_its_foot(page):
    (foot,) = soup(page).select(".extra_footer .versions")
    assert re.match(rf"Edition {re.escape(EDITION)}\b", foot.get_text())


def test_a_page_names_the_versions_it_was_executed_with():
    for page in pages_with(".cell"):
        foot = soup(page).select_one(".versions")
        assert re.search(r"Python 3\.\d+\.\d+, TensorFlow 2\.\d+", foot.get_text())
