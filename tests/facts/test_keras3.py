"""What the chapter keras3 states, one test for each statement."""

from importlib.metadata import version
import subprocess
import sys

import keras
import numpy as np
import pytest
from support.oracles import (
    BOTH,
    count,
    f,
    log_lines_of,
    path_by_hand,
    path_by_minimize,
    rate_of,
    since,
    step,
)
import tensorflow as tf
import tf_keras

COMPAT = tf.compat.v1.train


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_tf_keras_of_today_has_no_minimize(name):
    opt = getattr(tf.keras.optimizers, name)(0.1)
    with pytest.raises(AttributeError, match=f"'{name}' object has no attribute"):
        opt.minimize(lambda: f(tf.Variable(10.0)), var_list=[])


@BOTH
def test_apply_gradients_and_iterations_are_in_both_libraries(library):
    opt = library.optimizers.SGD(0.1)
    assert hasattr(opt, "apply_gradients")
    assert hasattr(opt, "iterations")


def test_the_optimizer_of_tensorflow_1_has_no_iterations():
    opt = COMPAT.GradientDescentOptimizer(0.1)
    assert hasattr(opt, "minimize")
    assert hasattr(opt, "apply_gradients")
    assert not hasattr(opt, "iterations")


def test_tf_keras_is_keras_3_and_the_package_is_keras_2():
    assert since("tensorflow", "2.16")
    assert keras.__version__.startswith("3.")
    assert tf.keras.Variable is keras.Variable
    assert tf_keras.__version__.startswith("2.")


def test_tf_keras_tells_its_version_since_keras_3_3():
    told = getattr(tf.keras, "__version__", None)
    assert told == (keras.__version__ if since("keras", "3.3") else None)


@pytest.mark.parametrize("name", ["iterations", "learning_rate"])
def test_a_variable_of_keras_is_a_python_number_since_keras_3_5(name):
    value = getattr(tf.keras.optimizers.SGD(0.5), name)
    if since("keras", "3.5"):
        assert float(value) == value.numpy()
        assert int(value) == 0
    else:
        with pytest.raises(TypeError):
            float(value)
        with pytest.raises(TypeError):
            int(value)


def test_legacy_is_a_name_that_raises_when_called():
    sgd = tf.keras.optimizers.legacy.SGD
    with pytest.raises(ImportError, match="TF_USE_LEGACY_KERAS"):
        sgd(learning_rate=0.1)


def test_all_replacements_take_the_same_steps():
    paths = [
        path_by_minimize(tf_keras.optimizers.SGD(0.1)),
        path_by_hand(tf.keras.optimizers.SGD(0.1)),
        path_by_minimize(COMPAT.GradientDescentOptimizer(0.1)),
    ]
    assert len({path.tobytes() for path in paths}) == 1


def test_compat_counts_in_global_step():
    x, steps = tf.Variable(10.0), tf.Variable(0)
    opt = COMPAT.GradientDescentOptimizer(0.1)
    for _ in range(3):
        opt.minimize(lambda: f(x), global_step=steps, var_list=[x])
    assert int(steps) == 3


def test_tf_keras_comes_in_the_version_of_tensorflow():
    tensorflow, old = (version(name) for name in ("tensorflow", "tf_keras"))
    assert tensorflow.split(".")[:2] == old.split(".")[:2]


def test_an_environment_variable_set_before_the_import_brings_minimize_back():
    program = (
        "import os\n"
        "os.environ['TF_USE_LEGACY_KERAS'] = '1'\n"
        "import tensorflow as tf\n"
        "x = tf.Variable(10.0)\n"
        "opt = tf.keras.optimizers.SGD(0.1)\n"
        "opt.minimize(lambda: (x - 4.0) ** 2, var_list=[x])\n"
        "print(float(x))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(done.stdout) == np.float32(8.8)


def test_lr_is_an_error_in_keras_3():
    with pytest.raises(ValueError, match=r"Argument\(s\) not recognized: {'lr': 0.1}"):
        tf.keras.optimizers.SGD(lr=0.1)


@pytest.mark.parametrize(("name", "default"), [("SGD", 0.01), ("Adam", 0.001)])
def test_lr_is_logged_and_ignored_in_tf_keras(name, default):
    optimizer = getattr(tf_keras.optimizers, name)
    opt, lines = log_lines_of(lambda: optimizer(lr=0.1))
    assert len(lines) == 1
    assert lines[0].startswith("`lr` is deprecated in TF-Keras optimizer")
    assert rate_of(opt) == np.float32(default)


RATES = [0.5, 1, np.float64(0.5), np.float32(0.5), tf.constant(0.5)]


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: type(rate).__name__)
def test_keras_3_wants_the_rate_as_a_float(rate):
    if isinstance(rate, float):
        assert rate_of(tf.keras.optimizers.SGD(rate)) == float(rate)
        return
    with pytest.raises(ValueError, match=r"^Argument `learning_rate` should be float"):
        tf.keras.optimizers.SGD(rate)
    assert rate_of(tf.keras.optimizers.SGD(float(rate))) == float(rate)


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: type(rate).__name__)
def test_tf_keras_takes_a_rate_of_any_type(rate):
    assert rate_of(tf_keras.optimizers.SGD(rate)) == float(rate)


def test_float64_is_a_python_float_and_float32_is_not():
    assert isinstance(np.float64(0.5), float)
    assert not isinstance(np.float32(0.5), float)


def test_compat_refuses_a_number_for_a_loss():
    x = tf.Variable(10.0)
    with pytest.raises(RuntimeError, match="should be a function when eager"):
        COMPAT.GradientDescentOptimizer(0.1).minimize(f(x), var_list=[x])


def test_tf_keras_takes_a_number_for_a_loss_with_its_tape():
    x = tf.Variable(10.0)
    with tf.GradientTape() as t:
        y = f(x)
    tf_keras.optimizers.SGD(0.1).minimize(y, var_list=[x], tape=t)
    assert float(x) == np.float32(8.8)


def test_zip_cannot_iterate_over_a_scalar():
    with pytest.raises(TypeError, match=r"^Cannot iterate over a scalar tensor\.$"):
        zip(tf.constant(12.0), tf.Variable(10.0), strict=True)


def test_a_used_up_zip_is_an_error_in_keras_3():
    pairs = zip([tf.constant(12.0)], [tf.Variable(10.0)], strict=True)
    list(pairs)
    with pytest.raises(ValueError, match=r"^not enough values to unpack"):
        tf.keras.optimizers.SGD(0.1).apply_gradients(pairs)


def test_apply_gradients_of_keras_3_hands_two_lists_to_apply(monkeypatch):
    x, opt, got = tf.Variable(10.0), tf.keras.optimizers.SGD(0.1), []
    monkeypatch.setattr(opt, "apply", lambda *args: got.append(args))
    gradient = tf.constant(12.0)
    opt.apply_gradients([(gradient, x)])
    assert [[*map(list, args)] for args in got] == [[[gradient], [x]]]


def test_apply_needs_no_zip():
    x = tf.Variable(10.0)
    tf.keras.optimizers.SGD(0.1).apply([tf.constant(12.0)], [x])
    assert float(x) == np.float32(8.8)


def test_a_used_up_zip_is_silently_nothing_in_tf_keras():
    x, opt = tf.Variable(10.0), tf_keras.optimizers.SGD(0.1)
    pairs = zip([tf.constant(12.0)], [x], strict=True)
    list(pairs)
    _, lines = log_lines_of(lambda: opt.apply_gradients(pairs))
    assert (float(x), count(opt), lines) == (10, 0, [])


def test_minus_assign_is_refused_and_names_assign_sub():
    x = tf.Variable(10.0)
    with pytest.raises(RuntimeError, match="assign_sub"):
        x -= 1.2


def test_x_minus_a_number_is_a_tensor_that_no_tape_watches():
    x = tf.Variable(10.0)
    x = x - 1.2
    with tf.GradientTape() as t:
        y = f(x)
    assert not isinstance(x, tf.Variable)
    assert t.gradient(y, x) is None


def test_assign_sub_keeps_the_variable_watched():
    x = tf.Variable(10.0)
    x.assign_sub(1.2)
    with tf.GradientTape() as t:
        y = f(x)
    assert float(t.gradient(y, x)) == pytest.approx(9.6)


def test_a_new_variable_is_a_value_error_in_keras_3():
    opt = tf.keras.optimizers.SGD(0.1)
    step(opt, tf.Variable(10.0))
    with pytest.raises(ValueError, match=r"^Unknown variable: .* was originally built"):
        step(opt, tf.Variable(10.0))


def test_a_new_variable_is_a_key_error_in_tf_keras():
    opt = tf_keras.optimizers.SGD(0.1)
    step(opt, tf.Variable(10.0))
    with pytest.raises(KeyError, match="The optimizer cannot recognize variable"):
        step(opt, tf.Variable(10.0))


@BOTH
def test_a_variable_set_back_by_assign_goes_on_counting(library):
    x, opt = tf.Variable(10.0), library.optimizers.SGD(0.1)
    first = step(opt, x)
    x.assign(10.0)
    assert step(opt, x) == first
    assert count(opt) == 2


@BOTH
def test_build_makes_one_optimizer_serve_two_variables(library):
    a, b = tf.Variable(10.0), tf.Variable(10.0)
    opt = library.optimizers.SGD(0.1)
    opt.build([a, b])
    assert step(opt, a) == step(opt, b) == np.float32(8.8)
    assert count(opt) == 2


def test_adam_of_tensorflow_1_is_nearly_the_same():
    old = path_by_minimize(tf_keras.optimizers.Adam(0.1))
    older = path_by_minimize(COMPAT.AdamOptimizer(0.1))
    assert np.allclose(old, older, rtol=1e-4)
    assert old.tobytes() != older.tobytes()
