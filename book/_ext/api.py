"""Write the page about the helpers from their docstrings.

autodoc and napoleon do the work. They would write the constructor of a class
as well; but readers get a record or a widget from a function, and what a base
class has made as its constructor says nothing.
"""

from typing import Any


def setup(app: Any) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.napoleon")
    app.connect("autodoc-process-signature", without_constructor)
    return {"parallel_read_safe": True, "version": "1"}


def without_constructor(
    app: Any, what: str, *_: Any
) -> tuple[str, None] | None:
    """Return the signature of a class: none. Others stay as they are."""
    return ("", None) if what == "class" else None
