"""`tools/everywhere.py` and `tools/mutants.py`: what they choose to run."""

import everywhere
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
