"""A loss that was typed: what it computes, and what is answered to bad input."""

from helpers.explorer import explore_convergence, explore_loss, explore_valley
from helpers.loss_text import loss_from_text
import numpy as np
import pytest
import tensorflow as tf

X = np.float32([0.3, 1.7, 2.5])


@pytest.mark.parametrize(
    ("text", "f"),
    [
        ("x", lambda x: x),
        (" x*2 ", lambda x: x * 2),
        ("-x**2", lambda x: -(x**2)),
        ("2**-x**2", lambda x: 2.0 ** (-(x**2))),
        ("x - 1 - 2", lambda x: x - 1 - 2),
        ("x/2/4", lambda x: x / 2 / 4),
        (".5e1*x + 1.", lambda x: 5 * x + 1),
        (
            "maximum(x, 1) - minimum(2, x)",
            lambda x: np.maximum(x, 1) - np.minimum(2, x),
        ),
        (
            "tf.math.log(x) + tf.nn.relu(x-1) + tf . sin(x)",
            lambda x: np.log(x) + np.maximum(x - 1, 0) + np.sin(x),
        ),
        ("sigmoid(x)", lambda x: 1 / (1 + np.exp(-x))),
        (
            "sqrt(x) + tan(x) + exp(x) + abs(-x) + tanh(x) + cos(x)",
            lambda x: (
                np.sqrt(x) + np.tan(x) + np.exp(x) + abs(x) + np.tanh(x) + np.cos(x)
            ),
        ),
    ],
)
def test_a_text_computes_what_it_says(text, f):
    np.testing.assert_allclose(loss_from_text(text)(X), f(X), rtol=2e-6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("x" * 10_000, "at most 200 characters; it has 10000"),
        ("(" * 100 + "x" + ")" * 100, "at most 200 characters"),
        ("(" * 90 + "x", r"a \) is missing"),
        ("x + z", "character 5: z is not known here; the variables are x and y"),
        ("y(2)*x", "y is not known here; known are sin, cos"),
        ("x^2", r"character 2: \^ is not known here; did you mean \*\*\?"),
        ("2x", r"character 2: a \* is missing"),
        ("(x)(x)", r"character 4: a \* is missing"),
        ("((x)", r"a \) is missing"),
        ("x)", r"a \( is missing"),
        ("x +", "character"),
        ("sin", r"character 1: sin needs parentheses: sin\(x\)"),
        ("x + sin()", "character 5: sin takes 1 argument, not 0"),
        ("sin(x, x)", "character 1: sin takes 1 argument, not 2"),
        ("maximum(x)", "character 1: maximum takes 2 arguments, not 1"),
        ("sinh(x)", "character 1: sinh is not known here; known are sin, cos"),
        ("os.sin(x)", "os.sin is not known here"),
        ("sin(*x)", "is not allowed here"),
        ("sin(x=x)", "is not known here"),
        ("(sin)(x)", r"character 6: a \* is missing"),
        ("x if x else 1", "is not allowed here"),
        ("lambda: x", "character 7"),
        ("__import__(x)", "__import__ is not known here"),
        ("x.numpy()", "x.numpy is not known here"),
        ("1_0*x", "1_0 is no number here"),
        ("0x1*x", "0x1 is no number here"),
        ("1j*x", "1j is no number here"),
        ("x // 2", "character 3: // is not known here"),
        ("'x'", "is not known here"),
        ("x\n+1", "is not known here"),
        ("3", "there is no x in '3'"),
        ("y**2", r"of x, or of x and y; there is no x in 'y\*\*2'"),
        (None, "not None"),
    ],
)
def test_bad_input_is_answered_at_its_place(text, message):
    with pytest.raises(ValueError, match=message):
        loss_from_text(text)


def test_a_text_with_y_takes_two_variables():
    typed = loss_from_text("x**2*y - tf.maximum(y, 2)")
    y = np.float32([2.5, 0.5, -1])
    np.testing.assert_allclose(typed(X, y), X**2 * y - np.maximum(y, 2), rtol=2e-6)
    with pytest.raises(TypeError, match="1 required positional argument: 'y'"):
        typed(X)


@pytest.mark.parametrize("text", ["log(x)", "1/(x + 2)", "x**1e40"])
def test_a_start_without_a_finite_loss_is_named(text):
    with pytest.raises(ValueError, match="must be finite at each start"):
        explore_loss(text, starts=(-2.0, 3.0), steps=1)


@pytest.mark.parametrize(
    ("starts", "message"),
    [
        ((1.0, 2.0), r"finite at each start; log\(x\) - 1/\(y - 2\) at \(1.0, 2.0\)"),
        (3.0, "starts must be a pair of finite numbers, not 3.0"),
        ([(3.0, 1.0), (2.0, "a")], "a pair of finite numbers"),
    ],
)
def test_a_start_of_two_variables_is_a_pair_with_a_finite_loss(starts, message):
    with pytest.raises(ValueError, match=message):
        explore_loss("log(x) - 1/(y - 2)", starts=starts, steps=1)


def test_the_default_start_is_10_for_each_variable():
    settings = {"learning_rates": [0.1], "optimizers": "SGD", "steps": 1}
    assert explore_loss("x**2", **settings).run.points[0] == 10
    assert explore_loss("x + y**2", **settings).run.points[0].tolist() == [10, 10]


def test_a_typed_loss_is_run_like_a_written_one():
    settings = {"starts": 3.0, "learning_rates": [0.1, 0.5], "steps": 5}
    typed = explore_loss("(x - 4)**2 + sin(3*x)", **settings)
    written = explore_convergence(
        lambda x: (x - 4.0) ** 2 + tf.sin(3.0 * x), **settings
    )
    np.testing.assert_allclose(typed.run.x, written.run.x, rtol=1e-6)


def test_a_typed_loss_of_two_variables_is_run_like_a_written_one():
    settings = {"starts": (3.0, -1.0), "learning_rates": [0.1, 0.5], "steps": 5}
    settings |= {"optimizers": ["SGD", "Adam"]}
    typed = explore_loss("(x - 4)**2 + 2*y**2", **settings)
    written = explore_valley(lambda x, y: (x - 4.0) ** 2 + 2 * y**2, **settings)
    assert np.array_equal(typed.run.points, written.run.points)


def test_a_number_too_large_is_infinite():
    assert np.isinf(float(loss_from_text("x*1e999")(1.0)))


@pytest.mark.parametrize(
    ("text", "start", "lowest"),
    [
        ("(x - 4)**2", 10.0, 4.0),
        ("-x**2", 1.0, None),  # it falls for ever
        ("x**3", 1.0, None),
        ("x", 1.0, None),
        ("relu(x)", -1.0, -1.0),  # flat at the start
        ("log(x)", 2.0, None),  # some runs leap over 0 and end high up
        ("x - x", 2.0, 2.0),
        ("1/x", 1.0, None),
        ("x**30", 10.0, None),
        ("sqrt(x)", 1.0, None),
    ],
)
def test_any_loss_is_drawn(text, start, lowest):
    explorer = explore_loss(text, starts=start, learning_rates=[0.1, 1.0, 3.0])
    view = explorer._view
    assert np.isfinite([*view.bottom, view.lowest, view.height]).all()
    assert view.height > 0
    if lowest is None:
        assert abs(view.bottom[0] - start) <= 10 * (1 + abs(start)) + 1e3
    else:
        np.testing.assert_allclose(view.bottom, [lowest], rtol=1e-3)
    assert explorer.static_form()["image/png"]


@pytest.mark.parametrize(
    ("text", "start", "lowest"),
    [
        ("(x - 4)**2 + y**2", (10.0, -3.0), (4.0, 0.0)),
        ("-x**2 - y**2", (1.0, 0.5), None),  # it falls for ever
        ("x**2 - y**2", (1.0, 0.01), None),
        ("x - y", (1.0, 2.0), None),
        ("relu(x) + relu(y)", (-1.0, -1.0), (-1.0, -1.0)),  # flat at the start
        ("log(x) + log(y)", (2.0, 1.0), None),
        ("x - x + y - y", (2.0, 1.0), (2.0, 1.0)),
        ("1/x + 1/y", (1.0, 3.0), None),
        ("x**30 + y**30", (10.0, 10.0), None),
        ("x**2 + 0*y", (4.0, 1.0), (0.0, 1.0)),
        ("sqrt(x)*sqrt(y)", (1.0, 1.0), None),
    ],
)
def test_any_loss_of_two_variables_is_drawn(text, start, lowest):
    explorer = explore_loss(text, starts=start, learning_rates=[0.1, 1.0, 3.0])
    view = explorer._view
    assert np.isfinite([*view.bottom, view.lowest, view.height]).all()
    assert view.height > 0
    (left, right), (low, high) = view._window()
    assert left < start[0] < right
    assert low < start[1] < high
    if lowest is not None:
        np.testing.assert_allclose(view.bottom, lowest, rtol=1e-3, atol=1e-3)
    assert explorer.static_form()["image/png"]


def test_rest_in_two_variables_is_not_the_lowest_loss_but_a_small_slope():
    # The start lies in the higher one of two hollows, and so does the end.
    text = "x**4/4 - x**2 + x/5 + y**2"
    explorer = explore_loss(text, starts=[(2.0, 2.0), (-2.0, 2.0)], optimizers="SGD")
    assert explorer._view.bottom[0] < 0 < explorer.run.x[-1]
    (run, *_), lowest = explorer._plot.data["runs"][0], explorer._view.lowest
    assert explorer.run.loss[-1] > lowest + 0.5
    at = explorer._plot.data["rates"].index("0.1")
    assert run[at]["regime"] == "converges"
    assert explorer._plot.data["rest"] == ["slope", "a thousandth"]
    assert explorer._plot.data["surface"] == "among the contours"
