"""`tools/changes.py`: which numbers a reader may change, and no check fails."""

import random

import changes
from changes import Number
import pytest
from support.notebooks import chapters

DRAWN, SEED = 10, 13


def found(source):
    return [(number.value, number.kind) for number in changes.numbers(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("learning_rate = 0.1", [(0.1, "rate")]),
        ("x = tf.Variable(-2.0)", [(-2.0, "start")]),
        ("opt = tf.keras.optimizers.Adam(0.3)", [(0.3, "rate")]),
        ("start, width, steps = 10.0, 3, 50", [(10.0, "start"), (50, "count")]),
        ("for rate in (0.1, 1.1): pass", [(0.1, "rate"), (1.1, "rate")]),
        ("runs = {rate: 2 for rate in (0.1,)}", [(0.1, "rate")]),
        ("for _ in range(20): pass", [(20, "count")]),
        ("record = go(f, start=1.0, color=2)", [(1.0, "start")]),
        ("def go(f, /, a=1, *, tolerance=0.1): pass", [(0.1, "tolerance")]),
        ("SGD(0.1, momentum=0.9)", [(0.1, "rate"), (0.9, "fraction")]),
        ("def f(x):\n    return 3 * (x - 4.0) ** 2", [(3, "loss"), (4.0, "loss")]),
        ("opt = SGD(learning_rate)\nstart = True\nrange(1, 9)", []),
    ],
)
def test_the_numbers_that_a_reader_would_change_are_found(source, expected):
    assert found(source) == expected


def test_a_change_replaces_the_one_number_and_nothing_else():
    source = 'x, é = 1, "η"; learning_rate = 0.1  # 0.1'
    (number,) = changes.numbers(source)
    assert number.replaced(source, "0.2") == source.replace("= 0.1", "= 0.2")


@pytest.mark.parametrize("kind", [*changes.KINDS, "loss"])
@pytest.mark.parametrize("value", [-2.0, 0.5, 1, 1.0, 20])
def test_other_values_are_of_the_same_type(kind, value):
    tried = changes.others(Number(value, kind, 1, 0, 1))
    assert len(tried) == 2
    assert (
        isinstance(value, float)
        or kind not in ("count", "start", "loss")
        or {type(each) for each in tried} == {int}
    )


def test_a_kind_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match=r"number\.kind is 'colour'"):
        changes.others(Number(1.0, "colour", 1, 0, 1))


def test_a_check_that_holds_for_the_printed_number_only_is_reported():
    cells = ["start = 10.0", "y = start\nassert y == 10.0, 'moved'"]
    change, _ = changes.changes("some", cells)
    assert str(change) == "some 1, `start = 10.0`: 10.0 -> 1.5 (start)"
    assert changes.run("some", cells) is None
    told = changes.run("some", changes.changed(cells, change))
    assert told == "cell 2, line 2, `assert y == 10.0, 'moved'`: AssertionError: moved"


def test_a_check_of_a_relation_holds_after_each_change():
    cells = ["start = 10.0", "y = 2 * start\nassert y == start + start"]
    for change in changes.changes("some", cells):
        assert changes.run("some", changes.changed(cells, change)) is None


@pytest.mark.parametrize("name", chapters())
def test_each_chapter_has_numbers_to_change(name):
    assert len({c.number for c in changes.changes(name, changes.code_of(name))}) >= 5


def drawn():
    """Return some changes of all chapters, the same in each run of one book."""
    pool = [
        c for name in chapters() for c in changes.changes(name, changes.code_of(name))
    ]
    return random.Random(SEED).sample(pool, DRAWN)


@pytest.mark.parametrize("change", drawn(), ids=str)
def test_no_check_fails_when_a_reader_changes_a_number(change):
    cells = changes.code_of(change.notebook)
    failure = changes.run(change.notebook, changes.changed(cells, change))
    assert failure is None, failure
