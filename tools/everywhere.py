"""Run what must hold on every system and with every version that we support.

These are the facts that the pages state about TensorFlow, the helpers with the
tests of their modules, and all the notebooks. The notebooks only have to run
(`--nbval-lax`): the words of some messages and the last digits of some numbers
are not the same everywhere, but what the cells assert has to hold.

Run it with the Python of the environment to be tried. It needs the package with
its `test` extra, and PyYAML.
"""

from importlib.metadata import version
from pathlib import Path
import subprocess
import sys

ROOT = Path(__file__).parent.parent


# What pytest is called with; the folders are the same on every system.
RUNS = {
    "facts": ["tests/facts"],
    "helpers": ["helpers", "tests/helpers"],
    "notebooks": ["book", "--nbval-lax", "--ignore=book/_ext", "-pno:cacheprovider"],
}


def main() -> int:
    """Run the three and say how each went; return how many failed."""
    packages = ("tensorflow", "keras", "tf-keras", "numpy", "matplotlib")
    python = ".".join(map(str, sys.version_info[:3]))
    found = ", ".join(f"{name} {version(name)}" for name in packages)
    print(f"Python {python}, {found}", flush=True)
    ended = {}
    for name, arguments in RUNS.items():
        print(f"\n{name}: pytest {' '.join(arguments)}", flush=True)
        command = [sys.executable, "-m", "pytest", *arguments]
        ended[name] = subprocess.run(command, cwd=ROOT).returncode
    print(*(f"{name}: {'failed' if ended[name] else 'passed'}" for name in RUNS))
    return sum(code != 0 for code in ended.values())


if __name__ == "__main__":
    sys.exit(main())
