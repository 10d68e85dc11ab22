"""Say at the foot of each notebook's page with what it was executed.

The executions are thrown away when one of these versions changes (see the
extension ``execution``): what is installed now is what they ran with.
"""

from importlib.metadata import version
import platform
from typing import Any

PACKAGES = {
    "TensorFlow": "tensorflow",
    "Keras": "keras",
    "tf_keras": "tf-keras",
}


def setup(app: Any) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.connect("html-page-context", add_versions)
    return {"parallel_read_safe": True, "version": "1"}


def installed() -> dict[str, str]:
    """Return the versions that decide what a notebook prints."""
    return {"Python": platform.python_version()} | {
        name: version(package) for name, package in PACKAGES.items()
    }


def add_versions(
    app: Any, pagename: str, template: str, context: Any, doctree: Any
) -> None:
    """Add a line to the foot of a page that comes from a notebook."""
    if context.get("page_source_suffix") != ".ipynb":
        return
    names = ", ".join(f"{name} {v}" for name, v in installed().items())
    before = context.get("theme_extra_footer") or ""
    context["theme_extra_footer"] = (
        f'{before}<p class="versions">Executed with {names}.</p>'
    )
