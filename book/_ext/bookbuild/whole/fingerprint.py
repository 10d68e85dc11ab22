"""Tell whether anything that the site rests on has changed."""

from collections.abc import Mapping
import hashlib
from pathlib import Path
import sys

from ..execute.versions import all_installed

# Folders of the project that pages are made from; files at its top are, too.
FOLDERS = ("book", "helpers")
# Not made by people.
LEFT_OUT = {"__pycache__", ".ipynb_checkpoints"}
# The settings that a build takes from the environment begin like this.
SETTING = "BOOK_"


def fingerprint(root: Path, environment: Mapping[str, str]) -> str:
    """Return a digest of what the site of the project at ``root`` rests on.

    These are its files, Python, every installed distribution, and the settings
    among the variables of the ``environment``.
    """
    files = [path for path in root.iterdir() if path.is_file()]
    for folder in FOLDERS:
        files += (
            path
            for path in (root / folder).rglob("*")
            if path.is_file() and not LEFT_OUT.intersection(path.parts)
        )
    settings = {k: v for k, v in environment.items() if k.startswith(SETTING)}
    digest = hashlib.sha256(
        repr([sys.version, all_installed(), sorted(settings.items())]).encode()
    )
    for file in sorted(files):
        content = hashlib.sha256(file.read_bytes()).digest()
        digest.update(file.relative_to(root).as_posix().encode() + content)
    return digest.hexdigest()
