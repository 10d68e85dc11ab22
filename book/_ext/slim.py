"""Load only what a page uses.

The theme sends the same scripts, style sheets and icon fonts to every page,
most of which this book does not use. When the site is written, this extension

- drops the scripts that a page has no use for, joins the others into a few
  small files, and has them come when the page is shown;
- joins all style sheets into one, without the rules that no page and no script
  can meet, and with the icons that are left in it;
- deletes the files that nothing asks for any more.
"""

import base64
from collections.abc import Iterable, Iterator
from io import BytesIO
import logging
from pathlib import Path
import posixpath
import re
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
import rcssmin
import rjsmin
from site_pages import (
    attribute,
    digest,
    every_page_is_written,
    static_name,
    written_pages,
)
import tinycss2

SHEET = "site.css"
# Stock scripts in the order in which they run, and the file each goes into.
# A page gets a file if its text matches; what is not named here stays.
BUNDLES = {
    "site.js": (
        r"",
        [
            "documentation_options.js",
            "doctools.js",
            "sphinx_highlight.js",
            "scripts/sphinx-book-theme.js",
            "scripts/bootstrap.js",
            "scripts/pydata-sphinx-theme.js",
            "print.js",
        ],
    ),
    "copy.js": (r'class="highlight', ["clipboard.min.js", "copybutton.js"]),
    "toggle.js": (
        r'class="(?:[^"]* )?(?:toggle|dropdown admonition|admonition dropdown)'
        r'[ "]',
        ["togglebutton.js"],
    ),
    "tabs.js": (r"sd-tab-set", ["design-tabs.js"]),
    "search.js": (
        r'id="search-results"',
        ["searchtools.js", "language_data.js"],
    ),
}
# Icons come from the font; nothing runs live.
DROPPED = {"scripts/fontawesome.js", "sphinx-thebe.js"}
DROPPED_INLINE = re.compile(
    r"THEBE_JS_URL|text/x-thebe-config|^kernelName|^DOCUMENTATION_OPTIONS\.(pagename|search)"
)
TOGGLE_INLINE = re.compile(r"^(let|var) toggle")
LATE_SCRIPTS = Path(__file__).with_name("late_scripts.js")
SCRIPT = re.compile(r"[ \t]*<script\b([^>]*)>(.*?)</script>\n?", re.S)
LINK = re.compile(r"[ \t]*<link\b[^>]*>\n?")
# Which font a style sheet means by a weight, and the classes that ask for it.
ICON_CLASSES = {
    "fa-solid-900": {"fa-solid", "fas", "fa"},
    "fa-regular-400": {"fa-regular", "far"},
    "fa-brands-400": {"fa-brands", "fab"},
}
UNUSED_FILES = ("**/*.map", "vendor/fontawesome", "**/*webpack-macros.html")
CLASSES = re.compile(r"""\b(?:class|id)=\\*["']([^"'\\]*)""")
TAGS = re.compile(r"<([a-zA-Z][\w-]*)")
WORDS = re.compile(r"[A-Za-z_][\w-]*")
# It tells of every table of a font.
logging.getLogger("fontTools.subset").setLevel(logging.WARNING)


def setup(app: Any) -> dict[str, Any]:
    """Connect to Sphinx: after the pages, before the front page."""
    app.connect("env-updated", every_page_is_written)
    app.connect("build-finished", slim, priority=700)
    return {"parallel_read_safe": True, "version": "1"}


def slim(app: Any, exception: Exception | None) -> None:
    """Slim every page of the site, and then what they ask for."""
    pages = {p: p.read_text() for p in written_pages(app, exception)}
    if not pages:
        return
    static = Path(app.outdir, "_static")
    sheets = in_order(map(linked_sheets, pages.values()))
    files = write_bundles(static)
    for path, text in pages.items():
        pages[path] = with_bundles(text, files)
    css = one_sheet(static, sheets, used_names(static, pages.values()))
    (static / SHEET).write_text(css)
    for path, text in pages.items():
        path.write_text(with_sheet(text, digest(css)))
    delete_unused(static, sheets)


# --------------------------------------------------------------------- scripts


def write_bundles(static: Path) -> dict[str, str]:
    """Write the scripts that pages share; return ``{file: its digest}``.

    Scripts that only some pages use, a widget's for instance, are made smaller
    where they stand.
    """
    digests = {}
    for name, (_, parts) in BUNDLES.items():
        texts = [(static / part).read_text() for part in parts]
        script = ";\n".join(map(small_script, texts))
        (static / name).write_text(script)
        digests[name] = digest(script)
    for path in [*static.glob("*.js"), *static.glob("widgets/*.js")]:
        if path.name not in BUNDLES:
            path.write_text(small_script(path.read_text()))
    return digests


def small_script(text: str) -> str:
    """Return a script without comments, but with the notices of licences."""
    text = re.sub(r"(?m)^//# sourceMappingURL=.*$", "", text)
    return str(rjsmin.jsmin(text, keep_bang_comments=True))


def with_bundles(text: str, files: dict[str, str]) -> str:
    """Return a page that asks for the scripts it uses once it is shown."""
    kept = {
        name for name, (mark, _) in BUNDLES.items() if re.search(mark, text)
    }
    home = {part: n for n, (_, parts) in BUNDLES.items() for part in parts}
    root = attribute(text, "data-content_root")
    # Those that only some pages have may rest on the bundles.
    addresses = [
        f"_static/{name}?v={files[name]}" for name in BUNDLES if name in kept
    ]

    def script(match: re.Match[str]) -> str:
        tag, body = match[1], match[2].strip()
        source = attribute(tag, "src")
        if static_name(source) in home.keys() | DROPPED:
            return ""
        if DROPPED_INLINE.search(tag + body):
            return ""
        if "searchindex.js" in tag and "search.js" not in kept:
            return ""
        if TOGGLE_INLINE.search(body) and "toggle.js" not in kept:
            return ""
        if source:
            addresses.append(source.removeprefix(root))
            return ""
        return match[0]

    def link(match: re.Match[str]) -> str:
        return "" if 'rel="preload" as="script"' in match[0] else match[0]

    text = LINK.sub(link, SCRIPT.sub(script, text))
    late = small_script(LATE_SCRIPTS.read_text())
    tag = f'<script data-scripts="{" ".join(addresses)}">{late}</script>\n'
    return text.replace("</head>", f"{tag}</head>", 1)


# ---------------------------------------------------------------- style sheets


def linked_sheets(text: str) -> list[str]:
    """Return the style sheets that a page asks for, in order."""
    links = [m[0] for m in LINK.finditer(text) if 'rel="stylesheet"' in m[0]]
    return [static_name(attribute(link, "href")) for link in links]


def in_order(lists: Iterable[list[str]]) -> list[str]:
    """Join lists; what stands before another in one stands before it here.

    >>> in_order([["a", "z"], ["a", "b", "z"]])
    ['a', 'b', 'z']
    """
    joined: list[str] = []
    for names in lists:
        place = 0
        for name in names:
            if name not in joined:
                joined.insert(place, name)
            place = joined.index(name) + 1
    return joined


def with_sheet(text: str, version: str) -> str:
    """Return a page that asks for one style sheet, where it asked for some."""
    root = attribute(text, "data-content_root")
    tag = (
        f'<link rel="stylesheet" href="{root}_static/{SHEET}?v={version}"/>\n'
    )
    links = [m for m in LINK.finditer(text) if 'rel="stylesheet"' in m[0]]
    for match in reversed(links):
        text = text[: match.start()] + text[match.end() :]
    return text[: links[0].start()] + tag + text[links[0].start() :]


def used_names(static: Path, pages: Iterable[str]) -> set[str]:
    """Return the classes, ids and tags that pages have or scripts may make."""
    names = {"html", "body"}
    # What widgets are made of holds pictures.
    states = [path.read_text() for path in static.glob("states/*.js")]
    for text in [*pages, *states]:
        names.update(n for m in CLASSES.finditer(text) for n in m[1].split())
        names.update(TAGS.findall(text))
        for match in SCRIPT.finditer(text):
            if "application/json" not in match[1]:
                names.update(WORDS.findall(match[2]))
    for path in [*static.glob("*.js"), *static.glob("widgets/*.js")]:
        names.update(WORDS.findall(path.read_text()))
    return names


def one_sheet(static: Path, sheets: list[str], used: set[str]) -> str:
    """Return all style sheets as one, with what is used, and the icons."""
    text = "\n".join(rebased(static, name) for name in sheets)
    rules = tinycss2.parse_stylesheet(
        text, skip_comments=True, skip_whitespace=True
    )
    css = "".join(used_rules(rules, used))
    css = without_unused_variables(css, used)
    css = with_icons(static, css, used)
    return str(rcssmin.cssmin(css, keep_bang_comments=True))


def rebased(static: Path, name: str) -> str:
    """Return a style sheet with its imports, addresses seen from _static."""
    folder = posixpath.dirname(name)

    def imported(match: re.Match[str]) -> str:
        return rebased(static, posixpath.normpath(f"{folder}/{match[1]}"))

    def address(match: re.Match[str]) -> str:
        if match[1].startswith(("data:", "#", "http")):
            return match[0]
        return f"url({posixpath.normpath(posixpath.join(folder, match[1]))})"

    text = (static / name).read_text()
    text = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text)
    text = (
        re.sub(r"""url\(["']?([^"')]+?)["']?\)""", address, text)
        if (folder)
        else text
    )
    return re.sub(r"""@import ["']([^"']+)["'];""", imported, text)


def used_rules(rules: Iterable[Any], used: set[str]) -> Iterator[str]:
    """Yield the rules that can apply to an element with the names ``used``."""
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [
                s for s in split(rule.prelude) if needed_names(s) <= used
            ]
            if selectors and rule.content:
                head = ",".join(tinycss2.serialize(s) for s in selectors)
                yield f"{head}{{{tinycss2.serialize(rule.content)}}}"
        elif rule.type == "at-rule" and rule.at_keyword in {
            "media",
            "supports",
            "container",
        }:
            inner = tinycss2.parse_rule_list(
                rule.content, skip_comments=True, skip_whitespace=True
            )
            text = "".join(used_rules(inner, used))
            if text:
                head = tinycss2.serialize(rule.prelude)
                yield f"@{rule.at_keyword}{head}{{{text}}}"
        elif rule.type == "at-rule" and rule.at_keyword != "charset":
            yield rule.serialize()


def split(prelude: list[Any]) -> Iterator[list[Any]]:
    """Yield the selectors of a rule, which commas part."""
    selector: list[Any] = []
    for token in prelude:
        if token == ",":
            yield selector
            selector = []
        else:
            selector.append(token)
    yield selector


def needed_names(selector: list[Any]) -> set[str]:
    """Return the names without which a selector meets nothing.

    What stands in brackets is not asked for: ``:not(.a)`` needs no ``a``.
    """
    needed, before = set(), None
    for token in selector:
        is_name = token.type == "ident" and before != ":"
        if is_name or token.type == "hash":
            needed.add(token.value)
        before = token.value if token.type == "literal" else None
    return needed


def without_unused_variables(css: str, used: set[str]) -> str:
    """Return ``css`` without custom properties that nothing reads."""
    declared = re.compile(r"(?<=[{;\s])(--[\w-]+)\s*:")
    while True:
        read = set(re.findall(r"var\(\s*(--[\w-]+)", css))
        unread = set(declared.findall(css)) - read
        if not unread:
            return css
        css = "".join(
            without_declarations(
                tinycss2.parse_stylesheet(css, skip_whitespace=True), unread
            )
        )


def without_declarations(rules: Any, names: set[str]) -> Iterator[str]:
    """Yield rules without the declarations of ``names``."""
    for rule in rules:
        if rule.type == "at-rule" and rule.at_keyword in {
            "media",
            "supports",
            "container",
        }:
            inner = tinycss2.parse_rule_list(rule.content)
            text = "".join(without_declarations(inner, names))
            if text.strip():
                head = tinycss2.serialize(rule.prelude)
                yield f"@{rule.at_keyword}{head}{{{text}}}"
        elif rule.type == "qualified-rule":
            kept = [
                d.serialize()
                for d in tinycss2.parse_blocks_contents(
                    rule.content, skip_comments=True, skip_whitespace=True
                )
                if d.type != "declaration" or d.name not in names
            ]
            if kept:
                head = tinycss2.serialize(rule.prelude)
                yield f"{head}{{{';'.join(kept)}}}"
        else:
            yield rule.serialize()


# ----------------------------------------------------------------------- icons


def with_icons(static: Path, css: str, used: set[str]) -> str:
    """Return ``css`` with the icons it names, in place of whole fonts."""
    drawn = {
        ord(character)
        for token in strings(tinycss2.parse_component_value_list(css))
        for character in token
        if "\ue000" <= character <= "\uf8ff"
    }

    def face(match: re.Match[str]) -> str:
        font = re.search(r"url\(([^)]*/(fa-[\w-]+)\.woff2)\)", match[0])
        if not font:
            return match[0]
        if not ICON_CLASSES.get(font[2], set()) & used:
            return ""
        data = base64.b64encode(few_glyphs(static / font[1], drawn)).decode()
        source = f'src:url(data:font/woff;base64,{data}) format("woff")'
        return re.sub(r"src:.*", lambda _: source + "}", match[0], flags=re.S)

    return re.sub(r"@font-face\s*{[^}]*}", face, css)


def strings(tokens: Iterable[Any]) -> Iterator[str]:
    """Yield every string in ``tokens`` and what they hold."""
    for token in tokens:
        if token.type == "string":
            yield token.value
        for inner in ("content", "arguments"):
            yield from strings(getattr(token, inner, None) or [])


def few_glyphs(path: Path, characters: set[int]) -> bytes:
    """Return the font at ``path`` with these characters only, as WOFF."""
    font = TTFont(path.with_suffix(".ttf"))
    options = subset.Options(
        layout_features=[], hinting=False, notdef_outline=True
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font.flavor = "woff"
    out = BytesIO()
    font.save(out)
    return out.getvalue()


# ----------------------------------------------------------------------- files


def delete_unused(static: Path, sheets: list[str]) -> None:
    """Delete the files that the slimmed pages do not ask for."""
    parts = [part for _, parts in BUNDLES.values() for part in parts]
    for name in [*sheets, *parts, *DROPPED, "basic.css", "pygments.css"]:
        (static / name).unlink(missing_ok=True)
    for pattern in UNUSED_FILES:
        for path in static.glob(pattern):
            inner = (
                sorted(path.rglob("*"), reverse=True) if path.is_dir() else []
            )
            for one in [*inner, path]:
                one.rmdir() if one.is_dir() else one.unlink()
