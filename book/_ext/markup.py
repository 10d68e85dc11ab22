"""Correct what the theme's pages get wrong for those who use them.

Each entry of `CORRECTIONS` is a piece of the theme's HTML, what stands there
instead, and why.
"""

import re
from typing import Any

from site_pages import every_page_is_written, rewrite

CORRECTIONS = [
    # Light or dark is known before the first paint: the theme would find out
    # after it, and have the whole page drawn twice.
    (
        r'localStorage\.getItem\("theme"\) \|\| "auto"',
        'localStorage.getItem("theme") ||'
        ' (matchMedia("(prefers-color-scheme: dark)").matches'
        ' ? "dark" : "light")',
    ),
    # A name that assistive technology speaks has to hold the words one sees.
    (
        r'(<button class="btn search-button-field[^>]*) title="Search"'
        r' aria-label="Search"',
        r"\1",
    ),
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),
    # The book's name belongs to a landmark of the page.
    (
        r'<div class="sidebar-primary-item">(\s*<a class="navbar-brand)',
        r'<div class="sidebar-primary-item" role="banner">\1',
    ),
    # A button without a name in its text has one, not only a tooltip.
    (
        r'(<button class="sidebar-toggle [^>]*)title="(Toggle [^"]*)"',
        r'\1title="\2" aria-label="\2"',
    ),
    (
        r'(<button onclick="toggleFullScreen\(\)"[^>]*)title="([^"]*)"',
        r'\1title="\2" aria-label="\2"',
    ),
    # A notebook is saved, not shown as raw text in another tab.
    (
        r'(href="[^"]*/)([^"/]+\.ipynb)" target="_blank"'
        r'(\s+class="[^"]*btn-download-source-button)',
        r'\1\2" download="\2"\3',
    ),
    # The lines of a long signature are no list of definitions.
    (r'(<span class="sig-paren">\(</span>\s*)<dl>', r"\1<span>"),
    (r'</dl>(\s*<span class="sig-paren">\)</span>)', r"</span>\1"),
    (
        r'<dd>(<em class="sig-param">(?:(?!</dd>).)*)</dd>',
        r'<span class="sig-line">\1</span>',
    ),
    # The page says three times how wide it is.
    (
        r'(<meta name="viewport"[^>]*>)(.*?)<meta name="viewport"[^>]*>',
        r"\1\2",
    ),
    (
        r'(<meta name="viewport"[^>]*>)(.*?)<meta name="viewport"[^>]*>',
        r"\1\2",
    ),
]


def setup(app: Any) -> dict[str, Any]:
    """Connect to Sphinx, before the pages are slimmed."""
    app.connect("env-updated", every_page_is_written)
    app.connect("build-finished", rewrite(corrected), priority=600)
    return {"parallel_read_safe": True, "version": "1"}


def corrected(page: str) -> str:
    """Return ``page`` with all corrections made."""
    for wrong, right in CORRECTIONS:
        page = re.sub(wrong, right, page, flags=re.S)
    return page
