"""What the chapter compiled_traps states, one test for each statement."""

import numpy as np
import pytest
from support.oracles import BOTH, f
import tensorflow as tf

SINGLETON = "only supports singleton tf.Variables created on the first call"


def step_of(opt):
    def step(v):
        with tf.GradientTape() as t:
            loss = f(v)
        opt.apply_gradients([(t.gradient(loss, v), v)])

    return step


def traces(compiled):
    return compiled.experimental_get_tracing_count()


# ----------------------------------------------------- variables, optimizers


@pytest.mark.parametrize(
    "create",
    [
        lambda: tf.Variable(10.0),
        lambda: tf.keras.Variable(10.0),
        lambda: tf.keras.optimizers.SGD(0.1),
        lambda: tf.keras.Sequential([tf.keras.layers.Dense(1)])(tf.ones((2, 1))),
    ],
    ids=["variable", "keras variable", "optimizer", "model"],
)
def test_nothing_with_variables_can_be_created_inside(create):
    @tf.function
    def step():
        create()

    with pytest.raises(ValueError, match=SINGLETON):
        step()


def test_the_message_stands_below_in_user_code():
    @tf.function
    def step():
        return tf.Variable(10.0)

    with pytest.raises(ValueError, match=SINGLETON) as caught:
        step()
    assert str(caught.value).startswith("in user code:")


def test_a_second_optimizer_or_model_must_be_built_before(x):
    @tf.function
    def step(opt):
        step_of(opt)(x)

    step(tf.keras.optimizers.Adam(0.1))
    with pytest.raises(ValueError, match=SINGLETON):
        step(tf.keras.optimizers.Adam(0.1))
    built = tf.keras.optimizers.Adam(0.1)
    built.build([x])
    step(built)
    assert built.iterations.numpy() == 1

    @tf.function
    def predict(model, v):
        return model(v)

    data, models = (
        tf.ones((2, 1)),
        [tf.keras.Sequential([tf.keras.layers.Dense(1)]) for _ in range(3)],
    )
    predict(models[0], data)
    with pytest.raises(ValueError, match=SINGLETON):
        predict(models[1], data)
    models[2].build((2, 1))
    assert predict(models[2], data).shape == (2, 1)


# ------------------------------------------------------- the optimizer's state


@BOTH
@pytest.mark.parametrize("compiled", [False, True])
def test_y_moves_with_the_momentum_of_x_in_silence(library, compiled, log, capfd):
    x, y = tf.Variable(1.0), tf.Variable(1.0)
    opt = library.optimizers.SGD(0.1, momentum=0.9)
    opt.build([x, y])
    step = tf.function(step_of(opt)) if compiled else step_of(opt)
    place, velocity = 1.0, 0.0  # of x, by hand
    for _ in range(3):
        step(x)
        velocity = 0.9 * velocity - 0.1 * 2 * (place - 4)
        place += velocity
    assert np.isclose(x, place)
    step(y)
    own = -0.1 * 2 * (1 - 4)
    assert np.isclose(y, 1 + own + (0.9 * velocity if compiled else 0))
    if compiled:
        assert traces(step) == 1
    assert log.getvalue() == ""
    assert capfd.readouterr().err == ""


def test_adam_mixes_up_its_averages_too():
    x, y = tf.Variable(1.0), tf.Variable(1.0)
    opt = tf.keras.optimizers.Adam(0.1)
    opt.build([x, y])
    step = tf.function(step_of(opt))
    step(x)
    of_x, of_y = (float(v.numpy()) for v in opt.variables if "momentum" in v.path)
    step(y)
    after_x, after_y = (float(v.numpy()) for v in opt.variables if "momentum" in v.path)
    assert after_x != of_x
    assert after_y == of_y == 0


def test_plain_sgd_has_no_state_to_mix_up():
    x, y = tf.Variable(1.0), tf.Variable(1.0)
    step = tf.function(step_of(tf.keras.optimizers.SGD(0.1)))
    step(x)
    step(y)
    assert x == y


def test_compiled_an_unknown_variable_is_not_refused():
    x, y = tf.Variable(1.0), tf.Variable(1.0)
    opt = tf.keras.optimizers.SGD(0.1, momentum=0.9)
    opt.build([x])
    with pytest.raises(ValueError, match="Unknown variable"):
        step_of(opt)(y)
    step = tf.function(step_of(opt))
    step(x)
    step(y)
    assert np.isclose(y, 1 + 0.6 + 0.9 * 0.6)


def test_a_step_of_its_own_or_one_for_both_is_right():
    x, y, a, b = (tf.Variable(start) for start in (1.0, 10.0, 1.0, 10.0))
    opt = tf.keras.optimizers.SGD(0.1, momentum=0.9)
    opt.build([x, y])
    step_x, step_y = tf.function(step_of(opt)), tf.function(step_of(opt))
    joint = tf.keras.optimizers.SGD(0.1, momentum=0.9)

    @tf.function
    def both():
        with tf.GradientTape() as t:
            loss = f(a) + f(b)
        joint.apply(t.gradient(loss, [a, b]), [a, b])

    for _ in range(4):
        step_x(x)
        step_y(y)
        both()
    assert np.allclose([x, y], [a, b])


# ------------------------------------------------------- loops and conditions


def descend(last_step, x):
    while last_step > 0.05:
        before = x.value()
        with tf.GradientTape() as t:
            y = f(x)
        x.assign_sub(0.1 * t.gradient(y, x))
        last_step = tf.abs(x - before)


def test_a_while_that_starts_with_a_number_raises_and_with_a_tensor_runs(x):
    with pytest.raises(NotImplementedError, match="started as non-Tensor"):
        tf.function(descend)(1.0, x)
    tf.function(descend)(tf.constant(1.0), x)
    other = tf.Variable(10.0)
    descend(1.0, other)
    assert np.isclose(x, other)


def test_break_and_continue_work_in_a_compiled_loop_and_return_does_not():
    @tf.function
    def count_positive(v, limit):
        n = 0
        for entry in v:
            if entry < 0.0:
                continue
            if entry > limit:
                break
            n += 1
        return n

    @tf.function
    def first_above(v, limit):
        for entry in v:
            if entry > limit:
                return entry
        return tf.constant(np.nan)

    v = tf.constant([1.0, -9.0, 3.0, 5.0])
    assert count_positive(v, tf.constant(4.0)) == 2
    with pytest.raises(NotImplementedError, match="a return statement cannot"):
        first_above(v, tf.constant(2.0))


@pytest.mark.parametrize("decide", ["max", "any", "all", "assert", "comprehension"])
def test_what_python_decides_elsewhere_raises(decide):
    def asserting(v):
        assert v[0] > 0

    function = {
        "max": lambda v: max(v[0], 0.0),
        "any": lambda v: any([v[0] > 0]),
        "all": lambda v: all([v[0] > 0]),
        "assert": asserting,
        "comprehension": lambda v: [e for e in tf.unstack(v) if e > 0],
    }[decide]
    with pytest.raises(
        tf.errors.OperatorNotAllowedInGraphError, match="as a Python `bool`"
    ):
        tf.function(lambda v: function(v))(tf.constant([1.0, -2.0]))


def unpack(v):
    first, _ = v
    return first


@pytest.mark.parametrize("function", [unpack, list, lambda v: [-e for e in v]])
def test_a_comprehension_an_unpacking_and_list_may_not_go_over_a_tensor(function):
    with pytest.raises(
        tf.errors.OperatorNotAllowedInGraphError, match="Iterating over a symbolic"
    ):
        tf.function(lambda v: function(v))(tf.constant([1.0, -2.0]))


def test_a_plain_for_and_unstack_go_over_a_tensor():
    @tf.function
    def total(v):
        result = 0.0
        for entry in v:
            result += entry
        return result, sum(tf.unstack(v))

    assert [float(each) for each in total(tf.constant([1.0, 2.0]))] == [3.0, 3.0]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("if v[0] > 0.0:\n        v = -v", "as a Python `bool`"),
        ("for entry in v:\n        entry + 1.0", "Iterating over a symbolic"),
    ],
)
def test_without_source_code_if_and_for_raise_the_same_messages(lines, message):
    names = {}
    exec(f"def function(v):\n    {lines}\n    return v", names)
    with pytest.raises(tf.errors.OperatorNotAllowedInGraphError, match=message):
        tf.function(names["function"])(tf.constant([1.0, -2.0]))


def test_a_plain_if_is_rewritten():
    @tf.function
    def size(v):
        if v > 0.0:
            return v
        return -v

    assert (size(tf.constant(2.0)), size(tf.constant(-3.0))) == (2, 3)
    assert traces(size) == 1


# -------------------------------------------------------------- NumPy, lists


def test_numpy_and_dot_numpy_need_a_value(x):
    with pytest.raises(NotImplementedError, match="to a numpy array"):
        tf.function(lambda: np.square(x - 4.0))()
    with pytest.raises(AttributeError, match="has no attribute 'numpy'"):
        tf.function(lambda: f(x).numpy())()


def test_numpys_random_numbers_are_frozen_and_tensorflows_are_not():
    by_numpy = tf.function(lambda: tf.constant(np.random.normal()))
    by_tensorflow = tf.function(lambda: tf.random.normal([]))
    assert len({float(by_numpy()) for _ in range(4)}) == 1
    assert len({float(by_tensorflow()) for _ in range(4)}) == 4


def test_a_tensor_that_left_by_a_list_has_no_value_outside(x):
    kept = []

    @tf.function
    def loss():
        kept.append(f(x))
        return kept[-1]

    assert [float(loss()) for _ in range(3)] == [36] * 3
    assert len(kept) == 1
    with pytest.raises(TypeError, match="is out of scope and cannot be used here"):
        kept[0] + 1.0


# -------------------------------------------------------------------- silence


def slope_over(loop_over, x):
    with tf.GradientTape() as t:
        total = 0.0
        for target in loop_over():
            total += (x - target) ** 2
    return t.gradient(total, x)


def test_a_loop_over_a_dataset_inside_the_tape_gives_none_in_silence(x, log):
    dataset = tf.data.Dataset.from_tensor_slices([3.0, 5.0])
    assert slope_over(lambda: dataset, x) == 24
    assert tf.function(slope_over)(lambda: dataset, x) is None
    assert log.getvalue() == ""


def test_an_iterator_or_the_tape_inside_the_loop_are_right(x):
    dataset = tf.data.Dataset.from_tensor_slices([3.0, 5.0])
    assert tf.function(slope_over)(lambda: iter(dataset), x) == 24

    @tf.function
    def sum_of_slopes():
        slope = 0.0
        for target in dataset:
            with tf.GradientTape() as t:
                y = (x - target) ** 2
            slope += t.gradient(y, x)
        return slope

    assert sum_of_slopes() == 24


def test_python_function_is_the_eager_twin(x):
    def loss():
        return f(x)

    assert tf.function(loss).python_function is loss


def test_new_objects_under_old_names_are_not_seen_in_silence(log):
    names = {"x": tf.Variable(10.0), "opt": tf.keras.optimizers.SGD(0.1)}
    old = dict(names)

    @tf.function
    def step():
        step_of(names["opt"])(names["x"])

    step()
    names.update(x=tf.Variable(10.0), opt=tf.keras.optimizers.SGD(0.1))
    step()
    assert np.isclose(old["x"], 4 + 6 * 0.8**2)
    assert old["opt"].iterations.numpy() == 2
    assert names["x"] == 10
    assert names["opt"].iterations.numpy() == 0
    assert log.getvalue() == ""


def test_a_tape_reveals_that_the_old_variable_was_freed(no_gc):
    names = {"x": tf.Variable(10.0)}
    loss = tf.function(lambda: f(names["x"]))
    loss()
    names["x"] = tf.Variable(5.0)
    assert loss() == 36
    with (
        tf.GradientTape(),
        pytest.raises(AssertionError, match="variables which have been deleted"),
    ):
        loss()


# ----------------------------------------------------------------- tf.gradients


def test_tf_gradients_works_inside_a_compiled_function_only(x):
    with pytest.raises(RuntimeError, match=r"Use tf.GradientTape instead"):
        tf.gradients(f(x), x)
    assert tf.function(lambda: tf.gradients(f(x), x))()[0] == 12
