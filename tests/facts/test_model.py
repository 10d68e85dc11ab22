"""What the chapter model states, one test for each statement."""

import helpers  # noqa: F401 (loads TensorFlow without its log lines)
import numpy as np
import pytest
from support.oracles import BOTH
import tensorflow as tf
import tf_keras

layers = tf.keras.layers
INPUTS = tf.constant([[0.0], [1.0], [2.0], [3.0]])
TARGETS = 2 * INPUTS + 1
RATE = 0.05


def a_model(library=tf.keras, kernel="zeros", **options):
    """Return a built model of one dense layer."""
    dense = library.layers.Dense(1, kernel_initializer=kernel, **options)
    model = library.Sequential([dense])
    model.build((None, 1))
    return model


def two_layers(library=tf.keras):
    """Return a built model of two dense layers, called hidden and out."""
    sizes = {"hidden": 3, "out": 1}
    made = [
        library.layers.Dense(size, kernel_initializer="ones", name=name)
        for name, size in sizes.items()
    ]
    model = library.Sequential(made, name="net")
    model.build((None, 1))
    return model


def loss_of(model, targets=TARGETS, **flag):
    return tf.reduce_mean((model(INPUTS, **flag) - targets) ** 2)


def gradients_of(model, sources, **options):
    with tf.GradientTape() as t:
        loss = loss_of(model, **options)
    return t.gradient(loss, sources)


def train(model, opt, steps, targets=TARGETS, **flag):
    for _ in range(steps):
        with tf.GradientTape() as t:
            loss = loss_of(model, targets, **flag)
        gradients = t.gradient(loss, model.trainable_variables)
        opt.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return float(loss)


def flat(weights):
    return np.concatenate([np.ravel(weight) for weight in weights])


# ----------------------------------------- a model's variables in place of x


def test_the_gradients_are_those_worked_out_by_hand():
    model = a_model()
    kernel, bias = gradients_of(model, model.trainable_variables)
    x, y = INPUTS.numpy(), TARGETS.numpy()
    assert kernel.numpy() == -2 * np.mean(x * y) == -17
    assert bias.numpy() == -2 * np.mean(y) == -8


def test_a_step_moves_each_weight_by_its_own_gradient():
    model = a_model()
    train(model, tf.keras.optimizers.SGD(RATE), steps=1)
    assert np.allclose(flat(model.get_weights()), [RATE * 17, RATE * 8])


def test_the_four_lines_are_fit_and_minimize():
    by_hand = a_model()
    train(by_hand, tf.keras.optimizers.SGD(RATE), steps=20)
    by_fit = a_model()
    by_fit.compile(tf.keras.optimizers.SGD(RATE), loss="mse")
    by_fit.fit(INPUTS, TARGETS, batch_size=4, epochs=20, verbose=0)
    by_minimize = a_model(tf_keras)
    opt = tf_keras.optimizers.SGD(RATE)
    for _ in range(20):
        opt.minimize(lambda: loss_of(by_minimize), by_minimize.trainable_variables)
    for model in (by_fit, by_minimize):
        assert np.allclose(
            flat(model.get_weights()), flat(by_hand.get_weights()), rtol=1e-5
        )


def test_training_goes_to_the_least_squares_line():
    model = a_model()
    train(model, tf.keras.optimizers.SGD(RATE), steps=400)
    columns = np.hstack([INPUTS, np.ones_like(INPUTS)])
    best = np.linalg.lstsq(columns, TARGETS.numpy(), rcond=None)[0]
    assert np.allclose(flat(model.get_weights()), best.ravel(), atol=1e-3)


@pytest.mark.parametrize("library", [tf.keras, tf_keras], ids=["new", "old"])
def test_a_keras_3_optimizer_serves_the_models_of_both_libraries(library):
    train(a_model(library), tf.keras.optimizers.SGD(RATE), steps=1)


def test_an_old_optimizer_refuses_a_model_of_keras_3():
    with pytest.raises(AttributeError, match="_unique_id"):
        train(a_model(), tf_keras.optimizers.SGD(RATE), steps=1)


# ------------------------------------------------------- a list of gradients


def test_gradients_have_the_order_and_shapes_of_the_variables():
    net = two_layers()
    variables = net.trainable_variables
    gradients = gradients_of(net, variables)
    assert [tuple(g.shape) for g in gradients] == [(1, 3), (3,), (3, 1), (1,)]
    turned = gradients_of(net, variables[::-1])
    for one, other in zip(gradients, turned[::-1], strict=True):
        assert np.array_equal(one, other)


def test_path_names_the_layer_and_name_does_not():
    kernel = two_layers().trainable_variables[0]
    assert kernel.path == "net/hidden/kernel"
    assert kernel.name == "kernel"


def test_the_moving_averages_among_all_variables_have_no_gradient():
    model = tf.keras.Sequential([layers.Input((1,)), layers.BatchNormalization()])
    names = [variable.name for variable in model.variables]
    gradients = gradients_of(model, model.variables, training=True)
    without = {n for n, g in zip(names, gradients, strict=True) if g is None}
    assert without == {"moving_mean", "moving_variance"}
    assert [v.path for v in model.weights] == [v.path for v in model.variables]


def test_a_variable_outside_the_loss_is_skipped_with_a_warning():
    net = two_layers()
    hidden, out = net.layers
    before = out.kernel.numpy()
    with tf.GradientTape() as t:
        loss = tf.reduce_mean(hidden(INPUTS) ** 2)
    gradients = t.gradient(loss, net.trainable_variables)
    assert gradients[2:] == [None, None]
    with pytest.warns(UserWarning, match="Gradients do not exist for variables"):
        tf.keras.optimizers.SGD(RATE).apply(gradients, net.trainable_variables)
    assert np.array_equal(out.kernel, before)


def test_gradients_come_in_the_structure_of_the_sources():
    net = two_layers()
    hidden, out = net.layers
    by_name = gradients_of(net, {"kernel": out.kernel, "bias": out.bias})
    assert set(by_name) == {"kernel", "bias"}
    assert by_name["bias"].shape == out.bias.shape
    nested = gradients_of(net, [hidden.trainable_variables, out.trainable_variables])
    assert [len(part) for part in nested] == [2, 2]
    assert tf.is_tensor(gradients_of(net, out.bias))


def test_apply_is_apply_gradients_without_zip():
    ends = []
    for apply in (
        lambda opt, g, v: opt.apply(g, v),
        lambda opt, g, v: opt.apply_gradients(zip(g, v, strict=True)),
    ):
        model = a_model()
        variables = model.trainable_variables
        apply(tf.keras.optimizers.SGD(RATE), gradients_of(model, variables), variables)
        ends.append(flat(model.get_weights()))
    assert np.array_equal(*ends)


@pytest.mark.parametrize("call", ["apply", "apply_gradients"])
def test_one_gradient_too_few_is_silent(call):
    model, opt = a_model(), tf.keras.optimizers.SGD(RATE)
    variables = model.trainable_variables
    gradients = gradients_of(model, variables)[:1]
    if call == "apply":
        opt.apply(gradients, variables)
    else:
        opt.apply_gradients(zip(gradients, variables, strict=False))
    kernel, bias = model.get_weights()
    assert kernel != 0
    assert bias == 0


# ------------------------------------------------------------- training=True


@pytest.mark.parametrize("training", [None, False, True])
def test_dropout_drops_in_training_only(training):
    dropped = layers.Dropout(0.5, seed=1)(tf.ones((1, 1000)), training=training)
    assert np.any(dropped == 0) == (training is True)
    if training:
        assert set(np.unique(dropped)) == {0, 2}, "the rest is scaled up"


@pytest.mark.parametrize("training", [None, False, True])
def test_batch_normalization_learns_its_mean_in_training_only(training):
    norm = layers.BatchNormalization(momentum=0.8)
    model = tf.keras.Sequential([layers.Input((1,)), norm, layers.Dense(1)])
    gradients = gradients_of(model, model.trainable_variables, training=training)
    assert None not in gradients, "the gradients are there all the same"
    mean = 0.2 * np.mean(INPUTS) if training else 0
    assert np.isclose(norm.moving_mean[0], mean)


def test_a_row_alone_in_its_batch_is_normalized_away():
    norm = layers.BatchNormalization(beta_initializer="ones")
    for row in (0, 3):
        assert float(norm(INPUTS[row : row + 1], training=True)[0, 0]) == 1
    assert norm(INPUTS[3:], training=False)[0, 0] > 2


def test_a_frozen_batch_normalization_runs_as_in_use():
    norm = layers.BatchNormalization(momentum=0.8)
    norm.build((None, 1))
    norm.trainable = False
    assert np.allclose(norm(INPUTS, training=True), INPUTS, rtol=1e-3)
    assert norm.moving_mean[0] == 0


# ------------------------------------------------------------------ the loss


def test_the_losses_of_a_model_are_not_in_a_loss_of_yours():
    penalty = tf.keras.regularizers.L2(0.5)
    model = a_model(kernel="ones", kernel_regularizer=penalty)
    kernel = model.layers[0].kernel
    with tf.GradientTape(persistent=True) as t:
        without = loss_of(model)
        complete = without + sum(model.losses)
    assert float(t.gradient(without, kernel)[0, 0]) == -10
    assert float(t.gradient(complete, kernel)[0, 0]) == -9


def test_an_l2_penalty_pulls_twice_as_hard_as_the_same_weight_decay():
    moved = []
    for penalty, decay in ((0.5, None), (None, 0.5)):
        kernel = tf.Variable([[1.0]])
        with tf.GradientTape() as t:
            loss = tf.reduce_sum(0.0 * kernel)
            if penalty:
                loss += tf.keras.regularizers.L2(penalty)(kernel)
        opt = tf.keras.optimizers.SGD(RATE, weight_decay=decay)
        opt.apply([t.gradient(loss, kernel)], [kernel])
        moved.append(1 - float(kernel[0, 0]))
    assert np.isclose(moved[0], 2 * moved[1])
    assert np.isclose(moved[1], RATE * 0.5)


def test_fit_reports_the_loss_with_the_losses_of_the_model():
    penalty = tf.keras.regularizers.L2(0.5)
    model = a_model(kernel="ones", kernel_regularizer=penalty)
    expected = float(loss_of(model) + sum(model.losses))
    model.compile(tf.keras.optimizers.SGD(RATE), loss="mse")
    log = model.fit(INPUTS, TARGETS, batch_size=4, verbose=0)
    assert np.isclose(log.history["loss"][0], expected)


def test_sum_takes_an_empty_list_of_losses_and_add_n_does_not():
    model = a_model()
    assert sum(model.losses) == 0
    with pytest.raises(ValueError, match="at least one Tensor"):
        tf.add_n(model.losses)


def test_flat_targets_teach_the_mean():
    model, opt = a_model(), tf.keras.optimizers.SGD(RATE)
    targets = tf.reshape(TARGETS, [-1])
    assert (model(INPUTS) - targets).shape == (4, 4)
    loss = train(model, opt, steps=400, targets=targets)
    assert np.allclose(model(INPUTS), np.mean(TARGETS), atol=0.01)
    assert np.isclose(loss, np.var(TARGETS), rtol=1e-3)


def test_a_loss_object_makes_the_shapes_agree():
    mse, model = tf.keras.losses.MeanSquaredError(), a_model()
    flat_targets = tf.reshape(TARGETS, [-1])
    right = float(mse(TARGETS, model(INPUTS)))
    assert float(mse(flat_targets, model(INPUTS))) == right
    assert float(loss_of(model, flat_targets[:, None])) == right


def test_fit_makes_the_shapes_of_flat_targets_agree():
    weights = []
    for targets in (TARGETS, tf.reshape(TARGETS, [-1])):
        model = a_model()
        model.compile(tf.keras.optimizers.SGD(RATE), loss="mse")
        model.fit(INPUTS, targets, batch_size=4, epochs=5, verbose=0)
        weights.append(flat(model.get_weights()))
    assert np.allclose(*weights)


def test_a_loss_function_gives_a_number_for_each_row_and_gradients_add_up():
    model = a_model()
    with tf.GradientTape(persistent=True) as t:
        rows = tf.keras.losses.mse(TARGETS, model(INPUTS))
        mean = tf.keras.losses.MeanSquaredError()(TARGETS, model(INPUTS))
    assert rows.shape == (len(INPUTS),)
    for summed, one in zip(
        t.gradient(rows, model.trainable_variables),
        t.gradient(mean, model.trainable_variables),
        strict=True,
    ):
        assert np.allclose(summed, len(INPUTS) * one)


def test_mean_squared_error_is_a_name_of_tf_keras_only():
    assert hasattr(tf_keras.losses, "mean_squared_error")
    assert not hasattr(tf.keras.losses, "mean_squared_error")
    assert hasattr(tf.keras.losses, "mse")


# ------------------------------------------- the variables that should move


def test_a_list_read_before_the_model_is_built_stays_empty():
    model = tf.keras.Sequential([layers.Dense(1)])
    variables = model.trainable_variables
    gradients = gradients_of(model, variables)
    assert (variables, gradients) == ([], [])
    assert len(model.trainable_variables) == 2


def test_no_pairs_raise_and_empty_lists_do_not():
    opt = tf.keras.optimizers.SGD(RATE)
    with pytest.raises(ValueError, match="expected 2, got 0"):
        opt.apply_gradients(zip([], [], strict=True))
    opt.apply([], [])


def test_tf_keras_refuses_the_list_of_a_model_that_is_not_built():
    with pytest.raises(ValueError, match="have not yet been created"):
        _ = tf_keras.Sequential([tf_keras.layers.Dense(1)]).trainable_variables


@pytest.mark.parametrize("way", ["input", "build", "call"])
def test_three_ways_to_build_a_model(way):
    first = [layers.Input((1,))] if way == "input" else []
    model = tf.keras.Sequential([*first, layers.Dense(1)])
    if way == "build":
        model.build((None, 1))
    if way == "call":
        model(INPUTS)
    assert len(model.trainable_variables) == 2


@BOTH
def test_an_older_list_moves_frozen_weights(library):
    net = two_layers(library)
    before = net.trainable_variables
    hidden = net.layers[0]
    hidden.trainable = False
    after = net.trainable_variables
    assert (len(before), len(after)) == (4, 2)
    moved = []
    for variables in (before, after):
        old = hidden.kernel.numpy()
        pairs = zip(gradients_of(net, variables), variables, strict=True)
        library.optimizers.SGD(0.01).apply_gradients(pairs)
        moved.append(float(np.max(abs(hidden.kernel.numpy() - old))))
    assert moved[0] > 0
    assert moved[1] == 0


@pytest.mark.parametrize("watched", [True, False])
def test_an_input_has_a_gradient_if_it_is_watched(watched):
    model = a_model(kernel="ones")
    with tf.GradientTape() as t:
        if watched:
            t.watch(INPUTS)
        outputs = model(INPUTS, training=False)
    gradient = t.gradient(outputs, INPUTS)
    assert (gradient is not None) == watched
    if watched:
        assert np.array_equal(gradient, tf.ones_like(INPUTS))


def test_a_tape_watches_a_keras_variable_and_watch_does_not_take_it():
    x = tf.keras.Variable(10.0)
    with tf.GradientTape() as t:
        with pytest.raises(ValueError, match="Passed in object"):
            t.watch(x)
        t.watch(x.value)
        y = (x - 4.0) ** 2
    assert float(t.gradient(y, x)) == 12


# ------------------------------------------------------ predict and evaluate


def test_predict_gives_numpy_and_the_gradients_are_none():
    model = a_model()
    with tf.GradientTape() as t:
        predictions = model.predict(INPUTS, verbose=0)
        loss = tf.reduce_mean((predictions - TARGETS) ** 2)
    assert isinstance(predictions, np.ndarray)
    assert t.gradient(loss, model.trainable_variables) == [None, None]


@pytest.mark.parametrize("kernel", ["zeros", "ones"])
def test_evaluate_gives_a_python_number_and_gradient_fails(kernel):
    """Whole numbers and others get two messages, so both are allowed."""
    model = a_model(kernel=kernel)
    model.compile(loss="mse")
    with tf.GradientTape() as t:
        loss = model.evaluate(INPUTS, TARGETS, verbose=0)
    assert type(loss) is float
    with pytest.raises((TypeError, AttributeError)):
        t.gradient(loss, model.trainable_variables)
