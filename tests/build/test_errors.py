"""The list of error messages: what is gathered from the notebooks, and refused."""

import json
from pathlib import Path
import re

from bookbuild.errors.entries import Section, Shown, entry_of, gathered, slug
from bookbuild.errors.messages import Message, alike, messages, words
import capture_tracebacks as capture
import pytest
from support.messages import ENTRIES, HOMES, NOW, OLDER, WRONG, anchor, said
from support.notebooks import chapters, code_cells, read

each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=slug)


# ------------------------------------------------------------ the book's entries


def test_every_printed_message_has_an_entry_and_every_entry_is_printed():
    assert WRONG == []


@each_entry
def test_an_entry_says_cause_and_cure_in_a_sentence(entry):
    for text in (entry.cause, entry.fix):
        assert re.fullmatch(r"[A-Z`].{10,190}[.)]", text), text
        assert text.count("`") % 2 == 0, text
        assert not re.search(r"\b(simply|just|easy|easily)\b", text)


@each_entry
def test_an_entry_has_the_versions_that_said_it(entry):
    found = [version for known in entry.wordings.values() for version in known]
    assert NOW in found
    assert len(found) == len(set(found))
    assert set(found) <= {NOW, *OLDER}


def test_names_of_entries_are_unique():
    names = [slug(entry) for entry in ENTRIES]
    assert len(names) == len(set(names))


def test_an_entry_of_older_versions_lists_them():
    (entry,) = (e for e in ENTRIES if e.message.kind == "KeyError")
    ((text, versions),) = entry.wordings.items()
    assert text.startswith("The optimizer cannot recognize variable")
    raised = [
        number
        for number, capture in OLDER.items()
        if capture["snippets"]["new_variable"].get("raised") == "KeyError"
    ]
    assert len(raised) == 4
    assert versions == [NOW, *raised]


@each_entry
def test_a_fix_elsewhere_is_in_a_section_of_the_book(entry):
    if entry.fixed_in:
        file, _, name = entry.fixed_in.partition("#")
        page = Path(file).stem or entry.home.page.removeprefix("book/")
        titles = re.findall(
            r"(?m)^## (.+)$",
            "\n".join(c.source for c in read(page).cells if c.cell_type == "markdown"),
        )
        assert name in map(anchor, titles)


@pytest.mark.parametrize("mistake", HOMES)
def test_every_message_of_the_facts_leads_to_an_entry(mistake):
    message = said()[mistake]

    def common(entry):
        ours, theirs = words(entry.message.text), words(message.text)
        return len(ours & theirs) / min(len(ours), len(theirs))

    kind = {"log line": "warning"}.get(message.kind, message.kind)
    best = max(ENTRIES, key=common)
    assert common(best) >= 0.75, message
    assert {"log line": "warning"}.get(best.message.kind, best.message.kind) == kind
    assert best.home.page == f"book/{HOMES[mistake]}"


def test_all_mistakes_of_the_facts_are_made():
    assert said().keys() == HOMES.keys()


def test_what_steppers_show_has_entries_too():
    """The tables of the steppers are HTML, which is not gathered."""
    for name in chapters():
        for cell in code_cells(read(name).cells):
            for output in cell.outputs:
                table = str(output.get("data", {}).get("text/html", ""))
                for kind, text in re.findall(r"raises (\w+Error): ([^<;]+)", table):
                    message = Message(kind, text)
                    assert entry_of(message, ENTRIES), message


# --------------------------------------------------------------- what is refused

HERE = Section("book/a", "b", "C")
ABOUT = {"cause": "It was so.", "fix": "Do it so."}


def shown(printed, about=None):
    return Shown(HERE, printed, about or {})


def found(*given, older=None):
    entries, wrong = gathered(given, older or {}, "2.21.0")
    return [entry.message.text for entry in entries], [text for _, text in wrong]


def test_a_message_with_its_entry_is_gathered():
    cell = shown("x = 1\nKeyError: no key k", {"KeyError": ABOUT})
    assert found(cell) == (["no key k"], [])


def test_a_message_without_an_entry_is_named():
    _, (problem,) = found(shown("ValueError: nobody knows this"))
    assert "nobody knows this" in problem


def test_an_entry_that_its_cell_does_not_print_is_named():
    cell = shown("ValueError: one", {"KeyError": ABOUT, "ValueError": ABOUT})
    (text,), (problem,) = found(cell)
    assert text == "one"
    assert "KeyError" in problem


def test_a_message_explained_twice_is_named():
    cells = [shown("KeyError: no key k", {"KeyError": ABOUT})] * 2
    assert len(found(*cells)[1]) == 1


@pytest.mark.parametrize("about", [{"cause": "So."}, {}, ABOUT | {"remedy": "x"}])
def test_an_entry_without_cause_or_cure_is_named(about):
    _, problems = found(shown("KeyError: no key k", {"KeyError": about}))
    assert "must have ['cause', 'fix']" in problems[0]


def test_a_message_of_an_older_version_without_an_entry_is_named():
    older = {"2.9.0": {"snippets": {"s": {"logged": ["take care"]}}}}
    _, (problem,) = found(older=older)
    assert "take care" in problem
    assert "2.9.0" in problem


def test_cells_that_print_the_same_message_share_an_entry():
    cells = [
        shown("KeyError: 'A' object has no key k", {"KeyError": ABOUT}),
        Shown(Section("book/d", "e", "F"), "tf: KeyError: 'B' object has no key k", {}),
    ]
    (entry,), wrong = gathered(cells, {}, "2.21.0")
    assert wrong == []
    assert [section.page for section in entry.shown] == ["book/a", "book/d"]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("KeyError: k", [("KeyError", "k")]),
        ("  KeyError: k", [("KeyError", "k")]),
        ("tf.keras: KeyError: k", [("KeyError", "k")]),
        ("KeyError: one\n  two\n   three\nfour", [("KeyError", "one two three")]),
        ("  KeyError: one\n  two", [("KeyError", "one")]),
        ("logged: a\nlog: b", [("log line", "a"), ("log line", "b")]),
        ("warning: a", [("warning", "a")]),
        ("UserWarning: a", [("UserWarning", "a")]),
        ("TensorFlow 2.16.2: KeyError: [...]", []),
        ("int   tf.keras: ValueError   tf_keras: taken", []),
        ("['enter', 'exit after ValueError']", []),
    ],
)
def test_messages_are_told_from_other_lines(printed, expected):
    assert list(messages(printed)) == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("'A' object has no attribute 'f'", "'B' object has no attribute 'f'", True),
        ("'A' object has no attribute 'f'", "'A' object has no attribute 'g'", False),
        ("loss=36.0, tape=None", "loss=9.0, tape=None", True),
        ("no <tf.Variable 'a:0' shape=()>.", "no <tf.Variable 'b/c:0'>.", True),
        ("one two three four", "five six seven eight", False),
    ],
)
def test_messages_are_one_whatever_their_names_and_numbers(one, other, same):
    assert alike(Message("E", one), Message("E", other)) == same
    assert not alike(Message("E", one), Message("F", one))


def test_a_captured_traceback_belongs_to_each_program():
    captured = json.loads(capture.CAPTURED.read_text(encoding="utf-8"))
    assert captured["terminal"].keys() == capture.PROGRAMS.keys()
    assert captured["notebook"].keys() == set(capture.IN_A_NOTEBOOK)
    assert captured["captured"].keys() == {"tensorflow", "keras"}
