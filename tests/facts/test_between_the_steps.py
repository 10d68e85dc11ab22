"""What the chapter between_the_steps states, one test for each statement."""

import keras
import numpy as np
import pytest
from support.oracles import BOTH, count, f, since, step
import tensorflow as tf

NAN, INF = float("nan"), float("inf")
INPUTS = np.arange(-2, 6, dtype=np.float32).reshape(8, 1)


@pytest.fixture
def targets():
    noise = np.random.default_rng(3).normal(size=(8, 1))
    return (2 * INPUTS - 1 + noise).astype(np.float32)


def new_model():
    dense = keras.layers.Dense(1, kernel_initializer="zeros")
    return keras.Sequential([keras.Input((1,)), dense])


def gradients_of(model, x, y):
    with tf.GradientTape() as t:
        loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
    return t.gradient(loss, model.trainable_variables)


def gradients_by_formula(x, y):
    """Return the slopes of the mean square error at the weights 0 and 0."""
    return [-2 * np.mean(x * y), -2 * np.mean(y)]


def flat(tensors):
    return np.concatenate([np.ravel(tensor) for tensor in tensors])


def length(tensors):
    """Return the root of the sum of all squares, by NumPy."""
    return np.linalg.norm(flat(tensors))


@pytest.fixture
def pair():
    return [tf.constant([3.0, 4.0]), tf.constant([12.0])]


# ------------------------------------------------------------------- the norms


def test_the_global_norm_is_the_length_of_all_gradients_as_one_vector(pair):
    assert float(tf.linalg.global_norm(pair)) == 13
    assert length(pair) == 13


def test_the_global_norm_leaves_out_none(pair):
    assert float(tf.linalg.global_norm([None, *pair])) == 13


# -------------------------------------------------------------------- clipping


def test_clipped_each_has_the_limit_and_another_direction(pair):
    clipped = [tf.clip_by_norm(gradient, 2.0) for gradient in pair]
    assert np.allclose(flat(clipped), [1.2, 1.6, 2.0])
    assert length(clipped) > 2


def test_clipped_together_has_the_limit_and_the_same_direction(pair):
    clipped, before = tf.clip_by_global_norm(pair, 2.0)
    assert float(before) == 13
    assert np.isclose(length(clipped), 2)
    assert np.allclose(flat(clipped), flat(pair) * 2 / 13)


def test_a_short_gradient_is_left_alone(pair):
    clipped, _ = tf.clip_by_global_norm(pair, 14.0)
    assert flat(clipped).tolist() == flat(pair).tolist()
    assert tf.clip_by_norm(pair[0], 6.0).numpy().tolist() == [3, 4]


def test_none_passes_clip_by_global_norm_and_not_clip_by_norm(pair):
    clipped, _ = tf.clip_by_global_norm([None, *pair], 2.0)
    assert clipped[0] is None
    assert len(clipped) == 3
    with pytest.raises(ValueError, match="None"):
        tf.clip_by_norm(None, 2.0)


def clip_each(pair):
    return [tf.clip_by_norm(gradient, 2.0) for gradient in pair]


def clip_together(pair):
    return tf.clip_by_global_norm(pair, 2.0)[0]


def clip_numbers(pair):
    return [tf.clip_by_value(gradient, -2.0, 2.0) for gradient in pair]


ARGUMENTS = {
    "clipnorm": clip_each,
    "global_clipnorm": clip_together,
    "clipvalue": clip_numbers,
}


@BOTH
@pytest.mark.parametrize("argument", ARGUMENTS)
def test_an_argument_of_the_optimizer_clips_as_by_hand(argument, library, pair):
    variables = [tf.Variable([0.0, 0.0]), tf.Variable([0.0])]
    opt = library.optimizers.SGD(1.0, **{argument: 2.0})
    opt.apply_gradients(zip(pair, variables, strict=True))
    assert np.allclose(flat(variables), -flat(ARGUMENTS[argument](pair)), rtol=1e-6)


def test_only_one_way_of_clipping():
    with pytest.raises(ValueError, match=r"^Only one of `clipnorm`, `clipvalue`"):
        tf.keras.optimizers.SGD(1.0, clipnorm=1.0, global_clipnorm=1.0)


def test_if_every_step_is_clipped_all_steps_have_the_same_length():
    x = tf.Variable([10.0, -3.0])
    opt, lengths = tf.keras.optimizers.SGD(0.1, global_clipnorm=0.5), []
    for gradient in ([40.0, 3.0], [0.3, 5.0], [7.0, 7.0]):
        before = x.numpy()
        opt.apply_gradients([(tf.constant(gradient), x)])
        lengths.append(np.linalg.norm(x.numpy() - before))
    assert np.allclose(lengths, 0.05, rtol=1e-4)


@pytest.mark.parametrize(("name", "factor"), [("SGD", 0.01), ("Adam", 1.0)])
def test_a_smaller_gradient_shortens_the_step_of_sgd_and_not_of_adam(name, factor):
    steps = []
    for gradient in (12.0, 0.12):
        opt = getattr(tf.keras.optimizers, name)(0.1)
        steps.append(step(opt, tf.Variable(0.0), gradient))
    assert np.isclose(steps[1] / steps[0], factor, rtol=1e-4)


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_a_limit_of_zero_does_not_clip(argument):
    opt = keras.optimizers.SGD(1.0, **{argument: 0.0})
    assert step(opt, tf.Variable(0.0), 5.0) == -5


@pytest.fixture
def slices():
    """Return the gradient of an embedding that looked row 1 up twice."""
    table = keras.layers.Embedding(10, 4, embeddings_initializer="ones")
    table.build((None,))
    with tf.GradientTape() as t:
        loss = tf.reduce_sum(table(tf.constant([1, 1, 3])))
    return t.gradient(loss, table.trainable_variables)[0]


def test_the_gradient_of_an_embedding_is_clipped_by_the_norm_of_its_pieces(slices):
    assert isinstance(slices, tf.IndexedSlices)
    assert np.isclose(tf.linalg.global_norm([slices]), np.sqrt(3 * 4))
    clipped, _ = tf.clip_by_global_norm([slices], 1.0)
    assert length([tf.convert_to_tensor(clipped[0])]) > 1.2


def test_the_converted_gradient_of_an_embedding_has_the_right_norm(slices):
    whole = tf.convert_to_tensor(slices)
    assert whole.numpy()[:, 0].tolist() == [0, 2, 0, 1, 0, 0, 0, 0, 0, 0]
    assert np.isclose(tf.linalg.global_norm([whole]), np.sqrt(4 * 4 + 4))


# ------------------------------------------------------------------------- NaN


def masked_log(x, guarded=False):
    inside = tf.where(x > 0, x, 1.0) if guarded else x
    return tf.reduce_sum(tf.where(x > 0, tf.math.log(inside), 0.0))


@pytest.mark.parametrize("guarded", [False, True])
def test_where_after_a_logarithm_of_zero_has_a_nan_gradient(guarded):
    x = tf.Variable([0.0, 4.0])
    with tf.GradientTape() as t:
        y = masked_log(x, guarded)
    assert np.isclose(y, np.log(4))
    gradient = t.gradient(y, x).numpy()
    assert gradient[1] == 0.25
    assert gradient[0] == 0 if guarded else np.isnan(gradient[0])


def test_the_loss_of_a_diverging_run_overflows_first():
    x, opt, first = tf.Variable(10.0), tf.keras.optimizers.SGD(1.5), {}
    for k in range(140):
        with tf.GradientTape() as t:
            y = f(x)
        gradients = t.gradient(y, [x])
        opt.apply_gradients(zip(gradients, [x], strict=True))
        for name, value in {"y": y, "gradient": gradients[0], "x": x}.items():
            if not np.isfinite(value):
                first.setdefault(name, k)
    assert first["y"] < first["x"] < first["gradient"]


def test_check_numerics_names_the_tensor():
    with pytest.raises(tf.errors.InvalidArgumentError, match="gradient of x : Tensor"):
        tf.debugging.check_numerics(tf.constant([1.0, NAN]), "gradient of x")
    tf.debugging.check_numerics(tf.constant([1.0]), "gradient of x")


def test_enable_check_numerics_names_the_first_operation():
    tf.debugging.enable_check_numerics()
    try:
        with pytest.raises(tf.errors.InvalidArgumentError, match='op "Log"'):
            masked_log(tf.constant([0.0, 4.0]))
    finally:
        tf.debugging.disable_check_numerics()
    assert np.isclose(masked_log(tf.constant([0.0, 4.0])), np.log(4))


@pytest.mark.parametrize("bad", [NAN, INF])
def test_clipping_cannot_repair_what_is_not_finite(bad):
    pair = [tf.constant([bad, 1.0]), tf.constant([3.0])]
    together = flat(tf.clip_by_global_norm(pair, 1.0)[0])
    assert np.isnan(together).all()
    each = flat([tf.clip_by_norm(gradient, 1.0) for gradient in pair])
    assert np.isnan(each[0])
    assert each[2] == 1


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_one_nan_stays_in_the_variable(name):
    opt, x = getattr(tf.keras.optimizers, name)(0.1), tf.Variable(10.0)
    step(opt, x, NAN)
    assert np.isnan(step(opt, x, 12.0))


def test_adam_keeps_a_nan_even_if_the_variable_is_restored():
    opt, x = tf.keras.optimizers.Adam(0.1), tf.Variable(10.0)
    step(opt, x, NAN)
    x.assign(10.0)
    assert np.isnan(step(opt, x, 12.0))


def test_a_cross_entropy_by_hand_is_nan_where_the_sigmoid_is_full():
    logit, label = tf.Variable(20.0), 1.0
    with tf.GradientTape(persistent=True) as t:
        p = tf.sigmoid(logit)
        bare = -label * tf.math.log(p) - (1 - label) * tf.math.log(1 - p)
        ready = tf.nn.sigmoid_cross_entropy_with_logits(label, logit)
    assert np.isnan(bare)
    assert np.isnan(t.gradient(bare, logit))
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    assert np.isclose(loss(tf.constant([[label]]), tf.constant([[20.0]])), ready)
    assert np.isfinite(ready)
    assert np.isfinite(t.gradient(ready, logit))


# ----------------------------------------------------------------- per example


def test_per_example_gradients_are_a_jacobian_and_their_mean_is_the_gradient(targets):
    model = new_model()
    with tf.GradientTape() as t:
        losses = tf.reduce_mean((model(INPUTS) - targets) ** 2, axis=1)
    rows = t.jacobian(losses, model.trainable_variables)
    assert [tuple(row.shape) for row in rows] == [(8, 1, 1), (8, 1)]
    for k in range(8):
        alone = gradients_of(model, INPUTS[k : k + 1], targets[k : k + 1])
        assert np.allclose(flat([row[k] for row in rows]), flat(alone))
    means = flat([tf.reduce_mean(row, axis=0) for row in rows])
    assert np.allclose(means, gradients_by_formula(INPUTS, targets))


# ------------------------------------------------------------------ accumulate


def accumulated(targets, cuts, weights):
    model = new_model()
    parts = [gradients_of(model, INPUTS[cut], targets[cut]) for cut in cuts]
    return sum(w * flat(part) for w, part in zip(weights, parts, strict=True))


QUARTERS = [slice(k, k + 2) for k in (0, 2, 4, 6)]
UNEQUAL = [slice(0, 3), slice(3, 6), slice(6, 8)]


@pytest.mark.parametrize(
    ("cuts", "weights"),
    [(QUARTERS, [1 / 4] * 4), (UNEQUAL, [3 / 8, 3 / 8, 2 / 8])],
    ids=["equal", "unequal"],
)
def test_micro_batches_weighted_by_size_make_the_big_batch(targets, cuts, weights):
    big = gradients_by_formula(INPUTS, targets)
    assert np.allclose(accumulated(targets, cuts, weights), big, rtol=1e-6)


def test_the_plain_mean_of_unequal_micro_batches_is_wrong(targets):
    big = gradients_by_formula(INPUTS, targets)
    mean = accumulated(targets, UNEQUAL, [1 / 3] * 3)
    assert not np.allclose(mean, big, rtol=0.01)


def test_micro_batches_are_not_bit_for_bit_the_big_batch():
    rng, differs = np.random.default_rng(5), []
    for _ in range(20):
        targets = rng.normal(size=(8, 1)).astype(np.float32)
        big = flat(gradients_of(new_model(), INPUTS, targets))
        small = accumulated(targets, QUARTERS, [1 / 4] * 4)
        differs.append((big != small).any())
    assert any(differs)


def test_losses_that_are_added_after_their_blocks_have_no_gradient():
    x, total = tf.Variable(10.0), 0.0
    for k in range(3):
        with tf.GradientTape() as t:
            loss = (x - k) ** 2
        total += loss
    assert t.gradient(total, x) is None


def test_batch_norm_sees_the_micro_batch_only(targets):
    model = keras.Sequential([keras.Input((1,)), keras.layers.BatchNormalization()])
    big = flat(gradients_of(model, INPUTS, targets))
    parts = [gradients_of(model, INPUTS[cut], targets[cut]) for cut in QUARTERS]
    assert not np.allclose(sum(flat(part) for part in parts) / 4, big, rtol=0.01)


def test_gradient_accumulation_steps_moves_every_nth_call_by_the_mean():
    x = tf.Variable(0.0)
    opt = tf.keras.optimizers.SGD(0.1, gradient_accumulation_steps=4)
    seen = [(step(opt, x, g), count(opt)) for g in (1.0, 2.0, 3.0, 6.0)]
    assert seen[:3] == [(0, 0)] * 3
    assert np.allclose(seen[3], (-0.1 * 3, 1))


def test_what_is_left_over_waits_for_the_next_epoch():
    x = tf.Variable(0.0)
    opt = tf.keras.optimizers.SGD(0.1, gradient_accumulation_steps=2)
    for gradient in (1.0, 1.0, 5.0):  # an epoch of three batches
        step(opt, x, gradient)
    assert np.isclose(step(opt, x, 1.0), -0.1 * 1 - 0.1 * (5 + 1) / 2)


def test_a_schedule_counts_the_calls_and_iterations_counts_the_steps():
    def schedule_of(step):
        return 0.1 * 0.5 ** tf.cast(step, tf.float32)

    class Halving(tf.keras.optimizers.schedules.LearningRateSchedule):
        """A rate that halves with everything that the optimizer counts."""

        def __call__(self, step):
            return schedule_of(step)

    opt = tf.keras.optimizers.SGD(Halving(), gradient_accumulation_steps=4)
    x = tf.Variable(1.0)
    for _ in range(4):
        opt.apply_gradients([(tf.constant(1.0), x)])
    assert int(opt.iterations) == 1
    assert np.isclose(opt.learning_rate, schedule_of(4))


def test_gradient_accumulation_steps_is_two_or_more():
    with pytest.raises(ValueError, match=">= 2"):
        tf.keras.optimizers.SGD(0.1, gradient_accumulation_steps=1)


def test_keras_clips_once_after_the_sum():
    x = tf.Variable(0.0)
    opt = tf.keras.optimizers.SGD(1.0, gradient_accumulation_steps=2, clipnorm=2.0)
    step(opt, x, 5.0)
    assert np.isclose(step(opt, x, -3.0), -1.0)  # clipped first, they cancel


# ------------------------------------------------------------- mixed precision


@pytest.fixture
def scaled():
    inner = tf.keras.optimizers.SGD(0.1)
    return tf.keras.optimizers.LossScaleOptimizer(inner)


def test_float16_has_nothing_between_zero_and_6e_8():
    smallest = float(np.finfo(np.float16).smallest_subnormal)
    assert np.isclose(smallest, 6e-8, rtol=0.01, atol=0)
    assert float(tf.cast(0.4 * smallest, tf.float16)) == 0
    assert float(tf.cast(1e-8, tf.float16)) == 0
    assert float(tf.cast(1e-8 * 2**15, tf.float16)) > 0


def test_float16_ends_at_65504():
    assert float(np.finfo(np.float16).max) == 65504
    assert np.isinf(float(tf.cast(70000.0, tf.float16)))


def test_a_last_layer_can_stay_in_float32():
    dense = keras.layers.Dense(1, dtype="float32")
    model = keras.Sequential(
        [keras.Input((1,)), keras.layers.Dense(1, dtype="mixed_float16"), dense]
    )
    assert model(INPUTS).dtype == tf.float32


def test_bfloat16_keeps_a_small_gradient():
    assert np.isclose(float(tf.cast(1e-8, tf.bfloat16)), 1e-8, rtol=0.01)


@pytest.mark.parametrize("scale", [1.0, 2.0**15])
def test_a_float16_layer_loses_a_small_gradient_unless_the_loss_is_scaled(scale):
    dense = keras.layers.Dense(1, kernel_initializer="ones", dtype="mixed_float16")
    model = keras.Sequential([keras.Input((1,)), dense])
    assert {v.dtype for v in model.trainable_variables} == {"float32"}
    with tf.GradientTape() as t:
        out = model(tf.constant([[1e-4]]))
        loss = tf.reduce_mean(tf.cast(out, tf.float32)) * 1e-4 * scale
    assert out.dtype == tf.float16
    kernel, _ = t.gradient(loss, model.trainable_variables)
    expected = 0 if scale == 1 else 1e-8
    assert np.isclose(float(kernel[0, 0]) / scale, expected, rtol=0.01, atol=0)


def scaled_step(opt, x, scale=True):
    with tf.GradientTape() as t:
        y = f(x)
        target = opt.scale_loss(y) if scale else y
    opt.apply_gradients(zip(t.gradient(target, [x]), [x], strict=True))
    return float(x)


def test_a_loss_scale_optimizer_steps_like_the_one_inside(x, scaled):
    assert np.isclose(scaled_step(scaled, x), 8.8)


def test_without_scale_loss_the_step_is_too_small_in_silence(x, scaled):
    moved = 10 - scaled_step(scaled, x, scale=False)
    assert np.isclose(moved * 2**15, 1.2, rtol=0.02)


@pytest.mark.parametrize("bad", [NAN, INF])
def test_a_bad_gradient_skips_the_step_and_halves_the_scale(bad, x, scaled):
    scaled_step(scaled, x)
    before, counted = float(x), count(scaled)
    assert step(scaled, x, bad) == before
    assert count(scaled) == counted
    assert float(scaled.dynamic_scale.numpy()) == 2**14


def test_the_scale_doubles_after_steps_without_trouble(x):
    opt = tf.keras.optimizers.LossScaleOptimizer(
        tf.keras.optimizers.SGD(0.1), dynamic_growth_steps=3
    )
    for _ in range(3):
        scaled_step(opt, x)
    assert float(opt.dynamic_scale.numpy()) == 2**16


def test_the_inner_optimizer_clips_after_the_division(x):
    inner = tf.keras.optimizers.SGD(0.1, global_clipnorm=1.0)
    opt = tf.keras.optimizers.LossScaleOptimizer(inner)
    assert np.isclose(scaled_step(opt, x), 9.9)


@pytest.mark.skipif(not since("keras", "3.12"), reason="older ones take the argument")
def test_the_outer_optimizer_refuses_to_clip():
    inner = tf.keras.optimizers.SGD(0.1)
    with pytest.raises(ValueError, match="set `global_clipnorm` on the `inner_opti"):
        tf.keras.optimizers.LossScaleOptimizer(inner, global_clipnorm=1.0)


@pytest.mark.parametrize("name", ["get_scaled_loss", "get_unscaled_gradients"])
def test_the_older_names_are_gone(name, scaled):
    assert not hasattr(scaled, name)


@pytest.fixture
def mixed():
    """Make the layers of a test with the policy mixed_float16."""
    before = tf.keras.mixed_precision.global_policy()
    tf.keras.mixed_precision.set_global_policy("mixed_float16")
    yield
    tf.keras.mixed_precision.set_global_policy(before)


@pytest.mark.usefixtures("mixed")
def test_the_global_policy_holds_for_the_layers_made_afterwards():
    dense = keras.layers.Dense(1)
    assert dense(INPUTS).dtype == tf.float16
    assert dense.kernel.dtype == "float32"


@pytest.mark.usefixtures("mixed")
def test_fit_scales_by_itself_under_mixed_float16():
    model = new_model()
    model.compile(optimizer="sgd", loss="mse")
    assert type(model.optimizer).__name__ == "LossScaleOptimizer"


def test_a_loss_that_is_always_nan_halves_the_scale_again_and_again(x, scaled):
    for _ in range(5):
        step(scaled, x, NAN)
    assert float(scaled.dynamic_scale.numpy()) == 2**10
