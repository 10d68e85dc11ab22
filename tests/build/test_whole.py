"""One build at a time; an interrupted or failed build leaves no trace.

The builds here are of two small pages, by Sphinx in a process of its own.
"""

import os
import signal
import subprocess
import sys
from types import SimpleNamespace

from bookbuild.whole.fingerprint import fingerprint
from bookbuild.whole.lock import lock
from bookbuild.whole.stage import put, write_beside
import pytest
from support.interrupts import HEEDS_INTERRUPTS
from support.notebooks import ROOT

# `TROUBLE` in the environment names an event, and what happens there.
CONF = f"""
import os, site, time
site.addsitedir({str(ROOT / "book" / "_ext")!r})
from bookbuild.whole import stage
extensions = ["myst_nb"] if os.path.exists("with_myst_nb") else []
event, _, what = os.environ.get("TROUBLE", ":").partition(":")
def trouble(*arguments):
    if what == "raise" and not isinstance(arguments[-1], Exception):
        raise ValueError("something is wrong")
    if what == "wait":
        print("waiting", flush=True)
        time.sleep(600)
    if what == "leave out":
        arguments[0].is_incomplete = True
def setup(app):
    app.connect("config-inited", stage.begin, priority=100)
    app.connect("builder-inited", stage.write_beside, priority=100)
    app.connect("env-before-read-docs", stage.note_readings)
    app.connect("env-updated", stage.write_all_or_nothing)
    if event:
        app.connect(event, trouble)
    app.connect("build-finished", stage.end, priority=900)
"""
WARNING = "undefined label"


@pytest.fixture
def folder(tmp_path):
    """Return the folder of a small project; its page `bad` has a warning."""
    (tmp_path / "conf.py").write_text(CONF, encoding="utf-8")
    page = ":orphan:\n\nTitle\n=====\n\n"
    (tmp_path / "index.rst").write_text(page, encoding="utf-8")
    (tmp_path / "bad.rst").write_text(f"{page}:ref:`nothing`\n", encoding="utf-8")
    return tmp_path


def start(folder, trouble="", *options):
    """Start a build; return the process."""
    command = [sys.executable, "-m", "sphinx", *options, "-b", "html"]
    command += ["-d", "_build/.doctrees", ".", "_build/html"]
    return subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | {"TROUBLE": trouble},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **HEEDS_INTERRUPTS,
    )


def build(folder, trouble="", *options):
    """Build; return the status, what was said, and the errors and warnings."""
    process = start(folder, trouble, *options)
    said, errors = process.communicate(timeout=600)
    return process.returncode, said, errors


def mend(folder):
    """Take the warning out of the page `bad`."""
    page = (folder / "bad.rst").read_text(encoding="utf-8")
    (folder / "bad.rst").write_text(page.partition(":ref:")[0], encoding="utf-8")


def interrupt(folder, event):
    """Interrupt a build when it is at an event; return what it said."""
    process = start(folder, f"{event}:wait")
    while "waiting" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    return process.communicate(timeout=600)


def test_a_good_build_reads_a_page_once(folder):
    mend(folder)
    (folder / "with_myst_nb").touch()
    code, said, errors = build(folder)
    assert (code, errors) == (0, "")
    assert "2 added" in said
    assert "The HTML pages are in _build/html." in said
    assert sorted(p.name for p in folder.glob("_build/html*")) == ["html"]
    written = (folder / "_build/html/bad.html").stat().st_mtime_ns
    _, said, _ = build(folder)
    assert "0 added, 0 changed, 0 removed" in said
    assert "no targets are out of date" in said
    assert "read again" not in said
    assert sorted(p.name for p in folder.glob("_build/html*")) == ["html"]
    assert (folder / "_build/html/bad.html").stat().st_mtime_ns == written


def test_a_change_beside_the_pages_writes_the_whole_site(folder):
    mend(folder)
    assert build(folder)[0] == 0
    (folder / "book").mkdir()
    (folder / "book" / "book.css").touch()
    written = (folder / "_build/html/bad.html").stat().st_mtime_ns
    _, said, _ = build(folder)
    assert "0 added, 0 changed, 0 removed" in said
    assert (folder / "_build/html/bad.html").stat().st_mtime_ns > written
    # A page alone is not: another page's links may depend on it.
    (folder / "bad.rst").touch()
    index = (folder / "_build/html/index.html").stat().st_mtime_ns
    _, said, _ = build(folder)
    assert "0 added, 1 changed, 0 removed" in said
    assert (folder / "_build/html/index.html").stat().st_mtime_ns > index


def test_a_site_that_left_something_out_is_written_again(folder):
    mend(folder)
    for trouble, is_written in [
        ("html-page-context:leave out", True),
        ("html-page-context:leave out", True),
        ("", True),
        ("", False),
    ]:
        code, said, errors = build(folder, trouble)
        assert (code, errors) == (0, "")
        assert ("no targets are out of date" in said) != is_written
        assert (folder / "_build/html/index.html").is_file()


def test_a_warning_comes_again_until_it_is_fixed(folder):
    for _ in range(2):
        code, said, errors = build(folder, "", "-W", "--keep-going")
        assert WARNING in errors
        assert code == 1
    assert "the last build was not finished, or had warnings" in said


@pytest.mark.skipif(os.name == "nt", reason="a signal cannot be sent to one process")
@pytest.mark.parametrize("event", ["doctree-read", "html-page-context"])
def test_an_interrupted_build_reads_everything_again(folder, event):
    _, errors = interrupt(folder, event)
    assert "Interrupted!" in errors
    _, said, errors = build(folder)
    assert "2 added" in said
    assert WARNING in errors
    assert (folder / "_build/html/bad.html").exists()


@pytest.mark.parametrize("event", ["html-page-context", "build-finished"])
def test_a_build_that_fails_while_writing_leaves_the_last_site_or_none(folder, event):
    mend(folder)
    for sites in (0, 1):
        code, _, errors = build(folder, f"{event}:raise")
        assert code != 0
        assert "something is wrong" in errors
        pages = list(folder.glob("_build/**/bad.html"))
        assert len(pages) == sites
        assert not any("New" in page.read_text("utf-8") for page in pages)
        if not sites:
            assert build(folder)[0] == 0
            page = ":orphan:\n\nNew\n===\n"
            (folder / "bad.rst").write_text(page, encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="a signal cannot be sent to one process")
def test_a_second_build_is_refused_and_the_first_goes_on(folder):
    mend(folder)
    first = start(folder, "html-page-context:wait")
    while "waiting" not in first.stdout.readline():
        assert first.poll() is None
    try:
        code, _, errors = build(folder)
        assert code != 0
        assert f"another build is at work in {folder / '_build'}" in errors
    finally:
        first.kill()
        first.communicate()
    # A build that is killed leaves nothing locked.
    assert build(folder)[0] == 0


def test_the_fingerprint_is_of_all_that_pages_are_made_from(tmp_path):
    made = [fingerprint(tmp_path, {})]
    for name in ("_config.yml", "book/_static/a.css", "helpers/a.py", "helpers/b.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        made.append(fingerprint(tmp_path, {}))
    path.write_text("1", encoding="utf-8")
    made.append(fingerprint(tmp_path, {}))
    made.append(fingerprint(tmp_path, {"BOOK_SITE": "https://example.org"}))
    assert len(set(made)) == len(made)


def test_the_fingerprint_is_not_of_what_a_build_makes(tmp_path):
    before = fingerprint(tmp_path, {"HOME": "/home/ann"})
    for name in ("_build/html/a.html", "helpers/__pycache__/a.pyc", ".git/HEAD"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.touch()
    assert fingerprint(tmp_path, {"HOME": "/home/bob"}) == before


def test_a_lock_ends_with_its_file(tmp_path):
    held = lock(tmp_path / "new" / ".lock")
    assert held is not None
    assert lock(tmp_path / "new" / ".lock") is None
    held.close()
    assert lock(tmp_path / "new" / ".lock") is not None


def test_a_folder_takes_the_place_of_another(tmp_path):
    for name in ("site", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    put(tmp_path / "new", tmp_path / "site")
    assert [path.name for path in tmp_path.rglob("*")] == ["site", "new"]


def test_all_that_a_builder_writes_is_written_beside(tmp_path):
    html = tmp_path / "html"
    builder = SimpleNamespace(
        format="html", outdir=html, static=html / "_static", doctrees=tmp_path / "d"
    )
    app = SimpleNamespace(outdir=html, builder=builder)
    write_beside(app)
    assert builder.outdir == app.outdir == tmp_path / "html-unfinished"
    assert builder.static == tmp_path / "html-unfinished" / "_static"
    assert builder.doctrees == tmp_path / "d"
    assert app.final_outdir == html
