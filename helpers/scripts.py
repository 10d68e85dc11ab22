"""The script of a widget, with what several of them share."""

from pathlib import Path
import re

__all__: list[str] = []

_IMPORT = re.compile(r'(?m)^import \{[^}]*\} from "(\.[^"]+)";\n')


def whole_script(path: Path) -> str:
    """Return the ES module at ``path``, with the files that it imports put into it.

    A widget has one script. What it shares with others is in a file of its own,
    which names its parts with ``export`` and imports nothing.

    Parameters
    ----------
    path
        The module. Its imports are ``import { name } from "./file.js";``.
    """

    def shared(found: re.Match[str]) -> str:
        text = (path.parent / found[1]).read_text(encoding="utf-8")
        return re.sub(r"(?m)^export ", "", text)

    return _IMPORT.sub(shared, path.read_text(encoding="utf-8"))
