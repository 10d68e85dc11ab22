"""The browser of this machine that measures, prints and tests pages."""

from collections.abc import Iterable
import shutil

WITH_WINDOWS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
# Those without windows come first: a page takes them half the time.
ANY = ("chromium-headless-shell", "chrome-headless-shell", *WITH_WINDOWS)
INSTALL = "apt-get install chromium-headless-shell (or any Chromium or Chrome)"


def installed(names: Iterable[str] = ANY) -> str | None:
    """Return the path of the first of these programs that is here, or None."""
    return next(filter(None, map(shutil.which, names)), None)
