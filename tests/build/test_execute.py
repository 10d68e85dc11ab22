"""The stage `execute`: what is executed, kept and compared, and what goes wrong."""

from importlib import metadata
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

from bookbuild.execute import cache as executions
from bookbuild.execute import stage
from bookbuild.execute.cache import is_cached, key, open_cache, own_folder
from bookbuild.execute.compare import problems
from bookbuild.execute.run import execute
from bookbuild.execute.versions import all_installed
from bookbuild.upstream import WIDGET_VIEW
from jupyter_cache import get_cache
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
import pytest
from sphinx.errors import ExtensionError
from support.interrupts import HEEDS_INTERRUPTS
from support.notebooks import ROOT

EXTENSIONS = ROOT / "book" / "_ext"


@pytest.fixture
def cache(tmp_path):
    """Return an empty cache."""
    return get_cache(tmp_path / "cache")


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a notebook of some cells and returns its path."""

    def make(name, *cells):
        cells = [new_code_cell(c) if isinstance(c, str) else c for c in cells]
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=cells), path)
        return path

    return make


def outputs(cache, path):
    """Return what the cache says that the code cells of a notebook printed."""
    notebook = nbformat.read(path, as_version=4)
    _, executed = cache.merge_match_into_notebook(notebook)
    cells = (cell for cell in executed.cells if cell.cell_type == "code")
    return ["".join(o.get("text", "") for o in cell.outputs) for cell in cells]


# -------------------------------------------------------- execution and progress


def test_notebooks_are_executed_in_their_folder_and_progress_is_said(
    cache, write, capfd
):
    one = write("one", new_markdown_cell("# 1"), "print('a')\nprint('b')", "")
    two = write("two", "import os\nprint(os.path.exists('one.ipynb'))")
    said = []
    assert execute(cache, [one, two], 60, said.append) == []
    assert outputs(cache, one) == ["a\nb\n", ""]
    assert outputs(cache, two) == ["True\n"]
    assert [line.partition(":")[0] for line in said] == [
        "executed 1 of 2",
        "executed 2 of 2",
    ]
    assert {line.split()[4] for line in said} == {"one.ipynb,", "two.ipynb,"}
    assert all(line.endswith(" s") for line in said)
    # Kernels warn about connections that are not encrypted.
    assert capfd.readouterr() == ("", "")


def test_a_notebook_in_the_cache_is_not_executed_again(cache, write):
    path = write("one", "import time\nprint(time.time_ns())")
    said = []
    execute(cache, [path], 60, said.append)
    first = outputs(cache, path)
    execute(cache, [path], 60, said.append)
    assert outputs(cache, path) == first
    assert len(said) == 1


def test_an_error_names_notebook_and_cell_and_loses_nothing_else(cache, write):
    good = write("good", "print(1)")
    bad = write("bad", "x = 1", new_markdown_cell("text"), "1 / 0", "print('never')")
    said = []
    (failure,) = execute(cache, [bad, good], 60, said.append)
    assert failure.startswith("bad.ipynb, code cell 2: ")
    assert "1 / 0" in failure
    assert "ZeroDivisionError" in failure
    assert [line.endswith("(failed)") for line in said if "bad" in line] == [True]
    assert is_cached(cache, good)
    assert not is_cached(cache, bad)


def test_a_dead_kernel_names_notebook_and_cell_and_loses_nothing_else(
    cache, write, capfd
):
    dead = write("dead", "x = 1", "import os, signal\nos.kill(os.getpid(), 9)")
    good = write("good", "print(1)")
    (failure,) = execute(cache, [dead, good], 60, lambda line: None)
    assert failure.startswith("dead.ipynb, code cell 2: the kernel died")
    assert "os.kill(os.getpid(), 9)" in failure
    assert is_cached(cache, good)
    assert not is_cached(cache, dead)
    assert capfd.readouterr() == ("", "")


def test_a_timeout_names_notebook_and_cell_and_loses_nothing_else(cache, write, capfd):
    slow = write("slow", "import time", "time.sleep(600)  # too long")
    good = write("good", "print(1)")
    (failure,) = execute(cache, [slow, good], 8, lambda line: None)
    assert failure.startswith("slow.ipynb, code cell 2: not done after 8 s")
    assert "# too long" in failure
    assert is_cached(cache, good)
    assert not is_cached(cache, slow)
    assert capfd.readouterr() == ("", "")


def test_a_kernel_that_cannot_start_names_the_notebook(cache, write):
    path = write("odd", "print(1)")
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.kernelspec = {"name": "nothing_of_this_name"}
    nbformat.write(notebook, path)
    good = write("good", "print(1)")
    (failure,) = execute(cache, [path, good], 60, lambda line: None)
    assert failure.startswith("odd.ipynb: no kernel: NoSuchKernel")
    assert is_cached(cache, good)


ALIVE = "import os, pathlib\npathlib.Path('{0}.pid').write_text(str(os.getpid()))"
INTERRUPTED = """
import os, site, sys
from pathlib import Path
site.addsitedir(sys.argv[1])
from bookbuild.execute.cache import get_cache
from bookbuild.execute.run import execute
os.cpu_count = lambda: 2
folder = Path(sys.argv[2])
paths = [folder / f"{name}.ipynb" for name in sys.argv[3:]]
def say(line):
    print(line, flush=True)
execute(get_cache(folder / "cache"), paths, 600, say)
"""


def running(number):
    """Say whether there is a process of this number that has not ended."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(os.name == "nt", reason="a signal cannot be sent to one process")
def test_an_interrupt_stops_at_once_and_keeps_what_is_done(cache, write, tmp_path):
    names = ["quick", "slow", "slower", "waiting"]
    for name in names:
        rest = "print(1)" if name == "quick" else "import time\ntime.sleep(600)"
        write(name, ALIVE.format(name), rest)
    command = [sys.executable, "-c", INTERRUPTED, str(EXTENSIONS), str(tmp_path)]
    with subprocess.Popen(
        [*command, *names],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **HEEDS_INTERRUPTS,
    ) as process:
        assert "executed 1 of 4: quick.ipynb" in process.stdout.readline()
        pids = [tmp_path / f"{name}.pid" for name in ("slow", "slower")]
        while not all(path.exists() and path.read_text("utf-8") for path in pids):
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        try:
            said, errors = process.communicate(timeout=600)
        finally:
            process.kill()
    assert process.returncode != 0
    assert said.startswith("stopped: 1 of 4 notebooks are executed and kept")
    assert errors.strip().endswith("KeyboardInterrupt")
    assert not any(running(int(path.read_text("utf-8"))) for path in pids)
    assert not (tmp_path / "waiting.pid").exists()
    kept = [name for name in names if is_cached(cache, tmp_path / f"{name}.ipynb")]
    assert kept == ["quick"]


STOPPED_EARLY = """
import site, sys
from pathlib import Path
site.addsitedir(sys.argv[1])
from bookbuild.execute.run import Client
class Early(Client):
    async def async_start_new_kernel_client(self, **kwargs):
        self.stop()
        return await super().async_start_new_kernel_client(**kwargs)
print(Early(Path(sys.argv[2]), 60).run())
"""


def test_a_kernel_that_is_ended_while_it_starts_says_nothing_at_the_exit(write):
    command = [sys.executable, "-c", STOPPED_EARLY, str(EXTENSIONS)]
    done = subprocess.run(
        [*command, str(write("one", "print(1)"))], capture_output=True, text=True
    )
    assert done.stdout.startswith("one.ipynb: no kernel: ")
    assert (done.returncode, done.stderr) == (0, "")


# -------------------------------------------------------------------- the cache


def with_metadata(path, **changed):
    """Change the metadata of the first cell of a notebook."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].metadata |= changed
    nbformat.write(notebook, path)


def test_metadata_that_no_execution_depends_on_executes_nothing(cache, write):
    path = write("one", "import time\nprint(time.time_ns())", "print(2)")
    with_metadata(path, errors={"KeyError": {"cause": "before"}})
    said = []
    execute(cache, [path], 60, said.append)
    first = outputs(cache, path)
    with_metadata(path, errors={"KeyError": {"cause": "after"}}, tags=["hide-input"])
    execute(cache, [path], 60, said.append)
    assert len(said) == 1
    assert outputs(cache, path) == first
    # The page is made from what is in the cache: it has the new metadata.
    notebook = nbformat.read(path, as_version=4)
    _, executed = cache.merge_match_into_notebook(notebook)
    assert executed.cells[0].metadata.errors["KeyError"].cause == "after"
    assert executed.cells[0].metadata.tags == ["hide-input"]


def test_what_an_execution_depends_on_executes_again(cache, write):
    path = write("one", "print(1)")
    execute(cache, [path], 60, lambda line: None)
    with_metadata(path, tags=["skip-execution"])
    assert not is_cached(cache, path)
    with_metadata(path, tags=[])
    assert is_cached(cache, path)
    assert not is_cached(cache, write("one", "print(2)"))
    assert not is_cached(cache, write("one", "print(1)", "print(1)"))


def test_the_state_of_widgets_stays_with_an_execution():
    state = {"application/vnd.jupyter.widget-state+json": {"state": {"a": 1}}}
    stored = new_notebook(cells=[new_code_cell("x", metadata={"a": 1})])
    executed = new_notebook(cells=[new_code_cell("x")], metadata={"widgets": state})
    assert executions.with_outputs(stored, executed).metadata.widgets == state


@pytest.fixture
def project(tmp_path):
    """Return a small project: a helper, data, and the pinned packages."""
    for name in ("helpers/a.py", "book/_data/a.json", "requirements.txt"):
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("old", encoding="utf-8")
    return tmp_path / "project"


@pytest.mark.parametrize(
    "name", ["helpers/a.py", "helpers/deep/b.js", "book/_data/a.json"]
)
def test_a_changed_file_changes_the_key(project, name):
    before = key(project)
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("new", encoding="utf-8")
    assert key(project) != before


@pytest.mark.parametrize(
    "name", ["helpers/a.pyc", "helpers/messages.json", "README.md", "book/_data/a.md"]
)
def test_other_files_do_not_change_the_key(project, name):
    before = key(project)
    (project / name).write_text("new", encoding="utf-8")
    assert key(project) == before


def distribution(folder, name, version):
    """Install a distribution that consists of its name and version."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (info / "METADATA").write_text(text, encoding="utf-8")


def test_every_installed_distribution_is_in_the_key(project, tmp_path, monkeypatch):
    keys = [key(project)]
    for version in ("1.0", "1.1"):
        with monkeypatch.context() as patched:
            distribution(tmp_path / version, "some-package", version)
            patched.syspath_prepend(tmp_path / version)
            keys.append(key(project))
    assert len(set(keys)) == 3
    assert key(project) == keys[0]
    names = {name for name, _ in all_installed()}
    assert {"numpy", "ipywidgets", "ipykernel", "matplotlib"} <= names
    assert ("numpy", metadata.version("numpy")) in all_installed()


def test_a_cache_is_emptied_when_the_key_has_changed(project, tmp_path, write):
    path = write("one", "print(1)")
    cache = open_cache(tmp_path / "kept", project)
    execute(cache, [path], 60, lambda line: None)
    assert is_cached(open_cache(tmp_path / "kept", project), path)
    (project / "helpers" / "a.py").write_text("new", encoding="utf-8")
    assert not is_cached(open_cache(tmp_path / "kept", project), path)


def test_a_notebook_that_changes_during_the_build_is_named(
    project, tmp_path, write, monkeypatch
):
    paths = {name: write(name, f"print({name!r})") for name in ("one", "two", "six")}

    def execute_while_some_are_edited(cache, paths, *_):
        for path in paths:
            executions.keep(cache, path, nbformat.read(path, as_version=4), 1.0)
        write("two", "print('another')")
        with_metadata(tmp_path / "six.ipynb", tags=["hide-input"])
        return []

    monkeypatch.setattr(stage, "execute", execute_while_some_are_edited)
    settings = SimpleNamespace(
        execution_cache_path=tmp_path / "kept", execution_timeout=60
    )
    env = SimpleNamespace(
        mystnb_config=settings, found_docs=set(paths), doc2path=paths.get
    )
    with pytest.raises(ExtensionError) as failed:
        stage.execute_before_reading(SimpleNamespace(srcdir=project), env)
    assert str(failed.value) == (
        "six.ipynb, two.ipynb changed while the book was being built: build again"
    )


def test_environments_have_caches_of_their_own(tmp_path, monkeypatch):
    folders = set()
    for name in (".venv", "_build/newest", "_build/oldest"):
        monkeypatch.setattr(sys, "prefix", str(tmp_path / name))
        folders.add(own_folder(tmp_path / "cache"))
    assert {folder.name for folder in folders} == {".venv", "newest", "oldest"}
    assert {folder.parent for folder in folders} == {tmp_path / "cache"}


# -------------------------------------------------------------------- compared


def compared(before, now):
    """Return the problems with one code cell that has such outputs."""
    stored, executed = (
        new_notebook(
            cells=[new_markdown_cell("text"), new_code_cell("x", outputs=some)]
        )
        for some in (before, now)
    )
    return list(problems(stored, executed))


def text(words, name="stdout"):
    return new_output("stream", name=name, text=words)


def shown(**data):
    kinds = {"plain": "text/plain", "html": "text/html", "png": "image/png"}
    kinds |= {"svg": "image/svg+xml", "widget": WIDGET_VIEW}
    return new_output("display_data", data={kinds[k]: v for k, v in data.items()})


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ([], []),
        ([text("1\n")], [text("1\n")]),
        ([shown(plain="x", png="AAAA")], [shown(plain="x", png="BBBB")]),
        ([shown(plain="x")], [shown(plain="x", widget={"model_id": "chance"})]),
        (
            [new_output("execute_result", {"text/plain": "1"}, execution_count=1)],
            [new_output("execute_result", {"text/plain": "1"}, execution_count=7)],
        ),
    ],
)
def test_pictures_widgets_and_counts_are_not_compared(before, now):
    assert compared(before, now) == []


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ([text("1\n")], [text("2\n")]),
        ([text("1\n")], []),
        ([], [text("1\n")]),
        ([shown(plain="x")], [shown(plain="y")]),
        ([shown(html="x")], [shown(html="y")]),
        ([shown(svg="x")], [shown(svg="y")]),
        ([shown(plain="x")], [shown(html="x")]),
        ([text("1\n"), shown(plain="x")], [shown(plain="x"), text("1\n")]),
    ],
)
def test_text_is_compared_and_a_difference_names_the_cell(before, now):
    (problem,) = compared(before, now)
    assert problem.startswith("code cell 1 shows other output than is stored")
    assert "make notebooks" in problem


def test_what_no_reader_should_see_is_a_problem_even_if_it_is_stored():
    stderr = [text("look out\n", "stderr")]
    assert compared(stderr, stderr) == ["code cell 1 writes to stderr: look out"]
    error = [new_output("error", ename="KeyError", evalue="'a'", traceback=[])]
    assert compared(error, error) == ["code cell 1 raises KeyError: 'a'"]


def test_a_notebook_with_other_cells_is_not_compared_in_silence():
    one = SimpleNamespace(cells=[new_code_cell("x")])
    with pytest.raises(ValueError, match="zip"):
        list(problems(one, SimpleNamespace(cells=[])))
