"""What explain prints about a message, and about the last exception."""

import json
import re
import sys

from helpers import explain as module
from helpers.explain import explain
import pytest
from support.notebooks import ROOT

MESSAGES = json.loads((ROOT / "helpers" / "messages.json").read_text("utf-8"))
MINIMIZE = "AttributeError: 'Adam' object has no attribute 'minimize'"
SPENT = (
    "RuntimeError: A non-persistent GradientTape can only be used to compute one set"
)


@pytest.fixture
def said(capsys):
    """Return a function that explains something and returns what it printed."""

    def explained(*given):
        assert explain(*given) is None
        return capsys.readouterr().out

    return explained


@pytest.mark.parametrize("entry", MESSAGES["entries"], ids=lambda entry: entry["id"])
def test_each_entry_of_the_book_is_found_by_its_own_words(entry, said):
    heads = {"symptom": "", "log line": "WARNING:absl:", "warning": "UserWarning: "}
    head = heads.get(entry["kind"], f"{entry['kind']}: ")
    for wording in entry["wordings"]:
        name = said(head + wording["text"]).partition("\n")[0]
        assert name == module._name(entry)


def test_the_answer_has_cause_fix_and_the_section_that_shows_it(said):
    text = said(SPENT)
    assert text.startswith(SPENT)
    for part in ("\nCause: ", "\nFix: ", "\nRead: "):
        assert text.count(part) == 1
    assert re.search(r"in\s+book/persistent_tapes\.ipynb", text)
    assert re.search(r"book/persistent_tapes\.html#[\w-]+\n", text)
    assert not re.search(r"<|\x1b", text), "plain text"
    assert all(len(line) <= 79 or "html#" in line for line in text.splitlines()[1:])


def test_where_several_causes_share_a_message_it_asks(said):
    asked = [e for e in MESSAGES["entries"] if len(e["answers"]) > 1]
    assert asked, "there is one in the book"
    for entry in asked:
        head = "" if entry["kind"] == "symptom" else f"{entry['kind']}: "
        text = said(head + entry["wordings"][0]["text"])
        assert "Which of these is yours?" in text
        assert text.count("\n- ") >= len(entry["answers"])
        for name in ("Cause", "Fix", "Read"):
            assert text.count(f"\n{name}: ") == len(entry["answers"])


def test_the_table_has_a_line_for_each_entry(capsys):
    module.list_messages()
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["KIND", "MESSAGE", "FIX"]
    assert len(lines) == len(MESSAGES["entries"])
    for line, entry in zip(lines, MESSAGES["entries"], strict=True):
        at = head.index("MESSAGE"), head.index("FIX")
        words = [line[: at[0]], line[at[0] : at[1]], line[at[1] :]]
        kind, text, fix = (cell.strip().removesuffix(" ...") for cell in words)
        assert kind == entry["kind"]
        assert " ".join(entry["wordings"][0]["text"].split()).startswith(text)
        assert text or len(entry["wordings"][0]["text"].split()[0]) > 50
        assert entry["answers"][0]["fix"].startswith(fix.partition(" Or: ")[0])


def test_a_reported_message_says_where(said):
    reported = [e for e in MESSAGES["entries"] if "reported" in e]
    assert reported, "there is one in the book"
    for entry in reported:
        text = said(f"{entry['kind']}: {entry['wordings'][0]['text']}")
        assert f"Reported in {entry['reported']}\n" in text


def test_what_is_not_found_is_said_to_be_so(said):
    text = said("KeyError: 'k'")
    assert text.startswith("This message has no entry in the book.\n")
    assert "guesses" in text
    assert re.search(r"\n- KeyError: .+\n", text)


def test_several_messages_are_all_named(said):
    text = said(f"{MINIMIZE}\nValueError: No gradients provided for any variable.")
    assert text.startswith("ValueError: No gradients")
    assert re.search(r"Also in your text:\n- AttributeError: 'SGD'", text)


def test_a_caught_exception_is_explained(said):
    assert said(AttributeError(MINIMIZE[16:])) == said(MINIMIZE)


@pytest.mark.parametrize("name", ["last_value", "last_exc"])
def test_without_a_text_it_is_the_last_exception(said, name, monkeypatch):
    monkeypatch.delattr(sys, "last_exc", raising=False)
    monkeypatch.delattr(sys, "last_value", raising=False)
    monkeypatch.setattr(sys, name, AttributeError(MINIMIZE[16:]), raising=False)
    assert said() == said(MINIMIZE)


def test_in_a_notebook_it_is_the_exception_of_the_last_cell(monkeypatch):
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    for name in ("last_exc", "last_value", "last_type", "last_traceback"):
        monkeypatch.delattr(sys, name, raising=False)
    shell = InteractiveShell()
    with capture_output() as shown:
        shell.run_cell(f"raise AttributeError({MINIMIZE[16:]!r})")
        shell.run_cell("from helpers.explain import explain; explain()")
    *_, answer = shown.stdout.partition("AttributeError: 'SGD'")
    assert "Cause: " in answer


def test_without_a_text_and_an_exception_it_says_what_it_needs(monkeypatch):
    for name in ("last_exc", "last_value"):
        monkeypatch.delattr(sys, name, raising=False)
    with pytest.raises(ValueError, match="text must be given, as no exception"):
        explain()


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_an_empty_text_is_refused(text):
    with pytest.raises(ValueError, match=re.escape(f"not {text!r}")):
        explain(text)


@pytest.mark.parametrize("text", [42, b"KeyError: 'k'", ["KeyError"], KeyError])
def test_what_is_no_text_is_refused(text):
    with pytest.raises(TypeError, match=r"text must be a string.*not "):
        explain(text)
