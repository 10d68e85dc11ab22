"""What the chapter keras3 states, one test for each statement."""

from importlib.metadata import version
import inspect
import json
from pathlib import Path

import capture_other_backends as capture
import keras
import keras.src.backend.config
import numpy as np
import pytest
from support.oracles import (
    BOTH,
    f,
    path_by_hand,
    path_by_minimize,
    since,
)
from support.processes import run_alone
import tensorflow as tf
import tf_keras

COMPAT = tf.compat.v1.train
LIBRARIES = {"new": tf.keras, "old": tf_keras}
BACKENDS = json.loads(capture.CAPTURED.read_text(encoding="utf-8"))


def model_of(library):
    layer = library.layers.Dense(1, kernel_initializer="zeros")
    model = library.Sequential([layer])
    model.build((None, 1))
    return model


def loss_of(model):
    return tf.reduce_mean((model(tf.ones((4, 1))) - 2.0) ** 2)


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_tf_keras_of_today_has_no_minimize(name):
    opt = getattr(tf.keras.optimizers, name)(0.1)
    with pytest.raises(AttributeError, match=f"'{name}' object has no attribute"):
        opt.minimize(lambda: f(tf.Variable(10.0)), var_list=[])


@BOTH
def test_apply_gradients_and_iterations_are_in_both_libraries(library):
    opt = library.optimizers.SGD(0.1)
    assert hasattr(opt, "apply_gradients")
    assert hasattr(opt, "iterations")


def test_the_optimizer_of_tensorflow_1_has_no_iterations():
    opt = COMPAT.GradientDescentOptimizer(0.1)
    assert hasattr(opt, "minimize")
    assert hasattr(opt, "apply_gradients")
    assert not hasattr(opt, "iterations")


def test_tf_keras_is_keras_3_and_the_package_is_keras_2():
    assert since("tensorflow", "2.16")
    assert keras.__version__.startswith("3.")
    assert tf.keras.Variable is keras.Variable
    assert tf_keras.__version__.startswith("2.")


def test_tf_keras_tells_its_version_since_keras_3_3():
    told = getattr(tf.keras, "__version__", None)
    assert told == (keras.__version__ if since("keras", "3.3") else None)


@pytest.mark.parametrize("name", ["iterations", "learning_rate"])
def test_a_variable_of_keras_is_a_python_number_since_keras_3_5(name):
    value = getattr(tf.keras.optimizers.SGD(0.5), name)
    if since("keras", "3.5"):
        assert float(value) == value.numpy()
        assert int(value) == 0
    else:
        with pytest.raises(TypeError):
            float(value)
        with pytest.raises(TypeError):
            int(value)


def test_all_replacements_take_the_same_steps():
    paths = [
        path_by_minimize(tf_keras.optimizers.SGD(0.1)),
        path_by_hand(tf.keras.optimizers.SGD(0.1)),
        path_by_minimize(COMPAT.GradientDescentOptimizer(0.1)),
    ]
    assert len({path.tobytes() for path in paths}) == 1


def test_compat_counts_in_global_step():
    x, steps = tf.Variable(10.0), tf.Variable(0)
    opt = COMPAT.GradientDescentOptimizer(0.1)
    for _ in range(3):
        opt.minimize(lambda: f(x), global_step=steps, var_list=[x])
    assert int(steps) == 3


def test_tf_keras_comes_in_the_version_of_tensorflow():
    tensorflow, old = (version(name) for name in ("tensorflow", "tf_keras"))
    assert tensorflow.split(".")[:2] == old.split(".")[:2]


def test_an_environment_variable_set_before_the_import_brings_minimize_back():
    program = (
        "import os\n"
        "os.environ['TF_USE_LEGACY_KERAS'] = '1'\n"
        "import tensorflow as tf\n"
        "x = tf.Variable(10.0)\n"
        "opt = tf.keras.optimizers.SGD(0.1)\n"
        "opt.minimize(lambda: (x - 4.0) ** 2, var_list=[x])\n"
        "print(float(x))\n"
    )
    done = run_alone(program)
    assert float(done.stdout) == np.float32(8.8)


def test_adam_of_tensorflow_1_is_nearly_the_same():
    old = path_by_minimize(tf_keras.optimizers.Adam(0.1))
    older = path_by_minimize(COMPAT.AdamOptimizer(0.1))
    assert np.allclose(old, older, rtol=1e-4)
    assert old.tobytes() != older.tobytes()


def test_keras_without_tf_has_the_same_optimizers():
    assert keras.optimizers.SGD is tf.keras.optimizers.SGD
    assert keras.optimizers.Adam is tf.keras.optimizers.Adam


def test_a_variable_of_a_keras_3_model_holds_a_tf_variable():
    new, old = (model_of(lib).trainable_variables[0] for lib in (tf.keras, tf_keras))
    assert not isinstance(new, tf.Variable)
    assert isinstance(new.value, tf.Variable)
    assert isinstance(old, tf.Variable)


def test_the_environment_variable_changes_tf_keras_and_not_keras():
    program = (
        "import os\n"
        "os.environ['TF_USE_LEGACY_KERAS'] = '1'\n"
        "import keras\n"
        "import tensorflow as tf\n"
        "print(hasattr(tf.keras.optimizers.SGD, 'minimize'))\n"
        "print(hasattr(keras.optimizers.SGD, 'minimize'))\n"
    )
    done = run_alone(program)
    assert done.stdout.split() == ["True", "False"]


def test_the_environment_variable_has_no_effect_after_the_first_use_of_keras():
    done = run_alone(
        "import os, tensorflow as tf\n"
        "tf.keras.optimizers\n"
        "os.environ['TF_USE_LEGACY_KERAS'] = '1'\n"
        "print(hasattr(tf.keras.optimizers.SGD, 'minimize'))"
    )
    assert done.stdout.split() == ["False"]


def test_apply_gradients_of_tf_keras_refuses_variables_of_keras_3():
    variables = model_of(tf.keras).trainable_variables
    pairs = [(tf.zeros(v.shape), v) for v in variables]
    with pytest.raises(AttributeError, match="_unique_id"):
        tf_keras.optimizers.SGD(0.1).apply_gradients(pairs)


def test_minimize_of_tf_keras_refuses_variables_of_keras_3():
    model = model_of(tf.keras)
    with pytest.raises(ValueError, match="Passed in object <Variable path"):
        tf_keras.optimizers.SGD(0.1).minimize(
            lambda: loss_of(model), model.trainable_variables
        )


def test_watch_refuses_a_variable_of_keras_3():
    variable = model_of(tf.keras).trainable_variables[0]
    with (
        tf.GradientTape() as t,
        pytest.raises(ValueError, match="Passed in object <Variable path"),
    ):
        t.watch(variable)


@pytest.mark.parametrize("of_optimizer", LIBRARIES)
@pytest.mark.parametrize("of_model", LIBRARIES)
def test_compile_wants_optimizer_and_model_of_one_library(of_optimizer, of_model):
    model = model_of(LIBRARIES[of_model])
    opt = LIBRARIES[of_optimizer].optimizers.SGD(0.1)
    if of_optimizer == of_model:
        model.compile(optimizer=opt, loss="mse")
        return
    with pytest.raises(ValueError, match="Could not interpret optimizer identifier"):
        model.compile(optimizer=opt, loss="mse")


def test_an_optimizer_of_keras_3_moves_a_model_of_tf_keras():
    model, opt = model_of(tf_keras), tf.keras.optimizers.SGD(0.1)
    with tf.GradientTape() as t:
        before = loss_of(model)
    gradients = t.gradient(before, model.trainable_variables)
    opt.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    assert loss_of(model) < before


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_entry_of_a_backend_holds_what_the_script_runs(backend):
    entry = BACKENDS[backend]
    stored = {n: "\n".join(s["code"]) for n, s in entry["snippets"].items()}
    assert stored == {n: code.strip() for n, code in capture.SNIPPETS.items()}
    assert entry["captured"]["command"].endswith(capture.COMMAND)
    assert all(entry["captured"]["packages"].values())


def test_under_jax_a_tape_sees_tf_variables_only():
    found = BACKENDS["jax"]["snippets"]
    assert found["value_of_a_keras_variable"]["result"] == "jaxlib"
    assert found["tape_on_a_tf_variable"]["result"] == 12
    assert found["apply_gradients_to_a_tf_variable"]["result"] == np.float32(8.8)
    assert found["fit"]["result"] is True
    for name in ("tape_on_a_keras_variable", "tape_on_a_model"):
        assert found[name]["raised"] == "AttributeError"


def test_under_torch_a_variable_holds_a_parameter_of_torch():
    folder = Path(keras.src.backend.config.__file__).parent
    source = (folder / "torch" / "core.py").read_text(encoding="utf-8")
    assert "self._value = torch.nn.Parameter(" in source


def test_the_backend_is_read_from_a_file_and_from_the_environment():
    source = inspect.getsource(keras.src.backend.config)
    assert "keras.json" in source
    assert "KERAS_BACKEND" in source
