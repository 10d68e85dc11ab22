"""TensorFlow loads without log lines; warnings and errors are still shown."""

import os
import subprocess
import sys

import pytest


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


@pytest.mark.parametrize("module", ["helpers.plots", "helpers.runs"])
def test_drawing_needs_no_tensorflow_of_its_own(module):
    """Data flows one way: what draws does not compute."""
    source = run_python(
        f"import importlib.util; print(importlib.util.find_spec('{module}').origin)"
    ).stdout.strip()
    with open(source, encoding="utf-8") as file:
        assert "import tensorflow" not in file.read()
