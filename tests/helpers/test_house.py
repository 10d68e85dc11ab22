"""The structure of the helpers: who imports whom, what is public, what is packed."""

import ast
from pathlib import Path
import re
import shutil
import subprocess
import sys

import pytest
from support.notebooks import BOOK, ROOT

# Every module, and all that it imports from its siblings. A module stands below
# all that it imports, so the table reads from the ground up, and no two modules
# can need each other. Runs, snippets and questions share scripts and
# static_form, and nothing else.
IMPORTS = {
    "quiet": "",
    "__init__": "quiet",
    "scripts": "",
    "static_form": "",
    # Runs: computed, held, drawn, explored.
    "checks": "",
    "runs": "",
    "descent": "checks runs",
    "plots": "runs",
    "loss_text": "",
    "explorer.canvas": "",
    "explorer.encoding": "plots",
    "explorer.views": "checks plots runs explorer.canvas",
    "explorer.picture": "runs explorer.canvas explorer.encoding explorer.views",
    "explorer.widget": "scripts",
    "explorer.rates": "checks",
    "explorer.controls": "plots runs static_form explorer.picture explorer.rates "
    "explorer.views explorer.widget",
    "explorer.step_picture": "plots runs explorer.canvas explorer.encoding",
    "explorer.one_step": "checks descent runs static_form explorer.rates "
    "explorer.step_picture explorer.widget",
    "explorer.explore": "checks descent loss_text runs explorer.controls "
    "explorer.rates explorer.views",
    "explorer.__init__": "explorer.controls explorer.explore explorer.one_step "
    "explorer.rates",
    # Snippets: recorded, put in words, stepped through.
    "stepper.steps": "",
    "stepper.reprs": "",
    "stepper.tracked": "stepper.reprs stepper.steps",
    "stepper.snippet": "stepper.reprs",
    "stepper.execution": "stepper.reprs stepper.snippet stepper.steps stepper.tracked",
    "stepper.recorder": "stepper.execution stepper.reprs stepper.snippet stepper.steps",
    "stepper.differences": "stepper.steps",
    "stepper.words": "stepper.differences stepper.steps",
    "stepper.lifelines": "stepper.steps",
    "stepper.stepper": "scripts static_form stepper.differences stepper.recorder "
    "stepper.steps stepper.words",
    "stepper.__init__": "stepper.lifelines stepper.recorder stepper.steps "
    "stepper.stepper",
    # Error messages: found, and explained.
    "word_index": "",
    "search": "word_index",
    "explain": "search",
    # Questions to the reader.
    "predict.question": "",
    "predict.prediction": "scripts static_form predict.question",
    "predict.__init__": "predict.prediction",
    # These four stand alone.
    "penguins": "",
    "graph": "",
    "diagnose": "",
    "workers": "",
}
# Who may know these packages at all.
KNOWN_BY = {
    "tensorflow": "quiet checks descent loss_text stepper.tracked stepper.reprs "
    "stepper.execution graph diagnose",
    "matplotlib": "plots graph explorer.canvas explorer.encoding explorer.views "
    "explorer.picture explorer.controls explorer.step_picture explorer.one_step "
    "stepper.lifelines",
    "ipywidgets": "explorer.controls explorer.one_step",
    "anywidget": "explorer.widget stepper.stepper predict.prediction",
}

HELPERS = ROOT / "helpers"
TREES = {
    ".".join(path.relative_to(HELPERS).with_suffix("").parts): ast.parse(
        path.read_text(encoding="utf-8")
    )
    for path in sorted(HELPERS.rglob("*.py"))
}


def imported(tree):
    """Yield each ``(module, name)`` that a module imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


def sibling(module):
    """Return a module's key in the tables, or nothing if it is from elsewhere."""
    if module.partition(".")[0] != "helpers":
        return ""
    name = module.removeprefix("helpers").removeprefix(".")
    return name if name in TREES else f"{name}.__init__".lstrip(".")


def defined(tree):
    """Return the functions and constants that a module defines at its top."""
    names = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [part for target in targets for part in ast.walk(target)]
            names += [part.id for part in parts if isinstance(part, ast.Name)]
    return [name for name in names if name != "__all__"]


def public(module):
    """Return what a module lists in ``__all__``."""
    for node in TREES[module].body:
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        if [getattr(target, "id", "") for target in targets] == ["__all__"]:
            return ast.literal_eval(node.value)
    pytest.fail(f"helpers.{module} has no __all__")


def on_the_page():
    """Return ``{module: names}`` as ``book/api.md`` lists them."""
    listed, module = {}, None
    for line in (BOOK / "api.md").read_text(encoding="utf-8").splitlines():
        if found := re.match(r"\.\. automodule:: helpers\.?([\w.]*)", line):
            module = sibling(f"helpers.{found[1]}".rstrip("."))
            listed[module] = []
        elif found := re.match(
            r"\.\. auto(?:function|class|exception|data):: (\w+)", line
        ):
            listed[module].append(found[1])
    return listed


# ------------------------------------------------------------------ who imports whom


def test_each_module_imports_what_the_table_says():
    found = {
        module: {sibling(name) for name, _ in imported(tree)} - {""}
        for module, tree in TREES.items()
    }
    assert found == {module: set(names.split()) for module, names in IMPORTS.items()}


def test_the_table_reads_from_the_ground_up():
    above = set()
    for module, names in IMPORTS.items():
        assert set(names.split()) <= above, module
        above.add(module)


@pytest.mark.parametrize("package", KNOWN_BY)
def test_only_some_modules_know_a_package(package):
    found = {
        module
        for module, tree in TREES.items()
        for name, _ in imported(tree)
        if name.partition(".")[0] == package
    }
    assert found == set(KNOWN_BY[package].split())


# ------------------------------------------------------------------ what is public


def test_what_is_public_is_on_the_page():
    listed = on_the_page()
    for module in TREES:
        if module.endswith("__init__") or "." not in module:
            assert sorted(public(module)) == sorted(listed.get(module, [])), module


def test_a_package_hands_on_what_its_modules_make_public():
    for package in ("explorer", "stepper", "predict"):
        inside = [m for m in TREES if m.startswith(f"{package}.")]
        names = [n for m in inside if not m.endswith("__init__") for n in public(m)]
        assert sorted(names) == sorted(public(f"{package}.__init__"))


def test_what_no_sibling_uses_has_an_underscore():
    used = {(sibling(module), n) for t in TREES.values() for module, n in imported(t)}
    for module, tree in TREES.items():
        for name in defined(tree):
            is_used = (module, name) in used or name in public(module)
            assert is_used or name.startswith("_"), f"helpers.{module}.{name}"


def test_no_module_is_long():
    for path in HELPERS.rglob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path


# ------------------------------------------------------------------ what is packed

USE = """
import importlib, sys
for module, names in {public!r}:
    found = importlib.import_module(module)
    assert found.__file__.startswith({folder!r}), found.__file__
    for name in names:
        getattr(found, name)
import matplotlib.pyplot as plt
plt.style.use("helpers.book")
from helpers.explorer.widget import ConvergencePlot, StepPlot
from helpers.predict import Prediction
from helpers.stepper import Stepper
for widget in (ConvergencePlot, StepPlot, Stepper, Prediction):
    assert "export default" in str(widget._esm)
    assert "{{" in str(widget._css)
"""


def run(*command, cwd):
    """Run a command; fail with its output if it fails."""
    done = subprocess.run(
        [sys.executable, *command], cwd=cwd, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """Build the wheel of a copy, so that this checkout is left alone; install it."""
    folder = tmp_path_factory.mktemp("wheel")
    source, target = folder / "source", folder / "target"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(HELPERS, source / "helpers", ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = ("build", "--wheel", "--offline", "--no-build-isolation", "-o", str(folder))
    run("-m", "uv", *build, str(source), cwd=folder)
    (wheel,) = folder.glob("*.whl")
    install = ("pip", "install", "--no-deps", "--offline", "--target", str(target))
    run("-m", "uv", *install, str(wheel), cwd=folder)
    return target


def test_the_wheel_holds_every_file_of_the_helpers(installed):
    def files(folder):
        paths = [path for path in Path(folder).rglob("*") if path.is_file()]
        kept = [path for path in paths if path.suffix != ".pyc"]
        return {str(path.relative_to(folder)) for path in kept}

    assert files(installed / "helpers") == files(HELPERS)


def test_what_the_wheel_installs_can_be_imported(installed):
    names = [
        (f"helpers.{module}".removesuffix(".__init__"), public(module))
        for module in TREES
    ]
    script = USE.format(public=names, folder=str(installed))
    first = f"import sys; sys.path.insert(0, {str(installed)!r})"
    run("-P", "-c", first + script, cwd=installed.parent)
