"""Start a process that Ctrl-C can stop, however the tests were started."""

import os
import signal
from typing import Any

# What a shell starts in the background ignores the signal of Ctrl-C, and so does
# each process that it starts in turn.
HEEDS_INTERRUPTS: dict[str, Any] = (
    {}
    if os.name == "nt"
    else {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
)
