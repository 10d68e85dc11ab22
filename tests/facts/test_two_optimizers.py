"""What the chapter two_optimizers states, one test for each statement."""

import keras
import numpy as np
import pytest
from support.oracles import count, step
import tensorflow as tf

INPUTS = tf.constant([[1.0], [2.0]])


@pytest.fixture
def model():
    """Return a base and a head, all kernels 1 and all biases 0."""
    layers = [
        keras.layers.Dense(1, kernel_initializer="ones", name=name)
        for name in ("base", "head")
    ]
    return keras.Sequential([keras.Input((1,)), *layers])


def loss_of(model):
    return tf.reduce_mean((model(INPUTS, training=True) - [[3.0], [5.0]]) ** 2)


def train(opt, model, variables):
    with tf.GradientTape() as t:
        loss = loss_of(model)
    opt.apply_gradients(zip(t.gradient(loss, variables), variables, strict=True))


def kernels(model):
    return [float(layer.kernel[0, 0]) for layer in model.layers]


# ------------------------------------------------------------------ two sets


def test_gradients_come_in_the_nesting_of_the_sources(model):
    sets = {layer.name: layer.trainable_variables for layer in model.layers}
    with tf.GradientTape() as t:
        loss = loss_of(model)
    gradients = t.gradient(loss, sets)
    found = {name: [float(np.ravel(g)[0]) for g in gradients[name]] for name in sets}
    assert found == {"base": [-8, -5], "head": [-8, -5]}


def test_a_list_of_losses_is_added_up():
    x = tf.Variable(10.0)
    with tf.GradientTape() as t:
        losses = [x * x, 3 * x]
    assert float(t.gradient(losses, x)) == 20 + 3


def test_the_lists_of_two_models_are_joined_by_plus(model):
    base, head = model.layers
    opt = keras.optimizers.SGD(0.01)
    train(opt, model, base.trainable_variables + head.trainable_variables)
    assert np.allclose(kernels(model), 1.08)


def test_each_optimizer_counts_its_own_iterations(model):
    base, head = model.layers
    slow, fast = keras.optimizers.SGD(0.001), keras.optimizers.Adam(0.1)
    train(slow, model, base.trainable_variables)
    train(fast, model, head.trainable_variables)
    train(fast, model, head.trainable_variables)
    assert (count(slow), count(fast)) == (1, 2)


@pytest.mark.parametrize(("name", "same"), [("SGD", True), ("Adam", False)])
def test_a_scaled_gradient_is_a_scaled_rate_for_sgd_only(name, same):
    make = getattr(keras.optimizers, name)
    scaled = step(make(0.1), tf.Variable(10.0), 0.12)
    slow = step(make(0.001), tf.Variable(10.0), 12.0)
    assert np.isclose(scaled, slow, rtol=1e-6) == same


# ---------------------------------------------------------------- in turn


def walk(in_turn, rate=0.1, steps=200):
    """Play x * y with tapes and optimizers; return the points."""
    x, y = tf.Variable(1.0), tf.Variable(1.0)
    x_opt, y_opt = keras.optimizers.SGD(rate), keras.optimizers.SGD(rate)
    points = [(1.0, 1.0)]
    for _ in range(steps):
        with tf.GradientTape() as x_tape, tf.GradientTape() as y_tape:
            x_loss, y_loss = x * y, -x * y
        gradients = x_tape.gradient(x_loss, x), y_tape.gradient(y_loss, y)
        x_opt.apply_gradients([(gradients[0], x)])
        if in_turn:
            with tf.GradientTape() as y_tape:
                y_loss = -x * y
            gradients = gradients[0], y_tape.gradient(y_loss, y)
        y_opt.apply_gradients([(gradients[1], y)])
        points.append((float(x), float(y)))
    return np.array(points)


def walk_by_formula(in_turn, rate=0.1, steps=200):
    x, y, points = 1.0, 1.0, [(1.0, 1.0)]
    for _ in range(steps):
        new_x = x - rate * y
        y += rate * (new_x if in_turn else x)
        x = new_x
        points.append((x, y))
    return np.array(points)


@pytest.mark.parametrize("in_turn", [False, True])
def test_the_game_follows_its_formula(in_turn):
    assert np.allclose(walk(in_turn), walk_by_formula(in_turn), atol=1e-4)


@pytest.mark.parametrize("rate", [0.01, 0.1, 1.0])
def test_both_at_once_grows_at_every_rate(rate):
    squares = (walk(False, rate, steps=20) ** 2).sum(axis=1)
    assert np.allclose(squares[1:] / squares[:-1], 1 + rate**2, rtol=1e-5)


@pytest.mark.parametrize("rate", [0.1, 0.8])
def test_in_turn_stays_on_its_ring(rate):
    x, y = walk(True, rate, steps=100).T
    assert np.allclose(x**2 - rate * x * y + y**2, 2 - rate, rtol=1e-4)


def test_the_sign_of_the_player_who_maximizes_belongs_inside_the_block():
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as t:
        value = x * y
    assert t.gradient(-value, y) is None


def test_a_tape_holds_the_value_that_it_recorded():
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as t:
        value = x * y
    x.assign(10.0)
    assert float(t.gradient(value, y)) == 2


# ---------------------------------------------------------------- freezing


def test_a_frozen_layer_shortens_the_list_and_not_an_older_one(model):
    everything = model.trainable_variables
    model.layers[0].trainable = False
    assert (len(everything), len(model.trainable_variables)) == (4, 2)


@pytest.mark.parametrize("fresh", [True, False])
def test_an_older_list_moves_a_frozen_layer(model, fresh):
    everything = model.trainable_variables
    model.layers[0].trainable = False
    train(
        keras.optimizers.SGD(0.01),
        model,
        model.trainable_variables if fresh else everything,
    )
    base, head = kernels(model)
    assert (base == 1) == fresh
    assert head != 1


def test_an_optimizer_refuses_a_layer_that_was_unfrozen_later(model):
    opt = keras.optimizers.SGD(0.01)
    train(opt, model, model.layers[1].trainable_variables)
    with pytest.raises(ValueError, match=r"^Unknown variable: .*base/kernel"):
        train(opt, model, model.trainable_variables)


def test_an_optimizer_built_for_all_steps_for_some_and_then_for_all(model):
    opt = keras.optimizers.Adam(0.05)
    opt.build(model.trainable_variables)
    train(opt, model, model.layers[1].trainable_variables)
    assert kernels(model)[0] == 1
    train(opt, model, model.trainable_variables)
    assert kernels(model)[0] != 1


@pytest.mark.parametrize(
    ("make", "moves"),
    [
        (lambda: keras.optimizers.SGD(0.1), False),
        (lambda: keras.optimizers.SGD(0.1, momentum=0.9), True),
        (lambda: keras.optimizers.SGD(0.1, weight_decay=0.1), True),
        (lambda: keras.optimizers.Adam(0.1), True),
    ],
    ids=["SGD", "momentum", "decay", "Adam"],
)
def test_a_gradient_of_zero_is_no_freeze(make, moves):
    x, opt = tf.Variable(10.0), make()
    before = step(opt, x, 12.0)
    assert (step(opt, x, 0.0) != before) == moves


def test_a_compiled_step_goes_on_moving_a_layer_that_is_frozen_later(model):
    opt = keras.optimizers.SGD(0.01)
    opt.build(model.trainable_variables)

    def take():
        train(opt, model, model.trainable_variables)

    compiled = tf.function(take)
    compiled()
    before = kernels(model)[0]
    model.layers[0].trainable = False
    compiled()
    moved = kernels(model)[0]
    assert moved != before
    tf.function(lambda: take())()  # a new one reads the list again
    assert kernels(model)[0] == moved


@pytest.mark.parametrize("again", [True, False])
def test_fit_wants_to_be_compiled_again_after_a_freeze(model, again):
    def fit():
        model.fit(INPUTS.numpy(), np.array([[3.0], [5.0]]), verbose=0)
        return kernels(model)[0]

    model.compile("sgd", "mse")
    before = fit()
    model.layers[0].trainable = False
    if again:
        model.compile("sgd", "mse")
    assert (fit() == before) == again


def test_frozen_batch_normalization_uses_its_moving_statistics():
    layer = keras.layers.BatchNormalization()
    layer.build((None, 1))
    x = tf.constant([[1.0], [3.0]])
    assert np.isclose(np.mean(layer(x, training=True)), 0, atol=1e-6)
    layer.trainable = False
    before = layer.moving_mean.numpy()
    assert not np.isclose(np.mean(layer(x, training=True)), 0, atol=0.1)
    assert layer.moving_mean.numpy() == before


# ---------------------------------------------------------------- a GAN's step


def one_by_one(name):
    dense = tf.keras.layers.Dense(1, kernel_initializer="ones")
    return tf.keras.Sequential([tf.keras.Input((1,)), dense], name=name)


def pass_on(fake):
    return fake


@pytest.mark.parametrize(
    ("between", "reaches"),
    [
        (pass_on, True),
        (tf.stop_gradient, False),
        (np.asarray, False),
        (lambda fake: tf.cast(tf.argmax(fake, axis=1)[:, None], tf.float32), False),
    ],
    ids=["as_it_is", "stop_gradient", "numpy", "argmax"],
)
def test_the_gradient_of_a_generator_goes_through_the_discriminator(between, reaches):
    generator, discriminator = one_by_one("g"), one_by_one("d")
    with tf.GradientTape() as t:
        fake = between(generator(tf.ones((2, 1)), training=True))
        loss = tf.reduce_mean(discriminator(fake, training=True))
    gradients = t.gradient(loss, generator.trainable_variables)
    assert [g is not None for g in gradients] == [reaches, reaches]


def test_one_optimizer_for_two_models_in_turn_is_refused():
    opt = tf.keras.optimizers.Adam(0.01)
    first, second = one_by_one("g"), one_by_one("d")
    for model in (first, second):
        with tf.GradientTape() as t:
            loss = tf.reduce_mean(model(tf.ones((2, 1))))
        gradients = t.gradient(loss, model.trainable_variables)
        pairs = list(zip(gradients, model.trainable_variables, strict=True))
        if model is first:
            opt.apply_gradients(pairs)
        else:
            with pytest.raises(ValueError, match="Unknown variable"):
                opt.apply_gradients(pairs)


class Gan(tf.keras.Model):
    """Two models with an optimizer each, trained by one `train_step`."""

    def __init__(self):
        super().__init__()
        self.parts = [one_by_one("g"), one_by_one("d")]
        self.opts = [tf.keras.optimizers.SGD(0.1), tf.keras.optimizers.SGD(0.01)]

    def train_step(self, data):
        losses = {}
        for model, opt in zip(self.parts, self.opts, strict=True):
            with tf.GradientTape() as t:
                loss = tf.reduce_mean(model(data, training=True))
            variables = model.trainable_variables
            opt.apply(t.gradient(loss, variables), variables)
            losses[f"{model.name}_loss"] = loss
        return losses


def test_fit_runs_a_train_step_with_two_optimizers():
    gan = Gan()
    gan.compile()
    log = gan.fit(np.ones((4, 1), "float32"), batch_size=4, epochs=2, verbose=0)
    assert np.allclose(log.history["g_loss"], [1, 0.8])
    assert np.allclose(log.history["d_loss"], [1, 0.98])


def test_two_calls_of_one_optimizer_are_two_iterations(model):
    opt = tf.keras.optimizers.SGD(0.01)
    opt.build(model.trainable_variables)
    for layer in model.layers:
        variables = layer.trainable_variables
        opt.apply([tf.ones_like(v) for v in variables], variables)
    assert int(opt.iterations) == 2
