"""What the chapter compiled states, one test for each statement.

Statements about speed are held by counts, of traces and of operations: a time is
no fact.
"""

import numpy as np
import pytest
from support.oracles import OPTIMIZERS, f
from support.processes import run_alone
import tensorflow as tf

each_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)


def step_of(x, opt):
    def step():
        with tf.GradientTape() as t:
            y = f(x)
        opt.apply_gradients([(t.gradient(y, x), x)])
        return y

    return step


def path(decorate, opt, steps=30):
    x, places = tf.Variable(10.0), []
    step = decorate(step_of(x, opt))
    for _ in range(steps):
        step()
        places.append(x.numpy())
    return np.array(places)


def traces(compiled):
    return compiled.experimental_get_tracing_count()


def operations(over, steps):
    x = tf.Variable(10.0)

    @tf.function
    def run():
        for _ in over(steps):
            with tf.GradientTape() as t:
                y = f(x)
            x.assign_sub(0.1 * t.gradient(y, x))

    return len(run.get_concrete_function().graph.get_operations())


# ------------------------------------------------------------ the same numbers


@each_optimizer
def test_compiled_and_eager_runs_agree(name):
    make = OPTIMIZERS[name]
    eager, compiled = path(lambda step: step, make(0.1)), path(tf.function, make(0.1))
    assert np.allclose(compiled, eager, rtol=1e-6, atol=1e-6)


@each_optimizer
def test_xla_agrees_to_a_spacing_or_two(name):
    make = OPTIMIZERS[name]
    eager = path(lambda step: step, make(0.1))
    xla = path(lambda step: tf.function(step, jit_compile=True), make(0.1))
    assert np.allclose(xla, eager, atol=2 * np.spacing(np.float32(10)))


def test_a_compiled_step_returns_an_ordinary_tensor():
    y = tf.function(step_of(tf.Variable(10.0), OPTIMIZERS["SGD"](0.1)))()
    assert float(y) == 36


# ------------------------------------------------------- what runs at each call


def test_python_runs_while_tracing_only():
    x, seen = tf.Variable(10.0), []

    @tf.function(autograph=False)
    def step():
        with tf.GradientTape() as t:
            y = f(x)
        slope = t.gradient(y, x)
        seen.append((tf.executing_eagerly(), slope.shape, hasattr(slope, "numpy")))
        x.assign_sub(0.1 * slope)
        with tf.init_scope():
            seen.append(float(x))  # tracing moves nothing

    step()
    step()
    assert seen == [(False, (), False), 10]
    assert traces(step) == 1
    assert np.isclose(x, 4 + 6 * 0.8**2)


def test_tf_print_runs_at_each_call_and_writes_to_standard_error():
    program = """
import helpers
import tensorflow as tf

@tf.function
def step():
    print("Python")
    tf.print("graph")

for _ in range(3):
    step()
"""
    done = run_alone(program)
    assert done.stdout.split() == ["Python"]
    assert done.stderr.split() == ["graph"] * 3


def test_run_functions_eagerly_runs_each_line_at_each_call():
    calls = []

    @tf.function
    def step():
        calls.append(1)

    tf.config.run_functions_eagerly(True)
    try:
        step()
        step()
    finally:
        tf.config.run_functions_eagerly(False)
    assert calls == [1, 1]


@pytest.mark.parametrize(
    ("name", "late"), [("SGD", 1), ("momentum", 2), ("Adam", 2), ("RMSprop", 2)]
)
def test_an_optimizer_that_creates_variables_costs_a_second_trace(name, late):
    for build, expected in ((False, late), (True, 1)):
        x, opt = tf.Variable(10.0), OPTIMIZERS[name](0.1)
        if build:
            opt.build([x])
        step = tf.function(step_of(x, opt))
        for _ in range(3):
            step()
        assert traces(step) == expected


# -------------------------------------------------------------------- traces


def test_a_python_number_is_traced_by_value_and_a_tensor_by_type_and_shape():
    compiled = tf.function(lambda rate: 2 * rate)
    for rate in (0.1, 0.2, 0.1, 0.2):
        compiled(rate)
    assert traces(compiled) == 2
    for rate in (0.1, 0.2, 0.3):
        compiled(tf.constant(rate))
    assert traces(compiled) == 3
    compiled(tf.constant(1))
    compiled(tf.ones(2))
    assert traces(compiled) == 5


@pytest.mark.parametrize("values", [("mean", "sum", "mean"), (True, False, True)])
def test_a_string_or_a_truth_value_is_traced_by_value(values):
    compiled = tf.function(lambda value: 1.0 if value == values[0] else 2.0)
    for value in values:
        compiled(value)
    assert traces(compiled) == len(set(values))


def test_experimental_relax_shapes_is_the_old_name_of_reduce_retracing():
    compiled = tf.function(tf.reduce_sum, experimental_relax_shapes=True)
    for size in (1, 2, 3, 4):
        compiled(tf.ones(size))
    assert traces(compiled) == 2


def model_that_records_whether_it_is_eager():
    seen = []

    class Recorder(tf.keras.Sequential):
        def call(self, inputs, training=None):
            seen.append(tf.executing_eagerly())
            return super().call(inputs, training=training)

    return Recorder([tf.keras.Input((1,)), tf.keras.layers.Dense(1)]), seen


def test_fit_compiles_its_step():
    model, seen = model_that_records_whether_it_is_eager()
    model.compile(tf.keras.optimizers.SGD(0.01), "mse")
    seen.clear()
    model.fit(tf.ones((8, 1)), tf.ones(8), batch_size=2, verbose=0)
    assert seen
    assert not any(seen)


@pytest.mark.parametrize(("steps", "calls"), [(1, 4), (2, 2), (4, 1)])
def test_steps_per_execution_runs_several_steps_in_one_call(steps, calls):
    class Count(tf.keras.callbacks.Callback):
        count = 0

        def on_train_batch_end(self, batch, logs=None):
            self.count += 1

    model, count = tf.keras.Sequential([tf.keras.layers.Dense(1)]), Count()
    opt = tf.keras.optimizers.SGD(0.01)
    model.compile(opt, "mse", steps_per_execution=steps)
    model.fit(
        *(tf.ones((8, 1)), tf.ones(8)), batch_size=2, verbose=0, callbacks=[count]
    )
    assert (count.count, int(opt.iterations)) == (calls, 4)


def test_the_warning_about_retracing_comes_at_the_fifth_trace_and_twice(log):
    def double(rate):
        return 2 * rate

    compiled = tf.function(double)
    for k in range(8):
        compiled(0.1 * k)
        lines = log.getvalue().splitlines()
        assert len(lines) == min(max(k - 3, 0), 2)
    assert lines[0].startswith("5 out of the last 5 calls to <function")


def test_each_tf_function_has_traces_of_its_own():
    def double(v):
        return 2 * v

    one, other = tf.function(double), tf.function(double)
    one(tf.constant(1.0))
    assert (traces(one), traces(other)) == (1, 0)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, 4),
        ({"reduce_retracing": True}, 2),
        ({"input_signature": [tf.TensorSpec([None])]}, 1),
    ],
)
def test_shapes_are_traced_one_by_one_unless_they_are_left_open(options, expected):
    def total(v):
        return tf.reduce_sum(v)

    compiled = tf.function(total, **options)
    for size in (1, 2, 3, 4, 1, 2, 3, 4):
        assert compiled(tf.ones(size)) == size
    assert traces(compiled) == expected


# ----------------------------------------------------------------------- rates

frozen_rate = 0.1


def test_a_global_rate_is_frozen_in_silence(x, log, monkeypatch):
    @tf.function
    def step():
        with tf.GradientTape() as t:
            y = f(x)
        x.assign_sub(frozen_rate * t.gradient(y, x))

    step()
    monkeypatch.setitem(globals(), "frozen_rate", 0.5)
    step()
    assert np.isclose(x, 4 + 6 * 0.8**2)
    assert log.getvalue() == ""


def test_both_ways_to_set_an_optimizers_rate_are_seen_without_a_trace(x):
    opt = OPTIMIZERS["SGD"](0.1)
    step = tf.function(step_of(x, opt))
    step()
    opt.learning_rate = 0.25
    step()
    opt.learning_rate.assign(0.05)
    step()
    assert np.isclose(x, 4 + 6 * 0.8 * 0.5 * 0.9)
    assert traces(step) == 1


def test_a_schedule_is_followed(x):
    schedule = tf.keras.optimizers.schedules.PiecewiseConstantDecay([1], [0.1, 0.25])
    step = tf.function(step_of(x, OPTIMIZERS["SGD"](schedule)))
    for _ in range(3):
        step()
    assert np.isclose(x, 4 + 6 * 0.8 * 0.8 * 0.5)
    assert traces(step) == 1


# ----------------------------------------------------------------------- loops


def test_range_is_unrolled_and_tf_range_is_one_loop():
    assert operations(tf.range, 10) == operations(tf.range, 50)
    ten, fifty, ninety = (operations(range, steps) for steps in (10, 50, 90))
    assert ninety - fifty == fifty - ten > 40  # the same number for each step


def test_a_tensor_array_brings_the_losses_out_of_a_compiled_loop(x):
    @tf.function
    def run(steps):
        losses = tf.TensorArray(tf.float32, size=steps)
        for k in tf.range(steps):
            with tf.GradientTape() as t:
                y = f(x)
            x.assign_sub(0.1 * t.gradient(y, x))
            losses = losses.write(k, y)
        return losses.stack()

    assert np.allclose(run(tf.constant(5)), 36 * 0.64 ** np.arange(5))


def test_a_condition_of_tensors_stops_a_compiled_loop(x):
    opt = OPTIMIZERS["SGD"](0.1)

    @tf.function
    def run(limit):
        slope = tf.constant(np.inf)
        while tf.abs(slope) > 0.01 and opt.iterations < limit:
            with tf.GradientTape() as t:
                y = f(x)
            slope = t.gradient(y, x)
            opt.apply_gradients([(slope, x)])

    run(10)
    assert opt.iterations.numpy() == 10
    run(200)
    assert opt.iterations.numpy() == 33


# ------------------------------------------------------------------ the tape


def test_a_tape_around_a_compiled_loss_gives_the_same_gradient(x):
    compiled = tf.function(f)
    with tf.GradientTape() as t:
        y = compiled(x)
    assert t.gradient(y, x) == 12
