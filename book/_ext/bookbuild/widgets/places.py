"""Mark on a page where its widgets go, and what each needs."""

import re
from typing import Any

from ..names import (
    PLACE,
    PLACE_KIND,
    PLACE_ROOM,
    PLACE_STATE,
    PLACE_WIDGET,
)
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
    will take. What the widget says of its ``room`` becomes custom properties,
    where it is numbers, or stands in the place, unseen, where it is HTML.
    """
    names: list[str] = []
    style = still = ""
    for model_id in within(state, place):
        if kind(state, model_id) == ANYWIDGET:
            traits = state[model_id]["state"]
            names.append(module_name(traits))
            room = traits.get("room", {})
            if isinstance(room, str):
                hidden = f'class="{PLACE_ROOM}" aria-hidden="true"'
                still += f"<div {hidden}>{room}</div>"
            else:
                style += "".join(f"--{k}:{v:d};" for k, v in room.items())
    says = f'{PLACE_STATE}="{script}" {PLACE_KIND}="{" ".join(names)}"'
    if style:
        says += f' style="{style}"'
    empty = opening(place)
    return body.replace(empty, f"{empty[:-1]} {says}>{still}")
