"""Put the few icons that the site shows into its style sheet."""

import base64
from collections.abc import Iterable, Iterator
from io import BytesIO
import logging
from pathlib import Path
import re
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
import tinycss2

from ..upstream import ICON_CLASSES, ICONS

# It tells of every table of a font.
logging.getLogger("fontTools.subset").setLevel(logging.WARNING)


def with_icons(static: Path, css: str, used: set[str]) -> str:
    """Return ``css`` with the icons it names, in place of whole fonts."""
    drawn = {
        ord(character)
        for token in strings(tinycss2.parse_component_value_list(css))
        for character in token
        if ICONS[0] <= character <= ICONS[1]
    }

    def face(match: re.Match[str]) -> str:
        font = re.search(r"url\(([^)]*/(fa-[\w-]+)\.woff2)\)", match[0])
        if not font:
            return match[0]
        if not ICON_CLASSES.get(font[2], set()) & used:
            return ""
        if not (static / font[1]).with_suffix(".ttf").is_file():
            return match[0]  # `check_upstream` has named it
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
    font = TTFont(path.with_suffix(".ttf"), recalcTimestamp=False)
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
