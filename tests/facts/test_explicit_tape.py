"""What the chapter explicit_tape states, one test for each statement."""

import inspect

import numpy as np
import pytest
from support.oracles import BOTH, count, f, path_by_hand, path_by_minimize, step
import tensorflow as tf
import tf_keras


def test_a_list_of_variables_gives_a_list_of_gradients():
    a, b = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape() as t:
        y = 3 * a + 5 * b
    gradients = t.gradient(y, [a, b])
    assert isinstance(gradients, list)
    assert [float(gradient) for gradient in gradients] == [3, 5]


def test_gradient_after_the_block_moves_nothing():
    x = tf.Variable(10.0)
    with tf.GradientTape() as t:
        y = f(x)
    assert float(t.gradient(y, x)) == 12
    assert float(x) == 10


def test_persistent_is_false_by_default():
    parameters = inspect.signature(tf.GradientTape.__init__).parameters
    assert parameters["persistent"].default is False


@BOTH
def test_apply_gradients_moves_and_counts(library):
    x, opt = tf.Variable(10.0), library.optimizers.SGD(0.1)
    assert count(opt) == 0
    assert step(opt, x) == np.float32(8.8)
    assert count(opt) == 1


@BOTH
@pytest.mark.parametrize(("name", "remembers"), [("SGD", False), ("Adam", True)])
def test_sgd_uses_no_earlier_gradient_and_adam_does(library, name, remembers):
    ends = set()
    for earlier in (1.0, -5.0):
        x, opt = tf.Variable(10.0), getattr(library.optimizers, name)(0.1)
        step(opt, x, earlier)
        x.assign(10.0)
        ends.add(step(opt, x))
    assert (len(ends) == 2) == remembers


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_minimize_and_two_steps_agree_bit_for_bit(name):
    optimizer = getattr(tf_keras.optimizers, name)
    assert (
        path_by_minimize(optimizer(0.1)).tobytes()
        == path_by_hand(optimizer(0.1)).tobytes()
    )


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_old_and_new_keras_agree_bit_for_bit(name):
    old = path_by_minimize(getattr(tf_keras.optimizers, name)(0.1))
    new = path_by_hand(getattr(tf.keras.optimizers, name)(0.1))
    assert old.tobytes() == new.tobytes()


def test_watches_variables_and_not_tensors():
    x, constant = tf.Variable(10.0), tf.constant(10.0)
    gradients = []
    for source in (x, constant):
        with tf.GradientTape() as t:
            y = f(source)
        gradients.append(t.gradient(y, source))
    assert float(gradients[0]) == 12
    assert gradients[1] is None


def test_minimize_moves_a_variable_that_is_not_trainable_and_the_loop_cannot():
    frozen = tf.Variable(10.0, trainable=False)
    with tf.GradientTape() as t:
        y = f(frozen)
    assert t.gradient(y, [frozen]) == [None]
    tf_keras.optimizers.SGD(0.1).minimize(lambda: f(frozen), var_list=[frozen])
    assert float(frozen) == np.float32(8.8)


def test_minimize_differs_because_compute_gradients_watches_var_list():
    source = inspect.getsource(tf_keras.optimizers.SGD.compute_gradients)
    block = source[source.rindex("if callable(loss):") :]
    assert block.index("with tape:") < block.index("tape.watch(var_list)")
    assert block.index("tape.watch(var_list)") < block.index("loss = loss()")


def test_a_gradient_near_zero_may_be_a_plateau():
    x = tf.Variable(10.0)
    with tf.GradientTape() as t:
        y = tf.tanh(x - 4.0) ** 2
    assert abs(float(t.gradient(y, x))) < 1e-4
    assert float(y) > 0.99


@BOTH
def test_adam_makes_steps_of_about_the_rate_near_the_start(library):
    steps = -np.diff(path_by_hand(library.optimizers.Adam(0.1)))
    assert steps.max() <= 0.1001
    assert steps.min() > 0.08


def line():
    inputs = tf.constant([[0.0], [1.0], [2.0], [3.0]])
    return inputs, 3 * inputs + 1


def dense(library):
    model = library.Sequential([library.layers.Dense(1, kernel_initializer="zeros")])
    model.build((None, 1))
    return model


def fitted(model, opt, steps, decorate=lambda step: step):
    """Return the weights after the four lines of the chapter."""
    inputs, targets = line()

    @decorate
    def step():
        with tf.GradientTape() as tape:
            predictions = model(inputs, training=True)
            loss = tf.reduce_mean((predictions - targets) ** 2)
        gradients = tape.gradient(loss, model.trainable_variables)
        opt.apply_gradients(zip(gradients, model.trainable_variables, strict=True))

    for _ in range(steps):
        step()
    return np.concatenate(model.get_weights(), axis=None)


@BOTH
def test_the_four_lines_fit_a_model(library):
    weights = fitted(dense(library), library.optimizers.SGD(0.1), steps=200)
    assert weights == pytest.approx([3, 1], abs=5e-4)


def test_the_four_lines_and_minimize_agree_for_a_model():
    (inputs, targets), model = line(), dense(tf_keras)
    opt = tf_keras.optimizers.SGD(0.1)
    for _ in range(20):
        opt.minimize(
            lambda: tf.reduce_mean((model(inputs) - targets) ** 2),
            model.trainable_variables,
        )
    by_hand = fitted(dense(tf.keras), tf.keras.optimizers.SGD(0.1), steps=20)
    assert np.concatenate(model.get_weights(), axis=None) == pytest.approx(by_hand)


def test_a_compiled_step_is_the_same_step():
    eager, compiled = (
        fitted(dense(tf.keras), tf.keras.optimizers.SGD(0.1), 20, decorate)
        for decorate in (lambda step: step, tf.function)
    )
    assert compiled == pytest.approx(eager, rel=1e-5)


@BOTH
@pytest.mark.parametrize("training", [True, False])
def test_training_true_turns_dropout_on(library, training):
    out = library.layers.Dropout(0.5)(tf.ones(1000), training=training)
    assert (float(tf.reduce_min(out)) == 0) == training


def test_watch_follows_a_tensor():
    constant = tf.constant(10.0)
    with tf.GradientTape() as t:
        t.watch(constant)
        y = f(constant)
    assert float(t.gradient(y, constant)) == 12


def test_gradient_descent_is_assign_sub():
    x, path = tf.Variable(10.0), [np.float32(10)]
    for _ in range(20):
        with tf.GradientTape() as t:
            y = f(x)
        x.assign_sub(0.1 * t.gradient(y, x))
        path.append(x.numpy())
    by_sgd = path_by_hand(tf.keras.optimizers.SGD(0.1))
    assert np.array(path).tobytes() == by_sgd.tobytes()


@BOTH
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_pairs_in_the_wrong_order_have_no_unique_id(library, name, x):
    opt = getattr(library.optimizers, name)(0.1)
    with pytest.raises(AttributeError, match=r"EagerTensor' object .* '_unique_id'"):
        opt.apply_gradients([(x, tf.constant(12.0))])


@BOTH
def test_apply_gradients_refuses_gradients_that_are_all_none(library, x):
    with pytest.raises(ValueError, match="No gradients provided for any variable"):
        library.optimizers.SGD(0.1).apply_gradients([(None, x)])


def test_a_second_call_of_gradient_raises(x):
    with tf.GradientTape() as t:
        y = f(x)
    t.gradient(y, x)
    with pytest.raises(RuntimeError, match="A non-persistent GradientTape"):
        t.gradient(y, x)


def test_python_code_of_a_compiled_step_runs_in_the_first_call_only(x):
    opt, calls = tf.keras.optimizers.SGD(0.1), []

    @tf.function
    def compiled_step():
        calls.append(1)
        with tf.GradientTape() as t:
            y = f(x)
        opt.apply_gradients([(t.gradient(y, x), x)])

    compiled_step()
    after_the_first = len(calls)
    compiled_step()
    assert len(calls) == after_the_first
    assert count(opt) == 2
