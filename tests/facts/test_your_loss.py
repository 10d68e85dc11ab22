"""What the page your_loss states, one test for each statement.

That the page's own engine agrees is in tests/build/test_loss_engine.py.
"""

import json
import os
import subprocess

from bookbuild.engine.bundle import BundleError, run_deno
import nbformat
import numpy as np
import pytest
from support.notebooks import BOOK, ROOT
from support.oracles import OPTIMIZERS
import tensorflow as tf

STOCK = ROOT / "tests/support/stock_tensorflow.js"


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    """Return a function: what published TensorFlow.js does on a line of a slope."""
    script = tmp_path_factory.mktemp("stock") / "stock.js"
    try:
        run_deno(BOOK / "_engine", script, str(STOCK))
    except BundleError as problem:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(problem))
    # The bundle is for browsers: it takes deno for one.
    asks = (
        "delete globalThis.process; globalThis.window = { document: {} };"
        f"await import({json.dumps(script.as_uri())});"
        "console.log(JSON.stringify([1, 1e-6].map(globalThis.stock)));"
    )
    (script.parent / "ask.js").write_text(asks, encoding="utf-8")
    done = subprocess.run(
        ["deno", "run", "--quiet", "--no-config", f"--allow-read={script.parent}",
         script.parent / "ask.js"],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(zip([1, 1e-6], json.loads(done.stdout), strict=True))


def keras_path(method, slope):
    """Return where an optimizer of Keras goes on the line ``slope * x``."""
    x, opt = tf.Variable(0.0), OPTIMIZERS[method](0.1)
    path = []
    for _ in range(5):
        opt.apply_gradients([(tf.constant(slope, tf.float32), x)])
        path.append(float(x))
    return path


def gradient_at_0(f):
    x = tf.Variable(0.0)
    with tf.GradientTape() as t:
        loss = f(x)
    return float(t.gradient(loss, x))


def test_the_page_names_the_version_that_is_bundled(stock):
    text = "\n".join(
        cell.source
        for cell in nbformat.read(BOOK / "your_loss.ipynb", as_version=4).cells
    )
    pins = json.loads((BOOK / "_engine/deno.json").read_text("utf-8"))["imports"]
    version = stock[1]["version"]
    assert f"The page runs version {version} of" in " ".join(text.split())
    assert pins["@tensorflow/tfjs-core/"].endswith(f"@{version}/")
    assert pins["@tensorflow/tfjs-backend-cpu/"].endswith(f"@{version}/")


@pytest.mark.parametrize("slope", [1, 1e-6])
@pytest.mark.parametrize("method", ["momentum", "RMSprop", "Adagrad"])
def test_the_stock_optimizers_make_the_steps_of_keras(stock, method, slope):
    np.testing.assert_allclose(
        stock[slope]["paths"][method], keras_path(method, slope), rtol=1e-5
    )


def test_the_stock_adam_differs_where_gradients_are_tiny(stock):
    keras = keras_path("Adam", 1)
    np.testing.assert_allclose(stock[1]["paths"]["Adam"], keras, rtol=1e-5)
    first, tiny = stock[1e-6]["paths"]["Adam"][0], 1e-6
    # Epsilon, 1e-7, is added to the root of the corrected average, or before.
    assert first == pytest.approx(-0.1 * tiny / (tiny + 1e-7), rel=1e-3)
    corrected = 1e-7 / np.sqrt(1 - 0.999)
    mine = keras_path("Adam", tiny)[0]
    assert mine == pytest.approx(-0.1 * tiny / (tiny + corrected), rel=1e-3)


def test_the_gradient_of_abs_at_0(stock):
    assert gradient_at_0(tf.abs) == 0
    assert stock[1]["abs"] == "-1"


def test_the_gradient_of_a_branch_that_is_not_taken(stock):
    assert gradient_at_0(lambda x: tf.minimum(x - 1, tf.sqrt(x))) == 1
    assert gradient_at_0(tf.sqrt) == np.inf
    assert stock[1]["branch"] == "NaN"


def test_a_tf_function_makes_rsqrt_of_a_quotient_by_sqrt():
    a, b = tf.random.stateless_uniform([2, 10_000], [1, 2], 0.1, 10)
    options = tf.config.optimizer.get_experimental_options()

    def compiled(is_rewritten):
        tf.config.optimizer.set_experimental_options(
            {"arithmetic_optimization": is_rewritten}
        )
        return tf.function(lambda a, b: a / tf.sqrt(b))(a, b)

    try:
        assert np.array_equal(compiled(False), a / tf.sqrt(b))
        assert np.array_equal(compiled(True), a * tf.math.rsqrt(b))
        assert not np.array_equal(compiled(True), a / tf.sqrt(b))
    finally:
        tf.config.optimizer.set_experimental_options(
            {"arithmetic_optimization": options.get("arithmetic_optimization", True)}
        )
