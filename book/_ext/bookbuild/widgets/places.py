"""Mark on a page where its widgets go, and what each needs."""

import re
from typing import Any

from ..names import PLACE, PLACE_KIND, PLACE_STATE, PLACE_WIDGET
from .models import ANYWIDGET, kind, module_name, within


def opening(model_id: str) -> str:
    """Return the tag that opens the place of a widget."""
    return f'<div class="{PLACE}" {PLACE_WIDGET}="{model_id}">'


def placed_widgets(body: str) -> list[str]:
    """Return the ids of the models that the page shows, in order, each once.

    >>> place = '<div data-widget="{}">'.format
    >>> placed_widgets(place("b") + place("a") + place("b"))
    ['b', 'a']
    """
    return list(dict.fromkeys(re.findall(rf'{PLACE_WIDGET}="(\w+)"', body)))


def named(body: str, place: str, state: dict[str, Any], script: str) -> str:
    """Return ``body`` with what the host and the style sheet need on a place.

    That is the address of the script that brings the state, and the name of
    the anywidget: a style sheet can then reserve the height that the widget
    will take. What the widget says of its ``room``, in lines, becomes custom
    properties.
    """
    names: list[str] = []
    room = ""
    for model_id in within(state, place):
        if kind(state, model_id) == ANYWIDGET:
            traits = state[model_id]["state"]
            names.append(module_name(traits))
            room += "".join(
                f"--{name}:{number:d};"
                for name, number in traits.get("room", {}).items()
            )
    mark = f'{PLACE_WIDGET}="{place}"'
    style = f' style="{room}"' if room else ""
    says = f'{mark} {PLACE_STATE}="{script}" {PLACE_KIND}="{" ".join(names)}"'
    return body.replace(mark, says + style)
