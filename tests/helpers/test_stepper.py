"""The stepper: what its widget says and what its table holds."""

from bs4 import BeautifulSoup
from helpers.stepper import Stepper, step_through
import pytest
from traitlets import TraitError

WIDGET = "application/vnd.jupyter.widget-view+json"


def bundle(stepper):
    data, _ = stepper._repr_mimebundle_()
    return data


def cells(table):
    return [[cell.text for cell in row.find_all("td")] for row in table.tbody("tr")]


def test_the_table_tells_what_every_line_did():
    stepper = step_through("x = 1\nif x:\n    x = 'a < b'\ndel x\nprint('bye')")
    soup = BeautifulSoup(bundle(stepper)["text/html"], "html.parser")
    assert soup.table.caption.text == "Step by step: the snippet"
    assert [head.text for head in soup("th")] == [
        "Step", "Line", "Code", "What the line did",
    ]  # fmt: skip
    assert cells(soup.table) == [
        ["1", "1", "x = 1", "binds x to 1"],
        ["2", "2", "if x:", "changes no name"],
        ["3", "3", "\xa0\xa0\xa0\xa0x = 'a < b'", "changes x to 'a < b'"],
        ["4", "4", "del x", "unbinds x"],
        ["5", "5", "print('bye')", "prints bye"],
    ]


def test_the_table_is_plain_and_escaped():
    stepper = step_through(
        "x = '<script>alert(1)</script>'\nprint(x)\nraise ValueError(x)",
        titles=["<b>"],
    )
    page = bundle(stepper)["text/html"]
    names = {tag.name for tag in BeautifulSoup(page, "html.parser").find_all(True)}
    assert names == {"table", "caption", "thead", "tbody", "tr", "th", "td", "code"}


def test_the_table_speaks_of_tapes_and_files(tmp_path):
    import tensorflow as tf

    source = (
        "with open(path, 'w') as file:\n    t = tf.GradientTape()\nwith t:\n    pass\n"
        "def half(v):\n    return v / 2\nhalf(4)\n1 / 0"
    )
    stepper = step_through(source, given={"path": tmp_path / "a.txt", "tf": tf})
    soup = BeautifulSoup(bundle(stepper)["text/html"], "html.parser")
    assert [did for *_, did in cells(soup.table)] == [
        "binds file to file a.txt; file a.txt is open",
        "binds t to tape 1; tape 1 is not yet entered",
        "leaves the block; file a.txt is closed",
        "tape 1 is recording",
        "changes no name",
        "leaves the block; tape 1 is stopped",
        "binds half to function half",
        "calls half; binds v to 4",
        "returns 2.0 from half",
        "changes no name",
        "raises ZeroDivisionError: division by zero",
    ]


def test_the_text_form_is_stable():
    first, second = (step_through("x = object()") for _ in range(2))
    for kind in ("text/plain", "text/html"):
        assert bundle(first)[kind] == bundle(second)[kind]
    assert bundle(first)["text/plain"] == "Stepper(the snippet: 1 steps)"
    assert bundle(first)[WIDGET]["model_id"] == first.model_id


def test_the_trace_is_text_and_line_numbers():
    stepper = step_through("x = 1\nprint(x)")
    (trace,) = stepper.trace
    assert trace["lines"] == ["x = 1", "print(x)"]
    assert [step["line"] for step in trace["steps"]] == [0, 1, 2]
    assert trace["steps"][1] == {
        "line": 1,
        "said": "Line 1 binds x to 1.",
        "rows": [{"group": "Names", "name": "x", "value": "1", "mark": "new"}],
        "printed": "",
        "raised": "",
    }
    assert trace["steps"][2]["printed"] == "1\n"
    assert trace["steps"][2]["said"] == "Line 2 prints 1."


def test_long_output_is_read_out_in_part_and_stored_whole():
    stepper = step_through("print('long. ' * 40)")
    said = stepper.trace[0]["steps"][1]["said"]
    assert said.startswith("Line 1 prints long. long.")
    assert said.endswith("…")
    assert len(said) < 80
    assert "long. " * 39 in bundle(stepper)["text/html"]
    assert "long. " * 39 in stepper.trace[0]["steps"][1]["printed"]


def test_rows_tell_new_from_changed_from_gone():
    (trace,) = step_through("a = 1\na = 2\ndel a\nb = 3").trace
    marks = [[(r["name"], r["mark"]) for r in step["rows"]] for step in trace["steps"]]
    assert marks == [[], [("a", "new")], [("a", "changed")], [("a", "gone")],
                     [("b", "new")]]  # fmt: skip


def test_of_a_tape_that_is_gone_the_last_state_is_shown():
    import tensorflow as tf

    source = "with tf.GradientTape() as t:\n    pass\ndel t"
    stepper = step_through(source, given={"tf": tf})
    rows = stepper.trace[0]["steps"][-1]["rows"]
    assert [(row["name"], row["value"], row["mark"]) for row in rows] == [
        ("t", "tape 1", "gone"), ("tape 1", "stopped", "gone"),
    ]  # fmt: skip
    assert stepper.trace[0]["steps"][-1]["said"] == (
        "Line 3 unbinds t; tape 1 is gone."
    )


def test_each_name_needs_room_once():
    stepper = step_through("a = 1\na = 2\nprint(a)\nprint(a)", "while_it_is = long")
    assert stepper.room == {
        "panels": 2, "width": 18, "code": 4, "rows": 2, "printed": 3,
    }  # fmt: skip


def test_names_of_a_function_have_a_group_of_their_own():
    (trace,) = step_through("def f(v):\n    return v\nf(1)").trace
    groups = [[row["group"] for row in step["rows"]] for step in trace["steps"]]
    assert groups == [[], ["Names"], ["Names", "Names in f"], ["Names", "Names in f"],
                      ["Names"]]  # fmt: skip


def test_two_snippets_share_the_steps():
    def short():
        x = 1  # noqa: F841

    def a_longer_one():
        x = 1
        y = x  # noqa: F841

    stepper = step_through(short, a_longer_one)
    assert [one["title"] for one in stepper.trace] == ["short", "a longer one"]
    assert stepper.last == 2
    page = BeautifulSoup(bundle(stepper)["text/html"], "html.parser")
    assert [c.text for c in page("caption")] == [
        "Step by step: short", "Step by step: a longer one",
    ]  # fmt: skip


def test_the_step_can_be_set():
    stepper = step_through("x = 1\ny = 2")
    assert stepper.step == 0
    stepper.step = 2
    assert stepper.step == 2
    for wrong in (-1, 3):
        with pytest.raises(ValueError, match=f"step must be from 0 to 2, not {wrong}"):
            stepper.step = wrong
    assert stepper.step == 2


def test_the_trace_cannot_be_set():
    with pytest.raises(TraitError):
        step_through("x = 1").trace = []


@pytest.mark.parametrize("titles", [["a"], ["a", "b", "c"], "ab"])
def test_titles_are_one_for_each_snippet(titles):
    with pytest.raises(ValueError, match="titles must be a list of 2"):
        step_through("x = 1", "x = 2", titles=titles)


def test_its_module_asks_for_nothing_from_outside():
    source = str(Stepper._esm)
    for word in ("import", "innerHTML", "fetch", "http", "eval"):
        assert word not in source
    assert "url(" not in str(Stepper._css)
    assert "@import" not in str(Stepper._css)
