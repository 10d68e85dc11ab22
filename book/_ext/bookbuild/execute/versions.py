"""The versions of Python, TensorFlow and Keras that execute the notebooks."""

from importlib.metadata import version
import platform

PACKAGES = {
    "TensorFlow": "tensorflow",
    "Keras": "keras",
    "tf_keras": "tf-keras",
}


def installed() -> dict[str, str]:
    """Return the versions that decide what a notebook prints.

    The executions are thrown away when one of them changes (see `cache.key`):
    what is installed now is what they ran with.
    """
    return {"Python": platform.python_version()} | {
        name: version(package) for name, package in PACKAGES.items()
    }
