"""What brings the error messages that older versions of TensorFlow word otherwise.

`capture_older_tensorflow` runs each snippet in the versions from the first to
the last that are named here, and keeps what it raises, or else what it logs.
"""

# The first version, the last one, and the code.
MESSAGES = {
    "no_gradients": (
        "2.0",
        "2.10",
        """
x = tf.Variable(10.0)
opt = tf.keras.optimizers.SGD(learning_rate=0.1)
loss = (x - 4.0) ** 2
opt.minimize(lambda: loss, var_list=[x])
""",
    ),
    "some_gradients": (
        "2.0",
        "2.10",
        """
x, b = tf.Variable(10.0), tf.Variable(1.0)
opt = tf.keras.optimizers.SGD(learning_rate=0.1)
opt.apply_gradients([(tf.constant(12.0), x), (None, b)])
""",
    ),
    "none_in_get_gradients": (
        "2.0",
        "2.10",
        """
with tf.Graph().as_default():
    x = tf.Variable(10.0)
    tf.keras.optimizers.SGD().get_gradients(tf.constant(1.0), [x])
""",
    ),
    "none_in_get_gradients_of_keras": (
        "2.0",
        "2.0",
        """
from tensorflow.python.keras import optimizers
with tf.Graph().as_default():
    x = tf.Variable(10.0)
    optimizers.Adagrad().get_gradients(tf.constant(1.0), [x])
""",
    ),
    "gradient_of_whole_number": (
        "2.0",
        "2.10",
        """
x = tf.Variable(10)
with tf.GradientTape() as t:
    y = x * x
t.gradient(y, x)
""",
    ),
    "minimize_of_a_tensor": (
        "2.0",
        "2.10",
        """
x = tf.Variable(10.0)
opt = tf.keras.optimizers.SGD(learning_rate=0.1)
opt.minimize((x - 4.0) ** 2, var_list=[x])
""",
    ),
    "second_call": (
        "2.0",
        "2.10",
        """
x = tf.Variable(10.0)
with tf.GradientTape() as t:
    y = x * x
t.gradient(y, x)
t.gradient(y, x)
""",
    ),
    "entered_twice": (
        "2.0",
        "2.10",
        """
with tf.GradientTape() as t:
    with t:
        pass
""",
    ),
    "jacobian_inside": (
        "2.0",
        "2.3",
        """
x = tf.Variable([1.0, 2.0])
with tf.GradientTape() as t:
    y = x * x
    t.jacobian(y, x)
    t.jacobian(y, x)
""",
    ),
    "jacobian_of_an_operation": (
        "2.0",
        "2.0",
        """
x = tf.Variable(tf.ones((1, 4, 4, 1)))
with tf.GradientTape() as t:
    y = tf.image.resize(x, (2, 2), "bicubic")
t.jacobian(y, x)
""",
    ),
    "unknown_argument": (
        "2.0",
        "2.10",
        """
tf.keras.optimizers.SGD(learnrate=0.1)
""",
    ),
    "learning_rate_for_lr": (
        "2.0",
        "2.0",
        """
from tensorflow.python.keras import optimizers
optimizers.SGD(learning_rate=0.1)
""",
    ),
    "decay": (
        "2.12",
        "2.15",
        """
tf.keras.optimizers.Adam(decay=1e-4)
""",
    ),
    "no_legacy": (
        "2.3",
        "2.6",
        """
tf.keras.optimizers.legacy.Adam()
""",
    ),
    "no_name": (
        "2.0",
        "2.10",
        """
tf.keras.optimizers.Adam().name
""",
    ),
    "no_build": (
        "2.0",
        "2.10",
        """
tf.keras.optimizers.Adam().build([tf.Variable(10.0)])
""",
    ),
    "no_build_in_legacy": (
        "2.12",
        "2.15",
        """
tf.keras.optimizers.legacy.Adam().build([tf.Variable(10.0)])
""",
    ),
    "get_updates_with_constraints": (
        "2.0",
        "2.10",
        """
tf.keras.optimizers.Adam().get_updates([], [], tf.constant(1.0))
""",
    ),
    "unknown_optimizer": (
        "2.0",
        "2.15",
        """
tf.keras.optimizers.get("RAdam")
""",
    ),
    "unknown_custom_optimizer": (
        "2.0",
        "2.6",
        """
config = {"class_name": "Custom>Adam", "config": {}}
tf.keras.optimizers.deserialize(config)
""",
    ),
    "a_number_as_optimizer": (
        "2.3",
        "2.15",
        """
tf.keras.optimizers.get(0.9)
""",
    ),
    "import_from_keras": (
        "2.6",
        "2.6",
        """
from keras.optimizers import Adam
""",
    ),
    "import_from_tensorflow_python": (
        "2.6",
        "2.15",
        """
from tensorflow.python.keras.optimizers import Adam
""",
    ),
    "keras_legacy": (
        "2.6",
        "2.10",
        """
from keras.legacy import interfaces
""",
    ),
    "callback_without_rate": (
        "2.0",
        "2.10",
        """
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
model.compile(tf.compat.v1.train.GradientDescentOptimizer(0.1), "mse")
callback = tf.keras.callbacks.LearningRateScheduler(lambda epoch: 0.1)
model.fit(tf.ones((4, 1)), tf.ones((4, 1)), callbacks=[callback], verbose=0)
""",
    ),
    "own_apply_gradients": (
        "2.0",
        "2.0",
        """
class Clipped(tf.keras.optimizers.SGD):
    def apply_gradients(self, grads_and_vars, clip_norm):
        super().apply_gradients(grads_and_vars)
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
model.compile(Clipped(0.1), "mse")
model.fit(tf.ones((4, 1)), tf.ones((4, 1)), verbose=0)
""",
    ),
    "fit_with_own_apply_gradients": (
        "2.3",
        "2.3",
        """
class Clipped(tf.keras.optimizers.SGD):
    def apply_gradients(self, grads_and_vars, name=None):
        super().apply_gradients(grads_and_vars, name)
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
model.compile(Clipped(0.1), "mse")
model.fit(tf.ones((4, 1)), tf.ones((4, 1)), verbose=0)
""",
    ),
    "optimizer_state": (
        "2.0",
        "2.10",
        """
import h5py, tempfile
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
model.compile("adam", "mse")
model.fit(tf.ones((4, 1)), tf.ones((4, 1)), verbose=0)
with tempfile.TemporaryDirectory() as folder:
    path = folder + "/model.h5"
    model.save(path)
    with h5py.File(path, "a") as file:
        weights = file["optimizer_weights"]
        weights.attrs["weight_names"] = weights.attrs["weight_names"][:2]
    tf.keras.models.load_model(path)
""",
    ),
    "gradient_of_a_symbol": (
        "2.6",
        "2.15",
        """
x = tf.keras.Input((1,))
with tf.GradientTape() as t:
    y = tf.keras.layers.Dense(1)(x)
t.gradient(y, x)
""",
    ),
    "symbol_in_a_loss": (
        "2.0",
        "2.10",
        """
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
model.compile("sgd", lambda y, p: tf.reduce_mean((p - model.input) ** 2))
model.fit(tf.ones((4, 1)), tf.ones((4, 1)), verbose=0)
""",
    ),
    "left_a_function": (
        "2.0",
        "2.15",
        """
kept = []
@tf.function
def step(x):
    kept.append(x ** 2)
step(tf.constant(3.0))
kept[0] + 1.0
""",
    ),
    "left_for_another_function": (
        "2.0",
        "2.15",
        """
kept = []
@tf.function
def inner(x):
    kept.append(x ** 2)
    return x
@tf.function
def outer(x):
    inner(x)
    return kept[0] + x
outer(tf.constant(3.0))
""",
    ),
    "numpy_in_a_function": (
        "2.0",
        "2.10",
        """
@tf.function
def loss(x):
    return np.square(x)
loss(tf.constant(3.0))
""",
    ),
    "variable_in_a_function": (
        "2.0",
        "2.10",
        """
@tf.function
def step():
    return tf.Variable(1.0)
step()
""",
    ),
    "tensor_as_bool": (
        "2.0",
        "2.10",
        """
@tf.function
def larger(x):
    return max(x, 2.0)
larger(tf.constant(3.0))
""",
    ),
    "variable_as_key": (
        "2.0",
        "2.10",
        """
hash(tf.Variable(1.0))
""",
    ),
    "tensor_as_key": (
        "2.0",
        "2.10",
        """
hash(tf.constant(1.0))
""",
    ),
    "graph_of_a_tensor": (
        "2.0",
        "2.10",
        """
tf.constant(1.0).graph
""",
    ),
    "overwrite_with_gradient": (
        "2.17",
        "2.17",
        """
import keras
pairs = [(tf.constant(12.0), keras.Variable(10.0))]
pairs += [(tf.constant(12.0), tf.Variable(10.0))]
keras.optimizers.SGD(0.1).apply_gradients(pairs)
""",
    ),
    "lr_for_learning_rate": (
        "2.6",
        "2.10",
        """
import warnings
with warnings.catch_warnings():
    warnings.simplefilter("error")
    tf.keras.optimizers.SGD(lr=0.1)
""",
    ),
    "gradient_of_none": (
        "2.0",
        "2.10",
        """
x = tf.Variable(10.0)
with tf.GradientTape() as t:
    y = x * x
t.gradient(None, x)
""",
    ),
    "none_in_a_graph": (
        "2.0",
        "2.0",
        """
with tf.Graph().as_default():
    tf.convert_to_tensor(None)
""",
    ),
    "fetch_none": (
        "2.0",
        "2.10",
        """
with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    x = tf.constant(1.0)
    session.run([x, None])
""",
    ),
    "own_without_name": (
        "2.6",
        "2.10",
        """
class Own(tf.keras.optimizers.Optimizer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
Own()
""",
    ),
    "apply_gradients_of_old_keras": (
        "2.0",
        "2.10",
        """
from tensorflow.python.keras import optimizers
class Own(optimizers.Optimizer):
    pass
Own().apply_gradients
""",
    ),
    "tensor_for_a_variable": (
        "2.0",
        "2.3",
        """
pairs = [(tf.constant(12.0), tf.constant(10.0))]
tf.keras.optimizers.Adam().apply_gradients(pairs)
""",
    ),
    "without_var_list": (
        "2.0",
        "2.10",
        """
x = tf.Variable(10.0)
tf.keras.optimizers.SGD().minimize(lambda: x * x)
""",
    ),
    "step_in_a_scope": (
        "2.0",
        "2.0",
        """
with tf.distribute.MirroredStrategy(["CPU:0"]).scope():
    x = tf.Variable(10.0)
    opt = tf.keras.optimizers.SGD()
    opt.apply_gradients([(tf.constant(12.0), x)])
""",
    ),
    "no_loss_to_compile": (
        "2.0",
        "2.0",
        """
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
model.compile("sgd")
model.fit(tf.ones((4, 1)), tf.ones((4, 1)), verbose=0)
""",
    ),
    "fit_before_compile": (
        "2.0",
        "2.10",
        """
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
model.fit(tf.ones((4, 1)), tf.ones((4, 1)), verbose=0)
""",
    ),
    "variable_without_value": (
        "2.0",
        "2.10",
        """
handle = tf.raw_ops.VarHandleOp(dtype=tf.float32, shape=[], shared_name="x")
tf.raw_ops.ReadVariableOp(resource=handle, dtype=tf.float32)
""",
    ),
    "operation_of_a_tensor": (
        "2.0",
        "2.10",
        """
tf.constant(1.0).op
""",
    ),
    "variables_in_a_custom_gradient": (
        "2.0",
        "2.10",
        """
w = tf.Variable(2.0)
@tf.custom_gradient
def scaled(x):
    return w * x, lambda upstream: upstream
scaled(tf.constant(1.0))
""",
    ),
    "optimizer_of_keras": (
        "2.6",
        "2.6",
        """
import keras
keras.optimizers.Adam
""",
    ),
}
