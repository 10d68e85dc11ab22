"""Change the code in many small ways, and see whether the tests notice.

    python tools/mutants.py [helpers | bookbuild | MODULE ...]

The code is `helpers`, and what of `bookbuild` works without Sphinx: see
`SUBJECTS`. A module is named by its path, such as ``helpers/runs``.

Cosmic Ray finds what can be changed (an operator, a comparison, a number, a
condition, a decorator ...) and changes it. It never changes a text, so no
docstring and no message. Type annotations are left out here, and the star that
ends positional parameters: such changes would not run, or say nothing new.
Some of the places where something can be changed are drawn, from every module
in proportion to its places; one change of each place is tried. The draw depends
on the code alone: a place that is not edited stays where it was in the order.

Every change is made in a copy of its own, never in this checkout, and is met by
the tests of its module and of the modules that import it, and the doctests of
its module, up to the first failure. TensorFlow is imported once, without an
operation; each try is a fork of that process. Outcomes are kept in
`_build/mutants.json` for as long as neither the code nor those tests change, so
a run that was interrupted goes on where it stopped.

The outcome stands in `_build/mutants.md`. It is a failure if fewer were noticed
than `SUBJECTS` asks for, or if `tests/mutants.toml` has no reason for one that
was not.
"""

import ast
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
import difflib
from functools import cache
import hashlib
from importlib import import_module
import json
import os
from pathlib import Path
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from typing import Any

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.ast.ast_query import ASTQuery
from cosmic_ray.mutating import mutate_code
from everywhere import ROOT
import pytest

SEED = 1
AT_ONCE = int(os.environ.get("MUTANTS_AT_ONCE", "2"))
LONGEST = 3600.0  # seconds for the tests of unchanged code
BUILD = ROOT / "_build"
OUTCOMES = BUILD / "mutants.json"
REPORT = BUILD / "mutants.md"
EXPLAINED = ROOT / "tests" / "mutants.toml"
# What is written down in a copy, where its tests take it for no file of theirs.
OUTPUT, FAILURE = "_build/output", "_build/failure"
# Where the modules are that are imported by these names.
PACKAGES = {"helpers": "helpers", "bookbuild": "book/_ext/bookbuild"}
# What a copy consists of; notebooks and settings are read by tests.
COPIED = (".ci", ".github", "book", "helpers", "tests", "tools")


@dataclass(frozen=True)
class Subject:
    """Code that is changed, and how much of that has to be noticed.

    ``sample`` changes are tried, at least ``least`` in each module, and
    ``to_catch`` of them have to be noticed. Modules that import one of
    ``left_out`` are not changed. ``rests_on`` are patterns of the files that
    decide the outcome, beside the tests of a module.
    """

    name: str
    sample: int
    least: int
    to_catch: int
    rests_on: tuple[str, ...]
    left_out: frozenset[str] = frozenset()


SUBJECTS = {
    "helpers": Subject("helpers", 100, 3, 90, ("helpers/**/*.*", "tests/conftest.py")),
    "bookbuild": Subject(
        "bookbuild",
        60,
        1,
        54,
        ("book/_ext/**/*.*", "tests/conftest.py", "tests/support/*.py"),
        frozenset({"docutils", "myst_nb", "sphinx", "sphinx_design"}),
    ),
}


@dataclass(frozen=True)
class Place:
    """A place in a module, and the changes that can be made there."""

    module: str
    definition: str
    line: int
    column: int
    text: str
    changes: tuple[tuple[str, int], ...]  # (operator, its occurrence)


@dataclass(frozen=True)
class Mutant:
    """A module with one change."""

    module: str
    line: int
    code: str
    was: str
    becomes: str


# ------------------------------------------------------------------ the sample


def rank(*parts: object) -> str:
    """Return a number, as text, that orders things by chance but always alike."""
    return hashlib.sha256(repr((SEED, *parts)).encode()).hexdigest()


def source(module: str) -> str:
    """Return the code of a module."""
    return (ROOT / f"{module}.py").read_text(encoding="utf-8")


@cache
def modules(subject: Subject) -> list[str]:
    """Return the modules that are changed, such as ``helpers/explorer/picture``."""
    files = (ROOT / PACKAGES[subject.name]).rglob("*.py")
    found = (path.relative_to(ROOT).with_suffix("").as_posix() for path in files)
    return sorted(m for m in found if not subject.left_out & set(foreign(m)))


def subject_of(module: str) -> Subject:
    """Return the subject that a module belongs to."""
    return next(s for s in SUBJECTS.values() if module in modules(s))


def in_signature(node: Any) -> bool:
    """Say whether a node of the syntax tree is a type annotation or a lone star."""
    if node.parent is not None and node.parent.type == "parameters":
        return True
    while node.parent is not None:
        parent = node.parent
        before = node.get_previous_sibling()
        if parent.type in ("tfpdef", "annassign") and before and before.type != "name":
            return bool(before == ":")
        if parent.type == "funcdef" and before == "->":
            return True
        node = parent
    return False


def places(module: str) -> list[Place]:
    """Return every place of a module where something can be changed."""
    code = source(module)
    tree = list(ast_nodes(get_ast(code)))
    found: dict[tuple[Any, Any], list[tuple[str, int]]] = {}
    names: dict[tuple[Any, Any], str] = {}
    for name in plugins.operator_names():
        kind = plugins.get_operator(name)
        if kind.arguments():  # it would have to be told which variables
            continue
        spots = [(node, at) for node in tree for at in kind().mutation_positions(node)]
        for occurrence, (node, at) in enumerate(spots):
            if not in_signature(node):
                found.setdefault(at, []).append((name, occurrence))
                names[at] = str(ASTQuery(node).get_definition_name())
    lines = code.splitlines()
    return [
        Place(
            module,
            names[at],
            at[0][0],
            at[0][1],
            lines[at[0][0] - 1].strip(),
            (*changes,),
        )
        for at, changes in found.items()
    ]


def shares(sizes: dict[str, int], total: int, least: int) -> dict[str, int]:
    """Share ``total`` out in proportion to sizes, with ``least`` for each if it has."""
    shared = {name: min(size, least) for name, size in sizes.items()}
    for _ in range(min(total, sum(sizes.values())) - sum(shared.values())):
        open_ones = [name for name in sizes if shared[name] < sizes[name]]
        shared[max(open_ones, key=lambda name: sizes[name] / (shared[name] + 0.5))] += 1
    return shared


def mutants(place: Place) -> Iterator[Mutant]:
    """Yield the changes at a place that are Python and not the same program."""
    code = source(place.module)
    order = sorted(place.changes, key=lambda change: rank(place.text, change[0]))
    for operator, occurrence in order:
        changed = mutate_code(code, plugins.get_operator(operator)(), occurrence)
        with suppress(SyntaxError):
            if changed and ast.dump(ast.parse(changed)) != ast.dump(ast.parse(code)):
                was, becomes = difference(code, changed)
                if "not not " in becomes:  # another operator takes the first away
                    continue
                yield Mutant(place.module, place.line, changed, was, becomes)


def difference(before: str, after: str) -> tuple[str, str]:
    """Return the lines that differ, without indentation."""
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    was, becomes = (
        "\n".join(line[2:].strip() for line in lines if line.startswith(sign))
        for sign in ("- ", "+ ")
    )
    return was, becomes


def chance(place: Place) -> str:
    """Return where a place stands in the order in which places are drawn."""
    return rank(place.definition, place.text, place.column)


def draw(subject: Subject, found: dict[str, list[Place]]) -> list[Mutant]:
    """Return a mutant for each place that is drawn, module by module."""
    sample = []
    sizes = {module: len(found[module]) for module in modules(subject)}
    for module, share in shares(sizes, subject.sample, subject.least).items():
        drawn: list[Mutant] = []
        order = sorted(found[module], key=chance)
        for place in order:
            if len(drawn) < share and (mutant := next(mutants(place), None)):
                drawn.append(mutant)
        sample += drawn
    return sample


# ------------------------------------------------------------------ the tests


def statements(file: str) -> Iterator[tuple[str, list[str]]]:
    """Yield ``(package, names)`` for all that a Python file imports.

    A package of this repository is said by its path, seen from the top.
    """
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
            first, _, rest = (node.module or "").partition(".")
            above = Path(file).parents[node.level - 1] if node.level else None
            where = above / first if above else Path(PACKAGES.get(first, first))
            yield (where / rest.replace(".", "/")).as_posix(), names


def foreign(module: str) -> Iterator[str]:
    """Yield the packages from elsewhere that a module imports."""
    for package, _ in statements(f"{module}.py"):
        if not (ROOT / package).exists() and not (ROOT / f"{package}.py").exists():
            yield package.partition("/")[0].partition(".")[0]


def named(file: str) -> Iterator[str]:
    """Yield the modules of this repository that a Python file names."""
    for package, names in statements(file):
        inner = [f"{package}/{name}" for name in names]
        for path in inner if all(map(module_at, inner)) else [package, *inner]:
            yield from module_at(path)


def module_at(path: str) -> list[str]:
    """Return the module at a path, or none; a package is its ``__init__``."""
    found = (path, f"{path}/__init__")
    return [module for module in found if (ROOT / f"{module}.py").is_file()]


@cache
def imported(module: str) -> frozenset[str]:
    """Return the modules that a module imports, directly or not."""
    found: set[str] = set()
    new = {module}
    while new := {name for one in new for name in named(f"{one}.py")} - found:
        found |= new
    return frozenset(found)


def tests_for(mutant: Mutant) -> list[str]:
    """Return what to run for a mutant; for an unchanged file of tests, that."""
    return tests_of(mutant.module) if mutant.line else [f"{mutant.module}.py"]


def tests_of(module: str) -> list[str]:
    """Return what to run for a module: its own tests, those of its users, doctests.

    Doctests come last: collected first, they would import the module a second
    time, and its classes would not be those that the tests know.
    """
    subject = subject_of(module)
    users = [name for name in modules(subject) if module in imported(name)]
    files = [file for name in (module, *users) for file in own_tests(name)]
    return [*dict.fromkeys(files), f"{module}.py"]


@cache
def own_tests(module: str) -> list[str]:
    """Return the test files of a module.

    A module of `helpers` has one that is called after it; one of `bookbuild`
    has those that import it.
    """
    if module.startswith("helpers/"):
        file = f"tests/helpers/test_{Path(module).name}.py"
        return [file] if (ROOT / file).exists() else []
    files = sorted((ROOT / "tests" / "build").glob("test_*.py"))
    names = [path.relative_to(ROOT).as_posix() for path in files]
    return [name for name in names if module in named(name)]


def state(mutant: Mutant) -> str:
    """Return what the outcome depends on, as a digest."""
    about = SUBJECTS["helpers" if "helpers/" in mutant.module else "bookbuild"]
    files = sorted(path for name in about.rests_on for path in ROOT.glob(name))
    files = [path for path in files if path.suffix != ".pyc"]
    files += [ROOT / name for name in tests_for(mutant)]
    texts = [path.read_bytes() for path in files]
    return hashlib.sha256(b"\0".join([mutant.code.encode(), *texts])).hexdigest()


class FirstFailure:
    """A pytest plugin that writes down the first test that fails."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the test's name."""
        if report.failed and not self.path.exists():
            self.path.write_text(report.nodeid, encoding="utf-8")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the file's name."""
        if report.failed and not self.path.exists():
            self.path.write_text(f"{report.nodeid}, on import", encoding="utf-8")


def preload(wanted: Sequence[str]) -> None:
    """Import what modules and their tests import from elsewhere."""
    os.environ |= {
        "MPLBACKEND": "agg",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    sys.dont_write_bytecode = True
    # What native code says on the way is noise here.
    shown, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    tests = {name for module in wanted for name in tests_of(module)}
    ours = {*PACKAGES, "conftest", "support"}
    ours |= {path.stem for path in (ROOT / "tools").glob("*.py")}
    for file in sorted({*tests, "tests/conftest.py"}):
        for package, _ in statements(file):
            name = package.replace("/", ".")
            if not (ROOT / package).exists() and name.partition(".")[0] not in ours:
                with suppress(ImportError):  # such as google.colab
                    import_module(name)
    os.dup2(shown, 2)


def begin(mutant: Mutant, folder: Path) -> int:
    """Start the tests of a mutant in a process of their own; return its number."""
    for name in COPIED:
        left = shutil.ignore_patterns("__pycache__", ".hypothesis")
        shutil.copytree(ROOT / name, folder / name, ignore=left)
    for path in filter(Path.is_file, ROOT.iterdir()):
        shutil.copy(path, folder)
    (folder / OUTPUT).parent.mkdir()
    changed = folder / f"{mutant.module}.py"
    changed.write_text(mutant.code, encoding="utf-8")
    number = os.fork()
    if number:
        return number
    code = 3
    try:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # Where this was started with `&`, Ctrl-C is ignored; tests press it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.chdir(folder)
        os.environ["PYTHONPATH"] = str(folder)
        sys.path.insert(0, str(folder))
        output = os.open(folder / OUTPUT, os.O_WRONLY | os.O_CREAT)
        os.dup2(output, 1)
        os.dup2(output, 2)
        options = ["-x", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
        noting = FirstFailure(folder / FAILURE)
        code = int(pytest.main([*options, *tests_for(mutant)], [noting]))
    finally:
        os._exit(code)


def outcomes(sample: Sequence[Mutant], limits: dict[str, float]) -> Iterator[Any]:
    """Yield ``(mutant, what noticed it or "", seconds)``, some at a time."""
    waiting = list(sample)
    running: dict[int, tuple[Mutant, Any, float]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                mutant = waiting.pop(0)
                folder = tempfile.TemporaryDirectory(prefix="mutant-")
                number = begin(mutant, Path(folder.name))
                running[number] = mutant, folder, time.monotonic()
            time.sleep(0.1)
            for number, (mutant, folder, since) in list(running.items()):
                seconds = time.monotonic() - since
                done, status = os.waitpid(number, os.WNOHANG)
                if not done and seconds < limits[mutant.module]:
                    continue
                noticed = f"time: more than {limits[mutant.module]:.0f} s"
                end(number)
                if done:
                    noticed = words(status, Path(folder.name))
                else:
                    os.waitpid(number, 0)
                del running[number]
                folder.cleanup()
                yield mutant, noticed, seconds
    finally:
        for number in running:
            end(number)


def end(number: int) -> None:
    """End a process and all that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(number, signal.SIGKILL)


def words(status: int, folder: Path) -> str:
    """Return what noticed the mutant, or nothing if all tests passed."""
    if not os.WIFEXITED(status):
        return f"signal {os.WTERMSIG(status)}"
    code, failure = os.WEXITSTATUS(status), folder / FAILURE
    if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return ""
    if failure.exists():
        return failure.read_text(encoding="utf-8")
    output = (folder / OUTPUT).read_text(encoding="utf-8", errors="replace")
    return f"pytest ended with {code}: {output.strip().splitlines()[-1:]}"


# ------------------------------------------------------------------ the whole


def unchanged(file: str) -> Mutant:
    """Return a file of tests without a change, to see that they pass."""
    name = file.removesuffix(".py")
    return Mutant(name, 0, source(name), "", "")


def try_all(sample: Sequence[Mutant]) -> dict[Mutant, str]:
    """Return what noticed each mutant; what is known already is not tried again."""
    known = (
        json.loads(OUTCOMES.read_text(encoding="utf-8")) if OUTCOMES.exists() else {}
    )
    drawn_from = list(dict.fromkeys(mutant.module for mutant in sample))
    files = dict.fromkeys(file for module in drawn_from for file in tests_of(module))
    before = list(map(unchanged, files))
    limits = {mutant.module: LONGEST for mutant in before}
    for step in (before, sample):
        states = {mutant: state(mutant) for mutant in step}
        new = [mutant for mutant in step if states[mutant] not in known]
        for count, (mutant, noticed, seconds) in enumerate(outcomes(new, limits), 1):
            known[states[mutant]] = [noticed, seconds]
            OUTCOMES.parent.mkdir(exist_ok=True)
            OUTCOMES.write_text(json.dumps(known, indent=0), encoding="utf-8")
            said = noticed or ("SURVIVED" if mutant.line else "all pass")
            where = f"{mutant.module}:{mutant.line}"
            print(f"{count}/{len(new)} {where} {seconds:.0f} s: {said}", flush=True)
        if step is not sample:
            failed = [m.module for m in step if known[states[m]][0]]
            if failed:
                sys.exit(f"tests fail on unchanged code: {', '.join(failed)}")
            took = {f"{m.module}.py": known[states[m]][1] for m in step}
            limits = {
                module: 60 + 3 * sum(took[file] for file in tests_of(module))
                for module in drawn_from
            }
    return {mutant: known[states[mutant]][0] for mutant in sample}


def reasons() -> dict[tuple[str, str, str], str]:
    """Return the reasons given for mutants that no test can or should notice."""
    if not EXPLAINED.exists():
        return {}
    entries = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["survivor"]
    return {(e["module"], e["was"], e["becomes"]): e["reason"] for e in entries}


def report(found: dict[str, list[Place]], noticed: dict[Mutant, str]) -> str:
    """Return the outcome as a page of Markdown."""
    reason = reasons()
    lines = ["# Mutants", ""]
    for subject in SUBJECTS.values():
        mine = [by for m, by in noticed.items() if m.module in modules(subject)]
        if mine:
            lines += [
                f"{subject.name}: {sum(map(bool, mine))} of {len(mine)} were caught.",
                "",
            ]
    lines += ["| module | places | sampled | caught |", "|---|---:|---:|---:|"]
    for module, some in found.items():
        mine = [by for mutant, by in noticed.items() if mutant.module == module]
        lines.append(
            f"| {module} | {len(some)} | {len(mine)} | {sum(map(bool, mine))} |"
        )
    for title, survived in (("Survivors", True), ("Caught", False)):
        lines += ["", f"## {title}"]
        for mutant, by in noticed.items():
            if survived != bool(by):
                about = by or reason.get(key(mutant), "NOT EXPLAINED")
                was, becomes = (
                    "\n".join(f"{sign} {line}" for line in text.split("\n"))
                    for sign, text in (("-", mutant.was), ("+", mutant.becomes))
                )
                lines += ["", f"`{mutant.module}.py`, line {mutant.line}: {about}"]
                lines += ["", "```diff", was, becomes, "```"]
    return "\n".join(lines) + "\n"


def key(mutant: Mutant) -> tuple[str, str, str]:
    """Return by what a mutant goes in the file of reasons."""
    return mutant.module, mutant.was, mutant.becomes


def main() -> int:
    """Try the samples, or their part in some modules; return 0 if all is well."""
    names = sys.argv[1:] or list(SUBJECTS)
    known = [module for subject in SUBJECTS.values() for module in modules(subject)]
    if unknown := set(names) - set(known) - set(SUBJECTS):
        print(f"no such module: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    wanted = [m for m in known if m in names or subject_of(m).name in names]
    found = {module: places(module) for module in wanted}
    sample = []
    for subject in {subject_of(module): None for module in wanted}:
        every = {m: found.get(m) or places(m) for m in modules(subject)}
        sample += [m for m in draw(subject, every) if m.module in wanted]
    preload(wanted)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends what runs, too
    noticed = try_all(sample)
    page = report(found, noticed)
    REPORT.write_text(page, encoding="utf-8")
    print("\n" + page.partition("\n## Caught")[0] + f"\nAll of them: {REPORT}")
    survivors = [mutant for mutant, by in noticed.items() if not by]
    unexplained = [mutant for mutant in survivors if key(mutant) not in reasons()]
    few = any(too_few(subject, noticed) for subject in SUBJECTS.values())
    return 1 if unexplained or few else 0


def too_few(subject: Subject, noticed: dict[Mutant, str]) -> bool:
    """Say whether the tests noticed less of a subject than they have to."""
    mine = [by for m, by in noticed.items() if m.module in modules(subject)]
    return sum(map(bool, mine)) * subject.sample < subject.to_catch * len(mine)


if __name__ == "__main__":
    sys.exit(main())
