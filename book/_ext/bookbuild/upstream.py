"""Names and HTML that belong to Sphinx, MyST-NB, sphinx-design or the theme.

What this extension looks for in their nodes, files and pages stands here, with
what it is for; names of events and of a page's variables stand where they are
used. When one of those projects changes, this is the file to look at.

`PIECES` and `STOCK_FILES` are looked for in each build, before the pages are
worked on: what is no longer there is a warning that names it.
"""

import re
from typing import NamedTuple

# ---------------------------------------------------- MyST-NB: nodes and state

# The attribute that marks a node as part of a notebook, and two of its values.
ELEMENT = "nb_element"
CODE_CELL = "cell_code"
MIME_BUNDLE = "mime_bundle"
# The attribute with a cell's metadata, and how a tag becomes a class.
CELL_METADATA = "cell_metadata"
TAG_CLASS = "tag_"
# The class of a block of what a cell has printed.
STREAM_CLASS = "stream"
# Where a page's metadata says when the execution was made that it shows.
EXECUTED_AT = ("exec_data", "mtime")
# The types of a widget's place among outputs, and of the state in a script.
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"

# --------------------------------------------------------- sphinx-design: tabs

# The parts of a tab set and their classes.
TAB_CLASSES = {
    "tab-set": "sd-tab-set",
    "tab-item": "sd-tab-item",
    "tab-label": "sd-tab-label",
    "tab-content": "sd-tab-content",
}

# ------------------------------------------------------------ theme: templates

# What the theme's pages show at their foot.
FOOTER = "theme_extra_footer"
# The attribute of a page's root with the way to the site's top folder; a file
# without it is no page, such as the bare redirect at the top.
CONTENT_ROOT = "data-content_root"
# Attributes that refer to another file.
LINK_ATTRIBUTES = {
    "href",
    "src",
    "action",
    CONTENT_ROOT,
    "data-url_root",
}
# Where the text of a page begins.
ARTICLE = "<article"
# The folder of the pictures that pages show.
IMAGES = "_images"

# ----------------------------------------------------- stock scripts and files

# Scripts in _static, in the order in which they run.
SCRIPTS_OF_ALL_PAGES = (
    "documentation_options.js",
    "doctools.js",
    "sphinx_highlight.js",
    "scripts/sphinx-book-theme.js",
    "scripts/bootstrap.js",
    "scripts/pydata-sphinx-theme.js",
)
SCRIPTS_OF_CODE = ("clipboard.min.js", "copybutton.js")
SCRIPTS_OF_FOLDS = ("togglebutton.js",)
SCRIPTS_OF_TABS = ("design-tabs.js",)
SCRIPTS_OF_SEARCH = ("searchtools.js", "language_data.js")
# Icons come from the font, so no script draws them; nothing runs live.
DROPPED_SCRIPTS = ("scripts/fontawesome.js", "sphinx-thebe.js")
STOCK_FILES = (
    *SCRIPTS_OF_ALL_PAGES,
    *SCRIPTS_OF_CODE,
    *SCRIPTS_OF_FOLDS,
    *SCRIPTS_OF_TABS,
    *SCRIPTS_OF_SEARCH,
    *DROPPED_SCRIPTS,
)
# What the theme asks for early; the joined scripts come late.
PRELOADED_SCRIPT = 'rel="preload" as="script"'
# Another stock script that the search page asks for; it is an index of words.
SEARCH_INDEX = "searchindex.js"
# Style sheets that other sheets import, so that pages do not name them.
IMPORTED_SHEETS = ("basic.css", "pygments.css")
# Files that no finished page asks for.
UNUSED_FILES = ("**/*.map", "vendor/fontawesome", "**/*webpack-macros.html")
# Which icon font a style sheet means, and the classes that ask for it.
ICON_CLASSES = {
    "fa-solid-900": {"fa-solid", "fas", "fa"},
    "fa-regular-400": {"fa-regular", "far"},
    "fa-brands-400": {"fa-brands", "fab"},
}
# Where icons stand in those fonts: Unicode's private use area.
ICONS = ("\ue000", "\uf8ff")


# ----------------------------------------------------- pieces of written pages


class Piece(NamedTuple):
    """A piece of HTML that the pages contain as Sphinx writes them.

    ``owner`` is the project that writes it, ``what`` names it in words, and
    ``use`` is what this extension does with it.
    """

    pattern: re.Pattern[str]
    owner: str
    what: str
    use: str


THEME = "the theme"


def piece(pattern: str, owner: str, what: str, use: str) -> Piece:
    """Return a piece whose pattern may span lines."""
    return Piece(re.compile(pattern, re.S), owner, what, use)


# Finished pages have this too: `policy` comes after `font` and writes here.
CHARSET = re.compile(r"<meta charset[^>]*>")
HAS_CHARSET = Piece(
    CHARSET,
    "Sphinx",
    "the tag that states the charset",
    "the policy and the font of formulas are asked for right after it",
)

# ---- which of the scripts a page needs

HAS_CODE = piece(
    r'class="highlight',
    "Sphinx",
    "the class of a block of code",
    "such a page gets the script of the copy buttons",
)
# Not among `PIECES`: the book may well have nothing that folds in this way.
HAS_FOLD = piece(
    r'class="(?:[^"]* )?'
    r'(?:toggle|dropdown admonition|admonition dropdown)[ "]',
    "sphinx-togglebutton",
    "the class of what can be folded",
    "such a page gets the script of the folds",
)
HAS_TABS = piece(
    TAB_CLASSES["tab-set"],
    "sphinx-design",
    "the class of a set of tabs",
    "such a page gets the script of the tabs",
)
HAS_SEARCH = piece(
    r'id="search-results"',
    "Sphinx",
    "the place of the search results",
    "that page gets the scripts of the search",
)

# ---- inline scripts: each is matched against a tag's attributes and its text

LIVE_CODE = re.compile(
    r"THEBE_JS_URL|text/x-thebe-config|^kernelName"
    r"|^DOCUMENTATION_OPTIONS\.(pagename|search)"
)  # dropped: nothing runs live
FOLD_SETTINGS = re.compile(r"^(let|var) toggle")  # dropped without a fold

# ---- what `finish.markup` corrects, and why

DARK_TOO_LATE = piece(
    r'localStorage\.getItem\("theme"\) \|\| "auto"',
    THEME,
    "the inline script that reads the theme",
    "light or dark is then known before the first paint: the theme would find "
    "out after it, and have the whole page drawn twice",
)
SEARCH_BUTTON = piece(
    r'(<button class="btn search-button-field[^>]*) title="Search"'
    r' aria-label="Search"',
    THEME,
    "the search button with a label",
    "a name that assistive technology speaks has to hold the words one sees",
)
FOLD_LABEL = piece(
    r'<summary aria-label="Toggle hidden content">',
    "MyST-NB",
    "the label of a folded cell",
    "a name that assistive technology speaks has to hold the words one sees",
)
BOOK_NAME = piece(
    r'<div class="sidebar-primary-item">(\s*<a class="navbar-brand)',
    THEME,
    "the book's name in the side bar",
    "it belongs to a landmark of the page",
)
SIDEBAR_BUTTON = piece(
    r'(<button class="sidebar-toggle [^>]*)title="(Toggle [^"]*)"',
    THEME,
    "the buttons that show and hide a side bar",
    "a button without a name in its text has one, not only a tooltip",
)
FULL_SCREEN_BUTTON = piece(
    r'(<button onclick="toggleFullScreen\(\)"[^>]*)title="([^"]*)"',
    THEME,
    "the button for the full screen",
    "a button without a name in its text has one, not only a tooltip",
)
DOWNLOAD_BUTTON = piece(
    r'(href="[^"]*/)([^"/]+\.ipynb)" target="_blank"'
    r'(\s+class="[^"]*btn-download-source-button)',
    THEME,
    "the button that downloads a notebook",
    "a notebook is saved, not shown as raw text in another tab",
)
SIGNATURE_BEGIN = piece(
    r'(<span class="sig-paren">\(</span>\s*)<dl>',
    "Sphinx",
    "the beginning of a signature of several lines",
    "the lines of a long signature are no list of definitions",
)
SIGNATURE_END = piece(
    r'</dl>(\s*<span class="sig-paren">\)</span>)',
    "Sphinx",
    "the end of a signature of several lines",
    "the lines of a long signature are no list of definitions",
)
SIGNATURE_LINE = piece(
    r'<dd>(<em class="sig-param">(?:(?!</dd>).)*)</dd>',
    "Sphinx",
    "a line of a signature of several lines",
    "the lines of a long signature are no list of definitions",
)
SECOND_VIEWPORT = piece(
    r'(<meta name="viewport"[^>]*>)(.*?)<meta name="viewport"[^>]*>',
    "Sphinx and the theme",
    "the width of the page, said three times",
    "once is enough",
)

PIECES = (
    HAS_CHARSET,
    HAS_CODE,
    HAS_TABS,
    HAS_SEARCH,
    DARK_TOO_LATE,
    SEARCH_BUTTON,
    FOLD_LABEL,
    BOOK_NAME,
    SIDEBAR_BUTTON,
    FULL_SCREEN_BUTTON,
    DOWNLOAD_BUTTON,
    SIGNATURE_BEGIN,
    SIGNATURE_END,
    SIGNATURE_LINE,
    SECOND_VIEWPORT,
)
