"""What older TensorFlow versions did: the captured outcomes, and their capture."""

from datetime import date
import json
import logging

import capture_older_tensorflow as capture
import pytest

ENTRIES = json.loads(capture.CAPTURED.read_text(encoding="utf-8"))
MESSAGES = json.loads(capture.CAPTURED_MESSAGES.read_text(encoding="utf-8"))
each_file = pytest.mark.parametrize(
    ("number", "entries"),
    [(number, entries) for entries in (ENTRIES, MESSAGES) for number in entries],
)


@each_file
def test_an_entry_says_how_it_was_captured(number, entries):
    captured = entries[number]["captured"]
    assert captured["command"] == capture.COMMAND
    assert date.fromisoformat(captured["date"]) <= date.today()
    assert captured["packages"]["tensorflow"] == number
    assert set(captured["packages"]) == set(capture.PACKAGES)
    assert captured["python"].startswith("3.")


@pytest.mark.parametrize("number", ENTRIES)
def test_an_entry_holds_the_snippets_that_the_script_runs(number):
    stored = {n: "\n".join(s["code"]) for n, s in ENTRIES[number]["snippets"].items()}
    assert stored == {n: code.strip() for n, code in capture.SNIPPETS.items()}


@pytest.mark.parametrize("number", MESSAGES)
def test_an_entry_of_messages_holds_those_that_its_version_is_asked_for(number):
    stored = {n: "\n".join(s["code"]) for n, s in MESSAGES[number]["snippets"].items()}
    asked = capture.asked_of(number)
    assert stored == {name: code.strip() for name, code in asked.items()}


@pytest.mark.parametrize("name", capture.MESSAGES)
def test_every_message_was_captured_in_its_first_version(name):
    first = capture.release(capture.MESSAGES[name][0])
    found = {
        capture.release(number)[:2]: entry["snippets"][name]
        for number, entry in MESSAGES.items()
        if name in entry["snippets"]
    }
    assert min(found) == first
    for outcome in found.values():
        assert outcome.get("message") or outcome["logged"]


def test_the_oldest_versions_are_there():
    found = {capture.release(number)[:2] for number in MESSAGES}
    assert found >= {(2, 0), (2, 3), (2, 6), (2, 10), (2, 12), (2, 15), (2, 17)}


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        ("no such key", "no such key"),
        ("in user code:\n\n    a.py:3 f  *\n\n    KeyError: not\n  here\n", "not here"),
        ("in converted code:\n\n    f\n\n    ValueError: no\n", "no"),
        ("while it ran\n\nit stopped", "it stopped"),
        ("cannot import 'a' from 'b' (/home/me/b.py)", "cannot import 'a' from 'b'"),
    ],
)
def test_a_message_is_kept_without_frames_and_paths(raised, expected):
    found = {"code": [], "logged": ["x"], "raised": "KeyError", "message": raised}
    clean = capture.clean(found)
    assert (clean["message"], clean["logged"]) == (expected, [])


def test_log_lines_count_where_nothing_is_raised():
    found = {"code": [], "logged": ["a", "a", "b"], "result": 1}
    assert capture.clean(found) == {"code": [], "logged": ["a", "b"]}


def test_the_versions_on_both_sides_of_the_change_are_there():
    found = [capture.release(number)[:2] for number in ENTRIES]
    assert found == [(2, 12), (2, 13), (2, 14), (2, 15), (2, 16)]


def test_a_result_is_kept():
    found = capture.outcome("x = 3\nresult = float(x)", {})
    code = ["x = 3", "result = float(x)"]
    assert found == {"code": code, "logged": [], "result": 3.0}


def test_an_error_is_kept_with_its_message():
    found = capture.outcome("raise KeyError('no such key')", {})
    assert (found["raised"], found["message"]) == ("KeyError", "no such key")
    assert "result" not in found


def test_log_lines_are_kept_and_not_passed_on(caplog):
    logger = logging.getLogger("absl")
    found = capture.outcome("log('careful')\nresult = 0", {"log": logger.warning})
    assert found["logged"] == ["careful"]
    assert caplog.records == []
    assert not logger.filters


def test_versions_sort_by_number():
    assert sorted(["2.9.1", "2.15.1", "2.10.0"], key=capture.release) == [
        *("2.9.1", "2.10.0", "2.15.1")
    ]


def test_a_second_capture_replaces_its_own_entry_only(tmp_path, monkeypatch):
    path = tmp_path / "older.json"
    path.write_text(
        json.dumps({"9.10.0": "a", "9.9.0": "b", "9.8.0": "c"}), encoding="utf-8"
    )
    monkeypatch.setattr(capture, "how", dict)
    capture.write(path, "9.9.0", {"snippet": 1})
    entries = json.loads(path.read_text(encoding="utf-8"))
    assert list(entries) == ["9.8.0", "9.9.0", "9.10.0"]
    assert (entries["9.8.0"], entries["9.10.0"]) == ("c", "a")
    assert entries["9.9.0"]["snippets"] == {"snippet": 1}
