"""A browser that can reach this machine only, and what tests do with a page."""

from http.server import SimpleHTTPRequestHandler

from support.notebooks import ROOT

SITE = ROOT / "_build" / "html"
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
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


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
        if not address:
            return
        try:
            self.page.goto(address)
            if settings.get("java_script_enabled", True):
                wait_for_scripts(self.page)
        except BaseException:  # no test has it yet that would close it
            self.context.close()
            raise

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
