"""Every page of the built site: light, sound, accessible, usable.

Needs `make book` and a browser. The pages are whatever the build has written.
"""

from functools import cache, cached_property
import gzip
from io import BytesIO
import re
import subprocess
import sys
from types import SimpleNamespace

from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from conftest import (
    BOOK,
    ROOT,
    SHOWN_WHEN_TOLD,
    SITE,
    Visit,
    contents,
    go,
    wait_for_scripts,
)
from helpers.plots import CURVE_COLOR, METHOD_STYLES
from matplotlib import rc_params_from_file
from matplotlib.colors import to_rgb
import nbformat
import numpy as np
from PIL import Image
from pypdf import PdfReader
import pytest

# The budgets of a first visit; KB are 1000 bytes, gzipped.
TEXT_PAGE_KB = 100
WIDGET_PAGE_KB = 200
REQUESTS = 10  # besides pictures
PICTURE_KB = 25
LAYOUT_SHIFT_AT_MOST = 0.02
# Contrast, as WCAG counts it.
TEXT_CONTRAST = 4.5
LINE_CONTRAST = 3.0
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
NARROW = [320, 600]  # 600: 1200 at a zoom of 200%
# Rules that axe leaves out unless asked; every other one is on by itself.
RULES = {
    "target-size": {"enabled": True},
    "label-content-name-mismatch": {"enabled": True},
}


def pages():
    """Return the addresses of all pages within the site."""
    found = sorted(p.relative_to(SITE).as_posix() for p in SITE.rglob("*.html"))
    return [page for page in found if not page.startswith("_static/")]


@cache
def soup(page):
    """Return a page, parsed."""
    return BeautifulSoup((SITE / page).read_text(), "html.parser")


@cache
def pages_with(selector):
    """Return the pages that have an element of this kind."""
    return [page for page in pages() if soup(page).select(selector)]


# The tests of a page share its visits, so they go to one worker.
each_page = pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=pytest.mark.xdist_group(page)) for page in pages()],
)
CHAPTER = "book/minimize.html"


# ------------------------------------------------------- what visits to a page bring

# How far things on the page were pushed about while it was loaded.
LAYOUT_SHIFT = """() => new Promise(resolve => {
    let sum = 0;
    new PerformanceObserver(list => {
      for (const entry of list.getEntries())
        if (!entry.hadRecentInput) sum += entry.value;
    }).observe({type: "layout-shift", buffered: true});
    setTimeout(() => resolve(sum), 100);
  })"""
MOVING = """document.getAnimations()
  .map(a => a.effect.getComputedTiming().duration)
  .filter(duration => duration > 1)"""
WATCH_POLICY = """window.violations = [];
  document.addEventListener("securitypolicyviolation", (e) =>
    violations.push(`${e.violatedDirective} ${e.blockedURI}`));"""
# What a reader can get to with the tabulator key; of radio buttons the chosen.
CONTROLS = """[...document.querySelectorAll(
    'a[href], button, input, select, summary, textarea, [tabindex="0"]')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled
    && e.tabIndex >= 0 && !(e.type === "radio" && !e.checked))"""
# Where the focus is, if it cannot be seen there; and it is waited for no more.
# What can be seen is how the element differs from what it is without the focus.
FOCUS_UNSEEN = """async () => {
    const element = document.activeElement;
    if (element === document.body) return null;
    // Even a transition of no length shows its end in the next frame only.
    const settled = () => new Promise(resolve =>
      requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const look = () => [element, element.nextElementSibling, element.parentElement]
      .filter(Boolean).map(e => getComputedStyle(e)).map(s => [s.outlineStyle,
        s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor,
        s.backgroundColor, s.textDecoration].join(" ")).join(";");
    await settled();
    const focused = look();
    element.blur();
    await settled();
    const seen = look() !== focused;
    element.focus({preventScroll: true, focusVisible: true});
    window.waiting.delete(element);
    return seen ? null : element.outerHTML.slice(0, 150);
}"""
NAVIGATION = (
    ".bd-sidebar-primary",
    ".bd-sidebar-secondary",
    ".prev-next-footer",
    ".bd-header-article",
    ".copybtn",
    ".headerlink",
)


def open_all(page):
    """Unfold what is folded, and wait until it has stopped moving."""
    page.evaluate(
        """() => {
             for (const details of document.querySelectorAll("details"))
               details.open = true;
             return Promise.all(document.getAnimations().map(a => a.finished));
           }"""
    )


def scroll_through(page):
    """Bring all of the page in sight once, so that every picture loads."""
    page.evaluate(
        """async () => {
             for (let y = 0; y < document.body.scrollHeight; y += 600) {
               scrollTo(0, y);
               await new Promise(requestAnimationFrame);
             }
           }"""
    )
    page.wait_for_load_state("networkidle")


def axe(page):
    """Return what axe finds on the page: nothing, or a report."""
    results = Axe().run(page, options={"rules": RULES})
    return results.generate_report() if results.violations_count else ""


class Page:
    """A page of the site, visited in four ways, each at most once."""

    def __init__(self, browser, address):
        self.browser, self.address = browser, address

    def visit(self, **settings):
        return Visit(self.browser, **settings)

    @cached_property
    def light(self):
        """Open it, scroll through it, use its widgets; then make it narrow.

        ``loaded`` is ``[(kind, KB, address)]``.
        """
        visit = self.visit(color_scheme="light")
        notes = SimpleNamespace(asked=visit.asked, complaints=visit.complaints)
        with visit as page:
            responses = []
            page.on("response", lambda response: responses.append(response))
            page.add_init_script(WATCH_POLICY)
            go(page, self.address)
            page.wait_for_load_state("networkidle")
            notes.shift = page.evaluate(LAYOUT_SHIFT)
            open_all(page)
            scroll_through(page)
            for slider in page.locator(".widget-live input[type=range]").all():
                slider.press("ArrowRight")
            for menu in page.locator(".widget-live select").all():
                menu.press("ArrowDown")
            page.wait_for_load_state("networkidle")
            notes.loaded = []
            for response in responses:
                kind, body = response.request.resource_type, response.body()
                size = len(body) if kind == "image" else len(gzip.compress(body, 6))
                if not response.url.startswith("data:"):
                    notes.loaded.append((kind, size / 1000, response.url))
            notes.violations = page.evaluate("violations")
            notes.axe = axe(page)
            notes.widths = {}
            for width in NARROW:
                page.set_viewport_size({"width": width, "height": 700})
                wide = page.evaluate("document.documentElement.scrollWidth")
                notes.widths[width] = wide
        return notes

    @cached_property
    def dark(self):
        """Open it in the dark, and print it from there."""
        notes = SimpleNamespace()
        with self.visit(color_scheme="dark") as page:
            go(page, self.address)
            page.wait_for_load_state("networkidle")
            open_all(page)
            notes.axe = axe(page)
            page.reload()
            wait_for_scripts(page)
            page.wait_for_load_state("networkidle")
            notes.folded = page.locator("details:not([open])").count()
            page.emulate_media(media="print", color_scheme="light")
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
            notes.title_printed = page.locator("article h1").first.is_visible()
            notes.navigation_printed = [
                name for name in NAVIGATION if page.locator(f"{name}:visible").count()
            ]
            notes.moving_printed = page.evaluate(MOVING)
            notes.folded_printed = page.locator("details:not([open])").count()
            notes.live_printed = page.locator(".widget-live:visible").count()
            page.evaluate("dispatchEvent(new Event('afterprint'))")
            notes.folded_after = page.locator("details:not([open])").count()
        return notes

    @cached_property
    def phone(self):
        """Open it on a phone; ``shapes`` are those of pictures, as shown and drawn."""
        notes = SimpleNamespace()
        with self.visit(**PHONE) as page:
            go(page, self.address)
            page.wait_for_load_state("networkidle")
            notes.shift = page.evaluate(LAYOUT_SHIFT)
            open_all(page)
            scroll_through(page)
            notes.shapes = page.evaluate(
                """[...document.querySelectorAll("article img")]
                     .filter(i => i.checkVisibility())
                     .map(i => [i.width / i.height,
                                i.naturalWidth / i.naturalHeight])"""
            )
            notes.axe = axe(page)
        return notes

    @cached_property
    def keyboard(self):
        """Walk through it by keyboard, as someone who wants no motion."""
        notes = SimpleNamespace()
        with self.visit(reduced_motion="reduce") as page:
            go(page, self.address)
            page.wait_for_load_state("networkidle")
            open_details = "document.querySelectorAll('details')"
            page.evaluate(f"{open_details}.forEach(d => d.open = true)")
            notes.moving = page.evaluate(MOVING)
            notes.scrolling = page.evaluate(
                "getComputedStyle(document.documentElement).scrollBehavior"
            )
            notes.controls = page.evaluate(
                f"window.waiting = new Set({CONTROLS}); window.waiting.size"
            )
            unseen = []
            for _ in range(notes.controls + 20):
                page.keyboard.press("Tab")
                unseen.append(page.evaluate(FOCUS_UNSEEN))
            notes.unseen = [element for element in unseen if element]
            notes.unreached = page.evaluate(
                "[...window.waiting].map(e => e.outerHTML.slice(0, 150))"
            )
        return notes


@pytest.fixture(scope="session")  # a worker goes from file to file and back
def visited(chromium, site):
    """Return a function that gives a page of the site, with its visits."""
    return cache(lambda page: Page(chromium, f"{site}/{page}"))


@each_page
def test_a_page_asks_no_other_host(visited, page):
    assert not visited(page).light.asked


@each_page
def test_a_page_has_nothing_to_complain_of(visited, page):
    assert not visited(page).light.complaints


@each_page
def test_a_page_is_light(visited, page):
    loaded = [entry for entry in visited(page).light.loaded if entry[0] != "image"]
    weight = sum(size for _, size, _ in loaded)
    has_widget = page in pages_with(".widget-place")
    assert weight <= (WIDGET_PAGE_KB if has_widget else TEXT_PAGE_KB), loaded
    assert len(loaded) <= REQUESTS, loaded


@each_page
def test_pictures_are_light_and_wait_their_turn(visited, page):
    heavy = [
        e for e in visited(page).light.loaded if e[0] == "image" and e[1] > PICTURE_KB
    ]
    assert not heavy
    for number, image in enumerate(soup(page).select("article .cell_output img")):
        assert image.get("loading") == "lazy" or number == 0, image
        with Image.open((SITE / page).parent / image["src"]) as picture:
            stated = (int(image["width"]), int(image["height"]))
            assert stated == picture.size


def test_no_picture_of_the_site_is_heavy():
    heavy = [
        (path.name, path.stat().st_size)
        for path in (SITE / "_images").iterdir()
        if path.stat().st_size > PICTURE_KB * 1000
    ]
    assert not heavy


# ----------------------------------------------------------------- the policy


@each_page
def test_a_page_keeps_to_its_policy(visited, page):
    assert not visited(page).light.violations


@each_page
def test_a_policy_lets_in_own_scripts_only(page):
    (meta,) = soup(page).select('meta[http-equiv="Content-Security-Policy"]')
    rules = dict(rule.strip().split(" ", 1) for rule in meta["content"].split(";"))
    assert rules["default-src"] == "'none'"
    sources = set(rules["script-src"].split())
    named = {s for s in sources if not s.startswith("'sha256-")}
    assert named <= {"'self'", "'unsafe-hashes'"}
    assert rules["connect-src"] == "'self'"
    assert rules["style-src"] == "'self' 'unsafe-inline'"
    # Nothing that the policy is about stands before it.
    assert not meta.find_all_previous(["script", "link", "style", "img"])


@pytest.mark.parametrize("place", ["server", "file"])
def test_a_policy_holds(visit, site, place):
    root = site if place == "server" else SITE.as_uri()
    with visit(f"{root}/{CHAPTER}") as page:
        page.evaluate(
            """() => {
                 const script = document.createElement("script");
                 script.textContent = "window.intruded = true";
                 document.body.append(script);
               }"""
        )
        assert page.evaluate("window.intruded") is None
        fetched = page.evaluate(
            "fetch('https://example.org').then(() => true, () => false)"
        )
        assert not fetched


# -------------------------------------------------------------- for every reader


@pytest.mark.parametrize("setting", ["light", "dark", "phone"])
@each_page
def test_axe_finds_nothing(visited, page, setting):
    report = getattr(visited(page), setting).axe
    assert not report, report


@pytest.mark.parametrize("setting", ["light", "phone"])
@each_page
def test_nothing_jumps_while_a_page_loads(visited, page, setting):
    assert getattr(visited(page), setting).shift < LAYOUT_SHIFT_AT_MOST


@each_page
def test_pictures_keep_their_shape_on_a_phone(visited, page):
    for shown, drawn in visited(page).phone.shapes:
        assert shown == pytest.approx(drawn, rel=0.02)


@pytest.mark.parametrize("width", NARROW)
@each_page
def test_no_page_scrolls_sideways(visited, page, width):
    assert visited(page).light.widths[width] <= width


@each_page
def test_the_keyboard_reaches_everything_and_shows_where_it_is(visited, page):
    notes = visited(page).keyboard
    assert notes.controls > 5
    assert not notes.unreached
    assert not notes.unseen


@each_page
def test_who_wants_less_motion_gets_none(visited, page):
    notes = visited(page).keyboard
    assert not notes.moving
    assert notes.scrolling == "auto"


# -------------------------------------------------------------- figures in dark


def luminance(color):
    """Return the relative luminance of a colour, as WCAG defines it."""
    c = np.asarray(color, dtype=float) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    """Return the contrast of two colours, 1 to 21."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def drawn_colors():
    """Return ``{colour: the contrast it needs}`` of all that figures draw."""
    style = rc_params_from_file(
        BOOK.parent / "helpers" / "book.mplstyle", use_default_template=True
    )
    needed = {}
    for notebook in BOOK.glob("*.ipynb"):
        for cell in nbformat.read(notebook, as_version=4).cells:
            if cell.cell_type == "code":
                for name in re.findall(r"""\bcolor=["']([^"']+)["']""", cell.source):
                    needed[to_rgb(name)] = LINE_CONTRAST
    for entry in METHOD_STYLES.values():
        needed[to_rgb(entry["color"])] = LINE_CONTRAST
    needed[to_rgb(CURVE_COLOR)] = LINE_CONTRAST
    needed[to_rgb(style["axes.edgecolor"])] = LINE_CONTRAST
    for name in ("text.color", "axes.labelcolor", "xtick.color", "ytick.color"):
        needed[to_rgb(style[name])] = TEXT_CONTRAST
    return needed


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_are_legible(visit, site, scheme):
    """Every colour is shown by the browser as a figure, and measured there."""
    needed = drawn_colors()
    assert len(needed) > 8
    with visit(f"{site}/{CHAPTER}", color_scheme=scheme) as page:
        page.wait_for_load_state("networkidle")

        def shown(color):
            page.evaluate(
                """(color) => {
                     const canvas = document.createElement("canvas");
                     canvas.width = canvas.height = 40;
                     const ink = canvas.getContext("2d");
                     ink.fillStyle = color;
                     ink.fillRect(0, 0, 40, 40);
                     const image = document.querySelector(".cell_output img");
                     image.src = canvas.toDataURL();
                     image.removeAttribute("loading");
                     return image.decode();
                   }""",
                "rgb({})".format(",".join(str(round(255 * c)) for c in color)),
            )
            shot = page.locator(".cell_output img").first.screenshot()
            with Image.open(BytesIO(shot)) as picture:
                return picture.convert("RGB").getpixel(
                    (picture.width // 2, picture.height // 2)
                )

        paper = shown((1, 1, 1))
        faint = {
            color: contrast(shown(color), paper)
            for color, least in needed.items()
            if contrast(shown(color), paper) < least
        }
        assert not faint
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        around = [int(c) for c in re.findall(r"\d+", background)[:3]]
        assert (luminance(around) < 0.2) == (scheme == "dark")
        assert contrast(paper, around) < 1.3


def test_figures_and_widgets_are_darkened_alike(visit, site):
    (page, *_) = pages_with(".widget-place")
    with visit(f"{site}/{page}", color_scheme="dark") as opened:
        opened.wait_for_load_state("networkidle")
        filters = opened.evaluate(
            """[...document.querySelectorAll(
                 ".cell_output img, .widget-live svg[viewBox]")]
                 .map(e => getComputedStyle(e).filter)"""
        )
        assert len(filters) >= 2
        assert set(filters) == {filters[0]} != {"none"}


# ------------------------------------------------- what slimming must not break


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


def test_scripts_come_after_the_first_frame_and_are_told_what_is_over(listening, site):
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


def test_the_contents_follow_the_reader(visit, site):
    with visit(f"{site}/{CHAPTER}", viewport={"width": 1500, "height": 900}) as page:
        for name in ("see-the-run", "set-up"):
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
        results.first.wait_for()
        links = results.evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert any("learning_rate.html" in link for link in links)
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
        page.wait_for_function("document.fullscreenElement !== null")


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


# -------------------------------------------------------------------- on paper


@each_page
def test_a_printed_page_is_the_chapter_alone(visited, page):
    notes = visited(page).dark
    assert notes.title_printed or page == "search.html"
    assert not notes.navigation_printed
    assert notes.folded_printed == 0
    assert notes.folded_after == notes.folded
    assert not notes.live_printed
    assert not notes.moving_printed, "caught while it fades in"


# --------------------------------------------------------------- where things are


def test_what_is_not_there_has_a_page():
    assert soup("404.html").select_one("article h1")
    assert soup("404.html").select("nav a[href]")


def test_a_page_names_the_versions_it_was_executed_with():
    for page in pages_with(".cell"):
        foot = soup(page).select_one(".versions")
        assert re.search(r"Python 3\.\d+\.\d+, TensorFlow 2\.\d+", foot.get_text())


def test_the_whole_book_is_one_pdf(chromium, tmp_path):
    target = tmp_path / "book.pdf"
    subprocess.run([sys.executable, "tools/pdf.py", str(target)], cwd=ROOT, check=True)
    book = PdfReader(target)
    root, parts = contents()
    chapters = [root, *(name for names in parts.values() for name in names)]
    titles = [
        soup(f"book/{n}.html").article.h1.get_text().rstrip("#") for n in chapters
    ]
    first = " ".join(book.pages[0].extract_text().split())
    for title in titles:
        found = re.search(re.escape(title) + r" (\d+)", first)
        assert found, (title, first)
        there = book.pages[int(found[1]) - 1].extract_text()
        assert " ".join(title.split()) in " ".join(there.split())
    links = [a.get_object() for page in book.pages for a in page.get("/Annots", [])]
    addresses = [str(link.get("/A", {}).get("/URI", "")) for link in links]
    inside = [a for a in addresses if a.startswith("file:") and "/book/" in a]
    assert not [a for a in inside if a.endswith(".html")]
    assert len(book.pages[0]["/Annots"]) == len(chapters)
