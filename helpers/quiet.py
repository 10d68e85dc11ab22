"""Load TensorFlow without its start-up log lines."""

from collections.abc import Iterator
from contextlib import contextmanager
import os
import sys
import tempfile

__all__: list[str] = []


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
    """
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _native_stderr_kept():
        import tensorflow as tf

        tf.constant(0.0) + tf.constant(0.0)
