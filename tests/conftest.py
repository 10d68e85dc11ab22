"""The book's notebooks and pages, and a browser, for the tests that need them."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
import os
from pathlib import Path
import shutil
import threading

import nbformat
from playwright.sync_api import sync_playwright
import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
SITE = ROOT / "_build" / "html"
TEMPLATE = "template"
# Pages have a shape of their own; every other notebook is a chapter.
PAGE_PARTS = {"Reference"}


def contents():
    """Return the names in _toc.yml as (root, {part: [chapter, ...]})."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = {
        part["caption"]: [Path(entry["file"]).name for entry in part["chapters"]]
        for part in toc["parts"]
    }
    return Path(toc["root"]).name, parts


def chapters():
    """Return the names of all chapters, and of the template that they copy."""
    _, parts = contents()
    names = [n for part, ns in parts.items() if part not in PAGE_PARTS for n in ns]
    return [*names, TEMPLATE]


def notebooks():
    """Return the names of all notebooks."""
    return sorted(path.stem for path in BOOK.glob("*.ipynb"))


def text_pages():
    """Return the names of all pages that are no notebooks."""
    return sorted(path.stem for path in BOOK.glob("*.md"))


def read(name):
    """Return the notebook called ``name``."""
    return nbformat.read(BOOK / f"{name}.ipynb", as_version=4)


def code_cells(cells):
    """Return the code cells among ``cells``."""
    return [cell for cell in cells if cell.cell_type == "code"]


def sections(notebook):
    """Return ``{H2 title: cells}`` in order; what stands before the first is ""."""
    found, title = {"": []}, ""
    for cell in notebook.cells:
        first = cell.source.partition("\n")[0]
        if cell.cell_type == "markdown" and first.startswith("## "):
            title = first[3:]
            assert title not in found, f"two sections are called {title!r}"
            found[title] = []
        found[title].append(cell)
    return found


# ------------------------------------------------------------------ a browser

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL = "apt-get install chromium (or any Chrome)"
# No sandbox as root, no errand of the browser's own on the network, and no host
# to be found but this machine.
ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-sandbox",
]


@pytest.fixture(scope="session")
def chromium():
    """Yield a Chromium or Chrome of this machine, headless."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        message = f"no Chromium or Chrome here: {INSTALL}"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site():
    """Serve the built site on this machine; yield its address."""
    handler = partial(QuietHandler, directory=str(SITE))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serve files without a word about it."""

    def log_message(self, *_):
        """Say nothing."""


def go(page, address):
    """Go to a page of the site, and wait until its scripts have run."""
    page.goto(address)
    wait_for_scripts(page)


def wait_for_scripts(page):
    """Wait until the scripts of a page of the site have run."""
    page.locator("html[data-ready]").wait_for()


# A page with this script draws its first frame when a test calls ``show()``.
SHOWN_WHEN_TOLD = """const frame = requestAnimationFrame;
globalThis.requestAnimationFrame = (task) => {
  globalThis.show = () => {
    globalThis.requestAnimationFrame = frame;
    frame(task);
  };
};"""


class Visit:
    """A page in a browser that can reach this machine only.

    It is at ``address`` and its scripts have run, or it is empty without one.
    ``asked`` lists the addresses elsewhere that the page asked for, and
    ``complaints`` what it wrote to the console as warnings and errors.
    """

    def __init__(self, browser, address=None, **settings):
        settings = {"viewport": {"width": 1200, "height": 900}} | settings
        self.context = browser.new_context(**settings)
        self.page = self.context.new_page()
        self.asked, self.complaints = [], []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._request)
        if address and settings.get("java_script_enabled", True):
            go(self.page, address)
        elif address:
            self.page.goto(address)

    def _request(self, request):
        here = ("http://127.0.0.1:", "file:", "data:", "blob:", "about:")
        if not request.url.startswith(here):
            self.asked.append(request.url)

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def __enter__(self):
        return self.page

    def __exit__(self, *_):
        self.context.close()


@pytest.fixture
def visit(chromium):
    """Return a function that opens an address, with a context's settings."""
    return partial(Visit, chromium)
