"""Names and HTML that belong to Sphinx, MyST-NB, sphinx-design or the theme.

What this extension looks for in their nodes, files and pages stands here, with
what it is for; names of events and of a page's variables stand where they are
used. When one of those projects changes, this is the file to look at.

`PIECES` and `STOCK_FILES` are looked for in each build, before the pages are
worked on, and MyST-NB's nodes by `read.still_there`: what is no longer there
is a warning that names it.
"""

import re
from typing import NamedTuple

# ---------------------------------------------------- MyST-NB: nodes and state

# The attribute that marks a node as part of a notebook, and its values here.
ELEMENT = "nb_element"
CODE_CELL = "cell_code"
CODE_OUTPUT = "cell_code_output"
MIME_BUNDLE = "mime_bundle"
# The attribute with a cell's metadata, and how a tag becomes a class.
CELL_METADATA = "cell_metadata"
TAG_CLASS = "tag_"
# The attributes that fold a code cell, and that name the fold, shut and open.
FOLD = "hide_mode"
FOLD_LABELS = ("prompt_show", "prompt_hide")
# The class of a block of what a cell has printed.
STREAM_CLASS = "stream"
# The attribute that says of what type one form of an output is.
FORM_TYPE = "mime_type"
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
    "scripts/pydata-sphinx-theme.js",
)
SCRIPTS_OF_POPUPS = ("scripts/bootstrap.js",)
SCRIPTS_OF_CODE = ("clipboard.min.js", "copybutton.js")
SCRIPTS_OF_TABS = ("design-tabs.js",)
SCRIPTS_OF_SEARCH = ("searchtools.js", "language_data.js")
# Icons come from the font, so no script draws them.
DROPPED_SCRIPTS = ("scripts/fontawesome.js",)
# Another stock script that the search page asks for; it is an index of words.
SEARCH_INDEX = "searchindex.js"
# Style sheets that other sheets import, so that pages do not name them.
IMPORTED_SHEETS = ("basic.css", "pygments.css")
# Files that no finished page asks for.
UNUSED_FILES = ("**/*.map", "vendor/fontawesome", "**/*webpack-macros.html")
# Where the icon fonts are, each as .ttf and .woff2.
ICON_FONTS = "vendor/fontawesome/webfonts"
# Which icon font a style sheet means, and the classes that ask for it.
ICON_CLASSES = {
    "fa-solid-900": {"fa-solid", "fas", "fa"},
    "fa-regular-400": {"fa-regular", "far"},
    "fa-brands-400": {"fa-brands", "fab"},
}
# Where icons stand in those fonts: Unicode's private use area.
ICONS = ("\ue000", "\uf8ff")

# What each file in _static is for; a build misses it where it is gone.
STOCK_FILES = {
    **dict.fromkeys(
        SCRIPTS_OF_ALL_PAGES, "each page gets this script, joined with others"
    ),
    **dict.fromkeys(
        SCRIPTS_OF_POPUPS, "it opens the small menus, and says what buttons do"
    ),
    **dict.fromkeys(SCRIPTS_OF_CODE, "it copies code from a page"),
    **dict.fromkeys(SCRIPTS_OF_TABS, "it keeps the tabs of a page in step"),
    **dict.fromkeys(SCRIPTS_OF_SEARCH, "it searches the book"),
    **dict.fromkeys(
        DROPPED_SCRIPTS, "no page gets it, as icons come from a font"
    ),
    **dict.fromkeys(
        IMPORTED_SHEETS, "other style sheets import it, and are joined with it"
    ),
    **{
        f"{ICON_FONTS}/{name}.ttf": "the icons on the pages are cut from it"
        for name in ICON_CLASSES
    },
}


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

HAS_TABS = piece(
    TAB_CLASSES["tab-set"],
    "sphinx-design",
    "the class of a set of tabs",
    "such a page gets the script of the tabs",
)
HAS_CODE = piece(
    r'class="[^"]*\bhighlight\b',
    "Sphinx",
    "the class of a block of code",
    "such a page gets the script that copies code",
)
HAS_SEARCH = piece(
    r'id="search-results"',
    "Sphinx",
    "the place of the search results",
    "that page gets the scripts of the search",
)

# ---- what a page asks for early, or is dropped

PRELOADED_SCRIPT = piece(
    r'<link rel="preload" as="script"',
    THEME,
    "the tag that asks for a script early",
    "it is dropped, as that script is joined with others",
)
ASKS_FOR_INDEX = piece(
    r'<script src="[^"]*' + re.escape(SEARCH_INDEX),
    THEME,
    "the tag that asks for the index of words on each page",
    "it is dropped where nothing is searched",
)
SEARCH_SETTINGS = piece(
    r"<script>DOCUMENTATION_OPTIONS\.(?:pagename|search)",
    THEME,
    "the inline scripts that say the page's name and how it is searched",
    "they are dropped, as they would run before what they change is there",
)

# ---- what else the steps rely on

HAS_FOOT = piece(
    r'<div class="extra_footer">',
    THEME,
    "the foot of a page that `theme_extra_footer` fills",
    "it says with which versions the page was executed",
)
HAS_ARTICLE = piece(
    ARTICLE,
    THEME,
    "the tag with which the text of a page begins",
    "pictures after it state their size and load when they are near",
)
HAS_PICTURE = piece(
    rf'src="[^"]*{IMAGES}/',
    "Sphinx",
    "the address of a picture",
    "pictures in that folder become light, and those that no page shows go",
)
HAS_ICON = piece(
    r'class="(?:[^"]* )?(?:fa-solid|fas)[ "]',
    THEME,
    "the class of an icon",
    "the font of the icons is left out where no page has its class",
)
HAS_SHEET = piece(
    r'<link\b[^>]*rel="stylesheet"',
    "Sphinx and the theme",
    "the tags that ask for style sheets",
    "one sheet takes the place of all of them",
)

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
    r'<button onclick="toggleFullScreen\(\)"([^>]*)title="([^"]*)"',
    THEME,
    "the button for the full screen",
    "a button without a name in its text has one, not only a tooltip; and the "
    "policy refuses code in an attribute, so buttons.js listens",
)
PRINT_BUTTON = piece(
    r'<button onclick="window\.print\(\)"',
    THEME,
    "the button that prints",
    "the policy refuses code in an attribute, so buttons.js listens",
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
    HAS_TABS,
    HAS_CODE,
    HAS_SEARCH,
    PRELOADED_SCRIPT,
    ASKS_FOR_INDEX,
    SEARCH_SETTINGS,
    HAS_FOOT,
    HAS_ARTICLE,
    HAS_PICTURE,
    HAS_ICON,
    HAS_SHEET,
    DARK_TOO_LATE,
    SEARCH_BUTTON,
    FOLD_LABEL,
    BOOK_NAME,
    SIDEBAR_BUTTON,
    FULL_SCREEN_BUTTON,
    PRINT_BUTTON,
    DOWNLOAD_BUTTON,
    SIGNATURE_BEGIN,
    SIGNATURE_END,
    SIGNATURE_LINE,
    SECOND_VIEWPORT,
)

# ------------------------------------ inline scripts of the theme that may run

# By what each is for, as it stands on the page when `finish.markup` is done;
# how it is broken into lines does not matter. All others are refused.
INLINE_SCRIPTS = {
    "light or dark, as the reader has chosen": """
        document.documentElement.dataset.mode =
        localStorage.getItem("mode") || "auto";
        document.documentElement.dataset.theme =
        localStorage.getItem("theme") ||
        (matchMedia("(prefers-color-scheme: dark)").matches
        ? "dark" : "light");""",
    "the cursor in the field of the search page": """
        // Activate the search field on page load
        let searchInput = document.querySelector("form.bd-search input");
        if (searchInput) { searchInput.focus(); searchInput.select();
        console.log("[PST]: Set focus on search field."); }""",
}
