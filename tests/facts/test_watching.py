"""What the chapter watching states, one test for each statement."""

import weakref

import numpy as np
import pytest
from support.oracles import f
import tensorflow as tf
import tf_keras


def test_what_is_computed_from_something_watched_is_followed(x):
    with tf.GradientTape() as t:
        z = x - 4.0
        y = z**2
    assert t.gradient(y, {"x": x, "z": z}) == {"x": 12, "z": 12}


def test_trainable_variables_that_are_read_are_watched(x):
    frozen = tf.Variable(4.0, trainable=False)
    unused = tf.Variable(1.0)
    constant = tf.constant(0.5)
    with tf.GradientTape() as t:
        y = constant * (x - frozen)
    gradients = t.gradient(y, [x, frozen, unused, constant])
    assert gradients == [0.5, None, None, None]
    assert [v is x for v in t.watched_variables()] == [True]


def small_model():
    layers = tf.keras.layers
    return tf.keras.Sequential([layers.Dense(1), layers.BatchNormalization()])


def loss_of(model):
    inputs = tf.constant([[1.0], [2.0], [6.0]])
    return tf.reduce_mean((model(inputs, training=True) - 4.0) ** 2)


def test_the_moving_averages_of_a_layer_have_no_gradient():
    model = small_model()
    with tf.GradientTape() as t:
        loss = loss_of(model)
    gradients = t.gradient(loss, model.variables)
    missing = {
        v.name for v, g in zip(model.variables, gradients, strict=True) if g is None
    }
    assert missing == {"moving_mean", "moving_variance"}
    assert missing == {v.name for v in model.variables if not v.trainable}


def test_a_tape_watches_a_layer_that_was_frozen_later():
    model = small_model()
    loss_of(model)
    layer = model.layers[0]
    layer.trainable = False
    with tf.GradientTape() as t:
        loss = loss_of(model)
    assert not any(v is layer.kernel for v in model.trainable_variables)
    assert t.gradient(loss, layer.kernel) is not None


def test_watched_variables_lists_what_the_block_read_of_any_model(x):
    one, other = small_model(), small_model()
    loss_of(one), loss_of(other)
    with tf.GradientTape() as t:
        f(x) + loss_of(one) + loss_of(other)
    listed = {id(v) for v in t.watched_variables()}
    read = [*one.trainable_variables, *other.trainable_variables]
    assert listed == {id(x), *(id(v.value) for v in read)}


def test_the_inputs_of_a_model_are_symbols_that_no_tape_watches():
    model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1)])
    inputs = tf.constant([[2.0]])
    with tf.GradientTape() as t:
        with pytest.raises(ValueError, match="of type 'KerasTensor'"):
            t.watch(model.inputs)
        t.watch(inputs)
        y = model(inputs)
    assert t.gradient(y, inputs) == model.layers[0].kernel


def test_of_a_weight_of_keras_3_the_value_is_watched():
    layer = tf.keras.layers.Dense(1)
    layer.build((1, 1))
    with tf.GradientTape(watch_accessed_variables=False) as t:
        with pytest.raises(ValueError, match="of type 'Variable', not"):
            t.watch(layer.kernel)
        t.watch(layer.kernel.value)
        y = layer(tf.constant([[2.0]]))
    assert t.gradient(y, layer.kernel) == 2


def test_watch_follows_constants_and_frozen_variables():
    frozen, constant = tf.Variable(4.0, trainable=False), tf.constant(3.0)
    with tf.GradientTape() as t:
        t.watch([frozen, constant])
        y = frozen * constant
    assert t.gradient(y, [frozen, constant]) == [3, 4]


def test_watched_variables_lists_no_watched_tensors(x):
    constant = tf.constant(3.0)
    with tf.GradientTape() as t:
        t.watch([constant, x])
        y = constant**2
    assert t.gradient(y, constant) == 6
    assert [v is x for v in t.watched_variables()] == [True]


def test_a_watched_variable_that_the_target_does_not_use_has_no_gradient(x):
    unused = tf.Variable(1.0)
    with tf.GradientTape() as t:
        t.watch(unused)
        y = f(x)
    assert t.gradient(y, unused) is None


def test_minimize_watches_the_variables_in_var_list():
    frozen = tf.Variable(3.0, trainable=False)
    with tf.GradientTape() as t:
        y = frozen**2
    assert t.gradient(y, frozen) is None
    tf_keras.optimizers.SGD(0.1).minimize(lambda: frozen**2, var_list=[frozen])
    assert np.isclose(frozen, 3 - 0.1 * 6)


def test_watch_before_entering_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'NoneType' object has no"):
        tf.GradientTape().watch(tf.constant(1.0))


def test_watch_after_the_operation_is_too_late():
    c = tf.constant(10.0)
    with tf.GradientTape(persistent=True) as t:
        early = f(c)
        t.watch(c)
        late = f(c)
    assert t.gradient(early, c) is None
    assert t.gradient(late, c) == 12


def test_a_number_cannot_be_watched():
    with (
        tf.GradientTape() as t,
        pytest.raises(ValueError, match=r"of type 'float', not tf\.Tensor"),
    ):
        t.watch(10.0)


def test_a_tape_may_watch_nothing_by_itself():
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(watch_accessed_variables=False) as t:
        t.watch(b)
        y = a**2 + b**2
    assert t.gradient(y, [a, b]) == [None, 6]
    assert len(t.watched_variables()) == 1


def chain_of(start, kept):
    y = start
    for _ in range(5):
        y = tf.sin(y)
        kept.append(weakref.ref(y))
    return y


@pytest.mark.usefixtures("no_gc")
@pytest.mark.parametrize("automatic", [True, False])
def test_what_depends_on_nothing_watched_is_not_kept(automatic):
    a, b, of_a, of_b = tf.Variable([2.0]), tf.Variable([3.0]), [], []
    with tf.GradientTape(watch_accessed_variables=automatic) as t:
        t.watch(b)
        y = chain_of(a, of_a) + chain_of(b, of_b)
    assert all(ref() is not None for ref in of_b[:-1])
    assert [ref() is not None for ref in of_a[:-1]] == [automatic] * 4
    assert t.gradient(y, b) is not None


def test_an_optimizer_refuses_gradients_that_are_all_none(x):
    opt = tf.keras.optimizers.SGD(0.1)
    with pytest.raises(ValueError, match="No gradients provided for any variable"):
        opt.apply_gradients([(None, x)])


def test_an_integer_variable_is_watched_and_has_no_gradient(log):
    count = tf.Variable(10)
    with tf.GradientTape() as t:
        y = tf.cast(count, tf.float32) ** 2
    assert count.trainable
    assert [v is count for v in t.watched_variables()] == [True]
    assert t.gradient(y, count) is None
    assert log.getvalue() == ""


def test_watching_an_integer_tensor_is_logged(log):
    n = tf.constant(10)
    with tf.GradientTape() as t:
        t.watch(n)
        y = n * n
    assert t.gradient(y, n) is None
    assert "watched tensor must be floating" in log.getvalue()


def test_what_a_pause_computes_is_a_constant(x):
    with tf.GradientTape(persistent=True) as t:
        y = f(x)
        with t.stop_recording():
            aside = f(x)
        total = y + aside
    assert t.gradient(aside, x) is None
    assert t.gradient(total, x) == 12


def test_stop_gradient_makes_one_tensor_a_constant(x):
    with tf.GradientTape() as t:
        total = f(x) + tf.stop_gradient(f(x))
    assert total == 72
    assert t.gradient(total, x) == 12


def test_reset_forgets_and_goes_on(x):
    with tf.GradientTape(persistent=True) as t:
        before = f(x)
        t.reset()
        after = 3.0 * x
    assert t.gradient(before, x) is None
    assert t.gradient(after, x) == 3


def test_reset_drops_earlier_watch_calls(x):
    c = tf.constant(10.0)
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as t:
        t.watch([c, x])
        t.reset()
        y, z = f(c), f(x)
    assert t.gradient(y, c) is None
    assert t.gradient(z, x) is None
    assert t.watched_variables() == ()
