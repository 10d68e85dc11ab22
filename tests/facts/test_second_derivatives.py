"""What the chapter second_derivatives states, one test for each statement."""

import numpy as np
import pytest
from support.oracles import f
from support.processes import run_alone
import tensorflow as tf


def nested(f, x, *, inner_inside=True, **settings):
    """Return the first and the second derivative by two tapes."""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = f(x)
        if inner_inside:
            first = inner.gradient(y, x)
    if not inner_inside:
        first = inner.gradient(y, x)
    return first, outer.gradient(first, x, **settings)


def rosenbrock(v):
    return (1.0 - v[0]) ** 2 + 100.0 * (v[1] - v[0] ** 2) ** 2


def hessian_by_hand(v):
    x, y = map(float, v)
    return [[2 - 400 * y + 1200 * x**2, -400 * x], [-400 * x, 200]]


def hessian(f, v):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = f(v)
        gradient = inner.gradient(y, v)
    return gradient, outer.jacobian(gradient, v)


@tf.function
def newton_step(f, v):
    gradient, matrix = hessian(f, v)
    v.assign_sub(tf.linalg.solve(matrix, gradient[:, tf.newaxis])[:, 0])


def test_the_inner_call_inside_the_outer_block_gives_the_second_derivative(x):
    assert nested(f, x) == (12, 2)


def test_the_inner_call_after_the_outer_block_gives_none_in_silence(x, log):
    assert nested(f, x, inner_inside=False) == (12, None)
    assert log.getvalue() == ""


def test_one_persistent_tape_does_both_and_logs_a_warning(x, log):
    with tf.GradientTape(persistent=True) as t:
        first = t.gradient(f(x), x)
    assert t.gradient(first, x) == 2
    assert "significantly less efficient" in log.getvalue()


def test_one_plain_tape_cannot_do_both(x):
    with tf.GradientTape() as t:
        first = t.gradient(f(x), x)
        with pytest.raises(RuntimeError, match="non-persistent"):
            t.gradient(first, x)


def test_a_linear_loss_has_none_and_zero_where_asked_for(x):
    def line(x):
        return 3.0 * x

    assert nested(line, x)[1] is None
    assert nested(line, x, unconnected_gradients="zero")[1] == 0


def test_unconnected_as_zero_hides_the_wrong_indentation(x):
    settings = {"inner_inside": False, "unconnected_gradients": "zero"}
    assert nested(f, x, **settings)[1] == 0


def test_many_points_at_once_keep_their_own_second_derivatives():
    points = tf.Variable([0.0, 0.5, 1.0, 1.5])
    assert np.allclose(nested(tf.sin, points)[1], -tf.sin(points), atol=1e-5)


@pytest.mark.parametrize(("activation", "bent"), [("tanh", True), ("relu", False)])
def test_a_network_of_relu_layers_has_the_second_derivative_zero(activation, bent):
    dense = tf.keras.layers.Dense
    model = tf.keras.Sequential(
        [tf.keras.Input((1,)), dense(8, activation, bias_initializer="ones"), dense(1)]
    )
    points = tf.constant([[-0.7], [0.4], [1.3]])
    with tf.GradientTape() as outer:
        outer.watch(points)
        with tf.GradientTape() as inner:
            inner.watch(points)
            y = model(points)
        first = inner.gradient(y, points)
    second = outer.gradient(first, points)
    assert second.shape == points.shape
    assert bool(np.any(second)) == bent


def test_hessians_does_not_run_eagerly(x):
    with pytest.raises(RuntimeError, match=r"tf.gradients is not supported when eager"):
        tf.hessians(f(x), x)


def test_joined_gradients_give_the_hessian_of_a_models_variables():
    dense = tf.keras.layers.Dense
    model = tf.keras.Sequential([tf.keras.Input((2,)), dense(3, "tanh"), dense(1)])
    data, targets = tf.random.normal((5, 2)), tf.random.normal((5, 1))
    variables = model.trainable_variables

    def slopes_of_model():
        with tf.GradientTape() as t:
            loss = tf.reduce_mean((model(data) - targets) ** 2)
        return t.gradient(loss, variables)

    with tf.GradientTape() as outer:
        gradients = slopes_of_model()
        joined = tf.concat([tf.reshape(g, [-1]) for g in gradients], axis=0)
    tables = outer.jacobian(joined, variables)
    n = len(joined)
    whole = tf.concat([tf.reshape(table, [n, -1]) for table in tables], axis=1)
    assert whole.shape == (n, n)
    assert np.allclose(whole, tf.transpose(whole), atol=1e-5)
    # The corner of the last bias, by a central difference of its slope.
    h, ends = 1e-2, []
    for shift in (h, -2 * h):
        variables[-1].assign_add([shift])
        ends.append(slopes_of_model()[-1].numpy()[0])
    assert np.isclose(whole[-1, -1], (ends[0] - ends[1]) / (2 * h), rtol=1e-2)


def test_the_norm_has_no_gradient_at_zero_unless_the_root_is_kept_from_it():
    slope = tf.zeros((2, 3))
    with tf.GradientTape(persistent=True) as t:
        t.watch(slope)
        norm = tf.norm(slope, axis=1)
        safe = tf.sqrt(tf.reduce_sum(slope**2, axis=1) + 1e-12)
    assert np.isnan(t.gradient(norm, slope)).all()
    assert not np.any(t.gradient(safe, slope))


def test_jacobian_of_the_gradient_is_the_hessian():
    v = tf.Variable([-1.2, 1.0])
    assert np.allclose(hessian(rosenbrock, v)[1], hessian_by_hand(v), rtol=1e-5)


def test_jacobian_of_a_list_raises_and_gradient_of_a_list_sums_rows():
    a, b = tf.Variable(-1.2), tf.Variable(1.0)
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            y = rosenbrock([a, b])
        gradients = inner.gradient(y, [a, b])
    with pytest.raises(AttributeError, match="'list' object has no attribute 'shape'"):
        outer.jacobian(gradients, [a, b])
    summed = outer.gradient(gradients, [a, b])
    assert np.allclose(summed, np.sum(hessian_by_hand([a, b]), axis=0), rtol=1e-5)


def test_an_uncompiled_jacobian_is_traced_at_each_call_and_warns():
    """In a process of its own: TensorFlow warns a few times in a process only."""
    program = """
import helpers, logging, sys
import tensorflow as tf
tf.get_logger().handlers = [logging.StreamHandler(sys.stdout)]
v = tf.Variable([1.0, 2.0])
for _ in range(7):
    with tf.GradientTape() as t:
        y = v**2
    t.jacobian(y, v)
"""
    done = run_alone(program)
    assert "tf.function retracing" in done.stdout


def test_newton_lands_in_one_step_on_a_parabola():
    v = tf.Variable([10.0])
    newton_step(lambda v: tf.reduce_sum(f(v)), v)
    assert np.allclose(v, 4.0)


@pytest.mark.parametrize(("start", "end"), [(1.5, 1.0), (-1.5, -1.0), (0.3, 0.0)])
def test_newton_ends_where_the_slope_is_zero_a_maximum_too(start, end):
    v = tf.Variable([start])
    for _ in range(8):
        newton_step(lambda v: tf.reduce_sum((v**2 - 1.0) ** 2), v)
    assert np.allclose(v, end, atol=1e-4)


@pytest.mark.parametrize(
    ("start", "end"),
    [((1.5, 1.3), (1, 1)), ((1.4, 0.3), (1, 0)), ((0.3, -0.35), (0, 0))],
    ids=["minimum", "saddle", "maximum"],
)
def test_newton_ends_at_the_kind_of_place_that_the_curvatures_tell(start, end):
    v = tf.Variable(start)
    for _ in range(8):
        newton_step(lambda v: tf.reduce_sum((v**2 - 1.0) ** 2), v)
    assert np.allclose(v, end, atol=1e-4)
    assert ((12 * np.square(start) > 4) == np.square(end)).all()


def test_newton_leaps_near_an_inflection():
    v = tf.Variable([0.58])
    newton_step(lambda v: tf.reduce_sum((v**2 - 1.0) ** 2), v)
    x = 0.58
    assert np.allclose(v, x - (4 * x * (x**2 - 1)) / (12 * x**2 - 4), rtol=1e-2)
    assert v[0] > 40


def test_newton_goes_uphill_once_on_rosenbrock_and_arrives_in_six_steps():
    v = tf.Variable([-1.2, 1.0])
    losses = [float(rosenbrock(v))]
    for _ in range(6):
        newton_step(rosenbrock, v)
        losses.append(float(rosenbrock(v)))
    assert losses[2] > 100 * losses[1]
    assert losses[-1] < 1e-6


def test_products_with_the_hessian_agree_three_ways():
    v, vector = tf.Variable([-1.2, 1.0]), tf.constant([1.0, -2.0])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = rosenbrock(v)
        product = tf.reduce_sum(inner.gradient(y, v) * vector)
    reverse = outer.gradient(product, v)
    with tf.autodiff.ForwardAccumulator(v, vector) as accumulator:
        with tf.GradientTape() as t:
            y = rosenbrock(v)
        gradient = t.gradient(y, v)
    expected = np.array(hessian_by_hand(v)) @ vector.numpy()
    assert np.allclose(reverse, expected, rtol=1e-5)
    assert np.allclose(accumulator.jvp(gradient), expected, rtol=1e-5)
