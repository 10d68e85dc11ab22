"""The index of error messages: what is gathered from the notebooks, and refused."""

from functools import cache
import json
from pathlib import Path
import re
import subprocess
import sys

from conftest import BOOK, ROOT, chapters, code_cells, contents, read, text_pages
import pytest

sys.path.insert(0, str(BOOK / "_ext"))

import errors
from errors import Message, Section, Shown, alike, gathered, messages
from versions import installed

FIXTURES = ROOT / "tests" / "fixtures"
OLDER = json.loads((FIXTURES / "older_tensorflow.json").read_text())
NOW = installed()["TensorFlow"]

# Every message of the facts that the book builds on, as one makes TensorFlow say
# it (see fixtures/say_messages.py), and the page where its entry has its home.
HOMES = {
    "no minimize": "keras3",
    "legacy": "keras3",
    "tape is required": "minimize",
    "compat wants a function": "keras3",
    "new variable": "keras3",
    "new variable in tf_keras": "keras3",
    "whole rate": "keras3",
    "tensor as rate": "keras3",
    "whole momentum": "errors",
    "lr": "keras3",
    "lr in tf_keras": "keras3",
    "used-up zip": "keras3",
    "scalar for list": "keras3",
    "minus assign": "keras3",
    "all None": "none_gradients",
    "some None": "none_gradients",
    "asked twice": "persistent_tapes",
    "never recorded": "persistent_tapes",
    "asked inside": "errors",
    "paused when spent": "watching",
    "watched too early": "watching",
    "watched a list": "watching",
    "watched a number": "watching",
    "watched whole numbers": "none_gradients",
    "no gradient": "none_gradients",
    "loss is a float": "none_gradients",
    "loss is of NumPy": "none_gradients",
    "untracked": "errors",
}


@cache
def said():
    """Return ``{mistake: Message}``, as the TensorFlow of today says it."""
    program = str(FIXTURES / "say_messages.py")
    done = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return {name: Message(*pair) for name, pair in json.loads(done.stdout).items()}


def pages():
    """Return the names of all pages that are notebooks of the book."""
    root, parts = contents()
    listed = [root, *(name for names in parts.values() for name in names)]
    return [name for name in listed if name not in text_pages()]


def cells():
    """Yield the code cells of the book as the extension sees them."""
    for name in pages():
        title = ""
        for cell in read(name).cells:
            if cell.cell_type == "markdown":
                for heading in re.findall(r"(?m)^#{1,3} (.+)$", cell.source):
                    title = heading
            elif "solution" not in cell.metadata.get("tags", []):
                printed = "".join(o.get("text", "") for o in cell.outputs)
                section = Section(f"book/{name}", anchor(title), title)
                yield Shown(section, printed, cell.metadata.get("errors", {}))


def anchor(title):
    """Return the name of the section with this title in an address."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower().replace("'", "-")))


ENTRIES, WRONG = gathered(cells(), OLDER, NOW)
each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=errors.slug)


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
    names = [errors.slug(entry) for entry in ENTRIES]
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
def test_a_cure_is_in_a_section_of_the_book(entry):
    if entry.mended:
        file, _, name = entry.mended.partition("#")
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
        ours, theirs = errors.words(entry.message.text), errors.words(message.text)
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
                    assert errors.entry_of(message, ENTRIES), message


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


@pytest.mark.parametrize("about", [{"cause": "So."}, {}, ABOUT | {"cure": "x"}])
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
    captured = json.loads((FIXTURES / "tracebacks.json").read_text())
    from fixtures import capture_tracebacks as capture

    assert captured["terminal"].keys() == capture.PROGRAMS.keys()
    assert captured["notebook"].keys() == set(capture.IN_A_NOTEBOOK)
    assert captured["captured"].keys() == {"tensorflow", "keras"}
