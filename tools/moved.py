"""Run make targets with other packages, and say what moved.

    python tools/moved.py TARGET ...

Run it with the Python of the environment that has those packages. All targets
are run, whatever becomes of the others. At the end stand the packages whose
version is another one than `requirements.txt` pins, and how each target ended.
"""

from importlib.metadata import distributions
import os
from pathlib import Path
import re
import subprocess
import sys

from everywhere import ROOT

PIN = re.compile(r"(?m)^([\w.-]+)==([^\s;]+)")


def pinned(lock: str) -> dict[str, list[str]]:
    r"""Return the versions that a lock pins, by the names of packages.

    A package has several where Pythons differ.

    >>> pinned("a_b==1.26 ; python_version < '3.11'\na-b==2.3")
    {'a-b': ['1.26', '2.3']}
    """
    found: dict[str, list[str]] = {}
    for name, version in PIN.findall(lock):
        found.setdefault(normal(name), []).append(version)
    return found


def normal(name: str) -> str:
    """Return the name of a package in its one normal form.

    >>> normal("jupyter_core"), normal("Markdown.It")
    ('jupyter-core', 'markdown-it')
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def moved(lock: dict[str, list[str]], found: dict[str, str]) -> list[str]:
    """Return a line for each package whose version the lock does not pin.

    >>> lock = {"a": ["1.0"], "b": ["2.0"], "c": ["3.0"]}
    >>> moved(lock, {"a": "1.1", "b": "2.0", "d": "4.0"})
    ['a: 1.0 -> 1.1', 'd: not pinned -> 4.0']
    """
    return [
        f"{name}: {' or '.join(lock.get(name, ['not pinned']))} -> {version}"
        for name, version in sorted(found.items())
        if version not in lock.get(name, [])
    ]


def main(targets: list[str]) -> int:
    """Run the targets in this environment; return how many failed."""
    environment = Path(sys.prefix).relative_to(ROOT).as_posix()
    make = [os.environ.get("MAKE", "make"), f"VENV={environment}"]
    ended = {}
    for target in targets:
        print(f"\n{' '.join(make)} {target}", flush=True)
        ended[target] = subprocess.run([*make, target], cwd=ROOT).returncode
    lock = pinned((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    found = {normal(d.metadata["Name"]): d.version for d in distributions()}
    print("\nPackages whose version the lock does not pin:")
    print(*moved(lock, found), sep="\n")
    print("\nTargets:")
    for target, code in ended.items():
        print(f"{target}: {'FAILED' if code else 'passed'}")
    return sum(code != 0 for code in ended.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
