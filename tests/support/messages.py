"""The error messages that the book explains, as cells and TensorFlow print them."""

from functools import cache
import json
import re
import subprocess
import sys

from bookbuild.errors.entries import Section, Shown, gathered
from bookbuild.errors.messages import Message
from bookbuild.execute.versions import installed
from bookbuild.names import OLDER as OLDER_FILE
from support.notebooks import ROOT, contents, read, text_pages

FIXTURES = ROOT / "tests" / "fixtures"
OLDER = json.loads((ROOT / OLDER_FILE).read_text(encoding="utf-8"))
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
    "no session": "old_snippets",
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
    "whole momentum": "errors",
    "lr": "old_snippets",
    "lr in tf_keras": "old_snippets",
    "used-up zip": "old_snippets",
    "scalar for list": "old_snippets",
    "minus assign": "old_snippets",
    "all None": "none_gradients",
    "some None": "none_gradients",
    "asked twice": "persistent_tapes",
    "never recorded": "persistent_tapes",
    "asked inside": "errors",
    "paused when spent": "watching",
    "watched too early": "watching",
    "watched a list": "watching",
    "watched a number": "watching",
    "watched whole numbers": "none_gradients",
    "no gradient": "none_gradients",
    "loss is a float": "none_gradients",
    "loss is of NumPy": "none_gradients",
    "untracked": "errors",
}


@cache
def said():
    """Return ``{mistake: Message}``, as the TensorFlow of today says it."""
    program = str(FIXTURES / "say_messages.py")
    done = subprocess.run(
        [sys.executable, program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return {name: Message(*pair) for name, pair in json.loads(done.stdout).items()}


def pages():
    """Return the names of all pages that are notebooks of the book."""
    root, parts = contents()
    listed = [root, *(name for names in parts.values() for name in names)]
    return [name for name in listed if name not in text_pages()]


def cells():
    """Yield the code cells of the book as the extension sees them."""
    for name in pages():
        title = ""
        for cell in read(name).cells:
            if cell.cell_type == "markdown":
                for heading in re.findall(r"(?m)^#{1,3} (.+)$", cell.source):
                    title = heading
            elif "solution" not in cell.metadata.get("tags", []):
                printed = "".join(o.get("text", "") for o in cell.outputs)
                section = Section(f"book/{name}", anchor(title), title)
                yield Shown(section, printed, cell.metadata.get("errors", {}))


def anchor(title):
    """Return the name of the section with this title in an address."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower().replace("'", "-")))


ENTRIES, WRONG = gathered(cells(), OLDER, NOW)
