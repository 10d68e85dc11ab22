"""Every file is read and written as UTF-8, whatever the machine's own way is."""

import ast

import pytest
from support.notebooks import ROOT

FOLDERS = ("helpers", "tools", "tests", "book/_ext")
FILES = sorted(p for folder in FOLDERS for p in (ROOT / folder).rglob("*.py"))
# What reads or writes text, and which of its arguments may be the encoding.
CALLS = {"read_text": 0, "write_text": 1, "open": 3}
BINARY = "b"


def without_encoding(code):
    """Yield the lines of ``code`` that read or write text and name no encoding."""
    for call in ast.walk(ast.parse(code)):
        if not isinstance(call, ast.Call):
            continue
        named = {keyword.arg for keyword in call.keywords}
        if named & {"encoding", None}:
            continue
        if is_text_file(call):
            yield call.lineno


def is_text_file(call):
    """Say whether a call reads or writes a file as text, without an encoding."""
    place = CALLS.get(name(call))
    if place is None:
        return False
    if isinstance(call.func, ast.Attribute) and name(call) == "open":
        if not is_path_open(call):
            return False
        place = 2
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    if name(call) == "open" and any(is_mode(v, BINARY) for v in values):
        return False
    return len(call.args) <= place


def is_path_open(call):
    """Say whether ``x.open(...)`` opens a path: it has a mode, or nothing."""
    values = [*call.args, *(k.value for k in call.keywords if k.arg == "mode")]
    return not values or any(is_mode(value) for value in values)


def is_mode(value, letter=""):
    """Say whether a value is the mode of a file, with this letter in it."""
    text = value.value if isinstance(value, ast.Constant) else None
    return isinstance(text, str) and set(text) <= set("rwaxbt+") and letter in text


def name(call):
    """Return the last name of what is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_file_names_the_encoding_of_what_it_reads_and_writes(path):
    lines = list(without_encoding(path.read_text(encoding="utf-8")))
    assert not lines, f"{path.relative_to(ROOT)}: lines {lines}"


@pytest.mark.parametrize(
    ("code", "is_found"),
    [
        ("path.read_text()", True),
        ("path.read_text('utf-8')", False),
        ("path.write_text(text)", True),
        ("path.write_text(text, encoding='utf-8')", False),
        ("open(path)", True),
        ("open(path, 'w')", True),
        ("open(path, 'rb')", False),
        ("open(path, mode='rb')", False),
        ("path.open()", True),
        ("path.open('w')", True),
        ("path.open('wb')", False),
        ("Image.open(path)", False),
    ],
)
def test_a_call_without_an_encoding_is_found(code, is_found):
    assert bool(list(without_encoding(code))) == is_found
