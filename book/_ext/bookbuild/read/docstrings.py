"""Read the page about the helpers from their docstrings.

autodoc and napoleon do the work. They would write the constructor of a class
as well; but readers get a record or a widget from a function, and the
constructor that a base class has made tells them nothing.
"""

from typing import Any


def without_constructor(
    app: Any, what: str, *_: Any
) -> tuple[str, None] | None:
    """Return the signature of a class: none. Others stay as they are."""
    return ("", None) if what == "class" else None
