"""A browser and the built site, for the tests that need them."""

from functools import partial
from http.server import ThreadingHTTPServer
import os
import threading

import browsers
from playwright.sync_api import sync_playwright
import pytest
from support.browser import ARGUMENTS, SITE, QuietHandler, Visit


@pytest.fixture(scope="session")
def chromium():
    """Yield a Chromium or Chrome of this machine, headless."""
    program = browsers.installed()
    if program is None:
        message = f"no Chromium or Chrome here: {browsers.INSTALL}"
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


@pytest.fixture
def visit(chromium):
    """Return a function that opens an address, with a context's settings."""
    return partial(Visit, chromium)
