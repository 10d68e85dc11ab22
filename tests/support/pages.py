"""The pages of the built site, and what a browser loads there. Needs `make book`."""

from contextlib import contextmanager
from functools import cache, cached_property
import gzip
from types import SimpleNamespace

from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
import pytest
from support.browser import PHONE, SITE, Visit, go
from support.looks import NO_TRANSITION, come_to_rest, compare_sheets

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
    return BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")


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
# How far things on the page were pushed about while it was loaded, and just after.
LAYOUT_SHIFT = """() => new Promise(resolve => {
    let sum = 0;
    new PerformanceObserver(list => {
      for (const entry of list.getEntries())
        if (!entry.hadRecentInput) sum += entry.value;
    }).observe({type: "layout-shift", buffered: true});
    setTimeout(() => resolve(sum), 500);
  })"""
MOVING = """document.getAnimations()
  .map(a => a.effect.getComputedTiming().duration)
  .filter(duration => duration > 1)"""
WATCH_POLICY = """window.violations = [];
  document.addEventListener("securitypolicyviolation", (e) =>
    violations.push(`${e.violatedDirective} ${e.blockedURI}`));"""
# All that comes by itself is there: the widgets, the fonts, the tab stops of code
# that scrolls, which the theme adds after 300 ms, and the pictures in sight; for
# `scrolled`, every picture that is not folded.
SETTLED = """(scrolled) => {
    const awaited = (image) => {
      if (image.complete || !image.checkVisibility()) return false;
      const { top, bottom } = image.getBoundingClientRect();
      return scrolled || image.loading !== "lazy" || bottom > 0 && top < innerHeight;
    };
    return !document.querySelector("[data-widget]:not(.widget-ready, .widget-failed)")
      && document.fonts.status === "loaded"
      && !document.querySelector("article .highlight pre:not([tabindex])")
      && ![...document.images].some(awaited);
}"""
# Have the theme give its tab stops anew.
LOOK_AGAIN = """() => {
    for (const pre of document.querySelectorAll("article .highlight pre"))
      pre.removeAttribute("tabindex");
    dispatchEvent(new Event("resize"));
}"""
# What a reader can get to with the tabulator key; of radio buttons the chosen.
CONTROLS = """[...document.querySelectorAll(
    'a[href], button, input, select, summary, textarea, [tabindex="0"]')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled
    && e.tabIndex >= 0 && !(e.type === "radio" && !e.checked))"""
# Wait for the focus at each of these, and note those where it cannot be seen. What
# can be seen is how the element differs from what it is without the focus.
WATCH_FOCUS = f"""() => {{
    const look = (element) => [element, element.nextElementSibling,
      element.parentElement].filter(Boolean).map(e => getComputedStyle(e))
      .map(s => [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow,
        s.borderColor, s.backgroundColor, s.textDecoration].join(" ")).join(";");
    window.waiting = new Set({CONTROLS});
    window.unseen = [];
    let looking = false;
    document.addEventListener("focusin", ({{ target }}) => {{
      if (looking) return;
      looking = true;
      const focused = look(target);
      target.blur();
      if (look(target) === focused) unseen.push(target.outerHTML.slice(0, 150));
      target.focus({{preventScroll: true, focusVisible: true}});
      looking = false;
      waiting.delete(target);
    }});
    return waiting.size;
}}"""
# Mark one text of each look: contrast depends on nothing but the colour and
# size of the text, and on what is painted behind it. To look at it takes longer
# than all else that axe does.
MARK_LOOKS = """() => {
    const grounds = new Map([[null, ""]]);
    const ground = (element) => {
      if (!grounds.has(element)) {
        const s = getComputedStyle(element);
        grounds.set(element, [ground(element.parentElement), s.backgroundColor,
          s.backgroundImage, s.opacity, s.filter, s.mixBlendMode].join(" "));
      }
      return grounds.get(element);
    };
    const looks = new Set();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement;
      if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
      const s = getComputedStyle(element);
      const look = [ground(element), s.color, s.fontSize, s.fontWeight].join(" ");
      if (looks.has(look)) continue;
      looks.add(look);
      element.dataset.look = "";
    }
}"""
CONTRAST_OF_LOOKS = """
axe.configure({rules: [{id: "color-contrast", selector: "[data-look]"}]});"""
# The rules that depend on colours; what the others look at is the same in the dark.
COLOR_RULES = {"runOnly": ["color-contrast", "link-in-text-block"]}
MODE_CHANGED = """(mode) => document.documentElement.dataset.theme === mode"""
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
           }"""
    )
    come_to_rest(page)


def change_mode(page, mode):
    """Have the system ask for light or dark, and wait until the page has changed."""
    page.emulate_media(color_scheme=mode)
    page.wait_for_function(MODE_CHANGED, arg=mode)
    come_to_rest(page)


def settle(page, scrolled=False):
    """Wait until all that comes by itself is there.

    ``scrolled`` says that the page was scrolled through: all pictures have come.
    """
    page.wait_for_function(SETTLED, arg=scrolled)


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
    settle(page, scrolled=True)


def axe(page, rules=None):
    """Return what axe finds on the page: nothing, or a report.

    ``rules`` are all that the book asks for, or `COLOR_RULES`.
    """
    page.evaluate(MARK_LOOKS)
    options = (rules or {"rules": RULES}) | {"resultTypes": ["violations"]}
    results = Axe(AXE_SCRIPT + CONTRAST_OF_LOOKS).run(page, options=options)
    return results.generate_report() if results.violations_count else ""


def weights(responses):
    """Return ``[(kind, KB, address)]`` of what was loaded; KB are of 1000 bytes."""
    loaded = []
    for response in responses:
        kind, body = response.request.resource_type, response.body()
        size = len(body) if kind == "image" else len(gzip.compress(body, 6))
        if not response.url.startswith("data:"):
            loaded.append((kind, size / 1000, response.url))
    return loaded


class Page:
    """A page of the site, visited in three ways, each at most once.

    ``seen`` is what was compared on other pages, by mode: see `compare_sheets`.
    """

    def __init__(self, browser, address, seen):
        self.browser, self.address, self.seen = browser, address, seen

    def visits(self):
        """Return the notes of all visits."""
        return [self.wide, self.phone, self.still]

    @contextmanager
    def visit(self, **settings):
        """Open the page; yield it when it has settled, and the notes of this visit.

        ``asked``, ``complaints`` and ``violations`` are what went wrong.
        """
        visit = Visit(self.browser, **settings)
        notes = SimpleNamespace(asked=visit.asked, complaints=visit.complaints)
        notes.responses = []
        with visit as page:
            page.on("response", lambda response: notes.responses.append(response))
            page.add_init_script(WATCH_POLICY)
            go(page, self.address)
            settle(page)
            yield page, notes
            notes.violations = page.evaluate("violations")

    @cached_property
    def wide(self):
        """Open it in the dark, print it, use it in the light; then make it narrow.

        ``axe`` is what axe finds in the dark and in the light, and ``loaded`` is
        ``[(kind, KB, address)]``.
        """
        with self.visit(color_scheme="dark") as (page, notes):
            notes.shift = page.evaluate(LAYOUT_SHIFT)
            come_to_rest(page)
            note_print(page, notes)
            open_all(page)
            notes.axe = {"dark": axe(page, COLOR_RULES)}
            change_mode(page, "light")
            scroll_through(page)
            for slider in page.locator(".widget-live input[type=range]").all():
                slider.press("ArrowRight")
            for menu in page.locator(".widget-live select").all():
                menu.press("ArrowDown")
            notes.axe["light"] = axe(page)
            notes.loaded = weights(notes.responses)
            notes.widths = {}
            for width in NARROW:
                page.set_viewport_size({"width": width, "height": 700})
                wide = page.evaluate("document.documentElement.scrollWidth")
                notes.widths[width] = wide
        return notes

    @cached_property
    def phone(self):
        """Open it on a phone; ``shapes`` are those of pictures, as shown and drawn."""
        with self.visit(**PHONE) as (page, notes):
            notes.shift = page.evaluate(LAYOUT_SHIFT)
            open_all(page)
            scroll_through(page)
            notes.shapes = page.evaluate(
                """[...document.querySelectorAll("article img")]
                     .filter(i => i.checkVisibility())
                     .map(i => [i.width / i.height,
                                i.naturalWidth / i.naturalHeight])"""
            )
            notes.axe = {"phone": axe(page)}
        return notes

    @cached_property
    def still(self):
        """Walk through it by keyboard, as someone who wants no motion.

        Then see whether it looks the same with all rules of all style sheets:
        ``differences`` is ``{mode: what looks different}``.
        """
        with self.visit(reduced_motion="reduce") as (page, notes):
            open_details = "document.querySelectorAll('details')"
            page.evaluate(f"{open_details}.forEach(d => d.open = true)")
            notes.moving = page.evaluate(MOVING)
            notes.scrolling = page.evaluate(
                "getComputedStyle(document.documentElement).scrollBehavior"
            )
            walk_through(page, notes)
            notes.differences = compare_sheets(page, self.seen)
        return notes


def note_print(page, notes):
    """Print a page that is open in the dark, and put it back; note how it prints."""
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
    page.emulate_media(media="screen")
    change_mode(page, "dark")
    # The theme may have looked for what scrolls while the page was that of paper.
    page.evaluate(LOOK_AGAIN)
    settle(page)


def walk_through(page, notes):
    """Press the tabulator key all through a page; note what it does not reach."""
    style = page.add_style_tag(content=NO_TRANSITION)
    notes.controls = page.evaluate(WATCH_FOCUS)
    for _ in range(notes.controls + 20):
        page.keyboard.press("Tab")
    notes.unseen = page.evaluate("unseen")
    notes.unreached = page.evaluate(
        "[...window.waiting].map(e => e.outerHTML.slice(0, 150))"
    )
    page.evaluate("document.activeElement.blur()")
    style.evaluate("style => style.remove()")
