"""What the book states about TensorFlow and Keras, one test for each statement.

A test's name is the chapter, two underscores, and the statement. Run this file
first when TensorFlow or Keras is upgraded: a red test names the page whose words
are no longer true. A statement that is true for some versions only says in its
test for which.
"""

from importlib import import_module
import inspect
import logging
import os
import subprocess
import sys

import helpers  # noqa: F401 (loads TensorFlow without its log lines)
import keras
import numpy as np
import pytest
import tensorflow as tf
import tf_keras

COMPAT = tf.compat.v1.train
BOTH = pytest.mark.parametrize("library", [tf.keras, tf_keras], ids=["new", "old"])


def f(x):
    return (x - 4.0) ** 2


def count(opt):
    return int(opt.iterations.numpy())


def rate_of(opt):
    return float(opt.learning_rate.numpy())


def step(opt, x, gradient=12.0):
    """Take one step with a gradient that is given."""
    opt.apply_gradients([(tf.constant(gradient), x)])
    return float(x)


def since(package, first):
    """Say whether ``package`` is at least the version ``first``, such as 3.5."""
    numbers = import_module(package).__version__.split(".")[:2]
    return tuple(map(int, numbers)) >= tuple(map(int, first.split(".")))


def path_by_minimize(opt, start=10.0, steps=20):
    x = tf.Variable(start)
    path = [x.numpy()]
    for _ in range(steps):
        opt.minimize(lambda: f(x), var_list=[x])
        path.append(x.numpy())
    return np.array(path)


def path_by_hand(opt, start=10.0, steps=20):
    x = tf.Variable(start)
    path = [x.numpy()]
    for _ in range(steps):
        with tf.GradientTape() as t:
            y = f(x)
        opt.apply_gradients(zip(t.gradient(y, [x]), [x], strict=True))
        path.append(x.numpy())
    return np.array(path)


def log_lines_of(action, name="absl"):
    """Return what ``action`` returns, and the lines logged meanwhile.

    Keras logs as "absl", TensorFlow as "tensorflow".
    """
    lines = []

    def keep(record):
        lines.append(record.getMessage())
        return False

    logger = logging.getLogger(name)
    logger.addFilter(keep)
    try:
        return action(), lines
    finally:
        logger.removeFilter(keep)


# minimize


def test_minimize__tf_keras_has_minimize():
    assert hasattr(tf_keras.optimizers.SGD, "minimize")


def test_minimize__tf_keras_installs_beside_tensorflow():
    assert tf_keras is not tf.keras


def test_minimize__a_loss_without_arguments_reads_the_variable_when_called():
    x = tf.Variable(10.0)

    def loss_function():
        return f(x)

    assert float(loss_function()) == 36
    x.assign(7.0)
    assert float(loss_function()) == 9


def test_minimize__calls_the_loss_at_every_step():
    x, seen = tf.Variable(10.0), []

    def loss_function():
        seen.append(float(x))
        return f(x)

    opt = tf_keras.optimizers.SGD(0.5)
    for _ in range(2):
        opt.minimize(loss_function, var_list=[x])
    assert seen == [10.0, 4.0]


def test_minimize__refuses_a_number_for_a_loss():
    x = tf.Variable(10.0)
    with pytest.raises(ValueError, match=r"^`tape` is required when a `Tensor` loss"):
        tf_keras.optimizers.SGD().minimize(f(x), var_list=[x])


def test_minimize__one_step_of_sgd_is_rate_times_slope():
    path = path_by_minimize(tf_keras.optimizers.SGD(0.1), steps=1)
    assert path[1] == np.float32(10 - 0.1 * 12)


def test_minimize__var_list_names_the_variables_that_may_change():
    a, b = tf.Variable(1.0), tf.Variable(1.0)
    tf_keras.optimizers.SGD(0.1).minimize(lambda: a * b, var_list=[a])
    assert float(a) != 1
    assert float(b) == 1


def test_minimize__calls_apply_gradients_and_that_advances_iterations():
    counts = []

    class TalkingSGD(tf_keras.optimizers.SGD):
        def apply_gradients(self, *args, **kwargs):
            before = int(self.iterations)
            result = super().apply_gradients(*args, **kwargs)
            counts.append((before, int(self.iterations)))
            return result

    path_by_minimize(TalkingSGD(0.1), steps=2)
    assert counts == [(0, 1), (1, 2)]


@BOTH
def test_minimize__iterations_compare_with_a_python_number(library):
    opt = library.optimizers.SGD(0.1)
    path_by_hand(opt, steps=2)
    assert opt.iterations < 3
    assert not opt.iterations < 2


@BOTH
def test_minimize__an_optimizer_belongs_to_the_variables_it_has_served(library):
    opt = library.optimizers.SGD(0.1)
    step(opt, tf.Variable(10.0))
    with pytest.raises((ValueError, KeyError)):
        step(opt, tf.Variable(10.0))


def test_minimize__rate_one_half_lands_in_one_step():
    for start in (10.0, -2.0, 123.0):
        path = path_by_minimize(tf_keras.optimizers.SGD(0.5), start, steps=1)
        assert path[1] == 4


def test_minimize__a_rate_above_one_runs_away():
    distance = abs(path_by_minimize(tf_keras.optimizers.SGD(1.1)) - 4)
    assert (np.diff(distance) > 0).all()


# explicit_tape


def test_explicit_tape__a_list_of_variables_gives_a_list_of_gradients():
    a, b = tf.Variable(1.0), tf.Variable(2.0)
    with tf.GradientTape() as t:
        y = 3 * a + 5 * b
    gradients = t.gradient(y, [a, b])
    assert isinstance(gradients, list)
    assert [float(gradient) for gradient in gradients] == [3, 5]


def test_explicit_tape__gradient_after_the_block_moves_nothing():
    x = tf.Variable(10.0)
    with tf.GradientTape() as t:
        y = f(x)
    assert float(t.gradient(y, x)) == 12
    assert float(x) == 10


def test_explicit_tape__persistent_is_false_by_default():
    parameters = inspect.signature(tf.GradientTape.__init__).parameters
    assert parameters["persistent"].default is False


@BOTH
def test_explicit_tape__apply_gradients_moves_and_counts(library):
    x, opt = tf.Variable(10.0), library.optimizers.SGD(0.1)
    assert count(opt) == 0
    assert step(opt, x) == np.float32(8.8)
    assert count(opt) == 1


@BOTH
@pytest.mark.parametrize(("name", "remembers"), [("SGD", False), ("Adam", True)])
def test_explicit_tape__sgd_uses_no_earlier_gradient_and_adam_does(
    library, name, remembers
):
    ends = set()
    for earlier in (1.0, -5.0):
        x, opt = tf.Variable(10.0), getattr(library.optimizers, name)(0.1)
        step(opt, x, earlier)
        x.assign(10.0)
        ends.add(step(opt, x))
    assert (len(ends) == 2) == remembers


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_explicit_tape__minimize_and_two_steps_agree_bit_for_bit(name):
    optimizer = getattr(tf_keras.optimizers, name)
    assert (
        path_by_minimize(optimizer(0.1)).tobytes()
        == path_by_hand(optimizer(0.1)).tobytes()
    )


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_explicit_tape__old_and_new_keras_agree_bit_for_bit(name):
    old = path_by_minimize(getattr(tf_keras.optimizers, name)(0.1))
    new = path_by_hand(getattr(tf.keras.optimizers, name)(0.1))
    assert old.tobytes() == new.tobytes()


def test_explicit_tape__watches_variables_and_not_tensors():
    x, constant = tf.Variable(10.0), tf.constant(10.0)
    with tf.GradientTape() as t:
        of_variable, of_constant = f(x), f(constant)
    answers = t.gradient([of_variable, of_constant], [x, constant])
    assert float(answers[0]) == 12
    assert answers[1] is None


def test_explicit_tape__watch_follows_a_tensor():
    constant = tf.constant(10.0)
    with tf.GradientTape() as t:
        t.watch(constant)
        y = f(constant)
    assert float(t.gradient(y, constant)) == 12


@pytest.mark.parametrize("watch", [False, True])
def test_explicit_tape__automatic_watching_can_be_turned_off(watch):
    x = tf.Variable(10.0)
    with tf.GradientTape(watch_accessed_variables=False) as t:
        if watch:
            t.watch(x)
        y = f(x)
    gradient = t.gradient(y, x)
    assert (gradient is not None) == watch


def test_explicit_tape__gradient_descent_is_assign_sub():
    x, path = tf.Variable(10.0), [np.float32(10)]
    for _ in range(20):
        with tf.GradientTape() as t:
            y = f(x)
        x.assign_sub(0.1 * t.gradient(y, x))
        path.append(x.numpy())
    by_sgd = path_by_hand(tf.keras.optimizers.SGD(0.1))
    assert np.array(path).tobytes() == by_sgd.tobytes()


# keras3


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_keras3__tf_keras_of_today_has_no_minimize(name):
    opt = getattr(tf.keras.optimizers, name)(0.1)
    with pytest.raises(AttributeError, match=f"'{name}' object has no attribute"):
        opt.minimize(lambda: f(tf.Variable(10.0)), var_list=[])


@BOTH
def test_keras3__apply_gradients_and_iterations_are_in_both_libraries(library):
    opt = library.optimizers.SGD(0.1)
    assert hasattr(opt, "apply_gradients")
    assert hasattr(opt, "iterations")


def test_keras3__the_optimizer_of_tensorflow_1_has_no_iterations():
    opt = COMPAT.GradientDescentOptimizer(0.1)
    assert hasattr(opt, "minimize")
    assert hasattr(opt, "apply_gradients")
    assert not hasattr(opt, "iterations")


def test_keras3__tf_keras_is_keras_3_and_the_package_is_keras_2():
    assert since("tensorflow", "2.16")
    assert keras.__version__.startswith("3.")
    assert tf.keras.Variable is keras.Variable
    assert tf_keras.__version__.startswith("2.")


def test_keras3__tf_keras_tells_its_version_since_keras_3_3():
    told = getattr(tf.keras, "__version__", None)
    assert told == (keras.__version__ if since("keras", "3.3") else None)


@pytest.mark.parametrize("name", ["iterations", "learning_rate"])
def test_keras3__a_variable_of_keras_is_a_python_number_since_keras_3_5(name):
    value = getattr(tf.keras.optimizers.SGD(0.5), name)
    if since("keras", "3.5"):
        assert float(value) == value.numpy()
        assert int(value) == 0
    else:
        with pytest.raises(TypeError):
            float(value)
        with pytest.raises(TypeError):
            int(value)


def test_keras3__legacy_is_a_name_that_raises_when_called():
    sgd = tf.keras.optimizers.legacy.SGD
    with pytest.raises(ImportError, match="TF_USE_LEGACY_KERAS"):
        sgd(learning_rate=0.1)


def test_keras3__all_replacements_take_the_same_steps():
    paths = [
        path_by_minimize(tf_keras.optimizers.SGD(0.1)),
        path_by_hand(tf.keras.optimizers.SGD(0.1)),
        path_by_minimize(COMPAT.GradientDescentOptimizer(0.1)),
    ]
    assert len({path.tobytes() for path in paths}) == 1


def test_keras3__an_environment_variable_brings_minimize_back():
    program = (
        "import tensorflow as tf\n"
        "x = tf.Variable(10.0)\n"
        "opt = tf.keras.optimizers.SGD(0.1)\n"
        "opt.minimize(lambda: (x - 4.0) ** 2, var_list=[x])\n"
        "print(float(x))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "TF_USE_LEGACY_KERAS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(done.stdout) == np.float32(8.8)


def test_keras3__lr_is_an_error_in_keras_3():
    with pytest.raises(ValueError, match=r"Argument\(s\) not recognized: {'lr': 0.1}"):
        tf.keras.optimizers.SGD(lr=0.1)


@pytest.mark.parametrize(("name", "default"), [("SGD", 0.01), ("Adam", 0.001)])
def test_keras3__lr_is_logged_and_ignored_in_tf_keras(name, default):
    optimizer = getattr(tf_keras.optimizers, name)
    opt, lines = log_lines_of(lambda: optimizer(lr=0.1))
    assert len(lines) == 1
    assert lines[0].startswith("`lr` is deprecated in TF-Keras optimizer")
    assert rate_of(opt) == np.float32(default)


RATES = [0.5, 1, np.float64(0.5), np.float32(0.5), tf.constant(0.5)]


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: type(rate).__name__)
def test_keras3__keras_3_wants_the_rate_as_a_float(rate):
    if isinstance(rate, float):
        assert rate_of(tf.keras.optimizers.SGD(rate)) == float(rate)
        return
    with pytest.raises(ValueError, match=r"^Argument `learning_rate` should be float"):
        tf.keras.optimizers.SGD(rate)
    assert rate_of(tf.keras.optimizers.SGD(float(rate))) == float(rate)


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: type(rate).__name__)
def test_keras3__tf_keras_takes_a_rate_of_any_type(rate):
    assert rate_of(tf_keras.optimizers.SGD(rate)) == float(rate)


def test_keras3__float64_is_a_python_float_and_float32_is_not():
    assert isinstance(np.float64(0.5), float)
    assert not isinstance(np.float32(0.5), float)


def test_keras3__compat_refuses_a_number_for_a_loss():
    x = tf.Variable(10.0)
    with pytest.raises(RuntimeError, match="should be a function when eager"):
        COMPAT.GradientDescentOptimizer(0.1).minimize(f(x), var_list=[x])


def test_keras3__tf_keras_takes_a_number_for_a_loss_with_its_tape():
    x = tf.Variable(10.0)
    with tf.GradientTape() as t:
        y = f(x)
    tf_keras.optimizers.SGD(0.1).minimize(y, var_list=[x], tape=t)
    assert float(x) == np.float32(8.8)


def test_keras3__zip_cannot_go_through_a_scalar():
    with pytest.raises(TypeError, match=r"^Cannot iterate over a scalar tensor\.$"):
        zip(tf.constant(12.0), tf.Variable(10.0), strict=True)


def test_keras3__a_used_up_zip_is_an_error_in_keras_3():
    pairs = zip([tf.constant(12.0)], [tf.Variable(10.0)], strict=True)
    list(pairs)
    with pytest.raises(ValueError, match=r"^not enough values to unpack"):
        tf.keras.optimizers.SGD(0.1).apply_gradients(pairs)


def test_keras3__a_used_up_zip_is_silently_nothing_in_tf_keras():
    x, opt = tf.Variable(10.0), tf_keras.optimizers.SGD(0.1)
    pairs = zip([tf.constant(12.0)], [x], strict=True)
    list(pairs)
    _, lines = log_lines_of(lambda: opt.apply_gradients(pairs))
    assert (float(x), count(opt), lines) == (10, 0, [])


def test_keras3__minus_assign_is_refused_and_names_assign_sub():
    x = tf.Variable(10.0)
    with pytest.raises(RuntimeError, match="assign_sub"):
        x -= 1.2


def test_keras3__x_minus_a_number_is_a_tensor_that_no_tape_watches():
    x = tf.Variable(10.0)
    x = x - 1.2
    with tf.GradientTape() as t:
        y = f(x)
    assert not isinstance(x, tf.Variable)
    assert t.gradient(y, x) is None


def test_keras3__assign_sub_keeps_the_variable_watched():
    x = tf.Variable(10.0)
    x.assign_sub(1.2)
    with tf.GradientTape() as t:
        y = f(x)
    assert float(t.gradient(y, x)) == pytest.approx(9.6)


def test_keras3__a_new_variable_is_a_value_error_in_keras_3():
    opt = tf.keras.optimizers.SGD(0.1)
    step(opt, tf.Variable(10.0))
    with pytest.raises(ValueError, match=r"^Unknown variable: .* was originally built"):
        step(opt, tf.Variable(10.0))


def test_keras3__a_new_variable_is_a_key_error_in_tf_keras():
    opt = tf_keras.optimizers.SGD(0.1)
    step(opt, tf.Variable(10.0))
    with pytest.raises(KeyError, match="The optimizer cannot recognize variable"):
        step(opt, tf.Variable(10.0))


@BOTH
def test_keras3__a_variable_set_back_by_assign_goes_on_counting(library):
    x, opt = tf.Variable(10.0), library.optimizers.SGD(0.1)
    first = step(opt, x)
    x.assign(10.0)
    assert step(opt, x) == first
    assert count(opt) == 2


@BOTH
def test_keras3__build_makes_one_optimizer_serve_two_variables(library):
    a, b = tf.Variable(10.0), tf.Variable(10.0)
    opt = library.optimizers.SGD(0.1)
    opt.build([a, b])
    assert step(opt, a) == step(opt, b) == np.float32(8.8)
    assert count(opt) == 2


def test_keras3__adam_of_tensorflow_1_is_nearly_the_same():
    old = path_by_minimize(tf_keras.optimizers.Adam(0.1))
    older = path_by_minimize(COMPAT.AdamOptimizer(0.1))
    assert np.allclose(old, older, rtol=1e-4)
    assert old.tobytes() != older.tobytes()


# none_gradients


def gradient_of(compute, source, after=lambda y: y, **settings):
    """Return the gradient of ``after(compute())``, ``compute`` inside the block."""
    with tf.GradientTape() as t:
        y = compute()
    return t.gradient(after(y), source, **settings)


def test_none_gradients__a_flat_place_is_zero_and_not_none():
    x = tf.Variable(4.0)
    assert float(gradient_of(lambda: f(x), x)) == 0


def test_none_gradients__a_target_that_does_not_depend_on_the_source():
    x, b = tf.Variable(10.0), tf.Variable(1.0)
    assert gradient_of(lambda: f(x), b) is None


@pytest.mark.parametrize("zero", ["zero", tf.UnconnectedGradients.ZERO])
def test_none_gradients__unconnected_gradients_gives_a_zero(zero):
    x, b = tf.Variable(10.0), tf.Variable([1.0, 2.0])
    gradient = gradient_of(lambda: f(x), b, unconnected_gradients=zero)
    assert gradient.numpy().tolist() == [0, 0]


@BOTH
def test_none_gradients__an_optimizer_refuses_nothing_but_none(library):
    x = tf.Variable(10.0)
    with pytest.raises(ValueError, match=r"^No gradients provided for any variable"):
        library.optimizers.SGD(0.1).apply_gradients([(None, x)])


def test_none_gradients__keras_3_skips_a_single_none_with_a_warning():
    x, b = tf.Variable(10.0), tf.Variable(1.0)
    pairs = [(tf.constant(12.0), x), (None, b)]
    with pytest.warns(UserWarning, match="Gradients do not exist for variables"):
        tf.keras.optimizers.SGD(0.1).apply_gradients(pairs)
    assert (float(x), float(b)) == (np.float32(8.8), 1)


def test_none_gradients__a_loss_before_the_block():
    x = tf.Variable(10.0)
    y = f(x)
    assert gradient_of(lambda: y, x) is None


def test_none_gradients__an_operation_after_the_block():
    x = tf.Variable(10.0)
    assert gradient_of(lambda: f(x), x, after=lambda y: -y) is None
    assert float(gradient_of(lambda: -f(x), x)) == -12


@pytest.mark.parametrize("early", [True, False])
def test_none_gradients__watch_must_come_before_the_operation(early):
    c = tf.constant(10.0)
    with tf.GradientTape() as t:
        if early:
            t.watch(c)
        y = f(c)
        t.watch(c)
    gradient = t.gradient(y, c)
    assert gradient == 12 if early else gradient is None


@pytest.mark.parametrize("watch", [True, False])
def test_none_gradients__a_variable_that_is_not_trainable_wants_watch(watch):
    fixed = tf.Variable(10.0, trainable=False)
    with tf.GradientTape() as t:
        if watch:
            t.watch(fixed)
        y = f(fixed)
    assert len(t.watched_variables()) == watch
    gradient = t.gradient(y, fixed)
    assert gradient == 12 if watch else gradient is None


@pytest.mark.parametrize("name", ["absl", "tensorflow"])
def test_none_gradients__an_integer_variable_has_none_and_no_message(name):
    n = tf.Variable(10)
    gradient, lines = log_lines_of(lambda: gradient_of(lambda: n * n, n), name)
    assert (gradient, lines) == (None, [])


def test_none_gradients__watching_an_integer_tensor_is_logged():
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


JUMPS = {
    "round": tf.round,
    "floor": tf.floor,
    "compare": lambda x: tf.where(x > 4.0, 1.0, 0.0),
    "cast": lambda x: tf.cast(tf.cast(x, tf.int32), tf.float32),
    "argmax": lambda x: tf.cast(tf.argmax([x, 0 * x]), tf.float32),
}


@pytest.mark.parametrize("name", JUMPS)
def test_none_gradients__an_operation_that_jumps_ends_the_way_in_silence(name):
    x = tf.Variable(10.0)
    assert gradient_of(lambda: f(JUMPS[name](x)), x) is None


def test_none_gradients__an_operation_without_a_gradient_is_a_lookup_error():
    w = tf.Variable([1.0, 2.0, 3.0])

    def bincount():
        return tf.reduce_sum(tf.math.bincount([0, 1, 0], weights=w) ** 2)

    with pytest.raises(LookupError, match=r"^gradient registry has no entry for: "):
        gradient_of(bincount, w)


def test_none_gradients__segment_sum_is_bincount_with_a_gradient():
    w, group = tf.Variable([1.0, 2.0, 3.0]), [0, 1, 0]
    sums = tf.math.unsorted_segment_sum(w, group, 2)
    assert sums.numpy().tolist() == tf.math.bincount(group, weights=w).numpy().tolist()
    gradient = gradient_of(
        lambda: tf.reduce_sum(tf.math.unsorted_segment_sum(w, group, 2) ** 2), w
    )
    assert gradient.numpy().tolist() == [8, 4, 8]


def test_none_gradients__stop_gradient_cuts_the_whole_or_a_part():
    x = tf.Variable(10.0)
    assert gradient_of(lambda: f(tf.stop_gradient(x)), x) is None
    assert gradient_of(lambda: x * tf.stop_gradient(x), x) == 10


def test_none_gradients__stop_gradient_of_a_variable_does_not_watch_it():
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
def test_none_gradients__a_detour_makes_a_number_that_gradient_refuses(detour):
    x = tf.Variable(10.0)
    assert not tf.is_tensor(detour(x))
    with pytest.raises((AttributeError, TypeError)):
        gradient_of(lambda: detour(x), x)
    assert gradient_of(lambda: tf.constant(detour(x)), x) is None


def test_none_gradients__half_a_detour_is_a_wrong_number():
    x = tf.Variable(10.0)
    assert gradient_of(lambda: f(x) * float(x), x) == 120
    assert gradient_of(lambda: f(x) * x, x) == 120 + 36


def test_none_gradients__reading_a_variable_as_a_float_watches_it():
    x = tf.Variable(10.0)
    with tf.GradientTape() as t:
        float(x)
    assert t.watched_variables() == (x,)


def test_none_gradients__what_assign_wrote_has_no_past():
    x, total = tf.Variable(10.0), tf.Variable(0.0)

    def by_the_box():
        total.assign_add(f(x))
        return 1.0 * total

    assert gradient_of(by_the_box, x) is None
    assert gradient_of(lambda: total.assign(f(x)), x) is None


class Untracked(tf.keras.layers.Layer):
    """A layer that holds its variable past Keras."""

    def __init__(self):
        super().__init__()
        self.b = tf.Variable(10.0)


class Tracked(tf.keras.layers.Layer):
    """A layer that tells Keras of its variable."""

    def __init__(self):
        super().__init__()
        self.b = self.add_weight(shape=(), initializer="zeros")
        self.b.assign(10.0)


def test_none_gradients__keras_3_tracks_what_add_weight_makes():
    assert Untracked().trainable_variables == []
    layer = Tracked()
    gradients = gradient_of(lambda: f(layer.b), layer.trainable_variables)
    assert [float(gradient) for gradient in gradients] == [12]


def test_none_gradients__a_tape_goes_on_watching_a_frozen_layer_of_keras_3():
    layer = Tracked()
    layer.trainable = False
    assert layer.trainable_variables == []
    assert float(gradient_of(lambda: f(layer.b), layer.b)) == 12


# stopping


def run_of(opt, steps, start=10.0):
    """Return where ``opt`` goes on the parabola, and its steps, as float32."""
    path = path_by_hand(opt, start, steps)
    return path, np.diff(path)


def test_stopping__a_float32_has_24_binary_digits():
    assert np.finfo(np.float32).nmant + 1 == 24
    assert tf.constant(4.0).dtype == tf.float32


def test_stopping__the_spacing_around_4():
    assert np.spacing(np.float32(4)) == 2.0**-21
    assert np.spacing(np.float32(3.9)) == 2.0**-22
    assert np.spacing(np.float32(1e6)) == 0.0625


def test_stopping__a_quarter_of_the_spacing_is_lost_in_a_variable():
    x = tf.Variable(4.0)
    x.assign_add(2.0**-23)
    assert float(x) == 4


@pytest.mark.parametrize(("name", "first"), [("SGD", 70), ("Adam", 260)])
def test_stopping__the_first_step_below_1e_8_is_zero(name, first):
    path, steps = run_of(getattr(tf.keras.optimizers, name)(0.1), 261)
    assert (np.abs(steps) < 1e-8).argmax() + 1 == first
    assert steps[first - 1] == 0
    assert path[first] != 4


def test_stopping__sgd_that_did_not_move_once_never_moves_again():
    _, steps = run_of(tf.keras.optimizers.SGD(0.1), 120)
    assert not steps[69:].any()


def test_stopping__adam_moves_again_after_a_step_of_zero():
    _, steps = run_of(tf.keras.optimizers.Adam(0.1), 275)
    assert steps[259] == 0
    assert steps[262:].all()


@pytest.mark.parametrize("rate", [0.1, 0.02])
def test_stopping__sgd_stands_still_within_half_a_gap_of_motion(rate):
    path, steps = run_of(tf.keras.optimizers.SGD(rate), 350)
    assert steps[-1] == 0
    assert 0 < abs(path[-1] - 4) <= 1.01 * 2.0**-22 / (2 * rate)


@BOTH
def test_stopping__iterations_count_for_the_optimizer_not_the_run(library):
    x, opt = tf.Variable(10.0), library.optimizers.SGD(0.01)
    for _ in range(2):
        for _ in range(20):
            step(opt, x)
    assert count(opt) == 40
    assert opt.iterations + 20 == 60


def test_stopping__rate_1_is_a_two_cycle():
    path, _ = run_of(tf.keras.optimizers.SGD(1.0), 6)
    assert path.tolist() == [10, -2, 10, -2, 10, -2, 10]


def rule_of_sgd(gradient, memory, k, rate):
    return rate * gradient, None


def rule_of_momentum(gradient, velocity, k, rate):
    velocity = 0.9 * (velocity or 0.0) - rate * gradient
    return -velocity, velocity


def rule_of_adagrad(gradient, total, k, rate):
    total = (0.1 if total is None else total) + gradient**2
    return rate * gradient / (total + 1e-7) ** 0.5, total


def rule_of_rmsprop(gradient, average, k, rate):
    average = 0.9 * (average or 0.0) + 0.1 * gradient**2
    return rate * gradient / (average + 1e-7) ** 0.5, average


def rule_of_adam(gradient, memory, k, rate):
    m, average = memory or (0.0, 0.0)
    m = 0.9 * m + 0.1 * gradient
    average = 0.999 * average + 0.001 * gradient**2
    correction = (1 - 0.999**k) ** 0.5 / (1 - 0.9**k)
    return rate * correction * m / (average**0.5 + 1e-7), (m, average)


RULES = {
    "SGD": (rule_of_sgd, lambda rate: tf.keras.optimizers.SGD(rate)),
    "momentum": (
        rule_of_momentum,
        lambda rate: tf.keras.optimizers.SGD(rate, momentum=0.9),
    ),
    "Adagrad": (rule_of_adagrad, lambda rate: tf.keras.optimizers.Adagrad(rate)),
    "RMSprop": (rule_of_rmsprop, lambda rate: tf.keras.optimizers.RMSprop(rate)),
    "Adam": (rule_of_adam, lambda rate: tf.keras.optimizers.Adam(rate)),
}
each_rule = pytest.mark.parametrize("name", RULES)


@each_rule
def test_optimizers__keras_follows_the_rule_on_the_page(name):
    """Fed with gradients of both signs and of many sizes."""
    rule, make = RULES[name]
    opt, x, total, memory = make(0.1), tf.Variable(0.0), 0.0, None
    fed = np.random.default_rng(7).normal(size=40) * np.geomspace(1e-3, 1e2, 40)
    for k, gradient in enumerate(fed, start=1):
        step(opt, x, gradient)
        change, memory = rule(gradient, memory, k, 0.1)
        total -= change
        assert np.isclose(float(x), total, rtol=1e-5, atol=1e-6), k


@each_rule
def test_optimizers__two_updates_agree_within_ten_gaps(name):
    rule, make = RULES[name]
    x, memory = 10.0, None
    for k in (1, 2):
        change, memory = rule(2 * (x - 4), memory, k, 0.1)
        x -= change
    by_keras = path_by_hand(make(0.1), steps=2)[-1]
    assert abs(by_keras - x) <= 10 * np.spacing(np.float32(10))


def test_optimizers__the_defaults_are_those_on_the_page():
    keras = tf.keras.optimizers
    assert keras.Adagrad().get_config()["initial_accumulator_value"] == 0.1
    assert keras.RMSprop().get_config()["rho"] == 0.9
    assert keras.Adam().get_config()["beta_1"] == 0.9
    assert keras.Adam().get_config()["beta_2"] == 0.999
    for opt in (keras.Adagrad(), keras.RMSprop(), keras.Adam()):
        assert opt.get_config()["epsilon"] == 1e-7


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("RMSprop", 1e-6 / (1e-13 + 1e-7) ** 0.5),
        ("Adam", 1e-6 / (1e-6 + 1e-7 / 0.001**0.5)),
    ],
)
def test_optimizers__epsilon_stands_inside_the_root_but_for_adam(name, expected):
    x = tf.Variable(0.0)
    moved = step(getattr(tf.keras.optimizers, name)(0.1), x, 1e-6)
    assert np.isclose(-moved, 0.1 * expected, rtol=1e-3)


@pytest.mark.parametrize("name", ["RMSprop", "Adam"])
def test_optimizers__epsilon_keeps_the_division_alive_without_a_gradient(name):
    make = getattr(tf.keras.optimizers, name)
    assert step(make(0.1), tf.Variable(4.0), 0.0) == 4
    assert np.isnan(step(make(0.1, epsilon=0.0), tf.Variable(4.0), 0.0))


@pytest.mark.parametrize("gradient", [0.012, -12.0, 12000.0])
def test_optimizers__the_first_step_of_adam_is_the_rate(gradient):
    moved = step(tf.keras.optimizers.Adam(0.1), tf.Variable(0.0), gradient)
    assert np.isclose(moved, -0.1 * np.sign(gradient), rtol=1e-3)


@pytest.mark.parametrize("gradient", [0.012, 12.0, 12000.0])
def test_optimizers__steps_are_a_length_while_the_gradients_agree(gradient):
    for name in ("RMSprop", "Adam"):
        opt, x = getattr(tf.keras.optimizers, name)(0.1), tf.Variable(0.0)
        path = [step(opt, x, gradient) for _ in range(100)]
        assert np.isclose(path[-2] - path[-1], 0.1, rtol=1e-2), name


@each_rule
def test_optimizers__only_sgd_and_momentum_follow_the_scale_of_the_loss(name):
    _, make = RULES[name]
    plain = step(make(0.1), tf.Variable(0.0), 12.0)
    steep = step(make(0.1), tf.Variable(0.0), 12000.0)
    factor = 1000 if name in ("SGD", "momentum") else 1
    assert np.isclose(steep, factor * plain, rtol=1e-3)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("curvature", [2.0, 200.0])
def test_optimizers__stable_below_the_bound_and_not_above(momentum, curvature):
    bound = 2 * (1 + momentum) / curvature
    for share in (0.97, 1.03):
        opt = tf.keras.optimizers.SGD(share * bound, momentum=momentum)
        x = tf.Variable(1.0)
        for _ in range(200):
            step(opt, x, curvature * float(x))
        assert (abs(float(x)) < 1) == (share < 1), share


def test_optimizers__momentum_has_one_factor_over_many_rates():
    """The distance shrinks by the root of the momentum, whatever the curvature."""
    opt, x = tf.keras.optimizers.SGD(0.009, momentum=0.9), tf.Variable([6.0, 1.0])
    path = [x.numpy()]
    for _ in range(120):
        opt.apply_gradients([(x * tf.constant([2.0, 200.0]), x)])
        path.append(x.numpy())
    envelope = np.abs(path).reshape(11, 11, 2).max(axis=1)
    factors = (envelope[8:].max(0) / envelope[:3].max(0)) ** (1 / 88)
    assert np.allclose(factors, 0.9**0.5, atol=0.01)


def test_optimizers__the_curvatures_of_rosenbrock_at_its_minimum():
    x = tf.constant([1.0, 1.0])

    def rosenbrock(x):
        return (1.0 - x[0]) ** 2 + 100.0 * (x[1] - x[0] ** 2) ** 2

    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = rosenbrock(x)
        slope = inner.gradient(y, x)
    curvatures = outer.jacobian(slope, x).numpy()
    assert np.allclose(curvatures, [[802, -400], [-400, 200]])
