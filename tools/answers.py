"""Measure when a page is shown, and when it answers, on a slow phone.

    python tools/answers.py [SITE ...]

A phone's width, a network of 1.6 Mbit/s with 150 ms to an answer, a processor
slowed down four times, and nothing in the browser's cache. A page is visited
twice: once its widgets are watched, and once its menu is tried again and again
until it opens. Several built sites, such as one of before a change and one of
after it, are visited in turn. Where other programs are at work,
`chrt --rr 1 python tools/answers.py` lets the browser go first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
import os
from pathlib import Path
from statistics import median
import sys
import threading
from typing import Any, NamedTuple

from audit import FLAGS, SITE, CompressingHandler
import browsers
from playwright.sync_api import Browser, Page, sync_playwright

PAGES = ("learning_rate", "optimizers", "persistent_tapes")
RUNS = 5
PHONE: Any = {"width": 360, "height": 740}
NETWORK = {
    "offline": False,
    "latency": 150,  # milliseconds
    "downloadThroughput": 1.6e6 / 8,  # bytes a second
    "uploadThroughput": 0.75e6 / 8,
}
SLOWER = 4

# Notes when the page is painted, when its first widget is there, and which
# tasks keep the page from answering.
WATCH = """
globalThis.seen = {tasks: [], scripts: []};
const watch = (type, note) =>
  new PerformanceObserver((list) => list.getEntries().forEach(note))
    .observe({type, buffered: true});
watch("paint", (e) => (seen[e.name] = e.startTime));
watch("largest-contentful-paint", (e) => (seen.largest = e.startTime));
watch("longtask", (e) => seen.tasks.push(e.duration));
watch("long-animation-frame", (frame) => {
  for (const {duration, sourceURL, invoker} of frame.scripts) {
    const source = sourceURL.split("/").at(-1).split("?")[0] || invoker;
    if (duration > 50) seen.scripts.push(`${source} ${Math.round(duration)}`);
  }
});
new MutationObserver(() => {
  if (document.querySelector(".widget-ready")) {
    seen.widget ??= performance.now();
  }
}).observe(document, {subtree: true, attributeFilter: ["class"]});
"""
# Opens the menu as soon as that can be done.
TRY_MENU = """
const attempt = setInterval(() => {
  document.querySelector(".primary-toggle")?.click();
  if (!document.querySelector("dialog[open]")) return;
  clearInterval(attempt);
  globalThis.menu = performance.now();
}, 20);
"""
# Uses the first widget as a reader does; says whether anything has changed.
USE = """() => {
  const live = document.querySelector(".widget-ready > .widget-live");
  const input = live.querySelector("input[type=range]");
  const before = live.innerHTML;
  if (input) {
    input.value = Number(input.value) ? 0 : 1;
    input.dispatchEvent(new Event("input", {bubbles: true}));
  } else {
    live.querySelector("button:not(:disabled)").click();
  }
  return live.innerHTML !== before;
}"""


class Answer(NamedTuple):
    """What one look at a page has found: milliseconds since it was asked for.

    ``blocked`` is the sum of what each long task lasts above 50 ms; ``scripts``
    names the scripts that ran longer than that, each with its time.
    """

    first: float
    largest: float
    widget: float
    menu: float
    blocked: float
    scripts: tuple[str, ...]


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve the folder of a site, compressed; yield its address."""
    handler = partial(CompressingHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def browser() -> Iterator[Browser]:
    """Yield a browser."""
    program = browsers.installed(browsers.WITH_WINDOWS)
    if program is None:
        raise SystemExit("a Chromium or Chrome is needed")
    flags = [flag for flag in FLAGS.split() if not flag.startswith("--headless")]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=flags)
        yield opened
        opened.close()


@contextmanager
def visit(opened: Browser, address: str, script: str) -> Iterator[Page]:
    """Yield the page at ``address`` on a slow phone, its ``script`` running."""
    context = opened.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.add_init_script(script)
    session: Any = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address)
    yield page
    context.close()


def look(opened: Browser, address: str) -> Answer:
    """Visit the page at ``address``; return when it is shown and answers."""
    with visit(opened, address, WATCH) as page:
        page.locator(".widget-ready").first.wait_for(state="attached")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
        seen = page.evaluate("seen")
        if not page.evaluate(USE):
            raise SystemExit(f"{address}: the first widget does not answer")
    with visit(opened, address, TRY_MENU) as page:
        page.locator("dialog[open]").wait_for()
        menu = page.evaluate("menu")
    return Answer(
        seen["first-contentful-paint"],
        seen["largest"],
        seen["widget"],
        menu,
        sum(duration - 50 for duration in seen["tasks"]),
        tuple(seen["scripts"]),
    )


def row(name: str, looks: list[Answer]) -> str:
    """Return a line with the medians, and the scripts that ran long at all."""
    middle = [f"{median(one):8.0f}" for one in list(zip(*looks, strict=True))[:-1]]
    long = sorted({script for one in looks for script in one.scripts})
    return f"{name:32}{''.join(middle)}   {', '.join(long)}"


def compare(*sites: Path) -> None:
    """Print the medians for each page of each site, visited in turn.

    Without a site, the one that is built here is visited.
    """
    sites = sites or (SITE,)
    names = [*Answer._fields[:-1], "  scripts above 50 ms"]
    print(f"{'milliseconds':32}" + "".join(f"{name:>8}" for name in names))
    with browser() as opened:
        for page in PAGES:
            looks: list[list[Answer]] = [[] for _ in sites]
            for _ in range(RUNS):
                for site, found in zip(sites, looks, strict=True):
                    with served(site) as address:
                        found.append(look(opened, f"{address}/book/{page}.html"))
            for site, found in zip(sites, looks, strict=True):
                print(row(f"{page}, {site}" if sites[1:] else page, found), flush=True)
    print(f"load of this machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    compare(*map(Path, sys.argv[1:]))
