"""Put the field for a reader's own loss on its page, and its script.

The field stands where a page has the directive ``loss-field``. Each line of
its content is an example, ``loss from start``, the start of a loss of two
variables being two numbers, ``x, y``. The first example has one variable: it
is what the explorer below the field shows at first. The directive
``loss-steps`` shows the lines of TensorFlow.js in ``two_steps.js`` and runs
them. What both do is in ``book/_static/your_loss.js``, which asks for the
bundle (see `bundle`) when the reader comes to the field.
"""

from html import escape
import os
from pathlib import Path
import re
from typing import Any

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from ..names import ENGINE, digest
from .bundle import FOLDER, BundleError, bundled

logger = logging.getLogger(__name__)

FIELD = """<form class="loss-field" data-engine="" autocomplete="off">
<div><label for="loss-text">Loss of <code>x</code>, or of <code>x</code> and
<code>y</code></label>
<input id="loss-text" value="{loss}" aria-describedby="loss-answer"
autocapitalize="off" autocorrect="off" spellcheck="false"></div>
<div><label for="loss-start">Start <code>x</code></label>
<input id="loss-start" name="x" value="{x}"
aria-describedby="loss-answer"></div>
<div><label for="loss-start-y">Start <code>y</code></label>
<input id="loss-start-y" name="y" value="{y}" aria-describedby="loss-answer"
disabled></div>
<div class="loss-answer" id="loss-answer" role="status">The runs below were
computed by Python's TensorFlow when this page was made.</div>
<div class="loss-examples">Examples: {examples}</div>
</form>
<noscript><p>To type a loss here, turn on JavaScript; in a notebook,
<code>explore_loss</code> takes it.</p></noscript>"""
EXAMPLE = (
    '<button type="button" data-loss="{loss}" data-start="{start}">{loss}'
    "</button>"
)
RUN = """<div class="loss-steps" data-engine="">
<button type="button">Run these lines here</button>
<span class="loss-told" role="status"></span></div>"""


class FieldHere(SphinxDirective):
    """Put the field here."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the field, with its examples."""
        self.env.note_dependency(__file__)  # the page is read again
        examples = []
        for line in filter(str.strip, self.content):
            loss, _, start = line.rpartition(" from ")
            examples.append(
                {"loss": escape(loss.strip()), "start": escape(start)}
            )
        buttons = " ".join(EXAMPLE.format(**example) for example in examples)
        x = examples[0]["start"]  # y has a start beside it for the first use
        text = FIELD.format(
            loss=examples[0]["loss"], x=x, y=x, examples=buttons
        )
        return [nodes.raw(text=text, format="html")]


class StepsHere(SphinxDirective):
    """Put the lines of TensorFlow.js here, and a button that runs them."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return both."""
        path = Path(self.env.srcdir, FOLDER, "two_steps.js")
        self.env.note_dependency(str(path))
        self.env.note_dependency(__file__)
        code = path.read_text("utf-8").strip()
        return [
            nodes.literal_block(code, code, language="javascript"),
            nodes.raw(text=RUN, format="html"),
        ]


def add_files(
    app: Any, pagename: str, template: str, context: Any, doctree: Any
) -> None:
    """Write the bundle, and add the script of the field where there is one."""
    body = context.get("body", "")
    if 'data-engine=""' not in body:
        return
    try:
        script = bundled(Path(app.srcdir), Path(app.outdir).parent / ".engine")
    except BundleError as problem:
        told = (
            f"{pagename} has no field for a reader's own loss, since "
            f"TensorFlow.js could not be bundled: {problem}"
        )
        if os.environ.get("CI") == "true":
            raise ExtensionError(told) from problem
        logger.info(told, color="red")
        app.is_incomplete = True  # the next build tries again
        context["body"] = without_field(body)
        return
    target = Path(app.outdir, "_static", ENGINE)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(script, encoding="utf-8")
    address = context["pathto"](f"_static/{ENGINE}", resource=True)
    context["body"] = body.replace(
        'data-engine=""', f'data-engine="{address}?v={digest(script)}"'
    )
    app.add_css_file("your_loss.css")
    app.add_js_file("your_loss.js", defer="defer")


def without_field(body: str) -> str:
    """Return a page's ``body`` without what would do nothing.

    >>> without_field('a<form class="loss-field" data-engine="">..</form>b')
    'ab'
    """
    form = (
        r'<form class="loss-field".*?</form>(\s*<noscript>.*?</noscript>)?'
        r'|<div class="loss-steps".*?</div>'
    )
    return re.sub(form, "", body, flags=re.S)
