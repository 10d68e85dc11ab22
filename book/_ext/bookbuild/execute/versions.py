"""The versions of Python and of the packages that execute the notebooks."""

from importlib.metadata import distributions, version
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


def all_installed() -> list[tuple[str, str]]:
    """Return name and version of every installed distribution."""
    found = (distribution.metadata for distribution in distributions())
    return sorted({(data["Name"], data["Version"]) for data in found})
