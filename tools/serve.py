"""Serve the built site on this machine.

    python tools/serve.py [PORT]

The port is the first free one from PORT on. Ctrl-C ends it.
"""

import errno
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
import sys

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"
TRIES = 50


def open_server(port: int) -> ThreadingHTTPServer:
    """Return a server of the site on the first free port from ``port`` on."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(SITE))
    for candidate in range(port, port + TRIES):
        try:
            return ThreadingHTTPServer(("127.0.0.1", candidate), handler)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise SystemExit(f"no free port from {port} to {port + TRIES - 1}")


def main() -> None:
    """Serve until Ctrl-C."""
    with open_server(int(sys.argv[1]) if len(sys.argv) > 1 else 8000) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        print(f"The book is at {address} (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("\nstopped")


if __name__ == "__main__":
    main()
