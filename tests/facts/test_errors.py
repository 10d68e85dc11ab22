"""What the page of error messages says to do instead: it works."""

import helpers  # noqa: F401 (loads TensorFlow without its log lines)
import pytest
import tensorflow as tf
import tf_keras

optimizers = tf.keras.optimizers


def test_a_reference_serves_as_a_key_and_gives_its_variable_back():
    x = tf.Variable(10.0)
    (key,) = {x.ref(): "x"}
    assert key.deref() is x


def test_an_element_of_a_variable_is_assigned():
    x = tf.Variable([10.0, 2.0])
    x[0].assign(4.0)
    assert x.numpy().tolist() == [4, 2]


def test_an_element_of_a_tensor_is_replaced_in_a_new_one():
    x = tf.constant([10.0, 2.0])
    changed = tf.tensor_scatter_nd_update(x, [[0]], [4.0])
    assert changed.numpy().tolist() == [4, 2]


def test_the_learning_rate_is_set_by_its_name():
    opt = optimizers.Adam(0.1)
    opt.learning_rate = 0.01
    assert float(opt.learning_rate) == pytest.approx(0.01)


def test_an_optimizer_lists_its_variables():
    opt = optimizers.Adam()
    opt.build([tf.Variable(10.0)])
    assert len([v.numpy() for v in opt.variables]) == 4


def test_a_schedule_takes_the_place_of_decay():
    schedule = optimizers.schedules.InverseTimeDecay(0.1, 1, 1.0)
    opt, x = optimizers.SGD(schedule), tf.Variable(10.0)
    opt.apply_gradients([(tf.constant(1.0), x)])
    opt.apply_gradients([(tf.constant(1.0), x)])
    assert float(x) == pytest.approx(10 - 0.1 - 0.05)


@pytest.mark.parametrize(
    "name",
    [
        "ConfigProto",
        "InteractiveSession",
        "global_variables_initializer",
        "GraphKeys",
        "get_default_graph",
        "get_variable",
        "trainable_variables",
    ],
)
def test_the_old_names_are_in_compat(name):
    assert hasattr(tf.compat.v1, name)
    assert not hasattr(tf, name)


def test_the_parts_of_all_devices_are_added_up():
    strategy = tf.distribute.OneDeviceStrategy("CPU:0")
    value = strategy.run(lambda: tf.constant(3.0))
    assert float(strategy.reduce("SUM", value, axis=None)) == 3
    assert len(strategy.experimental_local_results(value)) == 1


def test_a_custom_optimizer_names_its_learning_rate():
    class Own(optimizers.Optimizer):
        def __init__(self, learning_rate, name="Own"):
            super().__init__(learning_rate=learning_rate, name=name)

    assert float(Own(0.1).learning_rate) == pytest.approx(0.1)


def test_compile_takes_what_serialize_returns():
    model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
    model.compile(optimizers.serialize(optimizers.SGD(0.25)), "mse")
    assert float(model.optimizer.learning_rate) == 0.25


def test_optimizers_of_tf_keras_minimize_where_a_name_is_only_text():
    opt, x = tf_keras.optimizers.Adam(0.001), tf.Variable(10.0)
    opt.minimize(lambda: (x - 4.0) ** 2, var_list=[x])
    assert float(x) < 10


def test_a_jacobian_needs_no_vectorization_on_a_persistent_tape():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape(persistent=True) as t:
        y = x**2
    rows = t.jacobian(y, x, experimental_use_pfor=False)
    assert rows.numpy().tolist() == [[2, 0], [0, 4]]


def test_a_policy_for_mixed_precision_has_its_own_name():
    before = tf.keras.mixed_precision.global_policy()
    tf.keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        assert tf.keras.layers.Dense(1).compute_dtype == "float16"
    finally:
        tf.keras.mixed_precision.set_global_policy(before)
