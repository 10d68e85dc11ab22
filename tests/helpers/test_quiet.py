"""TensorFlow loads without log lines; warnings and errors are still shown."""

import os
import subprocess
import sys

from helpers.quiet import load_tensorflow_quietly
import pytest
import tensorflow as tf


def run_python(code, **environment):
    """Run ``code`` in a Python of its own; return its result."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )


def test_importing_helpers_and_the_first_operation_print_nothing():
    result = run_python(
        "import helpers, tensorflow as tf; print(float(tf.constant(1.0) + 1.0))"
    )
    assert (result.stdout, result.stderr) == ("2.0\n", "")


def test_python_warnings_are_still_seen():
    result = run_python("import helpers, warnings; warnings.warn('look here')")
    assert "look here" in result.stderr


def test_a_log_level_of_the_reader_is_kept():
    result = run_python(
        "import helpers, os; print(os.environ['TF_CPP_MIN_LOG_LEVEL'])",
        TF_CPP_MIN_LOG_LEVEL="0",
    )
    assert result.stdout == "0\n"


def test_what_was_kept_is_shown_where_loading_fails():
    result = run_python(
        "import os, helpers.quiet as q\n"
        "with q._native_stderr_kept():\n"
        "    os.write(2, b'the reason')\n"
        "    raise RuntimeError('no luck')\n"
    )
    assert "the reason" in result.stderr
    assert "no luck" in result.stderr


COUNT = "print(len(tf.config.list_logical_devices('CPU')))"


def test_the_processor_can_be_split_before_the_first_operation():
    result = run_python(
        f"import helpers, tensorflow as tf; {COUNT}", HELPERS_LOGICAL_DEVICES="2"
    )
    assert (result.stdout, result.stderr) == ("2\n", "")


def test_a_split_that_comes_too_late_says_so():
    result = run_python(
        "import tensorflow as tf; tf.constant(0.0) + 1.0; import helpers",
        HELPERS_LOGICAL_DEVICES="2",
    )
    assert result.returncode == 1
    assert "HELPERS_LOGICAL_DEVICES is 2, but TensorFlow has already" in result.stderr


@pytest.mark.parametrize("text", ["two", "0", "-1", "1.5"])
def test_a_number_of_devices_that_makes_no_sense_is_refused(monkeypatch, text):
    monkeypatch.setenv("HELPERS_LOGICAL_DEVICES", text)
    with pytest.raises(ValueError, match=rf"HELPERS_LOGICAL_DEVICES is '{text}'"):
        load_tensorflow_quietly()


def test_nothing_is_split_where_nobody_asks(monkeypatch):
    monkeypatch.delenv("HELPERS_LOGICAL_DEVICES", raising=False)
    load_tensorflow_quietly()
    assert len(tf.config.list_logical_devices("CPU")) == 1


@pytest.mark.parametrize("module", ["helpers.plots", "helpers.runs"])
def test_drawing_needs_no_tensorflow_of_its_own(module):
    """Data flows one way: what draws does not compute."""
    source = run_python(
        f"import importlib.util; print(importlib.util.find_spec('{module}').origin)"
    ).stdout.strip()
    with open(source, encoding="utf-8") as file:
        assert "import tensorflow" not in file.read()
