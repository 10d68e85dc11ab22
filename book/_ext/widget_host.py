"""Let the widgets of a notebook work on its page, without a kernel.

Jupyter Book embeds the state of a page's widgets. This extension keeps of it
what the page needs, has ``_static/widget_host.js`` bring it to life instead of
the stock scripts, and writes the anywidget modules once as script files of the
site. A widget that the host does not know, or a control that would do nothing,
is a warning that names page and widget: what a reader can see works.

A cell tagged ``live-only`` shows no widget on the page.
"""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import shutil
from typing import Any

from docutils import nodes
from site_pages import digest
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
BOXES = {"HBoxModel", "VBoxModel"}
CONTROLS = {"DropdownModel", "SelectionSliderModel"}
LINKS = {"DirectionalLinkModel", "LinkModel"}
ANYWIDGET = "AnyModel"
# What the host reads of each model.
KEPT = {
    "HBoxModel": {"children"},
    "VBoxModel": {"children"},
    "DropdownModel": {"description", "index", "_options_labels"},
    "SelectionSliderModel": {"description", "index", "_options_labels"},
    "LinkModel": {"source", "target"},
    "DirectionalLinkModel": {"source", "target"},
}
# Traits of every anywidget that are no data of its own.
ANYWIDGET_OWN = re.compile(r"_(?!module)|layout$|tabbable$|tooltip$")


def setup(app: Any) -> dict[str, Any]:
    """Connect to Sphinx."""
    app.add_post_transform(PlaceWidgets)
    app.connect("config-inited", drop_stock_scripts)
    app.connect("builder-inited", drop_old_states)
    # After MyST-NB has put the state among the page's scripts.
    app.connect("html-page-context", host_widgets, priority=900)
    return {"parallel_read_safe": True, "version": "1"}


def drop_stock_scripts(app: Any, config: Any) -> None:
    """Have MyST-NB embed the state, and none of its scripts."""
    config.nb_ipywidgets_js = {}


def drop_old_states(app: Any) -> None:
    """Delete the states that an earlier build wrote: a widget may be gone."""
    shutil.rmtree(Path(app.outdir) / "_static" / "states", ignore_errors=True)


class PlaceWidgets(SphinxPostTransform):
    """Put a widget's static form, and a place for the widget, on the page."""

    default_priority = 3  # before MyST-NB chooses one form of each output

    def run(self, **kwargs: Any) -> None:
        """Change every output that has a widget among its forms."""
        for bundle in list(self.document.findall(is_mime_bundle)):
            forms = {form["mime_type"]: form for form in bundle.children}
            if VIEW not in forms:
                continue
            bundle.remove(forms[VIEW])
            if is_live_only(bundle):
                continue
            if len(forms) == 1 or forms.keys() <= {VIEW, "text/plain"}:
                logger.warning("a widget has no static form", location=bundle)
            (script,) = forms[VIEW].children
            view = json.loads(re.sub(r"</?script[^>]*>", "", script.astext()))
            place = nodes.container(classes=["widget-static"])
            opening = (
                f'<div class="widget-place" data-widget="{view["model_id"]}">'
            )
            bundle.replace_self(
                [
                    nodes.raw(text=opening, format="html"),
                    place,
                    nodes.raw(text="</div>", format="html"),
                ]
            )
            place += bundle


def is_mime_bundle(node: nodes.Node) -> bool:
    """Say whether ``node`` holds an output of a cell in all its forms."""
    return (
        isinstance(node, nodes.container)
        and node.get("nb_element") == "mime_bundle"
    )


def is_live_only(node: nodes.Element) -> bool:
    """Say whether ``node`` belongs to a cell tagged ``live-only``."""
    cell = node
    while cell is not None and cell.get("nb_element") != "cell_code":
        cell = cell.parent
    return cell is not None and "tag_live-only" in cell["classes"]


def host_widgets(
    app: Any, pagename: str, template: str, context: Any, doctree: Any
) -> None:
    """Replace the embedded state by what the host needs of it, and add it."""
    scripts = context.get("script_files", [])
    stock = [
        s for s in scripts if getattr(s, "attributes", {}).get("type") == STATE
    ]
    shown = placed_widgets(context.get("body", ""))
    for script in stock:
        scripts.remove(script)
    if not stock or not shown:
        return
    state = json.loads(stock[0].attributes["body"])["state"]
    for problem in problems(state, shown):
        logger.warning(problem, location=pagename)
    static = Path(app.outdir) / "_static"
    states = {place: dict(kept(state, place)) for place in shown}
    modules = sorted(
        {m for s in states.values() for m in write_modules(static, s)}
    )
    for number, group in enumerate(in_files(states), 1):
        name = f"{pagename.rpartition('/')[2]}-{number}"
        script = write_states(static, name, group)
        address = context["pathto"](f"_static/{script}", resource=True)
        for place in group:
            context["body"] = named(context["body"], place, state, address)
    for name in modules:
        app.add_css_file(f"widgets/{name}.css")
        app.add_js_file(f"widgets/{name}.js", defer="defer")
    app.add_css_file("widget_host.css")
    app.add_js_file("widget_host.js", defer="defer")


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
    mark = f'data-widget="{place}"'
    style = f' style="{room}"' if room else ""
    says = f'{mark} data-state="{script}" data-kind="{" ".join(names)}"{style}'
    return body.replace(mark, says)


def module_name(traits: dict[str, Any]) -> str:
    """Return the name of an anywidget's class, which names its module."""
    return str(traits["_anywidget_id"].rpartition(".")[2])


def placed_widgets(body: str) -> list[str]:
    """Return the ids of the models that the page shows, in order, each once.

    >>> place = '<div data-widget="{}">'.format
    >>> placed_widgets(place("b") + place("a") + place("b"))
    ['b', 'a']
    """
    return list(dict.fromkeys(re.findall(r'data-widget="(\w+)"', body)))


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
        if model_id not in inside | tying or name not in KEPT | {ANYWIDGET: 0}:
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


def in_files(
    states: dict[str, dict[str, Any]], most: int = 100_000
) -> Iterator[dict[str, Any]]:
    """Yield the states that go into one file: small ones together.

    >>> [list(group) for group in in_files({"a": {}, "b": {}, "c": {}}, 4)]
    [['a', 'b'], ['c']]
    """
    group: dict[str, Any] = {}
    size = 0
    for place, state in states.items():
        length = len(json.dumps(state))
        if group and size + length > most:
            yield group
            group, size = {}, 0
        group[place] = state
        size += length
    if group:
        yield group


def write_states(
    static: Path, name: str, states: dict[str, dict[str, Any]]
) -> str:
    """Write widgets' states as a script of the site; return its address.

    In the page they would hold up the pictures. A file for each large one lets
    the browser do other things between two.
    """
    script = ""
    for place, state in states.items():
        # Browsers read JSON faster than they compile what says the same, and a
        # string between single quotes has hardly a sign to be escaped.
        packed = json.dumps(state, separators=(",", ":"))
        quoted = packed.replace("\\", "\\\\").replace("'", "\\'")
        script += f"(globalThis.bookStates??={{}})['{place}']="
        script += f"JSON.parse('{quoted}');\n"
    path = static / "states" / f"{name}.js"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script)
    return f"states/{name}.js?v={digest(script)}"


def write_modules(static: Path, page_state: dict[str, Any]) -> list[str]:
    """Write each anywidget module on the page as a script of the site.

    The source moves out of the state and into the file. Return the names.
    """
    folder = static / "widgets"
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for model in page_state.values():
        if model["kind"] == ANYWIDGET:
            state = model["state"]
            script = classic_script(state["_module"], state.pop("_esm"))
            (folder / f"{state['_module']}.js").write_text(script)
            (folder / f"{state['_module']}.css").write_text(
                state.pop("_css", "")
            )
            names.append(state["_module"])
    return sorted(set(names))


def classic_script(name: str, module: str) -> str:
    """Return the ES ``module`` as a script that works from file:// too.

    Its default export becomes ``bookWidgets[name]``.
    """
    if re.search(r"(?m)^import\b", module) or "export default" not in module:
        raise ExtensionError(
            f"the module of the widget {name} must import nothing and have a "
            f"default export"
        )
    local = re.sub(r"(?m)^export (?!default)", "", module)
    target = f"(globalThis.bookWidgets ??= {{}})[{json.dumps(name)}] ="
    local = re.sub(r"(?m)^export default", lambda _: target, local)
    return f'"use strict";\n(() => {{\n{local}\n}})();\n'
