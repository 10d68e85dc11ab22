"""Turn formulas into MathML when the site is built.

A page then shows its formulas without a script, offline, and in a form that
screen readers read. Of the font for them a site gets the signs that it uses.
"""

from collections.abc import Iterable
from html import unescape
from pathlib import Path
import re
from typing import Any

from docutils import nodes
from fontTools import subset
from fontTools.ttLib import TTFont
from math_core import LatexError, LatexToMathML
from rjsmin import jsmin
from site_pages import every_page_is_written, written_pages
from sphinx.util import logging

logger = logging.getLogger(__name__)
CONVERTER = LatexToMathML()
FONT = "math.woff"
CHARSET = '<meta charset="utf-8" />'
EARLY_FONT = Path(__file__).with_name("early_font.js")
FORMULA = re.compile(r"<math\b.*?</math>", re.S)
NAME = re.compile(r"<mi\b[^>]*>([^<])</mi>")
# Where the slanted letters begin that browsers draw for names of one letter.
SLANTED = {"a": 0x1D44E, "A": 0x1D434, "α": 0x1D6FC}


def setup(app: Any) -> dict[str, Any]:
    """Register the renderer; ``html_math_renderer: mathml`` chooses it."""
    app.add_html_math_renderer("mathml", (inline, None), (display, None))
    app.connect("env-updated", every_page_is_written)
    app.connect("build-finished", cut_font, priority=660)
    return {"parallel_read_safe": True, "version": "1"}


def cut_font(app: Any, exception: Exception | None) -> None:
    """Leave in the site's font for formulas the signs that stand in them.

    Pages with formulas ask for it first of all.
    """
    pages = {p: p.read_text() for p in written_pages(app, exception)}
    if not pages:
        return
    early = f"{CHARSET}\n<script>{jsmin(EARLY_FONT.read_text())}</script>\n"
    for path, text in pages.items():
        if FORMULA.search(text):
            path.write_text(text.replace(CHARSET, early, 1))
    used = signs(pages.values())
    font = TTFont(Path(app.srcdir, "book", "_static", FONT))
    cutter = subset.Subsetter(subset.Options(layout_features=["ssty"]))
    cutter.populate(text="".join(used))
    cutter.subset(font)
    font.flavor = "woff"
    font.save(Path(app.outdir, "_static", FONT))


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


def inline(translator: Any, node: nodes.math) -> None:
    """Write a formula of the running text."""
    translator.body.append(mathml(node, is_display=False))
    raise nodes.SkipNode


def display(translator: Any, node: nodes.math_block) -> None:
    """Write a formula on a line of its own, with its number if it has one."""
    # A wide formula scrolls in itself, by keyboard too.
    attributes = {"CLASS": "math-display", "tabindex": "0"}
    attributes["ids"] = node["ids"]
    translator.body.append(translator.starttag(node, "div", "", **attributes))
    translator.body.append(mathml(node, is_display=True))
    if node["number"]:
        number = f'<span class="eqno">({node["number"]})</span>'
        translator.body.append(number)
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def mathml(node: nodes.Element, is_display: bool) -> str:
    """Return the formula in ``node`` as MathML; warn where it is not LaTeX."""
    latex = node.astext()
    try:
        return CONVERTER.convert_with_local_state(
            latex, displaystyle=is_display
        )
    except LatexError as error:
        logger.warning(f"formula {latex!r}: {error}", location=node)
        return ""
