"""Highlight code with spans only where a colour differs from plain text.

Pygments puts a span around every name, bracket and space, half of all the
elements of a page, though the styles paint most of them like plain text. A
browser lays out a long chapter much sooner without them. Tokens that both
styles, light and dark, paint alike become one kind of token here, and those
that are painted as plain text become plain text. So do operators, which are in
no need of a colour.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, TextIO

from pygments.formatters import HtmlFormatter
from pygments.styles import get_style_by_name
from pygments.token import STANDARD_TYPES, Token
from sphinx.highlighting import PygmentsBridge


def use_styles(app: Any, config: Any) -> None:
    """Have Sphinx write code for the two styles of the theme's options."""
    options = config.html_theme_options

    class FewerSpans(HtmlFormatter):
        """An HTML formatter of tokens that differ in what a reader sees."""

        styles = (
            options["pygments_light_style"],
            options["pygments_dark_style"],
        )

        def format(
            self,
            tokensource: Iterable[tuple[Any, str]],
            outfile: TextIO,
        ) -> None:
            """Write the tokens of ``tokensource`` to ``outfile``."""
            kinds = painted_alike(*self.styles)
            tokens = (
                (kinds.get(kind, kind), text) for kind, text in tokensource
            )
            super().format(tokens, outfile)

    PygmentsBridge.html_formatter = FewerSpans


@cache
def painted_alike(*styles: str) -> dict[Any, Any]:
    """Return for each kind of token the one kind that stands for its looks.

    >>> kinds = painted_alike("default", "monokai")
    >>> kinds[Token.Number.Float] is kinds[Token.Number.Integer]
    True
    >>> kinds[Token.Name]
    Token.Text
    """
    looks = [get_style_by_name(style).style_for_token for style in styles]
    # Text without a span has the colour that the page gives to code: a name's.
    first = {str([look(Token.Name) for look in looks]): Token.Text}
    kinds = {
        kind: first.setdefault(str([look(kind) for look in looks]), kind)
        for kind in STANDARD_TYPES
        # A prompt, say, is painted like text but not selected like text.
        if kind not in Token.Generic
    }
    return kinds | {Token.Operator: Token.Text}
