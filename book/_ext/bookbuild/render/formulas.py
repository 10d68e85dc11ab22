"""Turn formulas into MathML when the site is built.

A page then shows its formulas without a script, offline, and in a form that
screen readers read. `finish.font` brings the font for them.
"""

from typing import Any

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.util import logging

logger = logging.getLogger(__name__)
CONVERTER = LatexToMathML()


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
