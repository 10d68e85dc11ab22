"""The maps of the repository: what they name is there, and what is there is named."""

import ast
from fnmatch import fnmatch
import re

from bookbuild.finish import STEPS
import nbformat
import pytest
from support.notebooks import BOOK, ROOT

BUILD = BOOK / "_ext" / "bookbuild"
MAPS = ("README.md", "CONTRIBUTING.md", "book/_ext/bookbuild/README.md")
# Where a map's paths may start, besides the root.
STARTS = {"book/_ext/bookbuild/README.md": (BUILD, BOOK / "_static")}
# Paths that are no files of the repository: what you or the build will make.
TO_BE_MADE = {
    *("book/your_topic", "book/your_topic.ipynb"),
    *("_static/states", "_static/widgets", "index.html", "404.html"),
}
# Which of the packages of this repository a folder's modules may import.
TOOLS = {path.stem for path in (ROOT / "tools").glob("*.py")}
MAY_IMPORT = {
    "helpers": {"helpers"},
    "book/_ext": {"bookbuild"},
    "tools": {"helpers", "bookbuild"} | TOOLS,
}
OURS = {"helpers", "bookbuild", "support", "tests", "tools"} | TOOLS


def text_of(name):
    """Return the text of a file, by its path from the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def rows(text):
    """Return the rows of a table of Markdown as lists of cells, heads left out."""
    lines = re.findall(r"(?m)^\| (.+) \|$", text)
    return [line.split(" | ") for line in lines]


def paths_in(text):
    """Return the paths in backticks, and the targets of links within the tree."""
    quoted = re.findall(r"`([\w.-]+(?:/[\w.-]*)*)`", text)
    linked = re.findall(r"\]\(([\w./-]+)\)", text)
    ends = r"/|\.(py|ipynb|md|yml|toml|txt|json|js|css|cff|csv|mplstyle|html)$"
    ends += "|^(Makefile|LICENSE)$"
    return [*linked, *(path for path in quoted if re.search(ends, path))]


def targets_in(text):
    """Return the make targets that a text tells one to call."""
    return set(re.findall(r"(?m)(?:`|^ {4})(?:\w+=\S+ )*make (\w+)", text))


def imported(tree):
    """Return the packages that a module imports by their absolute names."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


# ------------------------------------------------------------------ paths


@pytest.mark.parametrize("name", MAPS)
def test_each_path_that_a_map_names_exists(name):
    starts = (ROOT, *STARTS.get(name, ()))
    paths = [p for p in paths_in(text_of(name)) if not p.startswith("_build")]
    assert len(paths) > 20
    for path in set(paths) - TO_BE_MADE:
        assert any((start / path).exists() for start in starts), path


def test_the_readme_names_everything_at_the_root():
    ignored = [line.rstrip("/") for line in text_of(".gitignore").split()]
    named = {path.partition("/")[0] for path in paths_in(text_of("README.md"))}
    for path in ROOT.iterdir():
        is_ours = not any(fnmatch(path.name, pattern) for pattern in ignored)
        if is_ours and not path.name.startswith(".") and path.name != "README.md":
            assert path.name in named, f"README does not name {path.name}"


def test_the_readme_names_each_folder_of_tests():
    for folder in (ROOT / "tests").iterdir():
        if folder.is_dir() and folder.name != "__pycache__":
            assert f"`tests/{folder.name}/`" in text_of("README.md")


def test_the_files_for_a_change_hold_the_name_that_is_given():
    _, table = text_of("CONTRIBUTING.md").split("Everyday changes:")
    table = rows(table)[1:]
    assert len(table) >= 20
    for change, places in table:
        paths = paths_in(places)
        assert paths, change
        texts = [text_of(path) for path in paths if (ROOT / path).is_file()]
        for name in set(re.findall(r"`(\w+)`", places)) - set(paths):
            found = any(re.search(rf"\b{name}\b", text) for text in texts)
            assert found, f"{name} is not in {paths}"


def test_the_guide_to_the_build_names_each_step_and_each_stage():
    guide = text_of("book/_ext/bookbuild/README.md")
    for step in STEPS:
        assert f"`{step.__name__}`" in guide
    for folder in BUILD.iterdir():
        if folder.is_dir() and folder.name != "__pycache__":
            assert f"`{folder.name}/`" in guide
            assert re.search(
                rf"\b{folder.name}\b", picture().partition("bookbuild/")[2]
            )


def test_the_map_of_the_helpers_names_each_of_its_files_and_public_names():
    said = ast.get_docstring(ast.parse(text_of("helpers/__init__.py")))
    _, table, _ = re.split(r"(?m)^=+ =+\n?", said)
    places = dict(line.split(maxsplit=1) for line in table.splitlines())
    there = {
        f"{path.name}/" if path.is_dir() else path.name.removesuffix(".py")
        for path in (ROOT / "helpers").iterdir()
        if not path.name.startswith("__")
    }
    data = {"penguins.csv", "penguins.md"}  # they stand beside their module
    assert set(places) == there - data
    for place, holds in places.items():
        module = f"{place}__init__.py" if place.endswith("/") else f"{place}.py"
        for name in re.findall(r"`(\w+)`", holds):
            assert re.search(rf'(?m)"{name}"[,\]]', text_of(f"helpers/{module}")), name


def picture():
    """Return the picture that CONTRIBUTING opens with."""
    return text_of("CONTRIBUTING.md").split("```")[1]


def test_the_picture_shows_each_module_that_data_goes_through():
    shown = set(re.findall(r"[\w./]+", picture()))
    for path in (ROOT / "helpers").iterdir():
        name = f"{path.name}/" if path.is_dir() else path.stem
        is_module = path.suffix == ".py" or path.is_dir()
        if (
            is_module
            and name not in {"quiet", "scripts", "static_form"}
            and name[:2] != "__"
        ):
            assert name in shown, name


# ------------------------------------------------------------------ commands


def test_the_readme_names_each_make_target():
    targets = set(re.findall(r"(?m)^([a-z]+):", text_of("Makefile")))
    assert targets_in(text_of("README.md")) == targets


def test_each_make_target_that_a_map_names_exists():
    targets = set(re.findall(r"(?m)^([a-z]+):", text_of("Makefile")))
    for name in MAPS:
        assert targets_in(text_of(name)) <= targets, name


# ------------------------------------------------------------------ imports


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_imports_go_one_way(folder):
    for path in (ROOT / folder).rglob("*.py"):
        ours = imported(ast.parse(path.read_text(encoding="utf-8"))) & OURS
        assert ours <= MAY_IMPORT[folder], path


def test_notebooks_import_nothing_of_ours_but_the_helpers():
    for path in BOOK.glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                found = re.findall(r"(?m)^ *(?:from|import) (\w+)", cell.source)
                assert set(found) & OURS <= {"helpers"}, path
