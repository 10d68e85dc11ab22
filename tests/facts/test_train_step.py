"""What the chapter train_step states, one test for each statement."""

from contextlib import redirect_stdout
import io
from pathlib import Path
import re

import helpers  # noqa: F401 (loads TensorFlow without its log lines)
import nbformat
import numpy as np
import pytest
import tensorflow as tf

BOOK = Path(__file__).parents[2] / "book"
layers = tf.keras.layers
I = np.arange(20, dtype="float32")[:, None]  # noqa: E741 (the number of a row)
INPUTS = I / 10 - 1
TARGETS = np.sin(3 * INPUTS) + 0.3 * np.cos(5 * I**2)
ROWS = tf.data.Dataset.from_tensor_slices((INPUTS, TARGETS))
BATCHES = ROWS.batch(8)  # of 8, 8 and 4 rows


def spread(shape, dtype=None):
    return tf.reshape(tf.linspace(-2.0, 2.0, int(np.prod(shape))), shape)


def make_model(kind=tf.keras.Sequential, dropout=0.0):
    return kind(
        [
            layers.Input((1,)),
            layers.Dense(4, "tanh", kernel_initializer=spread),
            layers.Dropout(dropout, seed=1),
            layers.Dense(1, kernel_initializer="ones"),
        ]
    )


class Step(tf.keras.Sequential):
    """The four lines, and a report that a subclass makes."""

    def train_step(self, data):
        inputs, targets = data
        with tf.GradientTape() as t:
            predictions = self(inputs, training=True)
            loss = self.compute_loss(inputs, targets, predictions)
        gradients = t.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return self.report(inputs, targets, predictions, loss)

    def report(self, inputs, targets, predictions, loss):
        return {"loss": loss}


def fit(kind, epochs=3, batches=BATCHES, **options):
    """Return the weights and the history of a run."""
    model = make_model(kind)
    model.compile(tf.keras.optimizers.Adam(0.05), loss="mse", **options)
    log = model.fit(batches, epochs=epochs, shuffle=False, verbose=0)
    return np.concatenate([w.ravel() for w in model.get_weights()]), log.history


# ------------------------------------------------------------- inside of fit


def test_a_step_of_your_own_trains_as_the_built_in_one():
    assert np.allclose(fit(Step)[0], fit(tf.keras.Sequential)[0], atol=1e-6)


def test_compute_loss_adds_the_losses_of_the_model():
    penalty = tf.keras.regularizers.L2(0.5)
    dense = layers.Dense(1, kernel_initializer="ones", kernel_regularizer=penalty)
    model = tf.keras.Sequential([layers.Input((1,)), dense])
    model.compile(loss="mse")
    predictions = model(INPUTS)
    loss = float(model.compute_loss(INPUTS, TARGETS, predictions))
    assert np.isclose(loss, np.mean((predictions - TARGETS) ** 2) + 0.5)


def test_fit_compiles_the_step_so_python_lines_run_while_tracing():
    calls = []

    class Counting(Step):
        def report(self, *results):
            calls.append(1)
            return super().report(*results)

    fit(Counting, epochs=4)
    traced = len(calls)
    calls.clear()
    fit(Counting, epochs=4, run_eagerly=True)
    assert traced < len(calls) == 12


def test_data_has_a_third_part_with_sample_weight():
    model = make_model(Step)
    model.compile("sgd", loss="mse")
    with pytest.raises(ValueError, match="too many values to unpack"):
        model.fit(INPUTS, TARGETS, sample_weight=np.ones(20), verbose=0)


def test_returning_the_names_of_the_metrics_reports_the_metrics():
    assert fit(Step)[1] == {"loss": [0, 0, 0]}


def test_other_names_report_the_value_of_the_last_batch():
    seen = []

    class Named(Step):
        def report(self, inputs, targets, predictions, loss):
            seen.append(float(loss))
            return {"my_loss": loss}

    _, history = fit(Named, run_eagerly=True)
    assert np.allclose(history["my_loss"], seen[2::3])


def test_a_compiled_metric_that_is_never_updated_raises():
    with pytest.raises(ValueError, match="metric has not yet been built"):
        fit(Step, metrics=["mae"])


@pytest.mark.parametrize("weighted", [True, False])
def test_the_report_equals_that_of_fit_if_batches_are_weighted(weighted):
    class Reporting(Step):
        def report(self, inputs, targets, predictions, loss):
            rows = tf.shape(inputs)[0] if weighted else None
            for metric in self.metrics:
                if metric.name == "loss":
                    metric.update_state(loss, sample_weight=rows)
            return self.compute_metrics(inputs, targets, predictions)

    _, history = fit(tf.keras.Sequential, metrics=["mae"])
    _, own = fit(Reporting, metrics=["mae"])
    assert np.allclose(own["mae"], history["mae"])
    assert np.allclose(own["loss"], history["loss"]) == weighted


def test_compiled_loss_and_compiled_metrics_warn_and_report_a_wrong_loss():
    class Older(Step):
        def report(self, inputs, targets, predictions, loss):
            self.compiled_loss(targets, predictions)
            self.compiled_metrics.update_state(targets, predictions)
            return {metric.name: metric.result() for metric in self.metrics}

    with pytest.warns(UserWarning, match="deprecated") as caught:
        _, history = fit(Older)
    text = " ".join(str(warning.message) for warning in caught)
    assert "compiled_loss()` is deprecated" in text
    assert "compiled_metrics()` is deprecated" in text
    right = fit(tf.keras.Sequential)[1]["loss"]
    assert not np.any(np.isclose(history["loss"], right, rtol=0.1))


def test_minimize_in_a_step_is_gone():
    class Older(Step):
        def report(self, inputs, targets, predictions, loss):
            self.optimizer.minimize(loss, self.trainable_variables)

    with pytest.raises(AttributeError, match="no attribute 'minimize'"):
        fit(Older)


# ------------------------------------------------- the epoch and its metrics


def test_a_mean_weighted_by_rows_is_the_mean_of_all_rows():
    model, mse = make_model(), tf.keras.losses.MeanSquaredError()
    weighted, plain = tf.keras.metrics.Mean(), tf.keras.metrics.Mean()
    for x, y in BATCHES:
        weighted.update_state(mse(y, model(x)), sample_weight=len(x))
        plain.update_state(mse(y, model(x)))
    right = float(mse(TARGETS, model(INPUTS)))
    assert np.isclose(weighted.result(), right)
    assert not np.isclose(plain.result(), right, rtol=0.01)


def test_a_metric_that_is_not_reset_remembers_the_epoch_before():
    metric = tf.keras.metrics.Mean()
    metric.update_state(10.0)
    metric.update_state(2.0)
    assert float(metric.result()) == 6
    metric.reset_state()
    metric.update_state(2.0)
    assert float(metric.result()) == 2


def test_a_ready_made_metric_weighs_the_rows_itself():
    model, metric = make_model(), tf.keras.metrics.MeanAbsoluteError()
    for x, y in BATCHES:
        metric.update_state(y, model(x))
    assert np.isclose(metric.result(), np.mean(abs(model(INPUTS) - TARGETS)))


def order(seed):
    shuffled = tf.data.Dataset.range(20).shuffle(20, seed=seed)
    return list(shuffled.as_numpy_iterator())


def test_the_seed_of_shuffle_decides_the_order():
    assert order(seed=0) == order(seed=0)
    assert order(seed=0) != order(seed=1)
    assert sorted(order(seed=0)) == list(range(20))


def test_the_global_seed_decides_the_order_too():
    found = []
    for seed in (1, 2, 1):
        tf.keras.utils.set_random_seed(seed)
        found.append(order(seed=0))
    assert found[0] == found[2] != found[1]


def test_a_small_buffer_keeps_late_rows_from_coming_first():
    firsts = {
        int(next(iter(tf.data.Dataset.range(20).shuffle(5, seed=seed))))
        for seed in range(50)
    }
    assert firsts == set(range(5))


def test_set_random_seed_seeds_all_three():
    found = []
    for _ in range(2):
        tf.keras.utils.set_random_seed(3)
        weights = layers.Dense(2)
        weights.build((None, 2))
        found.append(
            [np.random.rand(), float(tf.random.uniform([])), *weights.kernel.numpy()[0]]
        )
    assert found[0] == found[1]


def test_validation_changes_nothing_and_evaluate_agrees():
    model, mse = make_model(dropout=0.5), tf.keras.losses.MeanSquaredError()
    mean = tf.keras.metrics.Mean()
    before = model.get_weights()
    for x, y in BATCHES:
        mean.update_state(mse(y, model(x, training=False)), sample_weight=len(x))
    for one, other in zip(before, model.get_weights(), strict=True):
        assert np.array_equal(one, other)
    model.compile(loss="mse")
    assert np.isclose(mean.result(), model.evaluate(BATCHES, verbose=0))


# --------------------------------------------------------------- checkpoints


def run(folder, ends, dropout, saved):
    """Train up to each of ``ends`` with everything new; return the weights."""
    for end in ends:
        model, opt = make_model(dropout=dropout), tf.keras.optimizers.Adam(0.05)
        parts = {"model": model, "opt": opt, "epoch": tf.Variable(0)}
        parts["seeds"] = [v.value for v in model.non_trainable_variables]
        checkpoint = tf.train.Checkpoint(**{name: parts[name] for name in saved})
        manager = tf.train.CheckpointManager(checkpoint, str(folder), max_to_keep=2)
        checkpoint.restore(manager.latest_checkpoint)
        while parts["epoch"] < end:
            seed = int(parts["epoch"])
            for x, y in ROWS.shuffle(20, seed=seed).batch(8):
                with tf.GradientTape() as t:
                    loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
                gradients = t.gradient(loss, model.trainable_variables)
                opt.apply(gradients, model.trainable_variables)
            parts["epoch"].assign_add(1)
        manager.save()
    return np.concatenate([weight.ravel() for weight in model.get_weights()])


@pytest.mark.parametrize("dropout", [0.0, 0.5])
@pytest.mark.parametrize("left_out", [None, "opt", "seeds"])
def test_a_resumed_run_is_equal_if_all_four_are_saved(tmp_path, dropout, left_out):
    names = [n for n in ("model", "opt", "epoch", "seeds") if n != left_out]
    whole = run(tmp_path / "whole", [4], dropout, names)
    resumed = run(tmp_path / "parts", [2, 4], dropout, names)
    same = left_out is None or (left_out == "seeds" and dropout == 0)
    assert np.allclose(whole, resumed, atol=1e-6) == same


def test_restoring_from_an_empty_folder_does_nothing(tmp_path):
    model = make_model()
    before = model.get_weights()
    checkpoint = tf.train.Checkpoint(model=model)
    manager = tf.train.CheckpointManager(checkpoint, str(tmp_path), max_to_keep=2)
    assert manager.latest_checkpoint is None
    checkpoint.restore(manager.latest_checkpoint)
    for one, other in zip(before, model.get_weights(), strict=True):
        assert np.array_equal(one, other)


def test_the_manager_keeps_the_last_checkpoints(tmp_path):
    checkpoint = tf.train.Checkpoint(epoch=tf.Variable(0))
    manager = tf.train.CheckpointManager(checkpoint, str(tmp_path), max_to_keep=2)
    for _ in range(3):
        manager.save()
    assert [name[-1] for name in manager.checkpoints] == ["2", "3"]


# --------------------------------------------------------- the complete loop


@pytest.fixture(scope="module")
def train():
    """Return the function of the page, defined by its own cell and no other."""
    notebook = nbformat.read(BOOK / "train_step.ipynb", as_version=4)
    (source,) = (
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.source.startswith("def train(")
    )
    names = {"tf": tf}
    exec(source, names)
    return names["train"]


def lines_of(train, folder, ends, make):
    """Return what the loop prints, and the weights it ends with."""
    out = io.StringIO()
    with redirect_stdout(out):
        for epochs in ends:
            tf.keras.utils.set_random_seed(1)
            model, opt = make(), tf.keras.optimizers.Adam(0.05)
            train(model, opt, ROWS, ROWS.take(6), str(folder), epochs, size=8)
    return out.getvalue().splitlines(), model.get_weights()


def penalized():
    """Return a model with everything that a loop may forget."""
    return tf.keras.Sequential(
        [
            layers.Input((1,)),
            layers.Dense(4, "tanh", kernel_regularizer="l2"),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(1),
        ]
    )


@pytest.mark.parametrize("make", [make_model, penalized])
def test_the_complete_loop_resumes_as_if_there_had_been_no_break(train, tmp_path, make):
    whole, weights = lines_of(train, tmp_path / "whole", [4], make)
    parts, resumed = lines_of(train, tmp_path / "parts", [2, 4], make)
    assert len(whole) == 4
    assert whole == parts
    for one, other in zip(weights, resumed, strict=True):
        assert np.allclose(one, other, atol=1e-6)


def straight_line():
    """Return a model whose loss has a part of its own."""
    dense = layers.Dense(1, kernel_initializer="ones", kernel_regularizer="l2")
    return tf.keras.Sequential([layers.Input((1,)), dense])


@pytest.mark.parametrize("make", [make_model, straight_line, penalized])
def test_the_complete_loop_trains_and_reports_as_fit(train, tmp_path, make):
    lines, weights = lines_of(train, tmp_path, [1], make)
    tf.keras.utils.set_random_seed(1)
    model = make()
    model.compile(tf.keras.optimizers.Adam(0.05), loss="mse")
    log = model.fit(
        ROWS.shuffle(20, seed=0).batch(8),
        validation_data=ROWS.take(6).batch(8),
        shuffle=False,
        verbose=0,
    )
    expected = [log.history["loss"][0], log.history["val_loss"][0]]
    found = [float(number) for number in re.findall(r"\d+\.\d+", lines[0])]
    assert np.allclose(found, expected, atol=6e-4), "printed to three digits"
    for one, other in zip(weights, model.get_weights(), strict=True):
        assert np.allclose(one, other, atol=1e-6)


def test_the_step_of_the_loop_may_be_compiled():
    losses = []
    for compiled in (False, True):
        model, opt = make_model(), tf.keras.optimizers.Adam(0.05)
        mse = tf.keras.losses.MeanSquaredError()

        def step(x, y, model=model, opt=opt, mse=mse):
            with tf.GradientTape() as t:
                loss = mse(y, model(x, training=True))
            gradients = t.gradient(loss, model.trainable_variables)
            opt.apply(gradients, model.trainable_variables)
            return loss

        step = tf.function(step) if compiled else step
        losses.append([float(step(x, y)) for _ in range(2) for x, y in BATCHES])
    assert np.allclose(*losses, atol=1e-6)


@pytest.mark.parametrize("built", [True, False])
def test_a_step_is_traced_for_each_shape_and_once_more_for_an_optimizer(built):
    model, opt = make_model(), tf.keras.optimizers.Adam(0.05)
    if built:
        opt.build(model.trainable_variables)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as t:
            loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
        gradients = t.gradient(loss, model.trainable_variables)
        opt.apply(gradients, model.trainable_variables)

    for x, y in BATCHES:
        step(x, y)
    shapes = {len(x) for x, _ in BATCHES}
    assert step.experimental_get_tracing_count() == len(shapes) + (not built)


# -------------------------------------------- a loss that compile does not know


class OwnLoss(tf.keras.Sequential):
    """A model with a loss, a metric and, on demand, a test step of its own."""

    def __init__(self, layers):
        super().__init__(layers)
        self.mean_loss = tf.keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.mean_loss]

    def report(self, data, predictions):
        loss = tf.reduce_mean(abs(data[1] - predictions))
        self.mean_loss.update_state(loss, sample_weight=tf.shape(data[0])[0])
        return loss, {"loss": self.mean_loss.result()}

    def train_step(self, data):
        with tf.GradientTape() as t:
            loss, report = self.report(data, self(data[0], training=True))
        gradients = t.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return report


class OwnTest(OwnLoss):
    """The same model, with a test step."""

    def test_step(self, data):
        return self.report(data, self(data[0], training=False))[1]


def fit_with_validation(kind, loss):
    dense = tf.keras.layers.Dense(1, kernel_initializer="ones")
    model = kind([tf.keras.layers.Input((1,)), dense])
    model.compile(tf.keras.optimizers.SGD(0.05), loss=loss)
    x = np.arange(7, dtype="float32")[:, None]
    options = {"batch_size": 4, "epochs": 3, "shuffle": False, "verbose": 0}
    return model.fit(x, 2 * x, validation_data=(x, x**2), **options).history


def test_a_loss_of_your_own_needs_a_metric_and_a_test_step_to_be_reported():
    built_in = fit_with_validation(tf.keras.Sequential, "mae")
    own = fit_with_validation(OwnTest, None)
    assert own.keys() == built_in.keys() == {"loss", "val_loss"}
    for key, values in built_in.items():
        assert np.allclose(own[key], values)
    with pytest.raises(ValueError, match="No loss to compute"):
        fit_with_validation(OwnLoss, None)


@pytest.mark.parametrize("compiled", [True, False])
def test_save_stores_the_optimizer_of_a_compiled_model_only(tmp_path, compiled):
    model = tf.keras.Sequential([tf.keras.layers.Input((1,)), tf.keras.layers.Dense(1)])
    opt = tf.keras.optimizers.Adam(0.1)
    if compiled:
        model.compile(opt, loss="mse")
    with tf.GradientTape() as t:
        loss = tf.reduce_sum(model(tf.ones((1, 1))))
    variables = model.trainable_variables
    opt.apply(t.gradient(loss, variables), variables)
    model.save(tmp_path / "model.keras")
    loaded = tf.keras.models.load_model(tmp_path / "model.keras")
    assert hasattr(loaded, "optimizer") == compiled
    if compiled:
        assert int(loaded.optimizer.iterations) == 1


@pytest.mark.parametrize("weights", [(), (np.ones(2),)])
def test_unpack_x_y_sample_weight_always_returns_three(weights):
    x, y, sample_weight = tf.keras.utils.unpack_x_y_sample_weight(
        (np.ones(2), np.zeros(2), *weights)
    )
    assert x.tolist() == [1, 1]
    assert y.tolist() == [0, 0]
    assert (sample_weight is not None) == bool(weights)


def test_a_bar_moves_by_update(capsys):
    bar = tf.keras.utils.Progbar(3)
    bar.update(2)
    assert "2/3" in capsys.readouterr().out
