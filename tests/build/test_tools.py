"""`check`, `everywhere`, `moved` and `mutants` among the tools: what they run."""

import subprocess

import check
import everywhere
import moved
import mutants
import pytest
from support.notebooks import ROOT


def test_every_module_of_helpers_has_a_test_file():
    modules = {path.stem for path in ROOT.glob("helpers/**/*.py")} - {"__init__"}
    files = {path.stem for path in ROOT.glob("tests/helpers/test_*.py")}
    assert {f"test_{module}" for module in modules} | {"test_house"} == files


def test_what_is_run_everywhere_is_there():
    paths = {a for arguments in everywhere.RUNS.values() for a in arguments}
    missing = [p for p in paths if not p.startswith("-") and not (ROOT / p).exists()]
    assert missing == []


@pytest.mark.parametrize(
    ("sizes", "shared"),
    [
        ({"a": 60, "b": 30, "c": 10}, {"a": 6, "b": 3, "c": 1}),
        ({"a": 96, "b": 2, "c": 0, "d": 4}, {"a": 5, "b": 2, "c": 0, "d": 3}),
        ({"a": 3, "b": 1}, {"a": 3, "b": 1}),
    ],
)
def test_a_sample_is_shared_out_in_proportion_with_a_least(sizes, shared):
    least = 1 if sizes.get("c") else 3
    assert mutants.shares(sizes, 10, least) == shared


@pytest.fixture
def module(monkeypatch):
    """Return a function that makes a module of helpers of the given code."""

    def make(code):
        monkeypatch.setattr(mutants, "source", lambda name: code)
        return mutants.places("module")

    return make


def test_annotations_texts_and_lone_stars_are_not_changed(module):
    code = (
        'def g(x: int | None = None, *, y: "A | B") -> int | str:\n    """1 + 1."""\n'
    )
    assert module(code) == []
    assert [place.text for place in module("x: int | None = 1\n")] == [
        "x: int | None = 1"
    ]
    assert len(module("x = isinstance(y, int | str)\n")) == 1


def test_a_mutant_says_which_line_becomes_what(module):
    (place,) = module("def g(x):\n    return x + x\n")
    found = {mutant.becomes for mutant in mutants.mutants(place)}
    assert {"return x - x", "return x * x"} <= found
    assert {mutant.was for mutant in mutants.mutants(place)} == {"return x + x"}


def test_what_stays_in_a_module_stays_in_its_order(module):
    before = module("def g(x):\n    return x + x\n\ndef h(x):\n    return 2 * x\n")
    after = module("y = 1\n\ndef h(x):\n    return 2 * x\n")
    known = {mutants.chance(place) for place in before}
    assert sum(mutants.chance(place) in known for place in after) == 2


def test_the_tests_of_what_imports_a_module_test_it_too():
    files = mutants.tests_of("helpers/stepper/reprs")
    assert files[0] == "tests/helpers/test_reprs.py"
    assert files[-1] == "helpers/stepper/reprs.py"
    assert "tests/helpers/test_stepper.py" in files  # by way of recorder
    assert "tests/helpers/test_runs.py" not in files


def test_the_tests_of_a_stage_are_those_that_import_it_or_its_users():
    files = mutants.tests_of("book/_ext/bookbuild/finish/purge")
    assert "tests/build/test_finish.py" in files
    assert "tests/build/test_steps.py" in files  # by way of sheet
    assert "tests/build/test_errors.py" not in files
    assert files[-1] == "book/_ext/bookbuild/finish/purge.py"


def test_what_needs_sphinx_is_not_changed():
    found = mutants.modules(mutants.SUBJECTS["bookbuild"])
    assert "book/_ext/bookbuild/finish/sheet" in found
    assert "book/_ext/bookbuild/finish/stage" not in found
    assert mutants.subject_of("helpers/runs").name == "helpers"


@pytest.mark.parametrize(("caught", "few"), [(9, False), (8, True)])
def test_nine_of_ten_have_to_be_noticed(caught, few):
    found = {
        mutants.Mutant("helpers/runs", line, "", "", ""): "a test" * (line < caught)
        for line in range(10)
    }
    assert mutants.too_few(mutants.SUBJECTS["helpers"], found) == few
    assert not mutants.too_few(mutants.SUBJECTS["bookbuild"], found)


# -------------------------------------------------------------------- make check


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Return a repository on a branch of its own; its pages are a, b and c."""
    monkeypatch.setattr(check, "ROOT", tmp_path)
    (tmp_path / "book").mkdir()
    for name in ("a", "b", "c"):
        (tmp_path / "book" / f"{name}.ipynb").write_text("{}", encoding="utf-8")
    git("init", "--quiet", "--initial-branch=main", folder=tmp_path)
    commit(tmp_path)
    git("switch", "--quiet", "--create=mine", folder=tmp_path)
    return tmp_path


def git(*arguments, folder):
    subprocess.run(["git", *arguments], cwd=folder, check=True)


def commit(folder):
    git("add", "--all", folder=folder)
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    git(*who, "commit", "--quiet", "--message=x", folder=folder)


def test_what_has_changed_since_main_is_committed_or_not_or_new(repository):
    assert check.changed() == []
    (repository / "book" / "a.ipynb").write_text("[]", encoding="utf-8")
    commit(repository)
    (repository / "book" / "b.ipynb").write_text("[]", encoding="utf-8")
    (repository / "book" / "new.md").touch()
    (repository / "book" / "c.ipynb").unlink()
    assert check.changed() == ["book/a.ipynb", "book/b.ipynb", "book/new.md"]


def test_changes_of_main_are_none_of_a_branch(repository):
    git("switch", "--quiet", "main", folder=repository)
    (repository / "book" / "a.ipynb").write_text("[]", encoding="utf-8")
    commit(repository)
    git("switch", "--quiet", "mine", folder=repository)
    assert check.changed() == []


def test_a_changed_notebook_is_compared_and_its_page_looked_at():
    structure, compared, site = check.runs(["book/api.md", "book/model.ipynb"])
    assert structure == ["tests/book"]
    assert [a for a in compared if a.startswith("book/")] == ["book/model.ipynb"]
    assert site[-1] == "book/api.html or [api] or book/model.html or [model]"
    assert check.runs([]) == [structure]


# ---------------------------------------------------------------- the weekly jobs


def test_what_moved_is_said_and_a_failure_stops_no_other_target(monkeypatch, capsys):
    calls = []

    def run(command, cwd):
        calls.append(command)
        return subprocess.CompletedProcess(command, command[-1] == "facts")

    monkeypatch.setattr(moved.subprocess, "run", run)
    monkeypatch.setattr(moved.sys, "prefix", str(ROOT / "_build" / "newest"))
    lock = moved.pinned((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    monkeypatch.setattr(moved, "pinned", lambda text: lock | {"pytest": ["1.0"]})
    assert moved.main(["facts", "unit"]) == 1
    assert [c[1:] for c in calls] == [
        ["VENV=_build/newest", "facts"],
        ["VENV=_build/newest", "unit"],
    ]
    said = capsys.readouterr().out
    assert f"pytest: 1.0 -> {pytest.__version__}" in said
    assert "ruff:" not in said
    assert said.endswith("facts: FAILED\nunit: passed\n")
