"""The list of error messages: what is gathered from the notebooks, and refused."""

import json
import re

from bookbuild.errors.book import (
    anchor,
    as_text,
    cells,
    section_of,
    the_pages,
    titles,
)
from bookbuild.errors.entries import (
    SYMPTOM,
    Section,
    Shown,
    entry_of,
    gathered,
    slug,
)
from bookbuild.errors.messages import Message, alike, messages, words
from bookbuild.names import MESSAGES
import capture_tracebacks as capture
from helpers.explain import list_messages
import pytest
from support.messages import ENTRIES, HOMES, NOW, OLDER, WRONG, said
from support.notebooks import ROOT, chapters, code_cells, contents, notebooks, read

PAGES = the_pages(ROOT)
SYMPTOMS = [entry for entry in ENTRIES if entry.message.kind == SYMPTOM]
each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=slug)


# ------------------------------------------------------------ the book's entries


def test_every_printed_message_has_an_entry_and_every_entry_is_printed():
    assert WRONG == []


@each_entry
def test_an_entry_says_cause_and_cure_in_a_sentence(entry):
    for answer in entry.answers:
        check_sentences(answer.cause, answer.fix)


def check_sentences(*texts):
    for text in texts:
        assert re.fullmatch(r"[A-Z`].{10,190}[.)]", text), text
        assert text.count("`") % 2 == 0, text
        assert not re.search(r"\b(simply|just|easy|easily)\b", text)


@each_entry
def test_where_several_causes_share_a_message_questions_tell_them_apart(entry):
    questions = [answer.question for answer in entry.answers]
    if len(questions) == 1:
        assert questions == [""]
    else:
        assert len(set(questions)) == len(questions)
        for text in questions:
            assert re.fullmatch(r"[A-Z`].{10,150}\?", text), text


@each_entry
def test_an_entry_has_the_versions_that_said_it(entry):
    found = [version for known in entry.wordings.values() for version in known]
    for versions in entry.wordings.values():
        assert len(versions) == len(set(versions))
    if entry.shown:
        assert NOW in found
        assert set(found) <= {NOW, *OLDER}
    else:
        assert NOW not in found
        assert entry.reported or set(found) <= OLDER.keys()


@pytest.mark.parametrize("entry", SYMPTOMS, ids=slug)
def test_a_symptom_has_other_words_for_it(entry):
    assert len(entry.words) >= 2
    assert not any(";" in text for text in entry.words), "the page parts them by it"


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
        if capture["snippets"].get("new_variable", {}).get("raised") == "KeyError"
    ]
    assert len(raised) == 4
    assert versions == [NOW, *raised]


@each_entry
def test_a_fix_elsewhere_is_in_a_section_of_the_book(entry):
    for answer in entry.answers:
        if answer.fixed_in:
            section = section_of(entry, answer, PAGES)
            page = read(section.page.removeprefix("book/"))
            text = "\n".join(c.source for c in page.cells if c.cell_type == "markdown")
            assert section.anchor in map(anchor, titles(text))


def test_every_notebook_of_the_book_is_looked_through():
    root, parts = contents()
    listed = {root, *(name for names in parts.values() for name in names)}
    found = {cell.section.page.removeprefix("book/") for cell in cells(ROOT)}
    assert found == listed & set(notebooks())


def test_the_file_that_explain_reads_is_up_to_date():
    # It names the pinned TensorFlow, which the notebooks were run with.
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    (pinned,) = re.findall(r"(?m)^tensorflow==([\d.]+)", pins)
    expected = as_text(ROOT).replace(f'"{NOW}"', f'"{pinned}"')
    stored = (ROOT / MESSAGES).read_text(encoding="utf-8")
    assert stored == expected, "python tools/messages.py writes it"


def test_the_table_that_github_shows_is_up_to_date(capsys):
    list_messages()
    (cell,) = code_cells(read("errors").cells)
    stored = "".join(output.text for output in cell.outputs)
    assert stored == capsys.readouterr().out, (
        "python tools/messages.py, then python tools/notebooks.py book/errors.ipynb"
    )
    assert list(messages(stored)) == [], "the table is no message of its own"


@pytest.mark.parametrize("mistake", HOMES)
def test_every_message_of_the_facts_leads_to_an_entry(mistake):
    message = said()[mistake]

    def common(entry):
        ours, theirs = words(entry.message.text), words(message.text)
        both = len(ours & theirs)
        return both / min(len(ours), len(theirs)), both / len(ours | theirs)

    kind = {"log line": "warning"}.get(message.kind, message.kind)
    best = max(ENTRIES, key=common)
    assert common(best)[0] >= 0.75, message
    assert {"log line": "warning"}.get(best.message.kind, best.message.kind) == kind
    assert best.page == f"book/{HOMES[mistake]}"


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


def found(*given, older=None, explained=(), symptoms=()):
    entries, wrong = gathered(given, older or {}, "2.21.0", explained, symptoms)
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


ASKED = [ABOUT | {"question": f"Is it {k}?"} for k in range(5)]


@pytest.mark.parametrize("count", [2, 3, 4])
def test_an_entry_may_ask_two_to_four_questions(count):
    cell = shown("KeyError: no key k", {"KeyError": {"ask": ASKED[:count]}})
    (entry,), wrong = gathered([cell], {}, "2.21.0")
    assert wrong == []
    assert [answer.question[-2:] for answer in entry.answers] == [
        f"{k}?" for k in range(count)
    ]


@pytest.mark.parametrize(
    "about",
    [
        {"ask": ASKED[:1]},
        {"ask": ASKED},
        {"ask": [ABOUT, ABOUT]},
        {"ask": ASKED[:2]} | ABOUT,
        ABOUT | {"question": "Is it?"},
    ],
)
def test_questions_that_tell_no_causes_apart_are_named(about):
    texts, problems = found(shown("KeyError: no key k", {"KeyError": about}))
    assert texts == []
    assert problems[0].startswith("KeyError")


OLD = {
    "2.9.0": {
        "snippets": {
            "s": {"raised": "KeyError", "message": "no key s", "logged": ["take care"]}
        }
    }
}
SAID = {
    "kind": "KeyError",
    "versions": ["2.9.0"],
    "fixed_in": "errors.ipynb#here",
} | ABOUT
CAPTURED = SAID | {"captured": "s"}
REPORTED = SAID | {"reported": "https://a.org/1", "message": "no key r"}
LOGGED = CAPTURED | {"kind": "log line"}


def test_a_captured_message_is_gathered_with_its_words():
    assert found(older=OLD, explained=[CAPTURED, LOGGED]) == (
        ["no key s", "take care"],
        [],
    )


def test_a_reported_message_is_gathered_with_its_thread():
    (entry,), wrong = gathered([], {}, "2.21.0", [REPORTED])
    assert wrong == []
    assert entry.message == ("KeyError", "no key r")
    assert entry.reported == "https://a.org/1"
    assert entry.wordings == {"no key r": ["2.9.0"]}


@pytest.mark.parametrize(
    "item",
    [
        CAPTURED | {"reported": "https://a.org/1"},
        SAID,
        CAPTURED | {"captured": "t"},
        CAPTURED | {"kind": "TypeError"},
        CAPTURED | {"versions": ["2.8.0"]},
        CAPTURED | {"message": "typed by hand"},
        REPORTED | {"message": ""},
        REPORTED | {"reported": "a thread"},
        REPORTED | {"fixed_in": ""},
        {key: value for key, value in REPORTED.items() if key != "fix"},
    ],
)
def test_an_item_that_does_not_say_what_it_should_is_named(item):
    texts, problems = found(older=OLD, explained=[LOGGED, item])
    assert texts == ["take care"]
    assert len(problems) >= 1


def test_a_symptom_is_gathered():
    item = {"symptom": "It stands", "words": ["no step"], "fixed_in": "a#b"} | ABOUT
    assert found(symptoms=[item]) == (["It stands"], [])
    for key in item:
        rest = {name: value for name, value in item.items() if name != key}
        assert found(symptoms=[rest])[0] == [], key


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
