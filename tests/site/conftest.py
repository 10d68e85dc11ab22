"""The visits to a page of the site, which all its tests share."""

from functools import cache

import pytest
from support.looks import MODES
from support.pages import Page

# They take up to a minute each: begun last, one of them would run alone.
LONG = ("test_jupyterlab.py", "test_publishing.py", "test_the_whole_book_is_one_pdf")


def pytest_collection_modifyitems(items):
    """Begin with the tests that take longest."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONG))


@pytest.fixture(scope="session")  # a worker goes from file to file and back
def visited(chromium, site):
    """Return a function that gives a page of the site, with its visits."""
    seen = {mode: set() for mode in MODES}
    return cache(lambda page: Page(chromium, f"{site}/{page}", seen))
