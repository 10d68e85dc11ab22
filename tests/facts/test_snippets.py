"""Snippets in the shapes that people post: what goes wrong, and the book's way.

Each test runs a small snippet twice. First as it is found, wrong, with its error
or its silent wrong result; then right, as the chapter named here explains it.

==========================  ==============================  =================
snippet                     as it is found                  chapter
==========================  ==============================  =================
gan_step                    one tape, two calls: an error   persistent_tapes
vae_step                    encoder gradients are None      none_gradients
custom_train_step           fit reports 0.0                 train_step
grad_cam                    the gradient is None            watching
saliency_map                the gradient is None            watching
policy_gradient             the gradient is None            none_gradients
physics_informed_loss       the second derivative is None   none_gradients
gradient_penalty            the penalty trains nothing      none_gradients
style_transfer              None from the second step on    none_gradients
fine_tuning                 the frozen base moves           model
regression_on_flat_targets  the slope stays 0               model
weight_decay_by_hand        the penalty is left out         model
dropout_in_training         nothing is dropped              model
subclassed_model            no variables to train           model
second_run                  Unknown variable: an error      old_snippets
mixed_precision             the step is 2**15 too short     between_the_steps
accumulation                the step is four times as long  between_the_steps
per_example_gradients       one gradient for all            between_the_steps
classifier_on_logits        the gradient is 0               real_data
resumed_training            Adam begins anew                train_step
==========================  ==============================  =================
"""

import re

import helpers  # noqa: F401 (loads TensorFlow without its log lines)
import numpy as np
import pytest
import tensorflow as tf

layers, optimizers = tf.keras.layers, tf.keras.optimizers
X = tf.constant([[0.0], [1.0], [2.0], [3.0]])
Y = 2 * X + 1


def dense(units=1, inputs=1, **options):
    """Return a model of one dense layer with fixed weights."""
    options = {"kernel_initializer": "ones", **options}
    layer = layers.Dense(units, **options)
    return tf.keras.Sequential([layers.Input((inputs,)), layer])


def squares(model, y=Y, **flag):
    return tf.reduce_mean((model(X, **flag) - y) ** 2)


def missing(gradients):
    """Say for each gradient whether it is None."""
    return [gradient is None for gradient in gradients]


def test_the_table_names_every_snippet():
    rows = re.findall(r"(?m)^([a-z_]+) {2,}\S.*?  +([a-z0-9_]+)$", __doc__)
    named = {name for name, _ in rows} - {"snippet"}
    tests = {name.removeprefix("test_") for name in globals() if name[:5] == "test_"}
    assert named == tests - {"the_table_names_every_snippet"}
    assert len(named) >= 12


# ------------------------------------------------------------- two networks


def test_gan_step():
    generator, discriminator = dense(), dense()
    noise, real = tf.ones((4, 1)), Y

    def losses():
        fake = discriminator(generator(noise, training=True), training=True)
        true = discriminator(real, training=True)
        return tf.reduce_mean(-fake), tf.reduce_mean(fake - true)

    with tf.GradientTape() as t:
        generator_loss, discriminator_loss = losses()
    t.gradient(generator_loss, generator.trainable_variables)
    with pytest.raises(RuntimeError, match="one set of gradients"):
        t.gradient(discriminator_loss, discriminator.trainable_variables)

    with tf.GradientTape() as generator_tape, tf.GradientTape() as t:
        generator_loss, discriminator_loss = losses()
    gradients = [
        generator_tape.gradient(generator_loss, generator.trainable_variables),
        t.gradient(discriminator_loss, discriminator.trainable_variables),
    ]
    assert [missing(pair) for pair in gradients] == [[False] * 2] * 2
    fake, true = np.mean(generator(noise)), np.mean(real)
    assert np.isclose(gradients[1][0][0, 0], fake - true)


def test_vae_step():
    encoder, decoder = dense(2), dense()

    def gradients(sample):
        with tf.GradientTape() as t:
            mean, log_variance = tf.split(encoder(X, training=True), 2, axis=1)
            z = sample(mean, log_variance)
            loss = tf.reduce_mean((decoder(z, training=True) - X) ** 2)
        return t.gradient(loss, encoder.trainable_variables)

    draw = np.random.RandomState(1)
    by_numpy = gradients(lambda m, s: draw.normal(m, np.exp(s / 2)).astype("f"))
    assert all(missing(by_numpy))

    noise = draw.normal(size=X.shape).astype("f")
    right = gradients(lambda m, s: m + tf.exp(s / 2) * noise)
    assert not any(missing(right))


# -------------------------------------------------------------- inside of fit


def test_custom_train_step():
    class Found(tf.keras.Sequential):
        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as t:
                prediction = self(x, training=True)
                loss = self.compute_loss(x, y, prediction)
            gradients = t.gradient(loss, self.trainable_variables)
            self.optimizer.apply(gradients, self.trainable_variables)
            return self.report(x, y, prediction, loss)

        def report(self, x, y, prediction, loss):
            return {"loss": loss}

    class Right(Found):
        def report(self, x, y, prediction, loss):
            (tracker,) = (m for m in self.metrics if m.name == "loss")
            tracker.update_state(loss, sample_weight=tf.shape(x)[0])
            return self.compute_metrics(x, y, prediction)

    reported = []
    for kind in (Found, Right):
        model = kind([layers.Input((1,)), layers.Dense(1, kernel_initializer="zeros")])
        model.compile(optimizers.SGD(0.05), loss="mse")
        reported += model.fit(X, Y, verbose=0).history["loss"]
    assert reported == [0, 21]


def test_resumed_training(tmp_path):
    def train(folder, ends, names):
        for end in ends:
            model, opt = dense(), optimizers.Adam(0.1)
            parts = {"model": model, "opt": opt, "step": tf.Variable(0)}
            checkpoint = tf.train.Checkpoint(**{name: parts[name] for name in names})
            manager = tf.train.CheckpointManager(checkpoint, str(folder), max_to_keep=1)
            checkpoint.restore(manager.latest_checkpoint)
            while parts["step"] < end:
                with tf.GradientTape() as t:
                    loss = squares(model, training=True)
                gradients = t.gradient(loss, model.trainable_variables)
                opt.apply(gradients, model.trainable_variables)
                parts["step"].assign_add(1)
            manager.save()
        return float(model.layers[0].kernel[0, 0])

    every = ("model", "opt", "step")
    whole = train(tmp_path / "whole", [6], every)
    found = train(tmp_path / "found", [3, 6], ("model", "step"))
    right = train(tmp_path / "right", [3, 6], every)
    assert abs(found - whole) > 0.001
    assert np.isclose(right, whole)


# -------------------------------------------------- gradients of other tensors


def test_grad_cam():
    convolution = layers.Conv2D(2, 2, kernel_initializer="ones")
    head = tf.keras.Sequential([layers.GlobalAveragePooling2D(), layers.Dense(3)])
    image = tf.reshape(tf.range(16.0), (1, 4, 4, 1))

    maps = convolution(image)
    with tf.GradientTape() as t:
        score = head(maps)[:, 1]
    assert t.gradient(score, maps) is None

    with tf.GradientTape() as t:
        maps = convolution(image)
        score = head(maps)[:, 1]
    gradient = t.gradient(score, maps)
    weights = head.layers[1].kernel[:, 1]
    assert gradient.shape == maps.shape
    assert np.allclose(gradient, np.broadcast_to(weights / 9, maps.shape))


def test_saliency_map():
    model, image = dense(inputs=3), tf.constant([[1.0, 2.0, 3.0]])
    with tf.GradientTape() as t:
        score = model(image) ** 2
    assert t.gradient(score, image) is None

    with tf.GradientTape() as t:
        t.watch(image)
        score = model(image) ** 2
    assert np.allclose(t.gradient(score, image), [[12, 12, 12]])


def test_style_transfer():
    target = tf.constant([0.2, 0.9])

    def gradients(clip):
        image, found = tf.Variable([0.0, 2.0]), []
        for _ in range(2):
            with tf.GradientTape() as t:
                loss = tf.reduce_sum((image - target) ** 2)
            found.append(t.gradient(loss, image))
            image = clip(image)
        return found

    assert missing(gradients(lambda v: tf.clip_by_value(v, 0.0, 1.0))) == [False, True]

    def assign(image):
        image.assign(tf.clip_by_value(image, 0.0, 1.0))
        return image

    assert np.allclose(gradients(assign)[1], 2 * ([0, 1] - target))


# ---------------------------------------------------------- policies, physics


def test_policy_gradient():
    policy, rewards = dense(2), tf.constant([1.0, 0.0, 2.0, 1.0])
    actions = tf.constant([0, 1, 1, 0])

    with tf.GradientTape() as t:
        chosen = tf.argmax(policy(X, training=True), axis=1)
        loss = -tf.reduce_mean(tf.cast(chosen, tf.float32) * rewards)
    assert all(missing(t.gradient(loss, policy.trainable_variables)))

    with tf.GradientTape() as t:
        logits = policy(X, training=True)
        taken = tf.gather(tf.nn.log_softmax(logits), actions, batch_dims=1)
        loss = -tf.reduce_mean(taken * rewards)
    gradient = t.gradient(loss, policy.layers[0].bias)
    scores = tf.one_hot(actions, 2) - tf.nn.softmax(policy(X))
    assert np.allclose(gradient, -np.mean(scores * rewards[:, None], axis=0))


def test_physics_informed_loss():
    """The second derivative of u = x³ is 6x."""
    x = tf.constant([1.0, 2.0])

    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            u = x**3
    slope = inner.gradient(u, x)  # after both blocks
    assert outer.gradient(slope, x) is None

    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            u = x**3
        slope = inner.gradient(u, x)
    assert np.allclose(outer.gradient(slope, x), 6 * x)


def test_gradient_penalty():
    kernel = tf.Variable(3.0)

    def train_gradient(inside):
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                inner.watch(X)
                score = kernel * X**2
            penalty = 0.0
            if inside:
                penalty = tf.reduce_sum(inner.gradient(score, X) ** 2)
        if not inside:
            penalty = tf.reduce_sum(inner.gradient(score, X) ** 2)
        return outer.gradient(penalty, kernel)

    assert train_gradient(inside=False) is None
    # The sum of (2·kernel·x)² has the slope 8·kernel·x² by the kernel.
    assert np.isclose(train_gradient(inside=True), 8 * 3 * np.sum(X**2))


# ---------------------------------------------------------- a model's own traps


@pytest.mark.parametrize("found", [True, False])
def test_fine_tuning(found):
    base, head = layers.Dense(2), layers.Dense(1)
    model = tf.keras.Sequential([layers.Input((1,)), base, head])
    variables = model.trainable_variables if found else None
    base.trainable = False
    variables = variables or model.trainable_variables
    before = base.kernel.numpy()
    with tf.GradientTape() as t:
        loss = squares(model, training=True)
    optimizers.Adam(0.1).apply(t.gradient(loss, variables), variables)
    assert np.allclose(base.kernel, before) == (not found)


def test_regression_on_flat_targets():
    slopes = []
    for y in (Y[:, 0], Y):
        model, opt = dense(kernel_initializer="zeros"), optimizers.SGD(0.05)
        for _ in range(200):
            with tf.GradientTape() as t:
                loss = squares(model, y, training=True)
            gradients = t.gradient(loss, model.trainable_variables)
            opt.apply(gradients, model.trainable_variables)
        slopes.append(float(model.layers[0].kernel[0, 0]))
    assert np.allclose(slopes, [0, 2], atol=0.05)


def test_weight_decay_by_hand():
    model = dense(kernel_regularizer=tf.keras.regularizers.L2(0.5))
    kernel = model.layers[0].kernel
    with tf.GradientTape(persistent=True) as t:
        found = squares(model, training=True)
        right = found + sum(model.losses)
    assert float(t.gradient(found, kernel)[0, 0]) == -10
    assert float(t.gradient(right, kernel)[0, 0]) == -9


def test_dropout_in_training():
    model = tf.keras.Sequential([layers.Input((1000,)), layers.Dropout(0.5, seed=1)])
    data = tf.ones((1, 1000))
    assert np.all(model(data) == 1)
    assert 0 < np.sum(model(data, training=True) == 0) < 1000


def test_subclassed_model():
    class Model(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, inputs):
            return self.dense(inputs)

    model, opt = Model(), optimizers.SGD(0.05)
    variables = model.trainable_variables
    with tf.GradientTape() as t:
        loss = squares(model)
    gradients = t.gradient(loss, variables)
    with pytest.raises(ValueError, match="expected 2, got 0"):
        opt.apply_gradients(zip(gradients, variables, strict=True))

    variables = model.trainable_variables
    with tf.GradientTape() as t:
        loss = squares(model)
    gradients = t.gradient(loss, variables)
    opt.apply_gradients(zip(gradients, variables, strict=True))
    assert squares(model) < loss


def test_second_run():
    opt = optimizers.Adam(0.1)

    def step(opt):
        model = dense()
        with tf.GradientTape() as t:
            loss = squares(model, training=True)
        gradients = t.gradient(loss, model.trainable_variables)
        opt.apply(gradients, model.trainable_variables)

    step(opt)
    with pytest.raises(ValueError, match="Unknown variable"):
        step(opt)
    step(optimizers.Adam(0.1))


# ------------------------------------------------------ between the two steps


def test_mixed_precision():
    moved = []
    for scaled in (False, True):
        x, opt = tf.Variable(10.0), optimizers.LossScaleOptimizer(optimizers.SGD(0.1))
        opt.build([x])
        with tf.GradientTape() as t:
            loss = (x - 4.0) ** 2
            loss = opt.scale_loss(loss) if scaled else loss
        opt.apply(t.gradient(loss, [x]), [x])
        moved.append(10 - float(x))
    assert np.isclose(moved[1], 1.2)
    assert np.isclose(moved[0], 1.2 / 2**15, rtol=0.2)


def test_accumulation():
    steps = []
    for parts in (1, 4):
        model = dense()
        total = [tf.zeros_like(v) for v in model.trainable_variables]
        for row in range(4):
            with tf.GradientTape() as t:
                row_loss = tf.reduce_mean((model(X[row : row + 1]) - Y[row]) ** 2)
            gradients = t.gradient(row_loss, model.trainable_variables)
            total = [s + g for s, g in zip(total, gradients, strict=True)]
        mean = [s / parts for s in total]
        optimizers.SGD(0.01).apply(mean, model.trainable_variables)
        steps.append(float(model.layers[0].kernel[0, 0]) - 1)
    whole = dense()
    with tf.GradientTape() as t:
        loss = squares(whole)
    gradient = float(t.gradient(loss, whole.layers[0].kernel)[0, 0])
    assert np.allclose(steps, [-0.04 * gradient, -0.01 * gradient], rtol=1e-4)


def test_per_example_gradients():
    model = dense()
    kernel = model.layers[0].kernel
    with tf.GradientTape(persistent=True) as t:
        losses = (model(X)[:, 0] - Y[:, 0]) ** 2
    found = t.gradient(losses, kernel)
    right = t.jacobian(losses, kernel)[:, 0, 0]
    assert found.shape == (1, 1)
    assert np.allclose(right, (2 * (X - Y) * X)[:, 0])
    assert np.isclose(found[0, 0], np.sum(right))


def test_classifier_on_logits():
    logits, y = tf.Variable([-3.0]), tf.constant([1.0])
    for from_logits, expected in ((False, 0), (True, tf.sigmoid(-3.0) - 1)):
        loss_function = tf.keras.losses.BinaryCrossentropy(from_logits=from_logits)
        with tf.GradientTape() as t:
            loss = loss_function(y, logits)
        assert np.isclose(t.gradient(loss, logits)[0], expected, rtol=1e-5)
