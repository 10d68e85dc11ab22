"""Have Lighthouse judge every page of the built site, as a phone meets it.

    python tools/audit.py [PAGE ...]

Needs Node and a Chromium or Chrome. Each page is visited RUNS times from a
server that compresses, as GitHub Pages does; the medians are printed as a table
and written to _build/audit.md. Ends with 1 if a page misses a goal.
"""

from functools import cache
import gzip
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
import json
import os
from pathlib import Path
import shutil
from statistics import median
import subprocess
import sys
import threading
from typing import Any

import browsers

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
LIGHTHOUSE = "lighthouse@12.8.2"
RUNS = 3
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
# Without a screen whose pace it keeps, Chromium shows every fourth page's first
# frame a whole second late, while it has nothing to do.
FLAGS += " --disable-frame-rate-limit --disable-gpu-vsync"
# What is measured, and the least or the most that is good enough.
AT_LEAST = {
    "performance": 97,
    "accessibility": 100,
    "best-practices": 100,
    "seo": 100,
}
AT_MOST = {
    "largest-contentful-paint": 1800,  # milliseconds
    "cumulative-layout-shift": 0.05,
    "total-blocking-time": 200,  # milliseconds
}
# What a reader does not come to read.
NOT_PAGES = {"404.html", "genindex.html", "search.html"}
COMPRESSED = (".html", ".css", ".js", ".svg", ".json")


class CompressingHandler(SimpleHTTPRequestHandler):
    """Serve the site compressed, and let it be kept for ten minutes."""

    def __init__(self, *args: Any, directory: str = str(SITE)) -> None:
        super().__init__(*args, directory=directory)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def send_head(self) -> Any:
        """Answer a request, with a compressed body where that is usual."""
        path = Path(self.translate_path(self.path))
        if path.suffix not in COMPRESSED or not path.is_file():
            return super().send_head()
        body = compressed(path)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        return BytesIO(body)


@cache
def compressed(path: Path) -> bytes:
    """Return a file as it is sent; a file is compressed once, as by a host."""
    return gzip.compress(path.read_bytes(), 6)


def lighthouse(address: str, chrome: str) -> dict[str, float]:
    """Return what one run of Lighthouse measures at ``address``."""
    command = ["npx", "--yes", LIGHTHOUSE, address, "--output=json", "--quiet"]
    command += [f"--chrome-flags={FLAGS}", "--only-categories=" + ",".join(AT_LEAST)]
    run = subprocess.run(
        command,
        env=os.environ | {"CHROME_PATH": chrome},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise SystemExit(f"Lighthouse failed at {address}:\n{run.stderr}")
    report = json.loads(run.stdout)
    found = {n: 100 * report["categories"][n]["score"] for n in AT_LEAST}
    for name in AT_MOST:
        found[name] = report["audits"][name]["numericValue"]
    for name in AT_LEAST:
        for ref in report["categories"][name]["auditRefs"]:
            audit = report["audits"][ref["id"]]
            if name != "performance" and ref["weight"] and audit["score"] == 0:
                print(f"  {audit['id']}: {audit['title']}", file=sys.stderr)
    return found


def audit(page: str, root: str, chrome: str) -> dict[str, float]:
    """Return the medians of all runs at ``page``."""
    runs = [lighthouse(f"{root}/{page}", chrome) for _ in range(RUNS)]
    return {name: median(run[name] for run in runs) for name in runs[0]}


def row(page: str, found: dict[str, float]) -> str:
    """Return a line of the table; a missed goal carries a mark."""
    cells = [f"{page:28}"]
    for name, value in found.items():
        text = f"{value:.3f}" if "shift" in name else f"{value:.0f}"
        cells.append(f"{text + ('' if is_met(name, value) else ' !'):>8}")
    return "| " + " | ".join(cells) + " |"


def is_met(name: str, value: float) -> bool:
    """Say whether a goal is met."""
    if name in AT_LEAST:
        return round(value) >= AT_LEAST[name]
    return value <= AT_MOST[name]


def main() -> None:
    """Audit the pages that are named, or all."""
    chrome = browsers.installed(browsers.WITH_WINDOWS)
    if chrome is None or shutil.which("npx") is None:
        raise SystemExit("Lighthouse needs Node (npx) and a Chromium or Chrome")
    found = sorted(p.relative_to(SITE).as_posix() for p in SITE.rglob("*.html"))
    pages = sys.argv[1:] or [
        p for p in found if not p.startswith("_static/") and p not in NOT_PAGES
    ]
    names = ["page", "perf.", "access.", "pract.", "SEO", "LCP ms", "shift", "TBT ms"]
    lines = [
        "| " + " | ".join([f"{names[0]:28}", *(f"{n:>8}" for n in names[1:])]) + " |",
        "|" + "---|" * len(names),
    ]
    print("\n".join(lines), flush=True)
    missed = False
    with ThreadingHTTPServer(("127.0.0.1", 0), CompressingHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for page in pages:
            result = audit(page, f"http://127.0.0.1:{server.server_port}", chrome)
            missed |= not all(is_met(n, v) for n, v in result.items())
            lines.append(row(page, result))
            print(lines[-1], flush=True)
        server.shutdown()
    (ROOT / "_build" / "audit.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
