"""Read the saved state of a notebook's widgets.

A state is ``{model_id: {"model_name": ..., "state": {trait: value}}}``, as
ipywidgets saves it. What readers see has to work: a widget that the host does
not know, or a control that would do nothing, is a problem.
"""

from collections.abc import Iterator
import re
from typing import Any

BOXES = {"HBoxModel", "VBoxModel"}
CONTROLS = {"DropdownModel", "SelectionSliderModel"}
LINKS = {"DirectionalLinkModel", "LinkModel"}
ANYWIDGET = "AnyModel"
# What the host reads of each model, in the order in which it is written.
KEPT = {
    "HBoxModel": ("children",),
    "VBoxModel": ("children",),
    "DropdownModel": ("description", "index", "_options_labels"),
    "SelectionSliderModel": ("description", "index", "_options_labels"),
    "LinkModel": ("source", "target"),
    "DirectionalLinkModel": ("source", "target"),
}
# Traits of anywidgets that their modules do not read.
ANYWIDGET_OWN = re.compile(r"_(?!module)|layout$|room$|tabbable$|tooltip$")


def module_name(traits: dict[str, Any]) -> str:
    """Return the name of an anywidget's class, which names its module."""
    return str(traits["_anywidget_id"].rpartition(".")[2])


def kind(state: dict[str, Any], model_id: str) -> str:
    """Return the class name of a model."""
    return str(state[model_id]["model_name"])


def within(state: dict[str, Any], model_id: str) -> Iterator[str]:
    """Yield ``model_id`` and the ids of all the models shown inside it."""
    yield model_id
    for child in state[model_id]["state"].get("children", []):
        yield from within(state, child.removeprefix("IPY_MODEL_"))


def links(state: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return ``{link: (source, target)}`` for the linked models."""
    ends = ("source", "target")
    return {
        model_id: tuple(
            model["state"][end][0].removeprefix("IPY_MODEL_") for end in ends
        )
        for model_id, model in state.items()
        if kind(state, model_id) in LINKS
    }


def problems(state: dict[str, Any], shown: list[str]) -> Iterator[str]:
    """Say which widgets on the page would not work."""
    known = BOXES | CONTROLS | {ANYWIDGET}
    tied = set(links(state).values())
    for model_id in (
        inner for outer in shown for inner in within(state, outer)
    ):
        name = kind(state, model_id)
        if name not in known:
            yield f"the widget host does not know the widget {name}"
        if name in CONTROLS and not any(
            model_id in ends
            and any(kind(state, end) == ANYWIDGET for end in ends)
            for ends in tied
        ):
            label = state[model_id]["state"].get("description", "")
            yield (
                f"the control {name} {label!r} is dead: "
                f"no jslink ties it to an anywidget"
            )


def kept(
    state: dict[str, Any], shown: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what the host needs: each model's kind and the state it reads."""
    inside = set(within(state, shown))
    tying = {link for link, ends in links(state).items() if inside & set(ends)}
    for model_id, model in state.items():
        name, traits = kind(state, model_id), model["state"]
        if model_id not in inside | tying or name not in {*KEPT, ANYWIDGET}:
            continue
        if name == ANYWIDGET:
            traits = traits | {"_module": module_name(traits)}
            own = {
                k: v for k, v in traits.items() if not ANYWIDGET_OWN.match(k)
            }
            own |= {
                key: traits[key] for key in ("_esm", "_css") if key in traits
            }
        else:
            own = {key: traits[key] for key in KEPT[name]}
        yield model_id, {"kind": name, "state": own}
