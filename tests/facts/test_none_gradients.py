"""What the chapter none_gradients states, one test for each statement."""

import numpy as np
import pytest
from support.oracles import BOTH, f, log_lines_of
from support.processes import run_alone
import tensorflow as tf


def gradient_of(compute, source, after=lambda y: y, **settings):
    """Return the gradient of ``after(compute())``, ``compute`` inside the block."""
    with tf.GradientTape() as t:
        y = compute()
    return t.gradient(after(y), source, **settings)


def test_a_flat_place_is_zero_and_not_none():
    x = tf.Variable(4.0)
    assert float(gradient_of(lambda: f(x), x)) == 0


@pytest.mark.parametrize("flat", [tf.nn.relu, lambda x: tf.clip_by_value(x, 0.0, 5.0)])
def test_relu_and_clipping_give_a_zero_and_not_none(flat):
    x = tf.Variable(-3.0)
    assert gradient_of(lambda: flat(x), x) == 0


def test_a_target_that_does_not_depend_on_the_source():
    x, b = tf.Variable(10.0), tf.Variable(1.0)
    assert gradient_of(lambda: f(x), b) is None


@pytest.mark.parametrize("zero", ["zero", tf.UnconnectedGradients.ZERO])
def test_unconnected_gradients_gives_a_zero(zero):
    x, b = tf.Variable(10.0), tf.Variable([1.0, 2.0])
    gradient = gradient_of(lambda: f(x), b, unconnected_gradients=zero)
    assert gradient.numpy().tolist() == [0, 0]


@BOTH
def test_an_optimizer_refuses_nothing_but_none(library):
    x = tf.Variable(10.0)
    with pytest.raises(ValueError, match=r"^No gradients provided for any variable"):
        library.optimizers.SGD(0.1).apply_gradients([(None, x)])


def test_keras_3_skips_a_single_none_with_a_warning():
    x, b = tf.Variable(10.0), tf.Variable(1.0)
    pairs = [(tf.constant(12.0), x), (None, b)]
    with pytest.warns(UserWarning, match="Gradients do not exist for variables"):
        tf.keras.optimizers.SGD(0.1).apply_gradients(pairs)
    assert (float(x), float(b)) == (np.float32(8.8), 1)


def test_a_loss_before_the_block():
    x = tf.Variable(10.0)
    y = f(x)
    assert gradient_of(lambda: y, x) is None


def test_an_operation_after_the_block():
    x = tf.Variable(10.0)
    assert gradient_of(lambda: f(x), x, after=lambda y: -y) is None
    assert float(gradient_of(lambda: -f(x), x)) == -12


@pytest.mark.parametrize("early", [True, False])
def test_watch_must_come_before_the_operation(early):
    c = tf.constant(10.0)
    with tf.GradientTape() as t:
        if early:
            t.watch(c)
        y = f(c)
        t.watch(c)
    gradient = t.gradient(y, c)
    assert gradient == 12 if early else gradient is None


@pytest.mark.parametrize("watch", [True, False])
def test_a_variable_that_is_not_trainable_wants_watch(watch):
    fixed = tf.Variable(10.0, trainable=False)
    with tf.GradientTape() as t:
        if watch:
            t.watch(fixed)
        y = f(fixed)
    assert len(t.watched_variables()) == watch
    gradient = t.gradient(y, fixed)
    assert gradient == 12 if watch else gradient is None


def test_a_slice_is_a_new_tensor_each_time():
    v = tf.Variable([10.0, 7.0])
    with tf.GradientTape(persistent=True) as t:
        y = tf.reduce_sum(f(v))
    assert t.gradient(y, v[0]) is None
    assert t.gradient(y, v)[0] == 12


def test_a_second_call_of_a_layer_gives_another_tensor():
    layer, inputs = tf.keras.layers.Dense(1), tf.ones((1, 1))
    with tf.GradientTape(persistent=True) as t:
        features = layer(inputs)
        y = tf.reduce_sum(f(features))
        again = layer(inputs)
    assert t.gradient(y, features) is not None
    assert t.gradient(y, again) is None


@pytest.mark.parametrize("name", ["absl", "tensorflow"])
def test_an_integer_variable_has_none_and_no_message(name):
    n = tf.Variable(10)
    gradient, lines = log_lines_of(lambda: gradient_of(lambda: n * n, n), name)
    assert (gradient, lines) == (None, [])


def test_watching_an_integer_tensor_is_logged():
    n = tf.constant(10)

    def watch():
        with tf.GradientTape() as t:
            t.watch(n)
            y = n * n
        return t.gradient(y, n)

    gradient, lines = log_lines_of(watch, "tensorflow")
    assert gradient is None
    assert len(lines) == 1
    assert lines[0].startswith("The dtype of the watched tensor must be floating")


def test_watching_integers_is_logged_five_times():
    # Here it may have been logged before.
    code = (
        "import helpers, tensorflow as tf\n"
        "for _ in range(7):\n    with tf.GradientTape() as t:\n"
        "        t.watch(tf.constant(10))\n"
    )
    done = run_alone(code)
    assert done.stderr.count("watched tensor must be floating") == 5


def test_a_complex_number_has_a_gradient():
    z = tf.Variable(3.0 + 4.0j, dtype=tf.complex64)
    assert gradient_of(lambda: tf.abs(z) ** 2, z) is not None


JUMPS = {
    "round": tf.round,
    "floor": tf.floor,
    "compare": lambda x: tf.where(x > 4.0, 1.0, 0.0),
    "cast": lambda x: tf.cast(tf.cast(x, tf.int32), tf.float32),
    "argmax": lambda x: tf.cast(tf.argmax([x, 0 * x]), tf.float32),
}


@pytest.mark.parametrize("name", JUMPS)
def test_an_operation_that_jumps_has_no_gradient_and_no_message(name):
    x = tf.Variable(10.0)
    assert gradient_of(lambda: f(JUMPS[name](x)), x) is None


def test_an_operation_without_a_gradient_is_a_lookup_error():
    w = tf.Variable([1.0, 2.0, 3.0])

    def bincount():
        return tf.reduce_sum(tf.math.bincount([0, 1, 0], weights=w) ** 2)

    with pytest.raises(LookupError, match=r"^gradient registry has no entry for: "):
        gradient_of(bincount, w)


def test_segment_sum_is_bincount_with_a_gradient():
    w, group = tf.Variable([1.0, 2.0, 3.0]), [0, 1, 0]
    sums = tf.math.unsorted_segment_sum(w, group, 2)
    assert sums.numpy().tolist() == tf.math.bincount(group, weights=w).numpy().tolist()
    gradient = gradient_of(
        lambda: tf.reduce_sum(tf.math.unsorted_segment_sum(w, group, 2) ** 2), w
    )
    assert gradient.numpy().tolist() == [8, 4, 8]


def test_stop_gradient_cuts_the_whole_or_a_part():
    x = tf.Variable(10.0)
    assert gradient_of(lambda: f(tf.stop_gradient(x)), x) is None
    assert gradient_of(lambda: x * tf.stop_gradient(x), x) == 10


def test_stop_gradient_of_a_variable_does_not_watch_it():
    x = tf.Variable(10.0)
    with tf.GradientTape() as t:
        tf.stop_gradient(x)
    assert t.watched_variables() == ()


@pytest.mark.parametrize(
    "detour",
    [
        lambda x: (float(x) - 4) ** 2,
        lambda x: (x.numpy() - 4) ** 2,
        lambda x: np.square(x - 4.0),
    ],
)
def test_a_target_of_numpy_or_python_is_refused_by_gradient(detour):
    x = tf.Variable(10.0)
    assert not tf.is_tensor(detour(x))
    error = TypeError if type(detour(x)) is float else AttributeError
    with pytest.raises(error):
        gradient_of(lambda: detour(x), x)
    assert gradient_of(lambda: tf.constant(detour(x)), x) is None


def test_one_factor_outside_tensorflow_gives_a_wrong_gradient():
    x = tf.Variable(10.0)
    assert gradient_of(lambda: f(x) * float(x), x) == 120
    assert gradient_of(lambda: f(x) * x, x) == 120 + 36


def test_reading_a_variable_as_a_float_watches_it():
    x = tf.Variable(10.0)
    with tf.GradientTape() as t:
        float(x)
    assert t.watched_variables() == (x,)


def test_no_gradient_goes_through_assign():
    x, total = tf.Variable(10.0), tf.Variable(0.0)

    def by_the_variable():
        total.assign_add(f(x))
        return 1.0 * total

    assert gradient_of(by_the_variable, x) is None
    assert gradient_of(lambda: total.assign(f(x)), x) is None


def test_no_gradient_goes_into_a_new_variable():
    x = tf.Variable(10.0)
    assert gradient_of(lambda: tf.Variable(x - 4.0) ** 2, x) is None


class Untracked(tf.keras.layers.Layer):
    """A layer that holds a variable that Keras does not track."""

    def __init__(self):
        super().__init__()
        self.b = tf.Variable(10.0)


class Tracked(tf.keras.layers.Layer):
    """A layer whose variable Keras tracks."""

    def __init__(self):
        super().__init__()
        self.b = self.add_weight(shape=(), initializer="zeros")
        self.b.assign(10.0)


def test_keras_3_tracks_what_add_weight_makes():
    assert Untracked().trainable_variables == []
    layer = Tracked()
    gradients = gradient_of(lambda: f(layer.b), layer.trainable_variables)
    assert [float(gradient) for gradient in gradients] == [12]


def test_a_tape_goes_on_watching_a_frozen_layer_of_keras_3():
    layer = Tracked()
    layer.trainable = False
    assert layer.trainable_variables == []
    assert float(gradient_of(lambda: f(layer.b), layer.b)) == 12
