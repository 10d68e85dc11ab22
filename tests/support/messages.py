"""The error messages that the book explains, as cells and TensorFlow print them."""

from functools import cache
import json
import subprocess
import sys

from bookbuild.errors.book import older_versions, the_entries
from bookbuild.errors.messages import Message
from bookbuild.execute.versions import installed
from support.notebooks import ROOT

FIXTURES = ROOT / "tests" / "fixtures"
OLDER = older_versions(ROOT)
NOW = installed()["TensorFlow"]

# Every message of the facts that the book builds on, as one makes TensorFlow say
# it (see fixtures/say_messages.py), and the page where its entry has its home.
HOMES = {
    "no minimize": "keras3",
    "legacy": "old_snippets",
    "variable of Keras 3 in tf_keras": "keras3",
    "watched a variable of Keras 3": "watching",
    "optimizer of the other Keras": "keras3",
    "no optimizers in tf.train": "old_snippets",
    "no session": "captured_errors",
    "no placeholder": "old_snippets",
    "placeholder without a graph": "old_snippets",
    "no get_updates": "old_snippets",
    "tape is required": "minimize",
    "no var_list": "minimize",
    "compat wants a function": "old_snippets",
    "new variable": "old_snippets",
    "new variable in tf_keras": "old_snippets",
    "whole rate": "old_snippets",
    "tensor as rate": "old_snippets",
    "whole momentum": "captured_errors",
    "lr": "old_snippets",
    "lr in tf_keras": "old_snippets",
    "used-up zip": "old_snippets",
    "scalar for list": "old_snippets",
    "minus assign": "old_snippets",
    "all None": "none_gradients",
    "some None": "errors",
    "asked twice": "persistent_tapes",
    "never recorded": "persistent_tapes",
    "asked inside": "captured_errors",
    "paused when spent": "watching",
    "watched too early": "watching",
    "watched a list": "watching",
    "watched a number": "watching",
    "watched whole numbers": "none_gradients",
    "no gradient": "none_gradients",
    "loss is a float": "none_gradients",
    "loss is of NumPy": "none_gradients",
    "untracked": "captured_errors",
}


@cache
def said():
    """Return ``{mistake: Message}``, as the TensorFlow of today says it."""
    program = str(FIXTURES / "say_messages.py")
    done = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return {name: Message(*pair) for name, pair in json.loads(done.stdout).items()}


ENTRIES, WRONG = the_entries(ROOT)
