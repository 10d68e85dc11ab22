"""The extension as a whole: modules, order of events, shared names, small parts."""

import ast
from importlib.metadata import version
import subprocess
import sys

from bookbuild import names, upstream
from bookbuild.execute.versions import installed
from bookbuild.read.docstrings import without_constructor
from bookbuild.render.foot import DISTRIBUTION, add_versions
import pytest
from support.notebooks import BOOK, ROOT
import yaml

PACKAGE = BOOK / "_ext" / "bookbuild"
MODULES = {p.relative_to(PACKAGE).as_posix(): p for p in PACKAGE.rglob("*.py")}
# What Sphinx calls; all other modules are used without Sphinx as well.
WITH_SPHINX = {
    "engine/stage.py",
    "errors/stage.py",
    "execute/stage.py",
    "finish/stage.py",
    "read/cells.py",
    "read/outcomes.py",
    "read/still_there.py",
    "read/tabs.py",
    "render/description.py",
    "render/formulas.py",
    "render/glossary.py",
    "render/highlighting.py",
    "whole/stage.py",
    "widgets/stage.py",
}


def tree(name):
    """Return a module as Python reads it."""
    return ast.parse(MODULES[name].read_text("utf-8"))


def imported(name):
    """Return the packages that a module imports at its top."""
    found = set()
    for node in tree(name).body:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_the_settings_name_one_extension():
    settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    assert settings["sphinx"]["local_extensions"] == {"bookbuild": "book/_ext"}


def test_the_order_of_events_stands_in_one_place():
    for name in MODULES.keys() - {"__init__.py"}:
        for node in ast.walk(tree(name)):
            assert getattr(node, "name", "") != "setup", name
            if isinstance(node, ast.Call):
                assert "priority" not in {k.arg for k in node.keywords}, name
                assert getattr(node.func, "attr", "") != "connect", name


def test_modules_are_short():
    for name, path in MODULES.items():
        assert len(path.read_text("utf-8").splitlines()) <= 400, name


def test_only_some_modules_need_sphinx():
    theirs = {"docutils", "myst_nb", "sphinx", "sphinx_design"}
    assert {n for n in MODULES if imported(n) & theirs} == WITH_SPHINX


def test_the_other_modules_are_used_without_sphinx():
    dotted = [
        f"bookbuild.{name.removesuffix('.py').replace('/', '.')}"
        for name in sorted(MODULES.keys() - WITH_SPHINX)
    ]
    program = f"""
import importlib, site, sys
sys.modules |= dict.fromkeys(["docutils", "myst_nb", "sphinx", "sphinx_design"])
site.addsitedir({str(BOOK / "_ext")!r})
for name in {dotted}:
    importlib.import_module(name.removesuffix(".__init__"))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def in_scripts(attribute):
    """Return how a script calls an attribute that begins with ``data-``."""
    return f"dataset.{attribute.removeprefix('data-')}"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("finish/late_scripts.js", [in_scripts(names.READY)]),
        ("finish/late_scripts.js", [in_scripts(names.SCRIPTS)]),
        ("finish/early_font.js", [f"_static/{names.FONT}", names.FONT_FAMILY]),
        ("finish/early_font.js", [upstream.CONTENT_ROOT.removeprefix("data-")]),
        ("../../_static/buttons.js", [names.BUTTON, in_scripts(names.BUTTON)]),
        ("../../_static/outcomes.js", [names.OUTCOME_CLASS, names.PLACE_KIND]),
        ("../../_static/outcomes.js", [f'"{names.PREDICTED}"']),
        ("../../../helpers/predict/predict.js", [f'"{names.PREDICTED}"']),
        ("../../_static/book.css", [f".{names.OUTCOME_CLASS}"]),
        ("../../_static/book.css", [names.FONT, names.FONT_FAMILY]),
        ("../../_static/widget_host.js", [in_scripts(names.PLACE_WIDGET)]),
        ("../../_static/widget_host.js", [in_scripts(names.PLACE_STATE)]),
        ("../../_static/widget_host.js", [in_scripts(names.HOSTED)]),
        ("../../_static/widget_host.css", [f"[{names.HOSTED}]", f"[{names.READY}]"]),
        ("../../_static/widget_host.css", [f".{names.PLACE}"]),
        ("../../_static/widget_host.css", [f".{names.PLACE_STATIC}"]),
        ("../../_static/widget_host.css", [f".{names.PLACE_ROOM}"]),
        ("../../../tests/support/browser.py", [f"html[{names.READY}]"]),
        ("../../../tools/pdf.py", [f"html[{names.READY}]"]),
        ("../../../tools/bench.py", [f"html[{names.READY}]"]),
    ],
)
def test_what_cannot_import_a_name_uses_the_same(file, words):
    text = (PACKAGE / file).read_text("utf-8")
    for word in words:
        assert word in text


@pytest.mark.parametrize("ending", [".ipynb", ".md", None])
def test_the_foot_of_a_notebook_says_what_executed_it(ending):
    context = {"page_source_suffix": ending, upstream.FOOTER: "<p>before</p>"}
    add_versions(None, "book/a", "page.html", context, None)
    foot = context[upstream.FOOTER].removeprefix("<p>before</p>")
    versions = [f"{name} {number}" for name, number in installed().items()]
    assert [v.split(".")[0] for v in versions[:2]] == ["Python 3", "TensorFlow 2"]
    said = f"Edition {version(DISTRIBUTION)}"
    if ending == ".ipynb":
        said += f", executed with {', '.join(versions)}"
    assert foot == f'<p class="versions">{said}.</p>'


@pytest.mark.parametrize("what", ["attribute", "function", "method", "module"])
def test_a_class_is_read_without_a_signature(what):
    assert without_constructor(None, "class") == ("", None)
    assert without_constructor(None, what) is None
