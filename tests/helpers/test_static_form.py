"""The static form of a widget, and how Colab is told to show widgets."""

import sys
from types import SimpleNamespace

from helpers.static_form import StaticForm, _show_widgets_in_colab
import pytest


class Shown:
    """A widget as ipywidgets shows it."""

    def _repr_mimebundle_(self, **_):
        return {"text/plain": "<at 0x1>", "view": 1}


class ShownWithMetadata(Shown):
    """A widget as anywidget shows it."""

    def _repr_mimebundle_(self, **_):
        return super()._repr_mimebundle_(), {"about": 2}


def with_form(base):
    """Return a widget over ``base`` with a static form."""

    class Widget(StaticForm, base):
        def static_form(self):
            return {"text/html": "<p>still</p>"}

        def __repr__(self):
            return "Widget()"

    return Widget()


def test_the_static_form_stands_beside_the_view():
    data = with_form(Shown)._repr_mimebundle_()
    assert data == {"text/plain": "Widget()", "view": 1, "text/html": "<p>still</p>"}


def test_what_is_said_about_the_view_is_kept():
    data, about = with_form(ShownWithMetadata)._repr_mimebundle_()
    assert data["text/html"] == "<p>still</p>"
    assert about == {"about": 2}


def test_a_widget_must_say_its_static_form():
    with pytest.raises(NotImplementedError):
        StaticForm().static_form()


def test_colab_is_told_to_show_widgets(monkeypatch):
    told = []
    output = SimpleNamespace(enable_custom_widget_manager=lambda: told.append(True))
    monkeypatch.setitem(sys.modules, "google.colab", SimpleNamespace(output=output))
    _show_widgets_in_colab()
    assert told == [True]


def test_elsewhere_nobody_is_told(monkeypatch):
    monkeypatch.delitem(sys.modules, "google.colab", raising=False)
    _show_widgets_in_colab()
