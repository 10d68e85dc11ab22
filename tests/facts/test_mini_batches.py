"""What the chapter mini_batches states, one test for each statement."""

from helpers.penguins import load_penguins
import numpy as np
import pytest
import tensorflow as tf

PENGUINS = load_penguins()
MEASURES = np.column_stack(
    [
        PENGUINS.bill_length_mm,
        PENGUINS.bill_depth_mm,
        PENGUINS.flipper_length_mm,
        PENGUINS.body_mass_g,
    ]
)
MASS = PENGUINS.body_mass_g / 1000
SPECIES = np.unique(PENGUINS.species, return_inverse=True)[1]
N = len(MASS)


def standardised(values):
    return (values - values.mean(axis=0)) / values.std(axis=0)


A = np.column_stack([standardised(PENGUINS.flipper_length_mm), np.ones(N)])
BEST = np.linalg.lstsq(A, MASS, rcond=None)[0]
SMALLEST = np.mean((A @ BEST - MASS) ** 2)


def gradient_at(w, rows):
    """Return the gradient of the loss over ``rows``, by its formula."""
    return 2 * A[rows].T @ (A[rows] @ w - MASS[rows]) / len(rows)


def drawn(size, steps):
    return np.random.default_rng(0).integers(N, size=(steps, size))


def shuffled(size, steps):
    random, epochs = np.random.default_rng(0), -(-steps * size // N)
    orders = [random.permutation(N) for _ in range(epochs)]
    return np.reshape(orders, (-1, size))[:steps]


def excess(batches, rate):
    """Return the loss above the smallest, as a part of it, after every step.

    The loop is plain NumPy, a second implementation of the chapter's. ``rate`` is
    a number, or a function of the step.
    """
    w, losses = np.zeros(2), []
    for k, rows in enumerate(batches):
        w = w - (rate(k) if callable(rate) else rate) * gradient_at(w, rows)
        losses.append(np.mean((A @ w - MASS) ** 2) / SMALLEST - 1)
    return np.array(losses)


def rest(batches, rate):
    return excess(batches, rate)[1000:].mean()


def test_a_tape_gives_the_gradient_of_a_batch():
    rows = np.random.default_rng(0).permutation(N)[:9]
    w = tf.Variable([0.5, 4.0])
    with tf.GradientTape() as t:
        predicted = tf.linalg.matvec(tf.constant(A[rows], tf.float32), w)
        loss = tf.reduce_mean((predicted - tf.constant(MASS[rows], tf.float32)) ** 2)
    by_formula = gradient_at(w.numpy(), rows)
    assert np.allclose(t.gradient(loss, w), by_formula, atol=1e-5)


def test_batches_of_equal_size_are_right_on_average():
    w = np.array([0.5, 4.0])
    batches = np.random.default_rng(0).permutation(N).reshape(-1, 9)
    gradients = np.array([gradient_at(w, rows) for rows in batches])
    whole = gradient_at(w, np.arange(N))
    assert np.allclose(gradients.mean(axis=0), whole)
    assert (np.sign(gradients) != np.sign(whole)).any()


def test_batches_of_unequal_size_must_be_weighted():
    w, order = np.zeros(2), np.random.default_rng(0).permutation(N)
    batches = np.split(order, [100])
    gradients = np.array([gradient_at(w, rows) for rows in batches])
    whole = gradient_at(w, np.arange(N))
    assert not np.allclose(gradients.mean(axis=0), whole)
    assert np.allclose(np.average(gradients, axis=0, weights=[100, N - 100]), whole)


def test_the_table_is_sorted_by_species():
    changes = np.count_nonzero(PENGUINS.species[1:] != PENGUINS.species[:-1])
    assert changes == 2


def test_tf_data_cuts_the_same_batches():
    order = np.random.default_rng(0).permutation(N)
    dataset = tf.data.Dataset.from_tensor_slices(MASS[order]).batch(9)
    for batch, rows in zip(dataset, order.reshape(-1, 9), strict=True):
        assert np.array_equal(batch, MASS[rows])


def test_the_whole_loss_is_the_parabola_twice():
    for w in np.array([[0.0, 0.0], [1.0, -3.0], [0.5, 4.0]]):
        loss = np.mean((A @ w - MASS) ** 2)
        assert loss == pytest.approx(SMALLEST + np.sum((w - BEST) ** 2))


@pytest.mark.parametrize("size", [3, 9])
@pytest.mark.parametrize("rate", [0.02, 0.01])
def test_a_fixed_rate_rests_above_the_minimum_by_rate_over_batch_size(size, rate):
    assert rest(drawn(size, 9000), rate) == pytest.approx(2 * rate / size, rel=0.25)


def test_a_large_rate_on_single_rows_rests_higher_than_the_rule_says():
    assert 0.22 < rest(drawn(1, 4000), 0.1) < 0.28


def test_shuffled_epochs_rest_lower_at_a_small_rate():
    assert rest(shuffled(9, 4000), 0.01) < 0.5 * rest(drawn(9, 4000), 0.01)


def test_halving_the_rate_is_doubling_the_batch():
    halved, doubled = (
        rest(drawn(size, 4000), rate) for size, rate in ((9, 0.05), (18, 0.1))
    )
    assert halved / doubled == pytest.approx(1, abs=0.2)


def test_a_schedule_lets_the_run_settle():
    schedule = tf.keras.optimizers.schedules.CosineDecay(0.1, 400)
    rates = [float(schedule(k)) for k in range(400)]
    scheduled = excess(shuffled(9, 400), rates.__getitem__)
    fixed = excess(shuffled(9, 400), 0.1)
    assert scheduled[9] == pytest.approx(fixed[9], rel=0.01)
    assert scheduled[-20:].mean() < 0.02 * fixed[-200:].mean()


def test_the_compiled_loop_makes_the_same_steps_as_the_plain_one():
    w, opt = tf.Variable(tf.zeros(2)), tf.keras.optimizers.SGD(0.1)
    columns, mass = tf.constant(A, tf.float32), tf.constant(MASS, tf.float32)
    opt.build([w])

    @tf.function
    def train(batches):
        for k in tf.range(len(batches)):
            with tf.GradientTape() as t:
                predicted = tf.linalg.matvec(tf.gather(columns, batches[k]), w)
                missing = predicted - tf.gather(mass, batches[k])
                loss = tf.reduce_mean(missing**2)
            opt.apply_gradients([(t.gradient(loss, w), w)])

    train(tf.constant(shuffled(9, 100)))
    loss = np.mean((A @ w.numpy() - MASS) ** 2)
    expected = excess(shuffled(9, 100), 0.1)[-1]
    assert loss / SMALLEST - 1 == pytest.approx(expected, abs=1e-4)


def test_a_schedule_reads_iterations():
    schedule = tf.keras.optimizers.schedules.CosineDecay(0.1, 10)
    opt, x = tf.keras.optimizers.SGD(schedule), tf.Variable(0.0)
    for _ in range(5):
        opt.apply_gradients([(tf.constant(0.0), x)])
    assert float(opt.learning_rate) == pytest.approx(0.05)
    assert float(schedule(5)) == pytest.approx(0.05)


def test_an_assigned_rate_is_seen_by_a_compiled_step():
    x, opt = tf.Variable(0.0), tf.keras.optimizers.SGD(1.0)
    opt.build([x])
    step = tf.function(lambda: opt.apply_gradients([(tf.constant(1.0), x)]))
    step()
    opt.learning_rate.assign(0.5)
    step()
    assert float(x) == -1.5


def fit_species(loss_function, steps=50):
    training = np.random.default_rng(2).permutation(N)[:242]
    seen = MEASURES[training]
    features = (MEASURES - seen.mean(axis=0)) / seen.std(axis=0)
    features = tf.constant(features, tf.float32)
    w, b = tf.Variable(tf.zeros([4, 3])), tf.Variable(tf.zeros(3))
    opt = tf.keras.optimizers.SGD(0.5)
    losses = []
    for _ in range(steps):
        with tf.GradientTape() as t:
            logits = tf.gather(features, training) @ w + b
            loss = loss_function(SPECIES[training], logits)
        opt.apply_gradients(zip(t.gradient(loss, [w, b]), [w, b], strict=True))
        losses.append(float(loss))
    held_out = np.setdiff1d(np.arange(N), training)
    right = np.argmax(features @ w + b, axis=1) == SPECIES
    return losses, right[held_out].mean()


def test_species_are_told_apart_on_penguins_held_out():
    cross_entropy = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    losses, right = fit_species(cross_entropy)
    assert losses[0] == pytest.approx(np.log(3))
    assert losses[-1] < 0.1
    assert right >= 0.95


def test_without_from_logits_nothing_is_learned_and_nothing_said(log, recwarn):
    losses, _ = fit_species(tf.keras.losses.SparseCategoricalCrossentropy())
    assert set(losses) == {losses[0]}
    assert not log.getvalue()
    assert not recwarn.list


def test_from_logits_is_not_the_default():
    logits = tf.Variable([-3.0, 0.25, 0.75, 3.0])
    with tf.GradientTape() as t:
        loss = tf.keras.losses.BinaryCrossentropy()(tf.ones(4), logits)
    slopes = 4 * t.gradient(loss, logits).numpy()
    assert slopes == pytest.approx([0, -4, -4 / 3, 0], abs=1e-4)


def test_with_from_logits_the_gradient_is_probability_minus_truth():
    logits = tf.Variable([-3.0, 0.25, 0.75, 3.0])
    cross_entropy = tf.keras.losses.BinaryCrossentropy(from_logits=True)
    with tf.GradientTape() as t:
        loss = cross_entropy(tf.ones(4), logits)
    slopes = 4 * t.gradient(loss, logits).numpy()
    assert slopes == pytest.approx(1 / (1 + np.exp(-logits.numpy())) - 1, abs=1e-5)


def fit_sex(epochs):
    """Return the losses on 40 penguins trained on and on 100 others, by epoch."""
    known = np.flatnonzero(PENGUINS.sex != "NA")
    male = tf.constant(PENGUINS.sex[known, None] == "male", tf.float32)
    training, validation, _ = np.split(
        np.random.default_rng(2).permutation(len(known)), [40, 140]
    )
    seen = MEASURES[known][training]
    features = (MEASURES[known] - seen.mean(axis=0)) / seen.std(axis=0)
    features = tf.constant(features, tf.float32)
    tf.keras.utils.set_random_seed(0)
    layers = [tf.keras.layers.Dense(64, "relu") for _ in range(2)]
    model = tf.keras.Sequential([tf.keras.Input([4]), *layers])
    model.add(tf.keras.layers.Dense(1))
    cross_entropy = tf.keras.losses.BinaryCrossentropy(from_logits=True)
    opt = tf.keras.optimizers.Adam(0.01)
    opt.build(model.trainable_variables)

    def loss_on(rows):
        return cross_entropy(tf.gather(male, rows), model(tf.gather(features, rows)))

    @tf.function
    def step():
        with tf.GradientTape() as t:
            loss = loss_on(training)
        gradients = t.gradient(loss, model.trainable_variables)
        opt.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss, loss_on(validation)

    return np.array([[float(loss) for loss in step()] for _ in range(epochs)])


def test_the_validation_loss_turns_while_the_training_loss_falls():
    training, validation = fit_sex(60).T
    assert validation.argmin() == 7
    assert validation[7] == pytest.approx(0.34, abs=0.01)
    assert validation[-1] > 1.5
    assert training[-1] < 0.01 < training[7]


def test_get_weights_copies_and_trainable_variables_do_not():
    model = tf.keras.Sequential([tf.keras.Input([2]), tf.keras.layers.Dense(1)])
    copy, alias = model.get_weights()[0], model.trainable_variables[0]
    before = copy.copy()
    model.layers[0].kernel.assign_add([[1.0], [1.0]])
    assert np.array_equal(copy, before)
    assert np.array_equal(alias.numpy(), before + 1)


def batches_of(dataset):
    return [tuple(batch.numpy()) for batch in dataset]


def test_shuffle_draws_a_new_order_at_each_pass():
    dataset = tf.data.Dataset.range(N).shuffle(N, seed=0).batch(9)
    first, second = batches_of(dataset), batches_of(dataset)
    assert first != second
    assert sorted(sum(first, ())) == sorted(sum(second, ())) == list(range(N))


def test_shuffle_after_batch_keeps_the_rows_of_a_batch_together():
    dataset = tf.data.Dataset.range(N).batch(9).shuffle(N, seed=0)
    together = {tuple(range(k, k + 9)) for k in range(0, N, 9)}
    assert set(batches_of(dataset)) == together
    before = tf.data.Dataset.range(N).shuffle(N, seed=0).batch(9)
    assert set(batches_of(before)) != together


@pytest.mark.parametrize(("drop", "sizes"), [(False, [9, 9, 2]), (True, [9, 9])])
def test_drop_remainder_leaves_out_a_smaller_last_batch(drop, sizes):
    dataset = tf.data.Dataset.range(20).batch(9, drop_remainder=drop)
    assert [len(batch) for batch in batches_of(dataset)] == sizes


def test_learning_rate_shows_the_present_rate_of_a_schedule():
    schedule = tf.keras.optimizers.schedules.CosineDecay(0.1, decay_steps=4)
    opt, w = tf.keras.optimizers.SGD(schedule), tf.Variable(0.0)
    for k in range(4):
        assert np.isclose(float(opt.learning_rate), float(schedule(k)))
        opt.apply_gradients([(tf.constant(1.0), w)])


def test_shuffle_mixes_within_its_buffer_only():
    kinds = {}
    for buffer in (10, N):
        batches = tf.data.Dataset.from_tensor_slices(SPECIES).shuffle(buffer, seed=0)
        kinds[buffer] = [len(np.unique(batch)) for batch in batches.batch(38)]
    assert set(kinds[N]) == {3}
    assert np.mean(kinds[10]) < 2
