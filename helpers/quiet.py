"""Load TensorFlow without its start-up log lines."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
import sys
import tempfile

__all__: list[str] = []

# Set it before you import helpers: into how many logical devices TensorFlow
# shall split the processor. Afterwards it is too late, see `_split_processor`.
_DEVICES = "HELPERS_LOGICAL_DEVICES"


@contextmanager
def _native_stderr_kept() -> Iterator[None]:
    """Keep what native code writes to standard error out of sight.

    File descriptor 2 points to a temporary file inside the block. Python's own
    ``sys.stderr`` in a notebook does not use that descriptor, so Python warnings
    are seen as usual. Where the block raises, the kept text is written out
    after all: it may say why.
    """
    sys.stderr.flush()
    shown = os.dup(2)
    with tempfile.TemporaryFile() as kept:
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(shown, 2)
            kept.seek(0)
            os.write(2, kept.read())
            raise
        finally:
            os.dup2(shown, 2)
            os.close(shown)


def load_tensorflow_quietly() -> None:
    """Import TensorFlow and run one operation, where its log lines do not show.

    The lines carry times and process numbers and differ from machine to
    machine: on a page they would be noise, in a stored output a difference
    without a meaning. They come with the import and with the first operation,
    some of them at every log level, so the level alone does not silence them.
    A level that you set in the environment is left as it is, and a TensorFlow
    that is loaded already has had its say.

    The number of logical devices has to be set between the two. It is taken from
    the environment variable ``HELPERS_LOGICAL_DEVICES``, as TensorFlow and Keras
    take their settings::

        os.environ["HELPERS_LOGICAL_DEVICES"] = "2"
        import helpers

    Raises
    ------
    ValueError
        If ``HELPERS_LOGICAL_DEVICES`` is not a whole number from 1 on.
    RuntimeError
        If it asks for another number of devices than TensorFlow already has.
    """
    devices = _number_of_devices()
    if "tensorflow" in sys.modules:
        _split_processor(devices)
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _native_stderr_kept():
        import tensorflow as tf

        _split_processor(devices)
        tf.constant(0.0) + tf.constant(0.0)


def _number_of_devices() -> int:
    """Return how many logical devices are asked for; 0 where none are."""
    text = os.environ.get(_DEVICES, "")
    if text and not (text.isdecimal() and int(text) >= 1):
        raise ValueError(f"{_DEVICES} is {text!r}; it must be a whole number from 1 on")
    return int(text or 0)


def _split_processor(devices: int) -> None:
    """Let the processor count as that many logical devices; 0 leaves it alone.

    TensorFlow fixes its devices with the first operation. It takes the same
    setting again after that, and refuses another one.
    """
    if not devices:
        return
    import tensorflow as tf

    processor = tf.config.list_physical_devices("CPU")[0]
    parts = [tf.config.LogicalDeviceConfiguration()] * devices
    try:
        tf.config.set_logical_device_configuration(processor, parts)
    except RuntimeError as error:
        raise RuntimeError(
            f"{_DEVICES} is {devices}, but TensorFlow has already run an operation, "
            "and that fixed its devices. Restart, and import helpers first"
        ) from error
