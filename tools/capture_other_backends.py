"""Capture what a tape sees where Keras computes with another library.

The chapter keras3 says what happens to `tf.GradientTape` under KERAS_BACKEND.
The book needs no second library for that: run this once where one is installed,
and it writes the entry of that backend into book/_data/other_backends.json::

    python -m pip install "jax[cpu]"
    KERAS_BACKEND=jax python tools/capture_other_backends.py
"""

from datetime import date
import json
from pathlib import Path
from typing import Any

from capture_older_tensorflow import installed, outcome

ROOT = Path(__file__).resolve().parent.parent
CAPTURED = ROOT / "book" / "_data" / "other_backends.json"
COMMAND = "python tools/capture_other_backends.py"

# Each snippet leaves what it found in `result`.
SNIPPETS = {
    "value_of_a_keras_variable": """
v = tf.keras.Variable(10.0)
result = type(v.value).__module__.split(".")[0]
""",
    "tape_on_a_tf_variable": """
x = tf.Variable(10.0)
with tf.GradientTape() as t:
    y = (x - 4.0) ** 2
result = float(t.gradient(y, x))
""",
    "apply_gradients_to_a_tf_variable": """
x = tf.Variable(10.0)
opt = tf.keras.optimizers.SGD(learning_rate=0.1)
opt.apply_gradients([(tf.constant(12.0), x)])
result = float(x)
""",
    "tape_on_a_keras_variable": """
v = tf.keras.Variable(10.0)
with tf.GradientTape() as t:
    y = (v - 4.0) ** 2
result = float(t.gradient(y, v))
""",
    "tape_on_a_model": """
inputs = np.array([[0.0], [1.0], [2.0], [3.0]], dtype="float32")
model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
model.build((None, 1))
with tf.GradientTape() as t:
    loss = tf.reduce_mean((model(inputs) - 3 * inputs) ** 2)
result = len(t.gradient(loss, model.trainable_variables))
""",
    "fit": """
inputs = np.array([[0.0], [1.0], [2.0], [3.0]], dtype="float32")
model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
model.compile(optimizer=tf.keras.optimizers.SGD(learning_rate=0.1), loss="mse")
losses = model.fit(inputs, 3 * inputs, epochs=20, verbose=0).history["loss"]
result = losses[-1] < losses[0]
""",
}


def main() -> None:
    """Write the entry of the backend that Keras computes with here."""
    import numpy as np
    import tensorflow as tf

    backend = tf.keras.config.backend()
    entries = (
        json.loads(CAPTURED.read_text(encoding="utf-8")) if CAPTURED.exists() else {}
    )
    entries[backend] = {
        "captured": how(backend),
        "snippets": {
            name: outcome(code.strip(), {"np": np, "tf": tf})
            for name, code in SNIPPETS.items()
        },
    }
    ordered = {name: entries[name] for name in sorted(entries)}
    CAPTURED.write_text(json.dumps(ordered, indent=2) + "\n", encoding="utf-8")
    print(f"wrote the entry of {backend} to {CAPTURED.name}")


def how(backend: str) -> dict[str, Any]:
    """Say how the entry of ``backend`` comes about: command, date and versions."""
    packages = ("tensorflow", "keras", backend)
    return {
        "command": f"KERAS_BACKEND={backend} {COMMAND}",
        "date": date.today().isoformat(),
        "packages": {name: installed(name) for name in packages},
    }


if __name__ == "__main__":
    main()
