"""What a page keeps of its notebook's widgets, and which are refused."""

import json

from bookbuild.widgets.files import classic_script, write_modules
from bookbuild.widgets.models import kept, problems
from bookbuild.widgets.places import named, opening
import pytest


def model(name, **state):
    """Return a model as a notebook saves it."""
    return {"model_name": name, "state": state}


def page(control="SelectionSliderModel", linked=True):
    """Return the saved state of a page with a control and an anywidget."""
    ends = {
        "source": ["IPY_MODEL_control", "index"],
        "target": ["IPY_MODEL_plot", "rate"],
    }
    state = {
        "box": model("VBoxModel", children=["IPY_MODEL_control", "IPY_MODEL_plot"]),
        "control": model(
            control, description="rate", index=0, _options_labels=["1"], layout="x"
        ),
        "plot": model(
            "AnyModel", _anywidget_id="helpers.x.Plot", _esm="js", rate=0, layout="x"
        ),
        "layout": model("LayoutModel", width="9em"),
    }
    state |= {"link": model("LinkModel", **ends)} if linked else {}
    return json.loads(json.dumps(state))


def test_a_linked_control_is_no_problem():
    assert list(problems(page(), ["box"])) == []


def test_a_control_without_a_link_is_named():
    (problem,) = problems(page(linked=False), ["box"])
    assert "SelectionSliderModel 'rate' is dead" in problem


@pytest.mark.parametrize("name", ["IntSliderModel", "ButtonModel", "OutputModel"])
def test_a_widget_that_the_host_does_not_know_is_named(name):
    (problem,) = problems(page(control=name), ["box"])
    assert problem == f"the widget host does not know the widget {name}"


def test_only_what_the_host_reads_is_kept():
    state = dict(kept(page(), "box"))
    assert state.keys() == {"box", "control", "plot", "link"}
    assert "layout" not in state["control"]["state"]
    assert state["plot"]["state"] == {"_module": "Plot", "_esm": "js", "rate": 0}


@pytest.mark.parametrize(
    ("traits", "style"),
    [
        ({}, ""),
        ({"room": {}}, ""),
        ({"room": {"rows": 3, "marked": 1}}, ' style="--rows:3;--marked:1;"'),
    ],
)
def test_a_place_names_its_widget_and_the_room_it_takes(traits, style):
    state = page()
    state["plot"]["state"] |= traits
    body = named(opening("box"), "box", state, "b.js")
    start = f'{opening("box")[:-1]} data-state="b.js" data-kind="Plot"'
    assert body == f"{start}{style}>"


def test_room_that_a_widget_has_as_html_stands_in_its_place_unseen():
    state = page()
    state["plot"]["state"]["room"] = "<p>tall</p>"
    body = named(f"{opening('box')}still</div>", "box", state, "b.js")
    room = '<div class="widget-room" aria-hidden="true"><p>tall</p></div>'
    assert body.endswith(f'data-kind="Plot">{room}still</div>')
    assert "room" not in dict(kept(state, "box"))["plot"]["state"]


def test_a_place_keeps_only_what_is_shown_there():
    state = page() | {"other": model("VBoxModel", children=[])}
    assert dict(kept(state, "other")).keys() == {"other"}


def test_the_module_of_a_widget_is_a_file_of_the_site(tmp_path):
    state = dict(kept(page(), "box"))
    traits = state["plot"]["state"]
    traits |= {"_esm": "export default {};", "_css": "p{x:1}"}
    assert write_modules(tmp_path, state) == ["Plot"]
    assert traits.keys() == {"_module", "rate"}
    script = (tmp_path / "widgets" / "Plot.js").read_text(encoding="utf-8")
    assert 'bookWidgets ??= {})["Plot"] = {};' in script
    css = (tmp_path / "widgets" / "Plot.css").read_text(encoding="utf-8")
    assert css == "p{x:1}"


def test_a_module_becomes_a_classic_script():
    script = classic_script("Plot", "export function a() {}\nexport default { a };\n")
    assert "export" not in script
    assert 'bookWidgets ??= {})["Plot"] = { a };' in script
    assert "function a() {}" in script


@pytest.mark.parametrize(
    "module", ["import x from 'y';\nexport default {};", "export const a = 1;"]
)
def test_a_module_that_cannot_stand_alone_is_refused(module):
    with pytest.raises(ValueError, match="the widget Plot must import nothing"):
        classic_script("Plot", module)
