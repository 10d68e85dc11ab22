"""Bundle TensorFlow.js and the scripts in ``book/_engine`` into one script.

deno brings the packages that ``deno.json`` pins from the npm registry, holds
them to the hashes in ``deno.lock``, and keeps them in its own cache. The
bundle is kept too, for as long as nothing that it is made from changes.
"""

import hashlib
import json
import os
from pathlib import Path
import re
import shutil
import subprocess
import sys

FOLDER = "book/_engine"
ENTRY = "engine.js"
# The licence whose text is the same for all who use it, without their names.
SHARED = "Apache-2.0"
# What the packages of TensorFlow.js say in no file, and what was changed.
NOTES = {
    "@tensorflow/tfjs-backend-cpu": ", Copyright Google LLC",
    "@tensorflow/tfjs-core": ", Copyright Google LLC; changed: the gradients "
    "of abs and sqrt at 0",
}
# One package, `long`, asks for WebAssembly and does without. The policy of the
# page blocks it, and Firefox logs that: so there is none to ask for.
WITHOUT_WEBASSEMBLY = "((WebAssembly) => {{\n{}\n}})();\n"


class BundleError(Exception):
    """Deno, the registry or the licence of a package is missing."""


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
        If there is no deno, or deno says that it cannot, or a package in the
        bundle has no licence.
    """
    made_from = hashlib.sha256(Path(__file__).read_bytes())
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
        told = notice(packages(unfinished, root / FOLDER))
        target.write_text(
            told + WITHOUT_WEBASSEMBLY.format(text), encoding="utf-8"
        )
        for file in kept.glob("*.unfinished*"):
            file.unlink()
    return target.read_text("utf-8")


def packages(script: Path, folder: Path) -> list[Path]:
    """Return the folders of the npm packages that are in a bundle.

    Its source map, beside it, names each file that a line of it comes from.

    Parameters
    ----------
    script
        The bundle, as `run_deno` writes it.
    folder
        Where the project's own part of it comes from, with deno.lock.

    Raises
    ------
    BundleError
        If a file is neither the project's nor of a package.
    """
    lock = json.loads((folder / "deno.lock").read_text("utf-8"))
    found = set()
    source_map = script.with_name(f"{script.name}.map").read_text("utf-8")
    for source in json.loads(source_map)["sources"]:
        if source.startswith("deno:"):
            continue  # an empty module in the place of one that is for servers
        path = Path(os.path.normpath(script.resolve().parent / source))
        if path.is_relative_to(folder.resolve()):
            continue
        cache, is_package, inside = path.as_posix().partition("/npm/")
        # TensorFlow.js' own maps, too, are read, and lead to folders beside.
        inside = inside.removeprefix("registry.npmjs.org/")
        inside = re.sub("^(?=tfjs-)", "@tensorflow/", inside)
        name = "/".join(inside.split("/")[: 1 + inside.startswith("@")])
        versions = [
            key.removeprefix(f"{name}@").partition("_")[0]
            for key in lock["npm"]
            if key.startswith(f"{name}@")
        ]
        if not is_package or len(versions) != 1:
            raise BundleError(f"error: {source} is of no package in deno.lock")
        registry = Path(cache, "npm", "registry.npmjs.org")
        found.add(registry / name / versions[0])
    return sorted(found)


def notice(folders: list[Path]) -> str:
    """Return a comment with the licences of the packages in ``folders``.

    A package without a text of its own gets that of another package if both
    have a licence whose text is the same for all.

    Raises
    ------
    BundleError
        If a package has no licence.
    """
    declared, texts = {}, {}
    for folder in folders:
        about = json.loads((folder / "package.json").read_text("utf-8"))
        name = f"{about['name']} {about['version']}"
        declared[name] = about.get("license")
        files = sorted(folder.glob("LICEN[SC]E*"))
        if files:
            texts[name] = "\n\n".join(f.read_text("utf-8") for f in files)
    shared = [text for name, text in texts.items() if declared[name] == SHARED]
    holders: dict[str, list[str]] = {}
    for name, licence in declared.items():
        if name not in texts and not (licence == SHARED and shared):
            raise BundleError(f"error: {name} has no text of its licence")
        text = texts.get(name) or shared[0]
        note = NOTES.get(name.rpartition(" ")[0], "")
        holders.setdefault(text, []).append(f"- {name}{note}")
    parts = ["\n".join([*names, "", text]) for text, names in holders.items()]
    told = "\n\n".join(["This file contains parts of these packages.", *parts])
    return "/*!\n" + told.replace("*/", "* /") + "\n*/\n"


def run_deno(folder: Path, target: Path, entry: str = ENTRY) -> None:
    """Have deno write the bundle of ``folder`` to ``target``.

    ``entry`` is the script that it begins with; deno.json in ``folder`` says
    where its packages are.
    """
    beside = Path(sys.executable).with_name("deno")
    deno = str(beside) if beside.exists() else shutil.which("deno")
    if not deno:
        raise BundleError("deno is not installed")
    command = [deno, "bundle", "--quiet", "--frozen", "--platform", "browser"]
    command += [
        "--format",
        "iife",
        "--minify",
        "--sourcemap=external",
        "--output",
        str(target.resolve()),
    ]
    done = subprocess.run(
        [*command, entry],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines() or ["deno failed"]
        raise BundleError(next((x for x in last if "error" in x), last[-1]))
