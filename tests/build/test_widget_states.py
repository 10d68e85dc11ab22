"""Where the states of a page's widgets are written."""

import json
from types import SimpleNamespace

from bookbuild.upstream import WIDGET_STATE
from bookbuild.widgets import stage
import pytest


def embedded(text):
    """Return a script with the state of a box, as MyST-NB embeds it."""
    state = {"box": {"model_name": "VBoxModel", "state": {"children": []}}}
    body = json.dumps({"state": state | {text: state["box"]}})
    return SimpleNamespace(attributes={"type": WIDGET_STATE, "body": body})


def hosted(tmp_path, pagename, *scripts):
    """Write the states of a page with the widget ``box``; return its context."""
    files = []
    app = SimpleNamespace(
        outdir=tmp_path, add_css_file=files.append, add_js_file=lambda f, **_: None
    )
    context = {
        "body": '<div class="widget-place" data-widget="box">',
        "script_files": list(scripts),
        "pathto": lambda name, resource: name,
    }
    stage.host_widgets(app, pagename, "page.html", context, None)
    return context


def test_pages_of_one_name_in_two_folders_keep_their_states(tmp_path):
    for folder in ("one", "two"):
        context = hosted(tmp_path, f"{folder}/page", embedded(folder))
        assert f'data-state="_static/states/{folder}/page-1.js?v=' in context["body"]
        assert context["script_files"] == []
    for folder in ("one", "two"):
        file = tmp_path / "_static" / "states" / folder / "page-1.js"
        assert "bookStates" in file.read_text(encoding="utf-8")


def test_a_widget_whose_state_is_not_embedded_any_more_is_named(tmp_path, monkeypatch):
    warned = []
    monkeypatch.setattr(
        stage.logger, "warning", lambda text, location: warned.append((location, text))
    )
    hosted(tmp_path, "a/page")
    ((page, text),) = warned
    assert page == "a/page"
    assert text.startswith("MyST-NB no longer embeds the state of widgets")
    assert "change upstream.py" in text


@pytest.mark.parametrize("scripts", [(), (embedded("x"),)])
def test_a_page_without_widgets_is_left_alone(tmp_path, scripts):
    context = {"body": "<p>", "script_files": list(scripts)}
    stage.host_widgets(SimpleNamespace(outdir=tmp_path), "a", "", context, None)
    assert context == {"body": "<p>", "script_files": []}
    assert not list(tmp_path.iterdir())
