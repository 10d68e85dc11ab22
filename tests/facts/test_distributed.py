"""What the chapter distributed states, one test for each statement.

Devices are fixed with TensorFlow's first operation, so the facts about two devices
are found in a process of its own, and those about two machines in two more. Each
of these runs once and reports; the tests read what they report.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

import capture_two_workers as capture
from helpers.workers import WorkerError, free_ports, run_workers
import nbformat
import numpy as np
import pytest
from support.oracles import since
import tensorflow as tf

# Where two workers were never tried: the collective operations that they need
# talk over gRPC, and whether that holds there nobody has seen yet.
linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"),
    reason="two workers were tried on Linux only",
)
TRAIN = capture.script_of(capture.NOTEBOOK).partition("\nstrategy = ")[0]
LOADING = 600  # seconds; TensorFlow takes a minute to load on a busy machine

# ------------------------------------------------------------------ two devices

DEVICES = f"""
import json
import tempfile
import threading
import numpy as np
import tf_keras
{TRAIN}
processor = tf.config.list_physical_devices("CPU")[0]
part = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(processor, [part] * 2)
one = tf.distribute.get_strategy()
two = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
keras, keras_losses = tf.keras.optimizers, tf.keras.losses
found = {{}}


def outcome(action):
    try:
        return str(action())
    except Exception as error:
        return f"{{type(error).__name__}}: {{error}}"


def too_late():
    tf.config.set_logical_device_configuration(processor, [part] * 3)


found["again"] = outcome(
    lambda: tf.config.set_logical_device_configuration(processor, [part] * 2)
)
found["too late"] = outcome(too_late)
found["devices"] = len(tf.config.list_logical_devices("CPU"))

for name in ("SGD", "Adam", "RMSprop"):
    optimizer = getattr(keras, name)
    found[name] = {{
        "one": train(one, optimizer),
        "two": train(two, optimizer),
        "local": train(two, optimizer, divisor=1.0),
    }}
found["momentum"] = {{
    "two": train(two, lambda rate: keras.SGD(rate, momentum=0.9)),
    "local": train(two, lambda rate: keras.SGD(rate, momentum=0.9), divisor=1.0),
}}

with two.scope():
    x = tf.Variable(10.0)
    opt = keras.SGD(0.1)
    opt.build([x])
found["float"] = outcome(lambda: float(x))
found["int"] = outcome(lambda: int(opt.iterations))
found["iterations"] = int(opt.iterations.numpy())
found["numpy"] = float(x.numpy())
found["copies"] = [float(c.numpy()) for c in two.experimental_local_results(x)]
found["kind"] = type(x).__name__
losses = tf.constant([49.0, 25.0])
row = tf.constant([[1.0], [3.0]])


def mean_square(library):
    with two.scope():
        loss = library.losses.MeanSquaredError()
    values = two.run(tf.function(lambda: loss(row, tf.zeros_like(row))))
    return [float(value) for value in two.experimental_local_results(values)]


found["loss of Keras 3"] = outcome(lambda: mean_square(tf.keras))
found["loss of tf_keras"] = outcome(lambda: mean_square(tf_keras))
penalties = two.run(
    tf.function(lambda: tf.nn.scale_regularization_loss(tf.constant(6.0)))
)
found["penalties"] = [float(v) for v in two.experimental_local_results(penalties)]
found["average"] = float(tf.nn.compute_average_loss(losses[:1], global_batch_size=2))


def step_with(x, opt):
    @tf.function
    def step():
        with tf.GradientTape() as t:
            y = (x - 4.0) ** 2
        opt.apply_gradients([(t.gradient(y, x), x)])

    two.run(step)
    return x.numpy()


def step_with_new(name):
    # An optimizer that was not built, in a step that is not compiled.
    with two.scope():
        x = tf.Variable(10.0)
        opt = getattr(keras, name)(0.1)
    two.run(lambda: opt.apply_gradients([(tf.constant(1.0), x)]))
    return x.numpy()


def made(variable, optimizer, built):
    def inside(create):
        with two.scope():
            return create()

    def outside(create):
        return create()

    where = {{"in": inside, "out": outside}}
    x = where[variable](lambda: tf.Variable(10.0))
    opt = where[optimizer](lambda: keras.Adam(0.1))
    if built:
        where[optimizer](lambda: opt.build([x]))
    return step_with(x, opt)


def not_built_in_a_compiled_step(create):
    with two.scope():
        x, opt = tf.Variable(10.0), create(0.1)
    return step_with(x, opt)


found["compiled, not built"] = {{
    "SGD": outcome(lambda: not_built_in_a_compiled_step(keras.SGD)),
    "momentum": outcome(
        lambda: not_built_in_a_compiled_step(lambda rate: keras.SGD(rate, momentum=0.9))
    ),
}}
found["made"] = {{
    "out, in": outcome(lambda: made("out", "in", True)),
    "out, out": outcome(lambda: made("out", "out", True)),
    "in, in, not built": outcome(lambda: made("in", "in", False)),
    "in, in": outcome(lambda: made("in", "in", True)),
}}

with two.scope():
    model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1)])
    model.compile(keras.SGD(0.1), "mse")
data = tf.data.Dataset.from_tensor_slices(([[1.0], [2.0]], [3.0, 5.0])).batch(2)
found["fit"] = outcome(lambda: list(model.fit(data, verbose=0).history))


def operations(strategy):
    with strategy.scope():
        x = tf.Variable(10.0)
        opt = keras.SGD(0.1)
        opt.build([x])

    @tf.function
    def step():
        opt.apply_gradients([(2.0 * (x - 4.0), x)])

    graph = tf.function(lambda: strategy.run(step)).get_concrete_function().graph
    graph = graph.as_graph_def()
    return len(graph.node) + sum(len(f.node_def) for f in graph.library.function)


found["operations"] = [operations(one), operations(two)]

with two.scope():
    x = tf.Variable(10.0)
    opt = keras.SGD(0.1)
    opt.build([x])
    metric = tf.keras.metrics.Mean()
compiled = tf.function(lambda: opt.apply_gradients([(tf.constant(1.0), x)]))
each = two.run(tf.function(lambda: tf.constant(1.0)))


def scope():
    with two.scope():
        pass


found["contexts"] = {{
    "reduce inside": outcome(
        lambda: two.run(lambda: two.reduce("SUM", 1.0, axis=None))
    ),
    "scope inside": outcome(lambda: two.run(scope)),
    "run inside": outcome(lambda: two.run(lambda: two.run(lambda: 1.0))),
    "compiled below run": outcome(lambda: two.run(lambda: compiled())),
    "compiled": outcome(lambda: two.run(compiled)),
    "compiled around": outcome(tf.function(lambda: two.run(compiled.python_function))),
    "metric outside": outcome(lambda: metric.update_state(each)),
    "metric inside": outcome(
        lambda: two.run(tf.function(lambda: metric.update_state(3.0)))
    ),
}}
found["metric"] = float(metric.result())


def gradient_in_scope():
    with two.scope(), tf.GradientTape() as t:
        y = (x - 4.0) ** 2
    with two.scope():
        return t.gradient(y, x)


def apply_in_scope():
    with two.scope():
        opt.apply_gradients([(tf.constant(1.0), x)])


def conditional(flag):
    if flag:
        opt.apply_gradients([(tf.constant(1.0), x)])


def ordinary_step():
    x.assign(10.0)
    with tf.GradientTape() as t:
        y = tf.reduce_sum((x - tf.constant([3.0, 5.0])) ** 2) / 2.0
    gradient = t.gradient(y, x)
    opt.apply_gradients([(gradient, x)])
    copies = [float(copy.numpy()) for copy in two.experimental_local_results(x)]
    return json.dumps([gradient.device[-5:], copies])


found["without run"] = {{
    "gradient in scope": outcome(gradient_in_scope),
    "apply in scope": outcome(apply_in_scope),
    "no scope": outcome(ordinary_step),
}}
found["contexts"]["in a compiled if"] = outcome(
    lambda: two.run(tf.function(conditional), args=(tf.constant(True),))
)


def moved(apply, **options):
    # Where 10 goes on two devices whose gradients are 5 each.
    with two.scope():
        x = tf.Variable(10.0)
        opt = keras.SGD(0.1, **options)
        opt.build([x])
    two.run(tf.function(lambda: apply(opt, x)))
    return float(x.numpy())


def plainly(opt, x):
    opt.apply_gradients([(tf.constant(5.0), x)])


def clipped_sum(opt, x):
    gradients = [tf.constant(5.0)]
    total = tf.distribute.get_replica_context().all_reduce("SUM", gradients)
    clipped, _ = tf.clip_by_global_norm(total, 1.0)
    opt.apply_gradients([(clipped[0] / 2, x)])


found["clipped"] = {{
    name: moved(plainly, **{{name: 1.0}})
    for name in ("clipnorm", "clipvalue", "global_clipnorm")
}}
found["sum clipped"] = moved(clipped_sum)


def counted(**options):
    with two.scope():
        counter = tf.Variable(0.0, **options)

    def count():
        context = tf.distribute.get_replica_context()
        counter.assign_add(tf.cast(context.replica_id_in_sync_group, tf.float32) + 3)

    two.run(tf.function(count))
    copies = two.experimental_local_results(counter)
    return float(counter.numpy()), [float(copy.numpy()) for copy in copies]


ways = tf.VariableAggregation


def step_counter(way, number):
    with two.scope():
        counter = tf.Variable(0, aggregation=way)
    two.run(tf.function(lambda: counter.assign_add(number())))
    return [int(copy.numpy()) for copy in two.experimental_local_results(counter)]


found["counted"] = counted()
found["counted, summed"] = counted(aggregation=ways.SUM)
found["step counter"] = {{
    name: outcome(lambda: step_counter(getattr(ways, name), lambda: 1))
    for name in ("NONE", "ONLY_FIRST_REPLICA", "SUM")
}}
found["step counter"]["SUM of tensors"] = outcome(
    lambda: step_counter(ways.SUM, lambda: tf.constant(1))
)
found["reduced"] = [float(two.reduce(way, each, axis=None)) for way in ("SUM", "MEAN")]
found["eager, not built"] = {{
    name: float(step_with_new(name)) for name in ("SGD", "Adam")
}}

three = tf.data.Dataset.from_tensor_slices([3.0, 5.0, 3.0])


def parts(data):
    return [
        [part.numpy().tolist() for part in two.experimental_local_results(batch)]
        for batch in two.experimental_distribute_dataset(data)
    ]


def last_step(loss):
    # Each replica's loss, and where x is after the last, smaller batch.

    @tf.function
    def step(targets):
        with tf.GradientTape() as t:
            y = loss((x - targets) ** 2)
        opt.apply_gradients([(t.gradient(y, x), x)])
        return y

    *_, batch = two.experimental_distribute_dataset(three.batch(2))
    x.assign(10.0)
    values = two.run(step, args=(batch,))
    values = [float(value) for value in two.experimental_local_results(values)]
    return [str(value) for value in values], float(x.numpy())


def step_of_uneven_parts(loss):
    # 3 and 5 on one device, 3 on the other.
    @tf.function
    def step(targets):
        with tf.GradientTape() as t:
            y = loss(targets[:, None], x * tf.ones_like(targets)[:, None])
        opt.apply_gradients([(t.gradient(y, x), x)])

    (batch,) = two.experimental_distribute_dataset(three.batch(3))
    x.assign(10.0)
    two.run(step, args=(batch,))
    return float(x.numpy())


with two.scope():
    of_batch = keras_losses.MeanSquaredError()
    of_rows = keras_losses.MeanSquaredError(reduction="none")
found["uneven"] = {{
    "object": step_of_uneven_parts(of_batch),
    "none": step_of_uneven_parts(
        lambda targets, values: tf.nn.compute_average_loss(
            of_rows(targets, values), global_batch_size=3
        )
    ),
}}
found["parts"] = parts(three.batch(2))
found["parts without the rest"] = parts(three.batch(2, drop_remainder=True))
found["last step"] = last_step(lambda losses: tf.reduce_sum(losses) / 2.0)
found["last step, mean"] = last_step(tf.reduce_mean)

lines = []
eager = lambda: lines.append("Python was here")
for _ in range(3):
    two.run(eager)
found["lines"] = [len(lines)]
traced = tf.function(eager)
for _ in range(3):
    two.run(traced)
found["lines"].append(len(lines) - found["lines"][0])
pipelines = [
    next(iter(two.experimental_distribute_dataset(three.batch(2)))) for _ in range(2)
]
found["first batches"] = [
    [part.numpy().tolist() for part in two.experimental_local_results(batch)]
    for batch in pipelines
]


def with_x(action, create=keras.SGD, **options):
    # What a function of a new optimizer and a new x returns.
    with two.scope():
        x = tf.Variable(10.0)
        opt = create(0.1, **options)
        opt.build([x])
    return action(opt, x)


pairs = tf.data.Dataset.from_tensor_slices([3.0, 5.0, 3.0, 5.0]).batch(2)


def gradient_of(x, targets, divisor):
    with tf.GradientTape() as t:
        y = tf.reduce_sum((x - targets) ** 2) / divisor
    return t.gradient(y, x)


def steps_of(compile, opt, x):
    step = compile(
        lambda targets: opt.apply_gradients([(gradient_of(x, targets, 2.0), x)])
    )
    path = []
    for targets in two.experimental_distribute_dataset(pairs):
        two.run(step, args=(targets,))
        path.append(float(x.numpy()))
    return path


def one_step_of_several_batches(opt, x):
    @tf.function
    def step(parts):
        gradients = [gradient_of(x, targets, 4.0) for targets in parts]
        opt.apply_gradients([(tf.add_n(gradients), x)])

    two.run(step, args=(list(two.experimental_distribute_dataset(pairs)),))
    return float(x.numpy())


def scaled_step(opt, x):
    loss_scale = keras_of.LossScaleOptimizer(opt)
    with two.scope():
        loss_scale.build([x])

    @tf.function
    def step(targets):
        with tf.GradientTape() as t:
            y = loss_scale.scale_loss(tf.reduce_sum((x - targets) ** 2) / 2.0)
        loss_scale.apply_gradients([(t.gradient(y, x), x)])

    two.run(step, args=(next(iter(two.experimental_distribute_dataset(pairs))),))
    return float(x.numpy())


keras_of = tf.keras.mixed_precision
found["accumulated by Keras"] = {{
    "compiled": outcome(
        lambda: with_x(
            lambda *pair: steps_of(tf.function, *pair), gradient_accumulation_steps=2
        )
    ),
    "eager": outcome(
        lambda: with_x(
            lambda *pair: steps_of(lambda step: step, *pair),
            gradient_accumulation_steps=2,
        )
    ),
}}
found["several batches"] = with_x(one_step_of_several_batches)


def step_with_inf(library, bad, add_first):
    # Where x is after a step with inf on one replica, and the factor of the scale.
    with two.scope():
        x = tf.Variable(10.0)
        opt = library.mixed_precision.LossScaleOptimizer(library.optimizers.SGD(0.1))
        opt.build([x])
    old = library is tf_keras
    scale = lambda: tf.convert_to_tensor(
        opt.loss_scale if old else opt.dynamic_scale.value
    )

    def step():
        context = tf.distribute.get_replica_context()
        replica = tf.cast(context.replica_id_in_sync_group, tf.int32)
        gradients = [tf.where(tf.equal(replica, bad), np.inf, 5.0 * scale())]
        if add_first:
            gradients = context.all_reduce("SUM", gradients)
            gradients = [gradient / 2 for gradient in gradients]
        if old:
            gradients = opt.get_unscaled_gradients(gradients)
        opt.apply_gradients(zip(gradients, [x]))

    before = float(scale())
    two.run(tf.function(step))
    return str(x.numpy()), float(scale()) / before


found["inf"] = {{
    f"{{name}}, {{bad}}, {{way}}": step_with_inf(library, bad, way == "added")
    for name, library in (("Keras 3", tf.keras), ("tf_keras", tf_keras))
    for bad in (-1, 0, 1)
    for way in ("plain", "added")
}}
found["scaled"] = with_x(scaled_step)


def meeting():
    # An operation that gives 1 if another one like it runs at the same time.
    barrier = threading.Barrier(2)

    def wait(_):
        try:
            barrier.wait(5)
        except threading.BrokenBarrierError:
            return np.float32(0)
        return np.float32(1)

    def meet(value):  # without a value, TensorFlow would compute it beforehand
        met = tf.numpy_function(wait, [value], tf.float32, stateful=False)
        return tf.ensure_shape(met, [])

    return meet


def replicas_met(kind):
    batch = next(iter(two.experimental_distribute_dataset(pairs)))
    meet = meeting()
    compiled = tf.function(meet)
    run = lambda step: two.run(step, args=(batch,))
    values = {{
        "eager": lambda: run(meet),
        "step": lambda: run(compiled),
        "around": tf.function(lambda: run(meet)),
        "helper": lambda: run(lambda targets: compiled(targets)),
    }}[kind]()
    return [float(value) for value in two.experimental_local_results(values)]


found["replicas met"] = {{
    kind: replicas_met(kind) for kind in ("eager", "step", "around", "helper")
}}


def batches_met(one_at_a_time, opt, x):
    # How many of the two batches of one step met the other.
    meet = meeting()

    @tf.custom_gradient
    def through(value):
        return tf.identity(value), lambda upstream: upstream * meet(upstream)

    def gradient(targets):
        with tf.GradientTape() as t:
            y = through(x) * targets
        return t.gradient(y, x)

    @tf.function
    def step(batches):
        total = 0.0
        if one_at_a_time:
            for k in tf.range(2):
                tf.autograph.experimental.set_loop_options(parallel_iterations=1)
                total += gradient(batches[k])
        else:
            for targets in batches:
                total += gradient(targets)
        return total

    batches = [tf.constant(1.0), tf.constant(1.0)]
    return float(step(tf.stack(batches) if one_at_a_time else batches))


found["batches met"] = outcome(lambda: with_x(lambda *pair: batches_met(False, *pair)))
found["batches met, loop"] = outcome(
    lambda: with_x(lambda *pair: batches_met(True, *pair))
)


def restored(opt, x):
    with tempfile.TemporaryDirectory() as folder:
        y, other = tf.Variable(7.0), keras.Adam(0.1)
        other.build([y])
        other.iterations.assign(5)
        path = tf.train.Checkpoint(x=y, opt=other).write(folder + "/one")
        tf.train.Checkpoint(x=x, opt=opt).read(path).assert_consumed()
    counters = two.experimental_local_results(opt.iterations.value)
    return [
        [float(copy.numpy()) for copy in two.experimental_local_results(x)],
        [int(copy.numpy()) for copy in counters],
    ]


found["restored"] = with_x(restored, keras.Adam)


def moving_averages(layer):
    return [
        [float(copy[0]) for copy in two.experimental_local_results(variable.value)]
        for variable in (layer.moving_mean, layer.moving_variance)
    ]


def normalized(synchronized):
    with two.scope():
        layer = tf.keras.layers.BatchNormalization(
            momentum=0.0, synchronized=synchronized
        )
        model = tf.keras.Sequential([tf.keras.Input((1,)), layer])
    rows = tf.data.Dataset.from_tensor_slices([[1.0], [3.0], [5.0], [7.0]]).batch(4)
    (batch,) = two.experimental_distribute_dataset(rows)
    two.run(tf.function(lambda part: model(part, training=True)), args=(batch,))
    with tempfile.TemporaryDirectory() as folder:
        model.save(folder + "/model.keras")
        loaded = tf.keras.models.load_model(folder + "/model.keras")
    saved = [
        float(variable[0])
        for variable in (loaded.layers[0].moving_mean, loaded.layers[0].moving_variance)
    ]
    return {{"copies": moving_averages(layer), "saved": saved}}


found["normalized"] = {{
    str(synchronized): normalized(synchronized) for synchronized in (False, True)
}}



def normalized_with_an_empty_part(synchronized):
    with two.scope():
        layer = tf.keras.layers.BatchNormalization(synchronized=synchronized)
        model = tf.keras.Sequential([tf.keras.Input((1,)), layer])
        opt = keras.SGD(0.1)
        opt.build(model.trainable_variables)

    @tf.function
    def step(rows):
        with tf.GradientTape() as t:
            y = tf.reduce_sum(model(rows, training=True) ** 2)
        variables = model.trainable_variables
        opt.apply_gradients(zip(t.gradient(y, variables), variables))

    rows = tf.data.Dataset.from_tensor_slices([[1.0], [3.0], [5.0]]).batch(2)
    for batch in two.experimental_distribute_dataset(rows):
        two.run(step, args=(batch,))
    means = two.experimental_local_results(layer.moving_mean.value)
    numbers = [layer.gamma.numpy()[0], *[float(copy[0]) for copy in means]]
    return [bool(np.isnan(number)) for number in numbers]


found["empty part, normalized"] = {{
    str(synchronized): normalized_with_an_empty_part(synchronized)
    for synchronized in (False, True)
}}

with two.scope():
    shares, whole = tf.keras.metrics.Mean(), tf.keras.metrics.Mean()
    old_rows = tf_keras.losses.MeanSquaredError(reduction="none")


def logged(targets):
    loss = tf.reduce_sum((10.0 - targets) ** 2) / 2.0
    shares.update_state(loss)
    whole.update_state(loss * two.num_replicas_in_sync)


two.run(
    tf.function(logged),
    args=(next(iter(two.experimental_distribute_dataset(pairs))),),
)
found["logged"] = [float(shares.result()), float(whole.result())]
with two.scope():
    averages, sums = tf.keras.metrics.Mean(), tf.keras.metrics.Sum()


def read_inside(targets):
    averages.update_state(targets)
    sums.update_state(targets)
    return averages.result(), sums.result()


inside = two.run(
    tf.function(read_inside),
    args=(next(iter(two.experimental_distribute_dataset(pairs))),),
)
found["metrics read"] = {{
    "inside": [
        [float(value) for value in two.experimental_local_results(values)]
        for values in inside
    ],
    "outside": [float(averages.result()), float(sums.result())],
}}
found["kind of metric"] = type(shares.total.value).__name__
found["rows"] = {{
    "tf_keras": old_rows([[3.0], [5.0]], [[10.0], [10.0]]).numpy().tolist(),
    "Keras 3": of_rows([[3.0], [5.0]], [[10.0], [10.0]]).numpy().tolist(),
}}


def under(policy):
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = policy
    return parts(tf.data.Dataset.range(8).batch(4).with_options(options))


found["policies"] = {{
    policy.name: under(policy) for policy in tf.data.experimental.AutoShardPolicy
}}
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found():
    """Return what a process with two logical devices reports."""
    (output,) = run_workers(DEVICES, [{}], timeout=LOADING)
    return json.loads(output.splitlines()[-1])


def test_the_same_devices_may_be_set_again_and_others_may_not(found):
    assert found["devices"] == 2
    assert found["again"] == "None"
    words = "Virtual devices cannot be modified after being initialized"
    assert found["too late"] == f"RuntimeError: {words}"


def test_importing_helpers_runs_an_operation():
    processor = tf.config.list_physical_devices("CPU")[0]
    parts = [tf.config.LogicalDeviceConfiguration()] * 7
    with pytest.raises(RuntimeError, match="cannot be modified"):
        tf.config.set_logical_device_configuration(processor, parts)


def test_the_path_on_two_devices_is_bit_for_bit_that_on_one(found):
    assert found["SGD"]["one"] == found["SGD"]["two"]
    assert len(found["SGD"]["one"]) == 21


def test_the_path_is_that_of_the_mean_loss(found):
    k = np.arange(21)
    assert np.allclose(found["SGD"]["two"], 4 + 6 * 0.8**k, rtol=1e-6)


def test_the_local_batch_makes_the_steps_of_sgd_twice_as_long(found):
    k = np.arange(21)
    assert np.allclose(found["SGD"]["local"], 4 + 6 * 0.6**k, rtol=1e-6)


def test_momentum_takes_a_first_step_twice_as_long(found):
    right, local = (np.diff(found["momentum"][key])[0] for key in ("two", "local"))
    assert np.isclose(local, 2 * right)


@pytest.mark.parametrize("name", ["Adam", "RMSprop"])
def test_adam_and_rmsprop_hide_the_local_batch(found, name):
    assert np.allclose(found[name]["two"], found[name]["local"], atol=1e-3)


def test_compute_average_loss_divides_by_the_global_batch(found):
    assert found["average"] == 49 / 2


@pytest.mark.skipif(
    not since("keras", "3.10"), reason="older losses did not know the strategy"
)
def test_scale_regularization_loss_divides_by_the_number_of_replicas(found):
    assert found["penalties"] == [3.0, 3.0]


def test_a_loss_object_of_keras_3_divides_by_the_number_of_replicas(found):
    mean = (1 + 9) / 2
    assert found["loss of Keras 3"] == str([mean / 2, mean / 2])


def test_a_loss_object_weighs_uneven_parts_wrongly_and_compute_average_loss_not(found):
    assert np.isclose(found["uneven"]["none"], 10 - 0.1 * 2 * (10 - 11 / 3))
    half_of_each = (2 * (10 - 4) + 2 * (10 - 3)) / 2
    assert np.isclose(found["uneven"]["object"], 10 - 0.1 * half_of_each)


def test_a_loss_object_of_tf_keras_refuses(found):
    assert found["loss of tf_keras"].startswith("ValueError")
    assert "Please use `tf.keras.losses.Reduction.SUM`" in found["loss of tf_keras"]


def test_float_and_int_refuse_a_mirrored_variable(found):
    words = "argument must be a string or a real number, not 'MirroredVariable'"
    assert found["float"] == f"TypeError: float() {words}"
    assert found["int"].startswith("TypeError: int() argument must be a string")
    assert found["kind"] == "MirroredVariable"


def test_numpy_reads_a_mirrored_variable_and_its_copies_are_equal(found):
    assert found["numpy"] == 10
    assert found["copies"] == [10, 10]
    assert found["iterations"] == 0


def test_a_variable_from_outside_the_scope_is_refused_at_build(found):
    words = "ValueError: `colocate_vars_with` must only be passed a variable created"
    assert found["made"]["out, in"].startswith(words)


def test_both_from_outside_end_in_an_assertion_without_words(found):
    lines = found["made"]["out, out"].split()
    assert lines[0] == "AssertionError:"
    assert lines[-1] == "AssertionError:"
    assert "distribution.extended.update(" in lines


def test_an_optimizer_that_was_not_built_fails_at_a_placeholder(found):
    message = found["made"]["in, in, not built"]
    assert message.startswith("InvalidArgumentError")
    assert "You must feed a value for placeholder tensor" in message


def test_an_optimizer_that_was_not_built_works_in_an_eager_step(found):
    assert np.isclose(found["eager, not built"]["SGD"], 9.8)
    assert np.isclose(found["eager, not built"]["Adam"], 9.9)


def test_plain_sgd_needs_no_build_in_a_compiled_step_and_momentum_does(found):
    outcomes = found["compiled, not built"]
    assert np.isclose(float(outcomes["SGD"]), 10 - 0.1 * (12 + 12))
    assert "You must feed a value for placeholder tensor" in outcomes["momentum"]


def test_both_inside_and_built_takes_a_step(found):
    assert np.isclose(float(found["made"]["in, in"]), 9.9)


def test_fit_of_keras_3_works_on_two_devices(found):
    assert found["fit"] == "['loss']"


def test_a_step_on_two_devices_has_more_operations(found):
    one, two = found["operations"]
    assert two > one


@pytest.mark.parametrize("call", ["reduce inside", "scope inside", "run inside"])
def test_what_belongs_outside_run_fails_inside(found, call):
    assert found["contexts"][call] == (
        "RuntimeError: Method requires being in cross-replica context, "
        "use get_replica_context().merge_call()"
    )


def test_a_compiled_function_below_run_cannot_apply_gradients(found):
    contexts = found["contexts"]
    message = contexts["compiled below run"]
    assert "`merge_call` called while defining a new graph or a tf.function" in message
    for right in ("compiled", "compiled around"):
        assert "Error" not in contexts[right]


def test_a_compiled_if_around_apply_gradients_fails_alike(found):
    message = found["contexts"]["in a compiled if"]
    assert "`merge_call` called while defining a new graph or a tf.function" in message


def test_a_step_in_the_scope_without_run_fails(found):
    without = found["without run"]
    message = "ValueError: DistributedVariable.handle is not available outside"
    assert without["gradient in scope"].startswith(message)
    message = "AttributeError: 'NoneType' object has no attribute 'merge_call'"
    assert without["apply in scope"] == message


def test_a_step_without_scope_and_run_computes_all_the_data_on_one_device(found):
    device, copies = json.loads(found["without run"]["no scope"])
    assert device == "CPU:0"
    assert np.allclose(copies, [8.8, 8.8])


def test_clipping_by_the_optimizer_comes_before_the_sum(found):
    for name, x in found["clipped"].items():
        assert np.isclose(x, 10 - 0.1 * (1 + 1)), name


def test_the_sum_can_be_clipped_in_the_step(found):
    assert np.isclose(found["sum clipped"], 10 - 0.1 * 1)


def test_a_counter_without_aggregation_differs_between_devices(found):
    assert found["counted"] == [3, [3, 4]]
    assert found["counted, summed"] == [7, [7, 7]]


def test_a_step_counter_wants_only_the_first_replica(found):
    counters = found["step counter"]
    assert counters["ONLY_FIRST_REPLICA"] == "[1, 1]"
    assert counters["NONE"] == "[1, 1]", "equal assignments stay equal"


def test_a_counter_with_sum_refuses_a_number_and_counts_a_tensor_per_replica(found):
    counters = found["step counter"]
    message = "A non-DistributedValues value 1 cannot be reduced"
    assert counters["SUM"].startswith("ValueError")
    assert message in counters["SUM"]
    assert counters["SUM of tensors"] == "[2, 2]"


def test_reduce_adds_or_averages(found):
    assert found["reduced"] == [2, 1]


def test_a_metric_is_updated_inside_run_and_read_outside(found):
    message = found["contexts"]["metric outside"]
    assert message.startswith("ValueError: It looks like you are using a PerReplica")
    assert "Error" not in found["contexts"]["metric inside"]
    assert found["metric"] == 3.0


def test_the_last_smaller_batch_leaves_a_replica_without_data(found):
    assert found["parts"] == [[[3.0], [5.0]], [[3.0], []]]
    assert found["parts without the rest"] == [[[3.0], [5.0]]]


def test_an_empty_part_has_gradient_zero_and_the_step_is_half_as_long(found):
    losses, x = found["last step"]
    assert losses == [str(49 / 2), "0.0"]
    whole = 0.1 * 2 * (10 - 3)
    assert np.isclose(x, 10 - whole / 2)


def test_the_mean_of_an_empty_part_is_nan(found):
    losses, x = found["last step, mean"]
    assert losses == ["49.0", "nan"]
    assert np.isclose(x, 10 - 0.1 * 2 * (10 - 3)), "its gradient is 0 all the same"


def test_run_without_tf_function_runs_python_for_each_replica_and_step(found):
    eager, compiled = found["lines"]
    assert eager == 2 * 3
    assert compiled == 2, "once for each replica, while tracing"


def test_each_distribution_of_a_dataset_begins_with_the_first_batch(found):
    assert found["first batches"] == [[[3.0], [5.0]]] * 2


def test_accumulation_by_keras_fails_in_a_compiled_step_on_two_devices(found):
    outcomes = found["accumulated by Keras"]
    assert "`merge_call` called while defining a new graph" in outcomes["compiled"]
    assert np.allclose(json.loads(outcomes["eager"]), [10.0, 8.8])


def test_one_step_of_several_batches_is_that_of_one_big_batch(found):
    assert np.isclose(found["several batches"], found["SGD"]["one"][1])


def test_loss_scaling_leaves_the_step_on_two_devices_as_it_is(found):
    assert np.isclose(found["scaled"], found["SGD"]["one"][1])


@pytest.mark.parametrize("bad", [0, 1])
@pytest.mark.parametrize("way", ["plain", "added"])
@pytest.mark.parametrize("library", ["Keras 3", "tf_keras"])
def test_a_step_with_inf_is_skipped_unless_keras_3_does_not_see_it(
    found, library, way, bad
):
    unseen = (library, way, bad) == ("Keras 3", "plain", 1)
    x, factor = found["inf"][f"{library}, {bad}, {way}"]
    assert x == ("-inf" if unseen else "10.0")
    assert factor == (1.0 if unseen else 0.5), "halved where it was seen"


@pytest.mark.parametrize("library", ["Keras 3", "tf_keras"])
def test_adding_the_scaled_gradients_first_leaves_a_finite_step_as_it_is(
    found, library
):
    for way in ("plain", "added"):
        x, factor = found["inf"][f"{library}, -1, {way}"]
        assert np.isclose(float(x), 10 - 0.1 * (5 + 5))
        assert factor == 1.0


def test_replicas_run_at_the_same_time_only_in_a_compiled_run(found):
    met = found["replicas met"]
    assert met["eager"] == met["helper"] == [0.0, 0.0]
    assert met["step"] == met["around"] == [1.0, 1.0]


def test_batches_of_one_step_are_computed_at_the_same_time(found):
    assert found["batches met"] == "2.0"


def test_a_loop_with_one_parallel_iteration_computes_one_batch_at_a_time(found):
    assert found["batches met, loop"] == "0.0"


def test_a_checkpoint_of_one_device_fills_all_copies(found):
    assert found["restored"] == [[7.0, 7.0], [5, 5]]


def test_batch_normalization_sees_a_part_and_only_the_first_averages_are_saved(found):
    means, variances = found["normalized"]["False"]["copies"]
    assert means == [2.0, 6.0]
    assert variances == [1.0, 1.0]
    assert found["normalized"]["False"]["saved"] == [means[0], variances[0]]


def test_synchronized_batch_normalization_sees_the_global_batch(found):
    means, variances = found["normalized"]["True"]["copies"]
    assert np.allclose(means, 4.0)
    assert np.allclose(variances, 5.0)
    assert np.allclose(found["normalized"]["True"]["saved"], [4.0, 5.0])


def test_an_empty_part_makes_batch_normalization_nan_unless_synchronized(found):
    gamma, first, second = found["empty part, normalized"]["False"]
    assert gamma
    assert not first
    assert second
    assert not any(found["empty part, normalized"]["True"])


def test_a_metric_read_inside_run_is_that_of_the_replica_and_outside_of_all(found):
    assert found["metrics read"]["inside"] == [[3.0, 5.0], [3.0, 5.0]]
    mean, total = found["metrics read"]["outside"]
    assert np.isclose(mean, 4.0)
    assert np.isclose(total, 8.0), "Sum adds"


def test_a_metric_averages_what_the_replicas_give_it(found):
    share, whole = found["logged"]
    assert np.isclose(share, 18.5)
    assert np.isclose(whole, 37.0)


def test_reading_the_variable_of_a_metric_joins_the_copies(found):
    assert found["kind of metric"] == "SyncOnReadVariable"


@pytest.mark.parametrize("library", ["tf_keras", "Keras 3"])
def test_a_loss_object_without_reduction_returns_a_loss_for_each_row(found, library):
    assert found["rows"][library] == [49.0, 25.0]


AGAIN = """
import tensorflow as tf

processor = tf.config.list_physical_devices("CPU")[0]
part = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(processor, [part] * 2)


def exchange(strategy, size):
    def add():
        context = tf.distribute.get_replica_context()
        return context.all_reduce("SUM", tf.ones(size))

    strategy.run(tf.function(add))


def new():
    return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


first = new()
exchange(first, 2)
exchange(first, 1)
print("one strategy", flush=True)
second = new() if SECOND else first
exchange(second, 1)
print("another", flush=True)
"""


@pytest.mark.parametrize("second", [False, True])
def test_a_second_strategy_on_the_same_devices_fails(second):
    done = subprocess.run(
        [sys.executable, "-c", AGAIN.replace("SECOND", str(second))],
        capture_output=True,
        text=True,
        timeout=LOADING,
    )
    assert done.stdout.split("\n")[0] == "one strategy"
    assert ("another" in done.stdout) != second
    assert ("Shape mismatch in the collective instance" in done.stderr) == second


def test_in_one_process_every_sharding_policy_gives_the_same_parts(found):
    assert {"AUTO", "DATA", "FILE", "OFF"} <= set(found["policies"])
    for policy in found["policies"].values():
        assert policy == [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]


# ------------------------------------------------------------------ two workers

RECORDED = json.loads(capture.CAPTURED.read_text(encoding="utf-8"))
OLD_KERAS = """
import tf_keras

with strategy.scope():
    model = tf_keras.Sequential([tf_keras.Input((1,)), tf_keras.layers.Dense(1)])
    model.compile(tf_keras.optimizers.SGD(0.1), "mse")
model.fit(data.batch(2), verbose=0)
print("tf_keras fit works")
"""
WAITS = """
import tensorflow as tf
print("waits", flush=True)
tf.distribute.MultiWorkerMirroredStrategy()
print("had company")
"""


def printed(output):
    """Return what a worker printed, by the first word of each line."""
    return dict(line.split(maxsplit=1) for line in output.splitlines())


@pytest.fixture(scope="module")
def workers():
    """Return what two live workers print: the chapter's script, and tf_keras."""
    return capture.outputs_of(RECORDED["script"] + OLD_KERAS)


def test_the_recorded_script_is_that_of_the_notebook():
    assert RECORDED["script"] == capture.script_of(capture.NOTEBOOK)


def test_the_record_says_how_it_came_about():
    assert RECORDED["captured"]["command"] == capture.COMMAND
    assert set(RECORDED["captured"]["packages"]) == {"tensorflow", "keras"}


@linux
@pytest.mark.parametrize("number", [0, 1])
def test_two_live_workers_print_what_is_recorded(workers, number):
    live, recorded = printed(workers[number]), printed(RECORDED["outputs"][number])
    paths = [np.array(output.pop("path").split(), float) for output in (live, recorded)]
    assert np.allclose(*paths, rtol=1e-6)
    live.pop("tf_keras")
    if since("keras", "3.10"):
        assert live == recorded
    assert live["worker"] == str(number)


@linux
def test_two_workers_walk_the_path_of_one(workers, found):
    for output in workers:
        path = np.array(printed(output)["path"].split(), float)
        assert np.allclose(path, found["SGD"]["one"], rtol=1.5e-7, atol=0)


@linux
def test_fit_of_keras_3_fails_on_two_workers(workers):
    for output in workers:
        message = printed(output)["fit"]
        assert message.startswith("ValueError: Attempt to convert a value (PerReplica")
        assert "with an unsupported type" in message


@linux
def test_fit_of_tf_keras_works_on_two_workers(workers):
    assert [printed(output)["tf_keras"] for output in workers] == ["fit works"] * 2


def config_of_two(ports, index=0):
    addresses = [f"127.0.0.1:{port}" for port in ports]
    task = {"type": "worker", "index": index}
    return json.dumps({"cluster": {"worker": addresses}, "task": task})


def is_heard(port):
    """Say whether a server listens on that port of this machine."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@linux
def test_a_worker_that_is_alone_waits_and_ignores_sigterm():
    port, other = free_ports(2)
    environment = {"TF_CONFIG": config_of_two([port, other])}
    worker = subprocess.Popen(
        [sys.executable, "-c", WAITS],
        env=os.environ | environment | {"TF_CPP_MIN_LOG_LEVEL": "3"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert worker.stdout.readline() == "waits\n"
        while not is_heard(port):
            time.sleep(0.1)
        time.sleep(3)
        worker.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(5)
    finally:
        worker.kill()
        assert worker.stdout.read() == "", "nobody came"
        assert worker.wait() == -signal.SIGKILL


@linux
def test_a_port_that_is_taken_ends_in_words_that_name_no_port():
    first, second = free_ports(2)
    script = f"""
import os, socket
taken = socket.socket()
taken.bind(("127.0.0.1", {first}))
taken.listen()
{WAITS}
"""
    environment = {"TF_CONFIG": config_of_two([first, second])}
    with pytest.raises(WorkerError, match="Could not start gRPC server") as info:
        run_workers(script, [environment], timeout=LOADING)
    assert str(first) not in str(info.value)


TOGETHER = """
import json
import os
import tempfile
import threading
import time

import tensorflow as tf

strategy = tf.distribute.MultiWorkerMirroredStrategy()
worker = strategy.cluster_resolver.task_id
with strategy.scope():
    x = tf.Variable(lambda: tf.random.normal([]))
    opt = tf.keras.optimizers.SGD(0.1, momentum=0.9)
    opt.build([x])
    seen = tf.Variable(
        0.0,
        synchronization=tf.VariableSynchronization.ON_READ,
        aggregation=tf.VariableAggregation.SUM,
    )


@tf.function
def step(targets):
    with tf.GradientTape() as t:
        y = tf.reduce_sum((x - targets) ** 2) / 2.0
    opt.apply_gradients([(t.gradient(y, x), x)])


"""
DATA = """
print("start", x.numpy())
three = tf.data.Dataset.from_tensor_slices([3.0, 5.0, 3.0])
whole = strategy.experimental_distribute_dataset(three.batch(2))
unequal = strategy.distribute_datasets_from_function(
    lambda context: three.take(3 - context.input_pipeline_id).batch(1)
)
for name, data in {"cut": whole, "unequal": unequal}.items():
    sizes = []
    for batch in data:
        (part,) = strategy.experimental_local_results(batch)
        sizes.append(len(part.numpy()))
        strategy.run(step, args=(batch,))
    print(name, *sizes)
checkpoint = tf.train.Checkpoint(x=x, opt=opt, seen=seen)
folder = os.environ["FOLDER"] if worker == 0 else tempfile.mkdtemp()
checkpoint.save(os.path.join(folder, "two"))
end = x.numpy()
strategy.run(step, args=(tf.constant([3.0]),))
print("moved", x.numpy() != end)
checkpoint.restore(tf.train.latest_checkpoint(os.environ["FOLDER"]))
print("restored", x.numpy() == end)
print("end", end)
print("files", *sorted(os.listdir(folder)))
print("chief", strategy.extended.should_checkpoint)
"""
SHARES = """
policies = tf.data.experimental.AutoShardPolicy
folder = os.environ["FOLDER"]
lines = tf.data.TextLineDataset([folder + "/a.txt", folder + "/b.txt"])
for name, data in {"numbers": tf.data.Dataset.range(4), "lines": lines}.items():
    for policy in (policies.AUTO, policies.FILE, policies.DATA, policies.OFF):
        if (name, policy) == ("numbers", policies.FILE):
            continue  # numbers come from no file
        options = tf.data.Options()
        options.experimental_distribute.auto_shard_policy = policy
        share = []
        whole = data.batch(2).with_options(options)
        for batch in strategy.experimental_distribute_dataset(whole):
            (part,) = strategy.experimental_local_results(batch)
            share += [int(value) for value in part.numpy()]
        print(f"{name}-{policy.name}", json.dumps(share))
"""
MODEL = """
with strategy.scope():
    model = tf.keras.Sequential(
        [tf.keras.Input((1,)), tf.keras.layers.BatchNormalization()]
    )
"""
SAVED = """
kept = os.environ["FOLDER"]
LINES
if not chief:
    print("other", *os.listdir(folder))
    tf.io.gfile.rmtree(folder)
strategy.run(step, args=(tf.constant([3.0]),))  # so both have saved
print("kept", *os.listdir(kept))
loaded = tf.keras.models.load_model(os.path.join(kept, "model.keras"))
print("loaded", len(loaded.weights))
print("number", worker)
"""
ALONE = """
def one_more_step():
    strategy.run(step, args=(tf.constant([3.0]),))


def another_variable():
    with strategy.scope():
        tf.Variable(1.0)


def save():
    tf.train.Checkpoint(seen=seen).save(os.path.join(os.environ["FOLDER"], "one"))


one_more_step()
done = os.path.join(os.environ["FOLDER"], "done")
if worker == 0:
    alone = threading.Thread(target=WHAT, daemon=True)
    alone.start()
    alone.join(5)
    print("waits", alone.is_alive(), flush=True)
    open(done, "w").close()
while not os.path.exists(done):
    time.sleep(0.1)
print("ended", worker, flush=True)
os._exit(0)
"""


def together(script, folder):
    """Run a script on two workers that share a folder; return what each prints."""
    ports = free_ports(2)
    environments = [
        {"TF_CONFIG": config_of_two(ports, index), "FOLDER": str(folder)}
        for index in range(2)
    ]
    outputs = run_workers(TOGETHER + script, environments, timeout=LOADING)
    return [printed(output) for output in outputs]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Return what two workers print that train to the end and save."""
    return together(DATA, tmp_path_factory.mktemp("checkpoints"))


@linux
def test_a_distributed_dataset_gives_all_workers_equally_many_steps(trained):
    chief, other = trained
    assert chief["cut"] == "1 1"
    assert other["cut"] == "1 0"
    assert chief["unequal"] == "1 1 1"
    assert other["unequal"] == "1 1 0"


@linux
def test_all_workers_begin_with_the_values_of_the_chief_and_end_alike(trained):
    chief, other = trained
    assert chief["start"] == other["start"]
    assert chief["end"] == other["end"]
    assert [w["chief"] for w in trained] == ["True", "False"]


@linux
def test_the_sharding_policy_says_which_data_a_worker_gets(tmp_path):
    (tmp_path / "a.txt").write_text("0\n1\n2\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("3\n4\n", encoding="utf-8")
    shares = [
        {name: json.loads(share) for name, share in worker.items()}
        for worker in together(SHARES, tmp_path)
    ]
    assert [s["numbers-DATA"] for s in shares] == [[0, 2], [1, 3]]
    assert [s["numbers-AUTO"] for s in shares] == [[0, 2], [1, 3]]
    assert [s["numbers-OFF"] for s in shares] == [[0, 1, 2, 3]] * 2
    assert [s["lines-FILE"] for s in shares] == [[0, 1, 2], [3, 4]]
    assert [s["lines-AUTO"] for s in shares] == [[0, 1, 2], [3, 4]]
    assert [s["lines-DATA"] for s in shares] == [[0, 2, 4], [1, 3]]
    assert [s["lines-OFF"] for s in shares] == [[0, 1, 2, 3, 4]] * 2


@linux
def test_every_worker_saves_and_all_restore_from_the_folder_of_the_chief(trained):
    for worker in trained:
        assert worker["files"].split()[0] == "checkpoint"
        assert worker["moved"] == worker["restored"] == "True"


def fence_with(words):
    """Return the code of the chapter's fence that has these words."""
    notebook = nbformat.read(capture.NOTEBOOK, as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    (code,) = [
        code
        for code in re.findall(r"(?ms)^```python\n(.*?)^```", text)
        if words in code
    ]
    return code


@linux
def test_the_lines_of_the_chapter_save_a_model_on_two_workers(tmp_path):
    lines = fence_with("model.save(")
    for worker in together(MODEL + SAVED.replace("LINES", lines), tmp_path):
        assert worker["kept"] == "model.keras"
        assert worker["loaded"] == "4"
        if worker["number"] == "1":
            assert worker["other"] == "model.keras"


@linux
@pytest.mark.parametrize("what", ["one_more_step", "another_variable", "save"])
def test_a_worker_that_does_something_alone_waits(what, tmp_path):
    chief, other = together(ALONE.replace("WHAT", what), tmp_path)
    assert chief["waits"] == "True"
    assert other["ended"] == "1"


@linux
def test_where_a_process_has_ended_the_others_fail(tmp_path):
    script = """
for _ in range(2 - worker):
    strategy.run(step, args=(tf.constant([3.0]),))
"""
    with pytest.raises(WorkerError, match="worker 0 failed") as info:
        together(script, tmp_path)
    assert "The tasks have crashed" in str(info.value)
