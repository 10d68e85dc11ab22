"""Correct the theme's HTML: names of buttons, the viewport, dark mode."""

from .. import upstream
from ..names import BUTTON
from .site import Site

# A piece of HTML, which `upstream` explains, and what is to stand there.
CORRECTIONS = (
    (
        upstream.DARK_TOO_LATE,
        'localStorage.getItem("theme") ||'
        ' (matchMedia("(prefers-color-scheme: dark)").matches'
        ' ? "dark" : "light")',
    ),
    (upstream.SEARCH_BUTTON, r"\1"),
    (upstream.FOLD_LABEL, "<summary>"),
    (
        upstream.BOOK_NAME,
        r'<div class="sidebar-primary-item" role="banner">\1',
    ),
    (upstream.SIDEBAR_BUTTON, r'\1title="\2" aria-label="\2"'),
    (
        upstream.FULL_SCREEN_BUTTON,
        rf'<button {BUTTON}="full-screen"\1title="\2" aria-label="\2"',
    ),
    (upstream.PRINT_BUTTON, f'<button {BUTTON}="print"'),
    (upstream.DOWNLOAD_BUTTON, r'\1\2" download="\2"\3'),
    (upstream.SIGNATURE_BEGIN, r"\1<span>"),
    (upstream.SIGNATURE_END, r"</span>\1"),
    (upstream.SIGNATURE_LINE, r'<span class="sig-line">\1</span>'),
    (upstream.SECOND_VIEWPORT, r"\1\2"),
    (upstream.SECOND_VIEWPORT, r"\1\2"),  # and the third
)


def correct_markup(site: Site) -> None:
    """Make all corrections in each page."""
    for name, text in site.pages.items():
        site.pages[name] = corrected(text)


def corrected(page: str) -> str:
    """Return ``page`` with all corrections made."""
    for piece, right in CORRECTIONS:
        page = piece.pattern.sub(right, page)
    return page
