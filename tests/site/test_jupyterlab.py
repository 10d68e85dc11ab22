"""A chapter with widgets in a real JupyterLab, as a reader runs it."""

from contextlib import contextmanager
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen
from uuid import uuid4

import nbformat
from playwright.sync_api import expect
import pytest
from support.browser import Visit
from support.notebooks import BOOK

# One server for all of them.
pytestmark = pytest.mark.xdist_group("jupyterlab")

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    PORT = free.getsockname()[1]
ADDRESS = f"http://127.0.0.1:{PORT}"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Run JupyterLab on a copy of the book; yield its address."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(BOOK, folder / "book", ignore=shutil.ignore_patterns("_*"))
    for path in (folder / "book").glob("*.ipynb"):
        without_outputs(path)
    settings = folder / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    # Keep cells that are out of sight in the page, where the test finds them.
    (settings / "tracker.jupyterlab-settings").write_text(
        json.dumps({"windowingMode": "none"}), encoding="utf-8"
    )
    log = (folder / "log").open("w", encoding="utf-8")
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *(
                f"--port={PORT}",
                "--IdentityProvider.token=",
                f"--notebook-dir={folder}",
            ),
        ],
        env=os.environ
        | {
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        },
        stdout=log,
        stderr=log,
    )
    try:
        for _ in range(120):
            try:
                urlopen(f"{ADDRESS}/api", timeout=5)
                break
            except (URLError, OSError):
                time.sleep(0.5)
        yield folder
    finally:
        server.terminate()
        server.wait(20)
        log.close()


@contextmanager
def opened(chromium, name):
    """Open a notebook in a page wide enough for it and its side bar."""
    with Visit(chromium, viewport={"width": 1400, "height": 1000}) as page:
        # A workspace of its own: JupyterLab opens again what was open before.
        page.goto(f"{ADDRESS}/lab/workspaces/{uuid4().hex}/tree/book/{name}.ipynb")
        expect(page.get_by_role("button", name="| Idle")).to_be_visible(timeout=90_000)
        yield page


def run_all(page):
    """Run all cells of a notebook, and wait until they are done."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator("[data-command='runmenu:run-all']").click()
    prompts = page.locator(".jp-CodeCell .jp-InputPrompt")
    expect(prompts.last).to_have_text(re.compile(r"\[\d+\]:"), timeout=180_000)


def without_outputs(path):
    """Clear the outputs of a notebook, and unfold its solutions."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.metadata.pop("jupyter", None)
    nbformat.write(notebook, path)


def with_last_cell(path, source):
    """Add a cell to a notebook."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(source))
    nbformat.write(notebook, path)


# What tests have in common is the notebook that was run: it takes longest.
@pytest.fixture(scope="module")
def learning_rate(lab, chromium):
    """Yield the chapter, run, with a typed loss and cells that print the runs."""
    path = lab / "book" / "learning_rate.ipynb"
    with_last_cell(path, "print('chosen:', explorer.run)")
    typed = "(x - 7)**2 + 0*tf.sin(x)"
    with_last_cell(
        path,
        "from helpers.explorer import explore_loss\n"
        f"own = explore_loss({typed!r}, optimizers=['SGD', 'Adam'])\nown",
    )
    with_last_cell(path, "print('own:', own.run)")
    with opened(chromium, "learning_rate") as page:
        run_all(page)
        yield page


@pytest.fixture(scope="module")
def minimize(lab, chromium):
    """Yield the chapter, run, and whether an outcome was folded before that.

    It is opened as it is stored, with a prediction and its answer at the end.
    """
    path = shutil.copy(BOOK / "minimize.ipynb", lab / "book" / "minimize.ipynb")
    asks = "asked = predict('How many?', answer=len('abc'), wrong=[(2, 'One less.')])"
    with_last_cell(path, f"{asks}\nasked")
    with_last_cell(path, "print('you said', repr(asked.given), repr(asked.verdict))")
    with opened(chromium, "minimize") as page:
        outcome = page.locator(".jp-CodeCell", has_text=OUTCOME)
        expect(outcome).to_contain_text("before")
        folded = outcome.get_by_text(PRINTED).is_hidden()
        first_line = outcome.inner_text().strip().splitlines()[-1]
        run_all(page)
        yield page, folded, first_line


# The cell with an outcome, and what is printed in its second line.
OUTCOME, PRINTED = "by the formula {predicted", "by the formula 8.8"


def test_the_explorer_is_live(learning_rate):
    page = learning_rate
    plot = page.locator(".convergence").first
    plot.scroll_into_view_if_needed()
    reading = plot.locator(".convergence-reading")
    expect(reading).to_contain_text("At the learning rate 0.1 the run converges")
    dots = plot.locator("g[id$=dots] path").first
    before = dots.get_attribute("d")
    last = page.locator(".jp-CodeCell", has_text="print('chosen:'")
    expect(last).to_contain_text("x: 10 -> 4.00009, loss: 36 -> 7.28528e-09")

    page.get_by_role("slider").first.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(reading).to_contain_text("At the learning rate 0.14 the run converges")
    assert dots.get_attribute("d") != before

    last.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    # 4 + 6 * (1 - 2 * 0.14)^50
    expect(last).to_contain_text("x: 10 -> 4", timeout=30_000)
    expect(last).not_to_contain_text("7.28528e-09")


def test_a_typed_loss_is_live(learning_rate):
    page = learning_rate
    own = page.locator(".jp-CodeCell", has_text="own = explore_loss")
    own.scroll_into_view_if_needed()
    reading = own.locator(".convergence-reading")
    expect(reading).to_contain_text("At the learning rate 0.1 the run converges")
    own.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowLeft")
    expect(reading).not_to_contain_text("At the learning rate 0.1 the run")
    last = page.locator(".jp-CodeCell").last
    expect(last).to_contain_text("x: 10 -> 7.00004")
    last.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(last).not_to_contain_text("x: 10 -> 7.00004", timeout=30_000)
    expect(last).to_contain_text("own: Run(50 iterations, x: 10 -> 7.")


def test_the_readers_own_slider_is_live(learning_rate):
    page = learning_rate
    cell = page.locator(".jp-CodeCell", has_text="interact(draw").first
    cell.scroll_into_view_if_needed()
    image = cell.locator("img")
    before = image.get_attribute("src")
    cell.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    expect(image).not_to_have_attribute("src", before, timeout=20_000)


def test_a_prediction_is_live_and_the_next_cell_has_the_answer(minimize):
    page, *_ = minimize
    question = page.locator(".predict").last
    question.scroll_into_view_if_needed()
    field = question.get_by_role("textbox", name="How many?")
    field.click()
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    expect(question.get_by_role("status")).to_contain_text("“two” is not a number")
    field.fill("2")
    page.keyboard.press("Enter")
    expect(question.get_by_role("status")).to_have_text("No. One less.")
    page.keyboard.press("Backspace")
    page.keyboard.type("3")
    question.get_by_role("button", name="Check").click()
    expect(question.get_by_role("status")).to_have_text("Right, 3.")
    last = page.locator(".jp-CodeCell").last
    last.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(last).to_contain_text("you said '3' 'right'", timeout=30_000)


def test_running_a_cell_shows_an_outcome_that_is_stored_collapsed(minimize):
    page, folded, first_line = minimize
    assert folded
    assert re.search("before +10$", first_line), "the first line stands for all"
    outcome = page.locator(".jp-CodeCell", has_text=OUTCOME)
    expect(outcome.get_by_text(PRINTED)).to_be_visible()


def test_the_single_step_is_live(minimize):
    page, *_ = minimize
    cell = page.locator(".jp-CodeCell", has_text="explore_step(f)")
    cell.scroll_into_view_if_needed()
    reading = cell.locator(".step-reading:not([aria-hidden])")
    expect(reading).to_contain_text("The slope at x = 10 is 12.")
    landing = cell.locator("g[id$=-landing] path")
    before = landing.get_attribute("d")
    handle = cell.get_by_role("slider").first
    box = handle.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] - 2000, box["y"], steps=5)
    page.mouse.up()
    expect(reading).to_contain_text("The slope at x = −2 is −12.")
    expect(cell.locator(".widget-readout").first).to_have_text("−2")
    assert landing.get_attribute("d") != before


def test_the_stepper_is_live(lab, chromium):
    with opened(chromium, "persistent_tapes") as page:
        run_all(page)
        stepper_answers(page.locator(".stepper").first, page)


def stepper_answers(stepper, page):
    """Step through, by button and by key."""
    stepper.scroll_into_view_if_needed()
    said = stepper.get_by_role("status").first
    expect(said).to_have_text("Nothing has run yet.")
    stepper.get_by_role("button", name="Next").click()
    expect(said).to_contain_text("Line 1 binds x to variable 10.0")
    stepper.get_by_role("slider").focus()
    page.keyboard.press("End")
    expect(stepper.get_by_role("button", name="Next")).to_be_disabled()
