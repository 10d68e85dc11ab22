"""Put widgets on their pages: their static form, their state, their scripts.

Jupyter Book embeds the state of a page's widgets. This stage keeps of it what
the page needs, has ``_static/widget_host.js`` bring it to life instead of the
stock scripts, and writes the anywidget modules as script files of the site.

A cell tagged ``live-only`` shows no widget on the page.
"""

import json
from pathlib import Path
import re
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import SelectMimeType
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from ..names import MODULES, PLACE_STATIC
from ..read.cells import cell_of, has_tag, is_mime_bundle
from ..upstream import WIDGET_STATE, WIDGET_VIEW
from .files import in_files, write_modules, write_states
from .models import kept, problems
from .places import named, opening, placed_widgets

logger = logging.getLogger(__name__)


def drop_stock_scripts(app: Any, config: Any) -> None:
    """Have MyST-NB embed the state, and none of its scripts."""
    config.nb_ipywidgets_js = {}


class PlaceWidgets(SphinxPostTransform):
    """Put a widget's static form, and a place for the widget, on the page."""

    # Before MyST-NB chooses one form of each output.
    default_priority = SelectMimeType.default_priority - 1

    def run(self, **kwargs: Any) -> None:
        """Change every output that has a widget among its forms."""
        for bundle in list(self.document.findall(is_mime_bundle)):
            forms = {form["mime_type"]: form for form in bundle.children}
            if WIDGET_VIEW not in forms:
                continue
            bundle.remove(forms[WIDGET_VIEW])
            if has_tag(cell_of(bundle), "live-only"):
                continue
            if len(forms) == 1 or forms.keys() <= {WIDGET_VIEW, "text/plain"}:
                logger.warning("a widget has no static form", location=bundle)
            (script,) = forms[WIDGET_VIEW].children
            view = json.loads(re.sub(r"</?script[^>]*>", "", script.astext()))
            place = nodes.container(classes=[PLACE_STATIC])
            bundle.replace_self(
                [
                    nodes.raw(text=opening(view["model_id"]), format="html"),
                    place,
                    nodes.raw(text="</div>", format="html"),
                ]
            )
            place += bundle


def host_widgets(
    app: Any, pagename: str, template: str, context: Any, doctree: Any
) -> None:
    """Replace the embedded state by what the host needs of it, and add it."""
    scripts = context.get("script_files", [])
    stock = [s for s in scripts if holds_state(s)]
    shown = placed_widgets(context.get("body", ""))
    for script in stock:
        scripts.remove(script)
    if not shown:
        return
    if not stock:
        logger.warning(
            f"MyST-NB no longer embeds the state of widgets in a script of "
            f"the type {WIDGET_STATE}. It matters because: the widgets of "
            f"the page work from it. See where it is now, and change "
            f"upstream.py.",
            location=pagename,
        )
        return
    state = json.loads(stock[0].attributes["body"])["state"]
    for problem in problems(state, shown):
        logger.warning(problem, location=pagename)
    static = Path(app.outdir) / "_static"
    states = {place: dict(kept(state, place)) for place in shown}
    try:
        modules = sorted(
            {m for s in states.values() for m in write_modules(static, s)}
        )
    except ValueError as problem:
        raise ExtensionError(f"{pagename}: {problem}") from problem
    for number, group in enumerate(in_files(states), 1):
        # With its folder: two pages in different ones may share a name.
        script = write_states(static, f"{pagename}-{number}", group)
        address = context["pathto"](f"_static/{script}", resource=True)
        for place in group:
            context["body"] = named(context["body"], place, state, address)
    for name in modules:
        app.add_css_file(f"{MODULES}/{name}.css")
        app.add_js_file(f"{MODULES}/{name}.js", defer="defer")
    app.add_css_file("widget_host.css")
    app.add_js_file("widget_host.js", defer="defer")


def holds_state(script: Any) -> bool:
    """Say whether a script of a page is the state that MyST-NB embeds."""
    return getattr(script, "attributes", {}).get("type") == WIDGET_STATE
