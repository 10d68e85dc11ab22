"""Short texts for values."""

from helpers.stepper.reprs import _LONGEST, _number_text, error_line, short_repr
import numpy as np
import pytest
import tensorflow as tf


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        ("hello", "'hello'"),
        (None, "None"),
        (0.1 + 0.2, "0.3"),
        (np.float32(8.8), "8.8"),
        (np.int64(7), "7"),
        (float("nan"), "nan"),
        (tf.constant(36.0), "tensor 36.0"),
        (tf.constant(3), "tensor 3"),
        (tf.constant([1.0, 2.5]), "tensor [1. 2.5]"),
        (tf.zeros([40, 50]), "tensor of shape (40, 50)"),
        (np.array([1, 2]), "array [1 2]"),
        ([tf.constant(12.0), None], "[tensor 12.0, None]"),
        ({"x": tf.constant(1.0)}, "{'x': tensor 1.0}"),
        (tf, "module tensorflow"),
        (int, "class int"),
        (short_repr, "function short_repr"),
        (len, "function len"),
    ],
)
def test_a_value_in_short(value, text):
    assert short_repr(value) == text


def test_a_variable_in_short():
    assert short_repr(tf.Variable(10.0)) == "variable 10.0"


def test_numbers_keep_six_digits_and_their_point():
    assert _number_text(np.float32(7.0399995)) == "7.04"
    assert _number_text(4.0) == "4.0"
    assert _number_text(-12.0) == "-12.0"
    assert _number_text(1e-8) == "1e-08"


def test_a_tensor_of_a_graph_has_no_value():
    seen = []

    @tf.function
    def graph(x):
        seen.append(short_repr(x))
        return x

    graph(tf.constant(1.0))
    assert seen == ["tensor of shape ()"]


def test_no_address_is_shown():
    class Door:
        pass

    class Room:
        def __repr__(self):
            return f"Room({object.__repr__(self)}, {len})"

    assert short_repr(Door()) == "Door object"
    assert short_repr([Door()]) == "[Door object]"
    assert "0x" not in short_repr(Room())
    assert "0x" not in short_repr(iter([]))


def test_long_values_are_cut():
    class Long:
        def __repr__(self):
            return "a" * 500

    assert len(short_repr(Long())) <= _LONGEST
    assert len(short_repr("b" * 500)) <= _LONGEST


def test_a_repr_that_raises_is_replaced():
    class Rude:
        def __repr__(self):
            raise RuntimeError("no")

    assert short_repr(Rude()) == "Rude object"


def test_an_error_in_one_line():
    assert error_line(ValueError("first\nsecond")) == "ValueError: first"
    assert error_line(KeyError()) == "KeyError"
