"""The static form of a widget, for print and GitHub, and the room that it takes."""

import sys
from typing import Any

__all__: list[str] = []


class StaticForm:
    """A widget that also shows without JavaScript: in print, on GitHub.

    A subclass says in ``static_form`` which MIME type shows what. Its plain
    text is its ``repr``, without addresses that change from run to run.

    On a page, the height of the widget is kept free until its script has run, so
    that the text below does not jump. A synced trait ``room`` says how much, in one
    of two ways. Numbers, such as ``{"rows": 5}``, become custom properties of the
    widget's place (``--rows: 5``), and the style sheet of the widget makes a height
    of them. HTML, a text, is put into the place, where it takes its room unseen.
    """

    def static_form(self) -> dict[str, Any]:
        """Return the static form as ``{MIME type: data}``."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle: Any = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        data, *metadata = bundle if isinstance(bundle, tuple) else (bundle,)
        data = {**data, **self.static_form(), "text/plain": repr(self)}
        return (data, *metadata) if metadata else data


def _show_widgets_in_colab() -> None:
    """Let Google Colab show anywidgets; elsewhere, do nothing.

    Colab shows no widget from outside of ipywidgets until it is told to.
    """
    if "google.colab" in sys.modules:
        sys.modules["google.colab"].output.enable_custom_widget_manager()


_show_widgets_in_colab()
