"""Let one process at a time work in a folder."""

from pathlib import Path
import sys
from typing import IO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def lock(path: Path) -> IO[str] | None:
    """Lock the file at ``path``; return it, or nothing if it is locked.

    Closing the file ends the lock, and so does the end of the process, in
    whichever way it ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("w", encoding="utf-8")
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file
