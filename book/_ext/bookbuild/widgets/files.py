"""Write what widgets need as script files of the site.

The states of the widgets of a page go into a few files, and the module of an
anywidget into one that all pages share. They are classic scripts, which work
from ``file://`` too.
"""

import json
from pathlib import Path
import re
from typing import Any

from ..names import MODULES, STATES, digest
from .models import ANYWIDGET


def in_files(
    states: dict[str, dict[str, Any]], most: int = 250_000
) -> list[dict[str, dict[str, Any]]]:
    """Return the states that go into each file: as many as there is room for.

    A state goes into the first file that has room for it, so that a page asks
    for few files. One that is larger than ``most`` has a file of its own.

    >>> states = {"a": {}, "b": {"c": 1}, "d": {}}
    >>> [list(group) for group in in_files(states, most=4)]
    [['a', 'd'], ['b']]
    """
    groups: list[dict[str, dict[str, Any]]] = []
    sizes: list[int] = []
    for place, state in states.items():
        length = len(json.dumps(state))
        room = (k for k, size in enumerate(sizes) if size + length <= most)
        number = next(room, len(groups))
        if number == len(groups):
            groups.append({})
            sizes.append(0)
        groups[number][place] = state
        sizes[number] += length
    return groups


def write_states(
    static: Path, name: str, states: dict[str, dict[str, Any]]
) -> str:
    """Write widgets' states as a script of the site; return its address.

    In the page they would hold up its text.
    """
    script = ""
    for place, state in states.items():
        # Browsers read JSON faster than they compile what says the same, and a
        # string between single quotes has hardly a sign to be escaped.
        packed = json.dumps(state, separators=(",", ":"))
        quoted = packed.replace("\\", "\\\\").replace("'", "\\'")
        script += f"(globalThis.bookStates??={{}})['{place}']="
        script += f"JSON.parse('{quoted}');\n"
    path = static / STATES / f"{name}.js"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script, encoding="utf-8")
    return f"{STATES}/{name}.js?v={digest(script)}"


def write_modules(static: Path, page_state: dict[str, Any]) -> list[str]:
    """Write each anywidget module on the page as a script of the site.

    The source moves out of the state and into the file. Return the names.
    """
    folder = static / MODULES
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for model in page_state.values():
        if model["kind"] == ANYWIDGET:
            state = model["state"]
            script = classic_script(state["_module"], state.pop("_esm"))
            file = folder / state["_module"]
            file.with_suffix(".js").write_text(script, encoding="utf-8")
            file.with_suffix(".css").write_text(
                state.pop("_css", ""), encoding="utf-8"
            )
            names.append(state["_module"])
    return sorted(set(names))


def classic_script(name: str, module: str) -> str:
    """Return the ES ``module`` as a script that works from file:// too.

    Its default export becomes ``bookWidgets[name]``.

    Raises
    ------
    ValueError
        If it imports something, or has no default export.
    """
    if re.search(r"(?m)^import\b", module) or "export default" not in module:
        raise ValueError(
            f"the module of the widget {name} must import nothing and have a "
            f"default export"
        )
    local = re.sub(r"(?m)^export (?!default)", "", module)
    target = f"(globalThis.bookWidgets ??= {{}})[{json.dumps(name)}] ="
    local = re.sub(r"(?m)^export default", lambda _: target, local)
    return f'"use strict";\n(() => {{\n{local}\n}})();\n'
