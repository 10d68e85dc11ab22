"""The book's Sphinx extension: from executed notebooks to finished pages.

`setup` lists what happens at which of Sphinx's events, in order. README.md
beside this file follows one notebook through it, and has a table that says
where to change what.
"""

from typing import Any

# An event's listeners run by number; those of other extensions have 500, or
# 501. Ours come before or after them, and among themselves in the order below.
BEFORE_OTHERS = 100
AFTER_OTHERS = 900


def setup(app: Any) -> dict[str, Any]:
    """Connect the stages to Sphinx's events, in the order of their run."""
    # Imported here: tools use the pure parts of the stages without Sphinx.
    from .engine import stage as engine
    from .errors import stage as errors
    from .execute import stage as execute
    from .finish import stage as finish
    from .read import docstrings, outcomes, still_there, tabs
    from .render import (
        description,
        foot,
        formulas,
        glossary,
        highlighting,
        not_found,
    )
    from .whole import stage as whole
    from .widgets import stage as widgets

    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.napoleon")
    app.add_directive("error-finder", errors.FinderHere)
    app.add_directive("error-list", errors.ListHere)
    app.add_directive("older-error-list", errors.OlderHere)
    app.add_directive("symptom-list", errors.SymptomsHere)
    app.add_directive("loss-field", engine.FieldHere)
    app.add_directive("loss-steps", engine.StepsHere)
    app.add_transform(tabs.TabsFromCells)
    app.add_transform(outcomes.FoldOutcomes)
    app.add_post_transform(widgets.PlaceWidgets)
    app.add_html_math_renderer(
        "mathml", (formulas.inline, None), (formulas.display, None)
    )
    before, after = BEFORE_OTHERS, AFTER_OTHERS
    for event, listener, when in (
        # The settings are known.
        ("config-inited", whole.begin, before),
        ("config-inited", description.configure, before),
        ("config-inited", highlighting.use_styles, before),
        ("config-inited", widgets.drop_stock_scripts, before),
        ("builder-inited", whole.write_beside, before),
        ("builder-inited", execute.use_own_cache, after),
        # Which pages have to be read again?
        ("env-get-outdated", execute.execute_before_reading, after),
        ("env-before-read-docs", whole.note_readings, after),
        # A page is read.
        ("autodoc-process-signature", docstrings.without_constructor, after),
        # All pages are read.
        ("env-updated", glossary.find_first_uses, after),
        ("env-updated", whole.write_all_or_nothing, after),
        ("env-check-consistency", still_there.check_nodes, after),
        # A page is written: its document first, then what is around it.
        ("doctree-resolved", errors.fill, after),
        ("doctree-resolved", glossary.link_terms, after),
        ("html-page-context", errors.add_files, after),
        ("html-page-context", engine.add_files, after),
        ("html-page-context", foot.add_versions, after),
        ("html-page-context", description.describe_page, after),
        ("html-page-context", widgets.host_widgets, after),
        ("html-collect-pages", not_found.not_found, after),
        # All pages are written.
        ("build-finished", finish.finish, after),
        ("build-finished", whole.end, after),
    ):
        app.connect(event, listener, priority=when)
    return {"parallel_read_safe": True, "version": "1"}
