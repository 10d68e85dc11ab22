"""The predictions of the book: what is asked, and how the outcome is shown."""

import ast
import re

import pytest
from support.notebooks import chapters, code_cells, notebooks, read, sections

FEWEST = 3  # in a chapter that asks at all
TEMPLATE = "template"
# Built-in functions that make nothing new of what is typed.
CONVERT = {"abs", "bool", "float", "int", "len", "max", "min", "round", "str", "sum"}


def calls_of_predict(tree):
    """Return the calls of ``predict`` in a piece of code."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) == "predict"
        and any(keyword.arg == "answer" for keyword in node.keywords)
    ]


def asks(cell):
    """Say whether a code cell asks the reader."""
    return bool(calls_of_predict(ast.parse(cell.source)))


def tags(cell):
    return set(cell.metadata.get("tags", []))


def is_typed(value, bound):
    """Say whether a value is typed: it rests on constants, and computes nothing.

    ``bound`` has what each name is bound to, wherever it is bound.
    """
    if isinstance(value, ast.Constant):
        return True
    if isinstance(value, ast.Name):
        known = bound.get(value.id, [])
        others = {name: found for name, found in bound.items() if name != value.id}
        return bool(known) and all(is_typed(one, others) for one in known)
    if isinstance(value, ast.Call):
        converts = isinstance(value.func, ast.Name) and value.func.id in CONVERT
        return converts and all(is_typed(one, bound) for one in value.args)
    if isinstance(value, ast.IfExp) and not is_typed(value.test, bound):
        return False  # which of the two it is, is computed
    if isinstance(value, ast.Attribute | ast.Lambda):
        return False
    parts = [n for n in ast.iter_child_nodes(value) if isinstance(n, ast.expr)]
    return all(is_typed(part, bound) for part in parts)


def pairs(target, value):
    """Yield each name that an assignment binds, with what it is bound to."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple):
        several = isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts)
        for i, part in enumerate(target.elts):
            yield from pairs(part, value.elts[i] if several else value)


def typed_answers(sources):
    """Return the lines of the questions in these cells whose answer is typed."""
    trees = [ast.parse(source) for source in sources]
    bound = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for name, value in pairs(target, node.value):
                    bound.setdefault(name, []).append(value)
    return [
        ast.unparse(keyword.value)
        for tree in trees
        for call in calls_of_predict(tree)
        for keyword in call.keywords
        if keyword.arg == "answer" and is_typed(keyword.value, bound)
    ]


@pytest.mark.parametrize(
    ("before", "answer"),
    [
        ("", "8.8"),
        ("", "-1.2"),
        ("", "'falls'"),
        ("", "float(8.8)"),
        ("x = 8.8", "x"),
        ("x, y = 8.8, f(1)", "round(x, 2)"),
        ("x = 10.0\nrate = 0.1", "x - rate * 12"),
        ("", "'falls' if True else 'rises'"),
        ("", "['a', 'b'][0]"),
    ],
)
def test_a_typed_answer_is_found(before, answer):
    assert typed_answers([before, f"predict('?', answer={answer})"])


@pytest.mark.parametrize(
    ("before", "answer"),
    [
        ("x = tf.Variable(10.0)", "float(x)"),
        ("x, y = 8.8, f(1)", "y"),
        ("x = 10.0\ny = f(x)", "'falls' if y < x else 'rises'"),
        ("rows = run(1)", "['a', 'b'][rows[0] > 1]"),
        ("rows = run(1)", "len(rows)"),
        ("for x in path: pass", "x"),
        ("", "opt.iterations"),
        ("", "f(10.0)"),
    ],
)
def test_a_computed_answer_is_not_found(before, answer):
    assert not typed_answers([before, f"predict('?', answer={answer})"])


@pytest.mark.parametrize("name", notebooks())
def test_no_answer_is_typed(name):
    sources = [cell.source for cell in code_cells(read(name).cells)]
    assert typed_answers(sources) == []


def typed_mistakes(source):
    """Return the wrong answers in this cell that are typed numbers, save 0 and 1.

    A name is no such number: a reader who changes what it is bound to changes both.
    """
    found = []
    for call in calls_of_predict(ast.parse(source)):
        lists = [k.value for k in call.keywords if k.arg == "wrong"]
        for pair in (p for one in lists for p in getattr(one, "elts", [])):
            if isinstance(pair, ast.Starred):  # one for each turn of a loop
                pair = getattr(pair.value, "elt", None)
            if not isinstance(pair, ast.Tuple):
                continue
            value = ast.unparse(pair.elts[0])
            if re.fullmatch(r"[-+*/.\d\se()]+", value) and value not in {
                "0",
                "0.0",
                "1",
            }:
                found.append(value)
    return found


@pytest.mark.parametrize("value", ["12.0", "-1.2", "10 - 0.1 * 12", "1e-3", "(3 + 4)"])
def test_a_typed_mistake_is_found(value):
    assert typed_mistakes(f"predict('?', answer=x, wrong=[({value}, 'No.')])")
    several = f"wrong=[(x, 'No.'), *(({value}, 'No.') for _ in y)]"
    assert typed_mistakes(f"predict('?', answer=x, {several})")


@pytest.mark.parametrize("value", ["x", "x - 12", "float(x)", "0", "-rate", "'a'"])
def test_a_computed_mistake_is_not_found(value):
    assert not typed_mistakes(f"predict('?', answer=x, wrong=[({value}, 'No.')])")


@pytest.mark.parametrize("name", notebooks())
def test_no_mistake_is_a_typed_number(name):
    for cell in code_cells(read(name).cells):
        assert typed_mistakes(cell.source) == []


@pytest.mark.parametrize("name", notebooks())
def test_each_question_has_mistakes(name):
    for cell in code_cells(read(name).cells):
        for call in calls_of_predict(ast.parse(cell.source)):
            named = {keyword.arg for keyword in call.keywords}
            assert "wrong" in named, cell.source


@pytest.mark.parametrize("name", notebooks())
def test_the_code_that_asks_is_out_of_sight(name):
    for cell in filter(asks, code_cells(read(name).cells)):
        assert "remove-input" in tags(cell), cell.source
        assert cell.metadata["jupyter"] == {"source_hidden": True}, cell.source


@pytest.mark.parametrize("name", notebooks())
def test_an_outcome_is_stored_collapsed_and_comes_after_its_question(name):
    asked = False
    for cell in code_cells(read(name).cells):
        asked |= asks(cell)
        if "outcome" in tags(cell):
            assert asked, f"no question before {cell.source!r}"
            assert cell.metadata["jupyter"]["outputs_hidden"], cell.source
            assert cell.outputs, cell.source


@pytest.mark.parametrize("name", notebooks())
def test_the_first_line_of_an_outcome_does_not_tell_it(name):
    """JupyterLab shows that line in place of a collapsed output.

    Of answers that are chosen, few words are so rare that they tell something.
    """
    answer = ""
    for cell in code_cells(read(name).cells):
        texts = [o.get("text") or o.data["text/plain"] for o in cell.outputs]
        if asks(cell):
            answer = re.search(r"answer=(['\"])(.*)\1\)$", texts[-1]).group(2)
        elif "outcome" in tags(cell) and re.fullmatch(r"-?[\d.]+|None", answer):
            first = texts[0].partition("\n")[0]
            told = re.search(rf"(?<![\w.-]){re.escape(answer)}(?![\w]|\.\d)", first)
            assert not told, f"{answer} is told by {first!r}"


@pytest.mark.parametrize("name", chapters())
def test_a_question_has_an_outcome_before_the_next(name):
    for title, cells in sections(read(name)).items():
        answers = {"solution"} if title == "Exercises" else {"outcome"}
        open_question = ""
        for cell in code_cells(cells):
            if asks(cell):
                assert not open_question, f"no outcome: {open_question}"
                open_question = cell.source
            elif answers & tags(cell):
                open_question = ""
        assert not open_question, f"no outcome: {open_question}"


@pytest.mark.parametrize("name", chapters())
def test_a_chapter_that_asks_does_so_at_least_three_times(name):
    count = sum(map(asks, code_cells(read(name).cells)))
    assert count == 0 or name == TEMPLATE or count >= FEWEST
