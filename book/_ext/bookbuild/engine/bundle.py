"""Bundle TensorFlow.js and the scripts in ``book/_engine`` into one script.

deno brings the packages that ``deno.json`` pins from the npm registry, holds
them to the hashes in ``deno.lock``, and keeps them in its own cache. The
bundle is kept too, for as long as nothing that it is made from changes.
"""

import hashlib
import os
from pathlib import Path
import shutil
import subprocess
import sys

FOLDER = "book/_engine"
ENTRY = "engine.js"
NOTICE = """/*!
This file contains:

- TensorFlow.js 4.22.0, Copyright 2018-2024 Google LLC, and in it long.js,
  Copyright 2013 Daniel Wirtz, under the Apache License, Version 2.0:
  http://www.apache.org/licenses/LICENSE-2.0. Unless required by applicable law
  or agreed to in writing, it is distributed on an "AS IS" BASIS, WITHOUT
  WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. It was
  changed: some of its kernels are here, and the gradient of abs at 0 is 0.
- seedrandom 3.0.5, Copyright 2019 David Bau, under the MIT license:
  https://opensource.org/license/mit
- d3-array 3.2.4, Copyright 2010-2023 Mike Bostock. Permission to use, copy,
  modify, and/or distribute this software for any purpose with or without fee
  is hereby granted, provided that the above copyright notice and this
  permission notice appear in all copies. THE SOFTWARE IS PROVIDED "AS IS" AND
  THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE (ISC).
*/
"""


class BundleError(Exception):
    """The script cannot be bundled here: deno or the registry is missing."""


def sources(root: Path) -> list[Path]:
    """Return the files that the bundle is made from."""
    return sorted(p for p in (root / FOLDER).iterdir() if p.is_file())


def bundled(root: Path, kept: Path) -> str:
    """Return the bundle of the project at ``root``.

    Parameters
    ----------
    root
        The project.
    kept
        A folder for the bundle until the next build.

    Raises
    ------
    BundleError
        If there is no deno, or deno says that it cannot.
    """
    made_from = hashlib.sha256(NOTICE.encode())
    for path in sources(root):
        made_from.update(path.name.encode() + path.read_bytes())
    target = kept / f"{made_from.hexdigest()[:16]}.js"
    if not target.is_file():
        kept.mkdir(parents=True, exist_ok=True)
        for old in kept.glob("*.js"):
            old.unlink()
        unfinished = target.resolve().with_suffix(".unfinished")
        run_deno(root / FOLDER, unfinished)
        text = unfinished.read_text("utf-8")
        target.write_text(NOTICE + text, encoding="utf-8")
        unfinished.unlink()
    return target.read_text("utf-8")


def run_deno(folder: Path, target: Path) -> None:
    """Have deno write the bundle of ``folder`` to ``target``."""
    beside = Path(sys.executable).with_name("deno")
    deno = str(beside) if beside.exists() else shutil.which("deno")
    if not deno:
        raise BundleError("deno is not installed")
    command = [deno, "bundle", "--quiet", "--frozen", "--platform", "browser"]
    command += [
        "--format",
        "iife",
        "--minify",
        "--output",
        str(target.resolve()),
    ]
    done = subprocess.run(
        [*command, ENTRY],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines() or ["deno failed"]
        raise BundleError(next((x for x in last if "error" in x), last[-1]))
