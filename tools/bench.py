"""Measure what a maintainer waits for, and what a reader waits for.

    python tools/bench.py [builds] [checks] [sweeps] [slider] [typed] [answers]
                          [errors]

Medians of several runs. A benchmark, not a test: nothing here can fail but by
failing to run.
"""

from collections.abc import Callable
import json
from pathlib import Path
import shutil
from statistics import median
import subprocess
import sys
import tempfile
import time
from typing import Any

import answers
import browsers
import nbformat

ROOT = Path(__file__).resolve().parent.parent
RUNS = 3


def timed(action: Callable[[], object]) -> float:
    """Return the seconds that ``action`` takes."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def report(name: str, seconds: list[float]) -> None:
    """Print the median of ``seconds``, and all of them."""
    runs = ", ".join(f"{s:.4g}" for s in seconds)
    print(f"{name:44} {median(seconds):9.4g} s   ({runs})", flush=True)


def run(*command: str, folder: Path = ROOT) -> None:
    """Run a command in ``folder``; show its output only if it fails."""
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode:
        sys.exit(result.stdout + result.stderr)


def bench_builds() -> None:
    """Time builds of a copy: cold, with nothing changed, with one change."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "book"
        left = shutil.ignore_patterns("_build", ".venv", ".git", "*_cache")
        shutil.copytree(ROOT, copy, ignore=left)

        def build() -> None:
            run("jupyter-book", "build", ".", "-W", "--keep-going", folder=copy)

        def cold() -> None:
            shutil.rmtree(copy / "_build", ignore_errors=True)
            build()

        report("build, nothing cached", [timed(cold) for _ in range(RUNS)])
        report("build, nothing changed", [timed(build) for _ in range(RUNS)])
        seconds = []
        for number in range(RUNS):
            change_a_cell(copy / "book" / "minimize.ipynb", number)
            seconds.append(timed(build))
        report("build, one notebook changed", seconds)


def change_a_cell(path: Path, number: int) -> None:
    """Change a code cell of a notebook, but not what it prints."""
    notebook = nbformat.read(path, as_version=4)
    cell = next(c for c in notebook.cells if c.cell_type == "code")
    cell.source += f"\n# {number}"
    nbformat.write(notebook, path)


def bench_checks() -> None:
    """Time nbval over all notebooks, and the import of the helpers."""
    nbval = ("pytest", "-n", "auto", "--dist", "loadfile", "--nbval", "book")
    report("nbval", [timed(lambda: run(*nbval)) for _ in range(RUNS)])
    for module in ("helpers", "helpers.explorer"):
        command = (sys.executable, "-c", f"import {module}")
        report(f"import {module}", [timed(lambda: run(*command)) for _ in range(5)])  # noqa: B023


def bench_sweeps() -> None:
    """Compare a sweep with eager loops, 61 rates x 50 steps, in one process."""
    from helpers.descent import OPTIMIZERS, compile_sweep, run_descent
    import numpy as np

    def f(x: object) -> object:
        return (x - 4.0) ** 2  # type: ignore[operator]

    rates = np.geomspace(0.001, 1.5, 61).tolist()
    for name, optimizer in OPTIMIZERS.items():
        begin = time.perf_counter()
        sweep = compile_sweep(f, name, learning_rates=rates, steps=50)
        sweep(10.0)
        first = time.perf_counter() - begin
        later = median(timed(lambda: sweep(10.0)) for _ in range(20))  # noqa: B023
        eager = timed(
            lambda: [
                run_descent(f, optimizer(rate), start=10.0, steps=50)  # noqa: B023
                for rate in rates
            ]
        )
        print(
            f"sweep, {name:9} first call {first:6.3g} s, then {1000 * later:5.3g} ms; "
            f"eager {eager:5.3g} s: {eager / later:,.0f} times",
            flush=True,
        )


DRAG = """async () => {
  const long = [];
  new PerformanceObserver(l => long.push(...l.getEntries().map(e => e.duration)))
    .observe({entryTypes: ["longtask"]});
  const slider = document.querySelector(".widget-slider input");
  const work = [];
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i <= Number(slider.max); i++) {
      slider.value = round % 2 ? slider.max - i : i;
      const begin = performance.now();
      slider.dispatchEvent(new Event("input"));
      work.push(performance.now() - begin);
      await new Promise(requestAnimationFrame);
    }
  }
  await new Promise(resolve => setTimeout(resolve, 300));
  return {work, long};
}"""


# Goes to the field and types losses, one after another. A picture counts from the
# end of the pause that your_loss.js waits for until it is painted; a sweep is one
# optimizer's at all rates, without a breath. `last` is the end of each loss.
TYPE = """async (last) => {
  const PAUSE = 120;
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const place = document.querySelector("[data-widget]");
  const painted = () => new Promise((resolve) => {
    const watch = new MutationObserver(() => {
      watch.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    });
    watch.observe(place, {childList: true});
  });
  const field = document.getElementById("loss-text");
  const found = {pictures: [], sweeps: {}};
  field.focus();
  await wait(2500);
  for (let k = 1; k <= 10; k++) {
    const shown = painted();
    field.value = `(x - 4)**2 + ${k}*sin(3*x)/4 + ${last}`;
    const begin = performance.now();
    field.dispatchEvent(new Event("input", {bubbles: true}));
    found.pictures.push(await shown - begin - PAUSE);
    await wait(2500);
  }
  const {parse, read, STYLES, sweepsOf} = globalThis.bookLoss;
  const loss = read(parse(field.value), ["10", "1"]);
  const rates = Array.from({length: 60}, (_, k) => 0.01 * 1.0887 ** k);
  for (const name of Object.keys(STYLES)) {
    found.sweeps[name] = [];
    for (let k = 0; k < 7; k++) {
      const sweep = sweepsOf(loss, [name], rates, 50);
      const begin = performance.now();
      while (!sweep.next().done);
      found.sweeps[name].push(performance.now() - begin);
      await wait(50);
    }
  }
  return found;
}"""


def in_slow_browser(page_name: str, script: str, argument: Any = None) -> Any:
    """Return what a script finds on a built page, slowed down four times."""
    from playwright.sync_api import sync_playwright

    program = browsers.installed(browsers.WITH_WINDOWS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.goto((ROOT / f"_build/html/book/{page_name}.html").as_uri())
        page.locator("html[data-ready]").wait_for()
        page.locator(".widget-slider").first.scroll_into_view_if_needed()
        page.wait_for_timeout(1000)
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        found = page.evaluate(script, argument)
        browser.close()
    return found


def bench_typed() -> None:
    """Type losses on the built page in a browser slowed down four times."""
    for variables, last in [("x", "0"), ("x and y", "5*y**2 + x*y/2")]:
        found = in_slow_browser("your_loss", TYPE, last)
        pictures = [ms / 1000 for ms in found["pictures"]]
        print(f"a loss of {variables}, in a browser slowed down four times:")
        report("picture after a pause", pictures[1:])
        report("the first of them", pictures[:1])
        for name, sweeps in found["sweeps"].items():
            report(f"60 rates x 50 steps of {name}", [ms / 1000 for ms in sweeps])


def bench_slider() -> None:
    """Drag the slider of the built page in a browser slowed down four times."""
    found = in_slow_browser("learning_rate", DRAG)
    work = sorted(found["work"])
    print(
        f"slider at 4x throttle: {len(work)} updates, median {median(work):.3g} ms, "
        f"95% within {work[int(0.95 * len(work))]:.3g} ms; "
        f"long tasks: {[round(ms) for ms in found['long']]}"
    )


def bench_errors() -> None:
    """Time what the box for error messages takes for a megabyte; 100 ms is the goal."""
    deno = shutil.which("deno", path=str(Path(sys.executable).parent)) or "deno"
    data = json.loads((ROOT / "helpers" / "messages.json").read_text("utf-8"))
    texts = megabytes()
    done = subprocess.run(
        [deno, "run", "--quiet", "--no-config", str(ROOT / "tools/time_search.js")],
        input=json.dumps({"data": data, "texts": list(texts.values())}),
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    for name, times in zip(texts, json.loads(done.stdout), strict=True):
        report(f"box, 1 MB of {name}", [ms / 1000 for ms in times])


def megabytes() -> dict[str, str]:
    """Return texts of a megabyte, as readers may paste them."""
    tracebacks = json.loads(
        (ROOT / "tests" / "fixtures" / "tracebacks.json").read_text("utf-8")
    )
    one = tracebacks["terminal"]["no_gradients"]
    line = "I1116 11:33:43.97 1406 train.py:219] step {} of the loss: {:.6f}\n"
    log = "".join(line.format(k, 1 / (k + 1)) for k in range(20_000))
    return {
        "a log, then a traceback": log[: 1_000_000 - len(one)] + one,
        "the same traceback, repeated": (one * (1_000_000 // len(one) + 1))[:1_000_000],
        "all tracebacks, repeated": ("\n".join(tracebacks["terminal"].values()) * 999)[
            :1_000_000
        ],
        "words without a kind": (
            "the loss of the optimizer has no gradient\n" * 25_000
        )[:1_000_000],
        "one long line": ("No gradients provided for any variable " * 26_000)[
            :1_000_000
        ],
    }


def main(names: list[str]) -> None:
    """Run the named benchmarks, or all."""
    benches = {
        "builds": bench_builds,
        "checks": bench_checks,
        "sweeps": bench_sweeps,
        "slider": bench_slider,
        "typed": bench_typed,
        "answers": answers.compare,
        "errors": bench_errors,
    }
    for name in names or benches:
        benches[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
