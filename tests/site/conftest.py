"""The visits to a page of the site, which all its tests share."""

from functools import cache

import pytest
from support.pages import Page


@pytest.fixture(scope="session")  # a worker goes from file to file and back
def visited(chromium, site):
    """Return a function that gives a page of the site, with its visits."""
    return cache(lambda page: Page(chromium, f"{site}/{page}"))
