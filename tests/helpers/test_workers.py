"""Workers run at once; one that fails or waits ends in a message, and is gone."""

import json
import os
from pathlib import Path
import signal
import socket
import subprocess
import sys
import time

from helpers import workers
from helpers.workers import WorkerError, free_ports, run_workers
import pytest

# No worker of these tests loads TensorFlow; what it does when it has to wait is
# held in tests/facts/test_distributed.py.
TWO = [{"NUMBER": "0"}, {"NUMBER": "1"}]
# Writes the numbers of the process and of a child of it, and stays.
STAYS = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with open(os.environ["WHERE"] + os.environ["NUMBER"], "w") as file:
    file.write(f"{os.getpid()} {child.pid}")
time.sleep(600)
"""
posix = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no process groups and no SIGKILL"
)


def is_running(pid):
    """Say whether a process runs; a dead one that nobody waited for does not."""
    status = Path(f"/proc/{pid}/stat")
    if status.exists():
        return status.read_text("utf-8").rpartition(")")[2].split()[0] not in ("Z", "X")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path("/proc/self").exists()


def numbers_in(folder):
    """Return the process numbers that the workers wrote."""
    files = list(folder.glob("pid*"))
    return [int(number) for file in files for number in file.read_text("utf-8").split()]


def all_gone(folder, seconds=20):
    """Wait until none of the processes that wrote their numbers runs."""
    end = time.monotonic() + seconds
    while any(map(is_running, numbers_in(folder))) and time.monotonic() < end:
        time.sleep(0.05)
    return not any(map(is_running, numbers_in(folder)))


def staying(folder):
    """Return environments for two workers that write where they are."""
    return [{**worker, "WHERE": str(folder / "pid")} for worker in TWO]


def test_each_worker_prints_in_its_own_place():
    script = "import os; print('this is', os.environ['NUMBER'])"
    assert run_workers(script, TWO) == ["this is 0\n", "this is 1\n"]


def test_the_workers_run_at_the_same_time(tmp_path):
    meet = f"""
import os, pathlib, time
here = pathlib.Path({str(tmp_path)!r})
(here / os.environ["NUMBER"]).touch()
while len(list(here.iterdir())) < 2:
    time.sleep(0.01)
"""
    assert run_workers(meet, TWO) == ["", ""]


def test_letters_beyond_ascii_arrive():
    assert run_workers("print('η = ½')", [{}]) == ["η = ½\n"]


def test_what_a_worker_writes_to_standard_error_stays_out():
    assert run_workers("import sys; print('noise', file=sys.stderr)", [{}]) == [""]


@posix
def test_a_worker_that_dies_is_named_with_its_last_words(tmp_path):
    script = "import os\nif os.environ['NUMBER'] == '1':\n    raise OSError('no disk')"
    with pytest.raises(WorkerError, match="worker 1 failed with exit status 1") as info:
        run_workers(script + STAYS, staying(tmp_path))
    assert "OSError: no disk" in str(info.value)
    assert all_gone(tmp_path)


@posix
def test_a_worker_that_is_killed_is_named():
    script = f"import os; os.kill(os.getpid(), {int(signal.SIGTERM)})"
    with pytest.raises(WorkerError, match="worker 0 failed with exit status -15"):
        run_workers(script, [{}])


@posix
def test_a_worker_that_waits_is_killed_with_its_children(tmp_path):
    with pytest.raises(WorkerError) as info:
        run_workers(STAYS, staying(tmp_path), timeout=8)
    assert "worker 0 and worker 1 had not ended after 8 seconds" in str(info.value)
    assert "waits without end for one that never comes" in str(info.value)
    assert len(numbers_in(tmp_path)) == 4, "both had started, and their children"
    assert all_gone(tmp_path)


def test_by_default_the_time_is_a_minute():
    assert run_workers.__kwdefaults__ == {"timeout": 60}


@posix
def test_nothing_stays_when_the_caller_is_killed(tmp_path):
    arguments = f"{STAYS!r}, {staying(tmp_path)!r}, timeout=300"
    load = f"import runpy; module = runpy.run_path({workers.__file__!r})"
    call = f"{load}; module['run_workers']({arguments})"
    caller = subprocess.Popen([sys.executable, "-c", call])
    end = time.monotonic() + 120
    while len(numbers_in(tmp_path)) < 4 and time.monotonic() < end:
        time.sleep(0.05)
    caller.kill()
    caller.wait()
    assert len(numbers_in(tmp_path)) == 4
    assert all_gone(tmp_path)


def config(port):
    cluster = {"worker": [f"127.0.0.1:{port}"]}
    task = {"type": "worker", "index": 0}
    return {"TF_CONFIG": json.dumps({"cluster": cluster, "task": task})}


def test_a_port_that_is_taken_is_named_before_anything_starts(tmp_path):
    script = f"open({str(tmp_path / 'started')!r}, 'w')"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(WorkerError, match=f"port {port} of worker 0 is taken"):
            run_workers(script, [config(port)])
    assert not list(tmp_path.iterdir())


def test_a_free_port_is_no_obstacle():
    (port,) = free_ports(1)
    script = "import os; print(os.environ['TF_CONFIG'])"
    assert str(port) in run_workers(script, [config(port)])[0]


def test_free_ports_are_different_and_can_be_listened_on():
    ports = free_ports(5)
    assert len(set(ports)) == 5
    for port in ports:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", port))


def test_free_ports_lie_below_those_that_systems_give_away():
    assert all(port < 32768 for port in free_ports(20))


@pytest.mark.parametrize("count", [0, -1])
def test_a_number_of_ports_that_makes_no_sense_is_refused(count):
    with pytest.raises(ValueError, match=f"count is {count}"):
        free_ports(count)


@pytest.mark.parametrize(
    ("environments", "timeout", "words"),
    [
        ([], 60, "environments is empty"),
        ([{}], 0, "timeout is 0"),
        ([{}], float("nan"), "timeout is nan"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(environments, timeout, words):
    with pytest.raises(ValueError, match=words):
        run_workers("", environments, timeout=timeout)
