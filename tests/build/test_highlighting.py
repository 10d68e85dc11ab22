"""Code has fewer spans than Pygments writes, and looks the same."""

from types import SimpleNamespace

from bookbuild.render import highlighting
from bs4 import BeautifulSoup
from pygments.formatters import HtmlFormatter
from pygments.styles import get_style_by_name
from pygments.token import STANDARD_TYPES
from sphinx.highlighting import PygmentsBridge

MODES = ("light", "dark")
STYLES = ("a11y-high-contrast-light", "a11y-high-contrast-dark")
PLAIN = {"", "o"}  # text, and operators
CODE = 'with open(name, "r") as f:  # why\n    total += 3 * len(f"{x:.2f}") is None\n'


def looks(css_class):
    """Return how both styles paint a class of Pygments; text like a name."""
    kinds = {short: kind for kind, short in STANDARD_TYPES.items()}
    kind = kinds["n" if css_class in PLAIN else css_class]
    return [get_style_by_name(style).style_for_token(kind) for style in STYLES]


def signs_of(code):
    """Return every visible sign of highlighted ``code``, and how it looks."""
    text = BeautifulSoup(code, "html.parser").find("pre")
    return [
        (sign, looks(part.parent.get("class", [""])[0]))
        for part in text.find_all(string=True)
        for sign in part
        if not sign.isspace()
    ]


def test_code_with_fewer_spans_looks_the_same():
    stock = PygmentsBridge("html")
    stock.formatter = HtmlFormatter
    options = {f"pygments_{m}_style": s for m, s in zip(MODES, STYLES, strict=True)}
    highlighting.use_styles(None, SimpleNamespace(html_theme_options=options))
    before, after = (
        bridge.highlight_block(CODE, "python")
        for bridge in (stock, PygmentsBridge("html"))
    )
    assert signs_of(after) == signs_of(before)
    spans = BeautifulSoup(after, "html.parser").select("pre span[class]")
    assert len(spans) < before.count("<span") / 2
    for span in spans:
        assert looks(span["class"][0]) != looks("n")
        if span.next_sibling in spans:
            assert looks(span["class"][0]) != looks(span.next_sibling["class"][0])
