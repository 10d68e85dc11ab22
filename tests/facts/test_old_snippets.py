"""What the chapter old_snippets states, one test for each statement."""

import io

import numpy as np
import pytest
from support.oracles import (
    BOTH,
    count,
    f,
    log_lines_of,
    path_by_hand,
    rate_of,
    step,
)
from support.processes import run_alone
import tensorflow as tf
from tensorflow.tools.compatibility import ast_edits, tf_upgrade_v2
import tf_keras

COMPAT = tf.compat.v1
GONE = (
    *("Session", "placeholder", "global_variables_initializer", "get_variable"),
    *("train.GradientDescentOptimizer", "train.AdamOptimizer", "random_normal"),
)


def found_in(module, path):
    """Say whether ``module`` has what the dotted ``path`` names."""
    for name in path.split("."):
        if not hasattr(module, name):
            return False
        module = getattr(module, name)
    return True


@pytest.mark.parametrize("name", GONE)
def test_a_name_of_tensorflow_1_is_in_compat_v1_only(name):
    assert not found_in(tf, name)
    assert found_in(COMPAT, name)


def test_contrib_is_gone_everywhere():
    assert not found_in(tf, "contrib")
    assert not found_in(COMPAT, "contrib")
    assert found_in(tf, "random.normal")


def test_gradients_and_function_of_the_backend_are_no_longer_used(x):
    with pytest.raises(RuntimeError, match="not supported when eager"):
        tf.keras.backend.gradients(f(x), [x])
    assert not hasattr(tf.keras.backend, "function")


def test_a_placeholder_needs_a_graph():
    with pytest.raises(RuntimeError, match="not compatible with eager execution"):
        COMPAT.placeholder(tf.float32)


def test_tf_gradients_needs_a_graph(x):
    with pytest.raises(RuntimeError, match="not supported when eager"):
        tf.gradients(f(x), [x])


def test_a_program_of_tensorflow_1_runs_in_a_graph():
    with tf.Graph().as_default():
        x = COMPAT.get_variable("x", initializer=10.0)
        step = COMPAT.train.GradientDescentOptimizer(0.1).minimize(f(x))
        with COMPAT.Session() as session:
            session.run(COMPAT.global_variables_initializer())
            for _ in range(20):
                session.run(step)
            end = session.run(x)
    assert end == pytest.approx(path_by_hand(tf.keras.optimizers.SGD(0.1))[-1])


def test_disable_v2_behavior_brings_tensorflow_1_back():
    program = (
        "import tensorflow.compat.v1 as tf\n"
        "tf.disable_v2_behavior()\n"
        "x = tf.Variable(10.0)\n"
        "target = tf.placeholder(tf.float32)\n"
        "opt = tf.train.GradientDescentOptimizer(0.1)\n"
        "step = opt.minimize((x - target) ** 2)\n"
        "session = tf.Session()\n"
        "session.run(tf.global_variables_initializer())\n"
        "session.run(step, feed_dict={target: 4.0})\n"
        "print(session.run(x))\n"
    )
    done = run_alone(program)
    assert float(done.stdout) == pytest.approx(8.8)


@BOTH
@pytest.mark.parametrize("name", ["get_updates", "get_gradients"])
def test_get_updates_and_get_gradients_are_gone(library, name):
    assert not hasattr(library.optimizers.SGD, name)
    assert not hasattr(library.optimizers.Adam, name)


def test_legacy_is_a_name_that_raises_when_called():
    sgd = tf.keras.optimizers.legacy.SGD
    with pytest.raises(ImportError, match="TF_USE_LEGACY_KERAS"):
        sgd(learning_rate=0.1)


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
        COMPAT.train.GradientDescentOptimizer(0.1).minimize(f(x), var_list=[x])


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


def test_the_upgrade_command_adds_the_prefix_and_leaves_the_session():
    program = "import tensorflow as tf\nwith tf.Session() as session:\n    pass\n"
    upgrader = ast_edits.ASTCodeUpgrader(tf_upgrade_v2.TFAPIChangeSpec())
    written = io.StringIO()
    upgrader.process_opened_file("old.py", io.StringIO(program), "new.py", written)
    assert "with tf.compat.v1.Session() as session" in written.getvalue()


def test_assign_and_variable_scope_are_gone():
    assert not hasattr(tf, "assign")
    assert not hasattr(tf, "variable_scope")


def test_decay_is_ignored_with_a_warning_in_keras_3():
    with pytest.warns(UserWarning, match="decay"):
        opt = tf.keras.optimizers.SGD(0.1, decay=0.5)
    x = tf.Variable(10.0)
    for _ in range(3):
        step(opt, x)
    assert rate_of(opt) == pytest.approx(0.1)


def test_decay_is_an_error_in_tf_keras():
    with pytest.raises(ValueError, match="decay is deprecated"):
        tf_keras.optimizers.SGD(0.1, decay=0.5)


def test_an_inverse_time_schedule_divides_the_rate_as_decay_did():
    schedule = tf.keras.optimizers.schedules.InverseTimeDecay(
        0.1, decay_steps=1, decay_rate=0.01
    )
    old = tf_keras.optimizers.legacy.SGD(0.1, decay=0.01)
    x = tf.Variable(10.0)
    for k in range(4):
        assert float(schedule(k)) == pytest.approx(0.1 / (1 + 0.01 * k))
        before = float(x)
        old.apply_gradients([(tf.constant(1.0), x)])
        assert before - float(x) == pytest.approx(float(schedule(k)), rel=1e-4)


def test_the_variables_of_an_optimizer_are_a_list():
    opt = tf.keras.optimizers.SGD(0.1)
    assert isinstance(opt.variables, list)
    with pytest.raises(TypeError, match="not callable"):
        opt.variables()
    for library in (tf.keras, tf_keras):
        assert not hasattr(library.optimizers.SGD, "get_weights")
