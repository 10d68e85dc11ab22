"""Each cause of a missing gradient, made by hand, and what is said about it."""

from helpers.diagnose import _WIDTH, explain_gradients
import numpy as np
import pytest
import tensorflow as tf
import tf_keras


def f(x):
    return (x - 4.0) ** 2


def said(t, target, sources):
    """Return the explanation on one line, however its lines are broken."""
    return " ".join(explain_gradients(t, target, sources).split())


def explain(compute, source, after=lambda y: y, **settings):
    """Return what is said of ``source`` when the block computes ``compute()``."""
    with tf.GradientTape(**settings) as t:
        y = compute()
    return said(t, after(y), source)


@pytest.fixture
def x():
    return tf.Variable(10.0)


def test_a_gradient_that_is_there_is_given(x):
    assert explain(lambda: f(x), x) == "the source: the gradient is 12."


def test_a_gradient_of_a_vector_is_given_by_its_shape():
    v = tf.Variable([1.0, 2.0])
    words = explain(lambda: tf.reduce_sum(f(v)), v)
    assert words == "the source: there is a gradient of shape (2,)."


def test_a_gradient_in_slices_is_given_by_its_shape():
    v = tf.Variable([[1.0], [2.0]])
    words = explain(lambda: tf.reduce_sum(tf.gather(v, [0])), v)
    assert words == "the source: there is a gradient of shape (2, 1)."


@pytest.mark.parametrize("make", [dict, list, tuple])
def test_each_source_gets_its_paragraph_in_order(x, make):
    b = tf.Variable(1.0)
    sources = {"x": x, "b": b} if make is dict else make([x, b])
    with tf.GradientTape() as t:
        y = f(x)
    text = explain_gradients(t, y, sources)
    starts = [line for line in text.splitlines() if not line.startswith("    ")]
    names = ["x", "b"] if make is dict else ["source 0", "source 1"]
    assert [start.partition(":")[0] for start in starts] == names
    assert "the gradient is 12" in starts[0]
    assert "None" in starts[1]
    assert max(map(len, text.splitlines())) <= _WIDTH


NOT_READ = "None. The tape did not watch this variable: nothing in the block read it"
LOOSE = "the target depends on nothing that the tape recorded"


def test_a_loss_outside_the_block_was_never_read(x):
    y = f(x)
    assert NOT_READ in explain(lambda: None, x, after=lambda _: y)


def test_a_tape_that_watches_nothing_says_the_same(x):
    assert NOT_READ in explain(lambda: f(x), x, watch_accessed_variables=False)


def test_a_variable_that_only_stop_gradient_read_was_not_watched(x):
    assert f"{NOT_READ}, or only stop_gradient did" in explain(
        lambda: f(tf.stop_gradient(x)), x
    )


def test_a_variable_that_is_not_trainable_wants_watch():
    fixed = tf.Variable(10.0, trainable=False)
    words = explain(lambda: f(fixed), fixed)
    assert "None. This variable is not trainable" in words
    assert "t.watch(it)" in words


def test_a_watched_variable_that_is_not_trainable_is_fine():
    fixed = tf.Variable(10.0, trainable=False)
    with tf.GradientTape() as t:
        t.watch(fixed)
        y = f(fixed)
    assert said(t, y, fixed) == "the source: the gradient is 12."


@pytest.mark.parametrize(
    "cut",
    [
        lambda x: tf.stop_gradient(x + 0.0),
        tf.round,
        lambda x: tf.cast(tf.cast(x, tf.int32), tf.float32),
        lambda x: tf.constant(float(x)),
        lambda x: tf.where(x > 4.0, 1.0, 0.0),
        lambda x: tf.Variable(0.0, trainable=False).assign(x),
    ],
)
def test_a_broken_path_differs_from_a_variable_that_was_not_read(x, cut):
    words = explain(lambda: f(cut(x)), x)
    assert f"The tape watched this variable, but {LOOSE}" in words
    for suspect in ("after the block", "NumPy", "rounding", "stop_gradient", "assign"):
        assert suspect in words


def test_an_operation_after_the_block_breaks_the_path(x):
    assert LOOSE in explain(lambda: f(x), x, after=lambda y: -y)


def test_a_target_that_depends_on_others_is_told_apart(x):
    b = tf.Variable(1.0)
    words = explain(lambda: b * b + tf.round(x), {"x": x})
    assert "the target depends on others, but not on this one" in words
    assert LOOSE not in words


def test_a_tensor_wants_watch_and_may_have_been_a_variable(x):
    x = x - 1.2
    words = explain(lambda: f(x), x)
    assert "None. This source is a tensor" in words
    assert "t.watch(it)" in words
    assert "x.assign_sub" in words


@pytest.mark.parametrize("make", [tf.Variable, tf.constant])
def test_an_integer_source_has_no_gradient(make):
    n = make(10)
    words = explain(lambda: n * n, n)
    assert "None. This source is tf.int32, and only floats have a slope." in words


@pytest.mark.parametrize(
    ("compute", "dtype"),
    [
        (lambda x: tf.cast(x, tf.int64), "tf.int64"),
        (lambda x: x > 4.0, "tf.bool"),
        (lambda x: tf.argmax([x, 0 * x]), "tf.int64"),
    ],
)
def test_an_integer_target_has_no_gradient(x, compute, dtype):
    words = explain(lambda: compute(x), x)
    assert f"None. The target is {dtype}, and only floats have a slope." in words


@pytest.mark.parametrize(
    ("leave", "kind"),
    [
        (lambda x: (float(x) - 4) ** 2, "float"),
        (lambda x: np.square(x - 4.0), "float32"),
        (lambda x: np.square(x.numpy()), "float32"),  # NumPy 1 makes -4 a float64
        (lambda x: np.array([float(x)]), "ndarray"),
    ],
)
def test_a_target_that_left_tensorflow_is_named_by_its_type(x, leave, kind):
    words = explain(lambda: leave(x), x)
    assert f"the target is a {kind}, not a tensor." in words


@pytest.mark.parametrize("target", [36.0, np.float32(36), np.array([36.0])])
def test_a_target_that_is_no_tensor_is_said_to_raise_and_does(x, target):
    assert "raises an error" in explain(lambda: target, x)
    assert "None" not in explain(lambda: target, x)
    with tf.GradientTape() as t:
        f(x)
    with pytest.raises((TypeError, AttributeError)):
        t.gradient(target, x)


def test_a_variable_for_a_target_was_written_by_assign(x):
    state = tf.Variable(0.0)
    words = explain(lambda: state.assign(x * x), x, after=lambda _: state)
    assert "None. The target is a variable" in words
    assert "the tensor that was assigned" in words


def test_an_operation_without_a_gradient_is_named(x):
    words = explain(lambda: tf.image.adjust_hue(tf.fill([1, 1, 3], x), 0.1), x)
    assert "LookupError. An operation on the path to the target has no gr" in words
    assert "AdjustHue" in words


def test_a_complex_target_is_not_called_an_integer(x):
    words = explain(lambda: tf.complex(tf.round(x), 0.0), x)
    assert LOOSE in words


def test_a_persistent_tape_still_gives_gradients_afterwards(x):
    with tf.GradientTape(persistent=True) as t:
        y = f(x)
    assert said(t, y, x) == said(t, y, x)
    assert float(t.gradient(y, x)) == 12


@pytest.mark.parametrize("keras", [tf.keras, tf_keras], ids=["new", "old"])
def test_variables_of_keras_layers_are_known(keras):
    layer = keras.layers.Dense(1)
    layer.build((None, 2))
    sources = dict(zip(("kernel", "bias"), layer.trainable_variables, strict=True))
    with tf.GradientTape() as t:
        y = tf.reduce_sum(tf.ones([3, 2]) @ tf.convert_to_tensor(sources["kernel"]))
    words = said(t, y, sources)
    assert "kernel: there is a gradient of shape (2, 1)." in words
    assert f"bias: {NOT_READ}" in words


@pytest.mark.parametrize("keras", [tf.keras, tf_keras], ids=["new", "old"])
def test_a_read_variable_of_a_keras_layer_counts_as_read(keras):
    layer = keras.layers.Dense(1)
    layer.build((None, 2))
    words = explain(lambda: tf.stop_gradient(layer(tf.ones([3, 2]))), layer.bias)
    assert LOOSE in words


# Bad input


def test_a_tape_whose_gradient_was_called_is_refused(x):
    with tf.GradientTape() as t:
        y = f(x)
    t.gradient(y, x)
    with pytest.raises(ValueError, match=r"^t must have gradients to give.*Record"):
        explain_gradients(t, y, x)


def test_a_tape_that_was_never_entered_is_refused(x):
    with pytest.raises(ValueError, match=r"^t must have gradients to give"):
        explain_gradients(tf.GradientTape(), f(x), x)


def test_t_must_be_a_tape(x):
    with pytest.raises(ValueError, match=r"^t must be a tf\.GradientTape, not 3"):
        explain_gradients(3, f(x), x)


@pytest.mark.parametrize("target", [None, "y", []])
def test_a_target_that_was_never_a_loss_is_refused(x, target):
    with tf.GradientTape() as t:
        f(x)
    with pytest.raises(ValueError, match=r"^target must be one tensor") as caught:
        explain_gradients(t, target, x)
    assert repr(target) in str(caught.value)


@pytest.mark.parametrize("sources", [{}, [], ()])
def test_no_sources_are_refused(x, sources):
    with tf.GradientTape() as t:
        y = f(x)
    with pytest.raises(ValueError, match=r"^sources must hold at least one"):
        explain_gradients(t, y, sources)


@pytest.mark.parametrize("source", [10.0, np.float32(10), None])
def test_a_source_that_no_tape_can_follow_is_named(x, source):
    with tf.GradientTape() as t:
        y = f(x)
    with pytest.raises(ValueError, match=r"^sources must be variables") as caught:
        explain_gradients(t, y, {"x": x, "rate": source})
    assert f"rate is {source!r}" in str(caught.value)


def test_after_bad_input_the_tape_still_gives_gradients(x):
    with tf.GradientTape() as t:
        y = f(x)
    with pytest.raises(ValueError, match=r"^target"):
        explain_gradients(t, None, x)
    assert float(t.gradient(y, x)) == 12
