"""Cut the font for formulas down to the characters that are in use."""

from collections.abc import Iterable
from html import unescape
from pathlib import Path
import re

from fontTools import subset
from fontTools.ttLib import TTFont
from rjsmin import jsmin

from ..names import FONT
from ..upstream import CHARSET
from .site import Site

EARLY_FONT = Path(__file__).with_name("early_font.js")
FORMULA = re.compile(r"<math\b.*?</math>", re.S)
NAME = re.compile(r"<mi\b[^>]*>([^<])</mi>")
# Where the slanted letters begin that browsers draw for names of one letter.
SLANTED = {"a": 0x1D44E, "A": 0x1D434, "α": 0x1D6FC}


def cut_font(site: Site) -> None:
    """Leave in the site's font for formulas the signs that stand in them.

    Pages with formulas ask for it before all else.
    """
    used = signs(site.pages.values())
    for name, text in site.pages.items():
        if FORMULA.search(text):
            site.pages[name] = with_early_font(text)
    # Without the time of the build in it: the same site has the same bytes.
    font = TTFont(site.sources / FONT, recalcTimestamp=False)
    cutter = subset.Subsetter(subset.Options(layout_features=["ssty"]))
    cutter.populate(text="".join(used))
    cutter.subset(font)
    font.flavor = "woff"
    font.save(site.static / FONT)


def with_early_font(page: str) -> str:
    """Return ``page`` with the script that asks for the font at once."""
    script = jsmin(EARLY_FONT.read_text("utf-8"))
    early = f"\n<script>{script}</script>\n"
    return CHARSET.sub(lambda match: match[0] + early, page, count=1)


def signs(pages: Iterable[str]) -> set[str]:
    """Return the signs that are drawn for the formulas of ``pages``.

    >>> sorted(signs(["<math><mi>x</mi><mn>2</mn><mi>max</mi></math>"]))
    ['2', 'a', 'm', 'x', '\U0001d465']
    >>> sorted(signs(["<math><msqrt><mn>2</mn></msqrt></math>"]))
    ['2', '√']
    """
    found: set[str] = set()
    for formula in (f for page in pages for f in FORMULA.findall(page)):
        if re.search(r"<(msqrt|mroot)\b", formula):
            found.add("√")  # which no text says
        found.update(unescape(re.sub(r"<[^>]*>", "", formula)))
        found.update(map(slanted, NAME.findall(formula)))
    return found


def slanted(letter: str) -> str:
    """Return the sign that a browser draws for a name of one letter."""
    if letter == "h":
        return "\N{PLANCK CONSTANT}"
    for first, begin in SLANTED.items():
        if 0 <= ord(letter) - ord(first) < 26:
            return chr(begin + ord(letter) - ord(first))
    return letter
