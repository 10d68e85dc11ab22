"""What the checks refuse, and which forms of an argument they accept."""

from helpers.checks import (
    check_bounds,
    check_elementwise,
    check_optimizer_names,
    check_point,
    check_scalar,
    check_starts,
    variables_at,
    variables_of,
)
import numpy as np
import pytest
import tensorflow as tf


@pytest.mark.parametrize(
    ("f", "variables"),
    [
        (lambda x: x, ("x",)),
        (lambda a, b: a, ("x", "y")),
        (lambda a, b, c: a, ("x", "y", "z")),
        (lambda x, scale=2.0: x, ("x",)),
        (lambda x, *, scale: x, ("x",)),
        (lambda: 1.0, ("x",)),
        (min, ("x",)),  # its signature is not known
        (3.0, ("x",)),
    ],
)
def test_a_loss_has_a_variable_for_each_argument_that_it_needs(f, variables):
    assert variables_of(f) == variables


@pytest.mark.parametrize(
    ("start", "count"),
    [(1.0, 1), (np.float32(1), 1), (None, 1), ((1, 2), 2), (np.zeros(3), 3), ([], 1)],
)
def test_a_start_has_a_number_for_each_variable(start, count):
    assert len(variables_at(start)) == count


@pytest.mark.parametrize(
    ("point", "variables"),
    [
        (1, ("x",)),
        (np.float32(2.5), ("x",)),
        ((1, 2), ("x", "y")),
        (np.array([1.0, 2.0]), ("x", "y")),
        ([1, 2, 3], ("x", "y", "z")),
    ],
)
def test_a_finite_number_for_each_variable_is_a_point(point, variables):
    check_point("start", point, variables)


@pytest.mark.parametrize(
    ("point", "variables", "right"),
    [
        ((1.0,), ("x",), "a finite number"),
        (True, ("x",), "a finite number"),
        (1.0, ("x", "y"), "a pair of finite numbers"),
        ((1.0, (2.0, 3.0)), ("x", "y"), "a pair of finite numbers"),
        ((1.0, np.nan, 2.0), ("x", "y", "z"), "three finite numbers"),
    ],
)
def test_a_bad_point_is_named(point, variables, right):
    with pytest.raises(ValueError, match=f"minimum must be {right}, not"):
        check_point("minimum", point, variables)


@pytest.mark.parametrize(
    ("starts", "variables", "points"),
    [
        (10, ("x",), [10]),
        ((10.0, -2.0), ("x",), [10.0, -2.0]),
        (np.array([1.0, 2.0]), ("x",), [1.0, 2.0]),
        ((10.0, -2.0), ("x", "y"), [(10.0, -2.0)]),
        ([[1, 2], [3, 4]], ("x", "y"), [(1, 2), (3, 4)]),
        (np.eye(2), ("x", "y"), [(1, 0), (0, 1)]),
    ],
)
def test_one_start_or_several_become_a_list(starts, variables, points):
    assert check_starts(starts, variables) == points


@pytest.mark.parametrize("variables", [("x",), ("x", "y")])
def test_no_start_is_refused(variables):
    with pytest.raises(ValueError, match=r"one value or several .*; got \[\]"):
        check_starts([], variables)


def test_one_optimizer_or_several_become_a_list():
    assert check_optimizer_names("SGD", ["SGD", "Adam"]) == ["SGD"]
    assert check_optimizer_names(("Adam", "SGD"), ["SGD", "Adam"]) == ["Adam", "SGD"]


def test_no_bounds_are_fine():
    check_bounds({}, ["SGD"])


def test_a_loss_of_three_variables_can_be_checked_too():
    three = ("x", "y", "z")
    check_elementwise(lambda x, y, z: x * y + z, three)
    assert check_scalar(lambda x, y, z: x * y + z, three, [2.0, 3.0, 4.0]) == 10
    with pytest.raises(ValueError, match=r"equal to \[f\(a, c, e\), f\(b, d, g\)\]"):
        check_elementwise(lambda x, y, z: tf.reduce_sum(x * y + z), three)
    with pytest.raises(ValueError, match="three arguments, the tensors x, y and z"):
        check_elementwise(lambda x: x, three)
    with pytest.raises(ValueError, match="f must be a function of three tensors"):
        check_elementwise(1, three)
