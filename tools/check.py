"""Run the tests of the pages that have changed.

    python tools/check.py

A page has changed if git says that its file is another one than where this
branch left `main`, or is new. The site has to be built: `make check` does that
first. The notebooks among the pages are executed, and every printed line is
compared; then come the tests of what a chapter must have, and those that look
at a page of the site without a browser.
"""

from pathlib import Path
import subprocess
import sys

from everywhere import ROOT

MAIN = ("origin/main", "main")
PAGES = (".ipynb", ".md")
# What pages rest on; a change there concerns them all.
BELOW = ("helpers/", "book/_", "_config.yml", "requirements.txt")
# It reads the HTML of the pages; its tests are called after them.
SITE = "tests/site/test_pages.py"
APART = ("-n", "auto", "--dist", "loadfile")


def git(*arguments: str) -> list[str]:
    """Return the lines that git answers; none if it fails."""
    command = ["git", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, encoding="utf-8"
    ).stdout.splitlines()


def changed() -> list[str]:
    """Return the files that are not as they are in `main`, by their paths."""
    bases = [base for name in MAIN for base in git("merge-base", name, "HEAD")]
    found = git("diff", "--name-only", "--diff-filter=d", *bases[:1] or ["HEAD"])
    return sorted({*found, *git("ls-files", "--others", "--exclude-standard")})


def pages(files: list[str]) -> list[str]:
    """Return the names of the pages among files.

    >>> pages(["README.md", "book/api.md", "book/_ext/a.md", "book/model.ipynb"])
    ['book/api.md', 'book/model.ipynb']
    """
    paths = [Path(file) for file in files]
    return [
        path.as_posix()
        for path in paths
        if path.parent.as_posix() == "book" and path.suffix in PAGES
    ]


def runs(names: list[str]) -> list[list[str]]:
    """Return what pytest is called with, for these pages.

    >>> runs(["book/api.md"])[1][-1]
    'book/api.html or [api]'
    """
    notebooks = [name for name in names if name.endswith(".ipynb")]
    paths = [Path(name) for name in names]
    called = [
        f"{path.with_suffix('.html').as_posix()} or [{path.stem}]" for path in paths
    ]
    found = [["tests/book"]]
    if notebooks:
        found.append([*APART, "--nbval", *notebooks, "-pno:cacheprovider"])
    if called:
        found.append([SITE, "-k", " or ".join(called)])
    return found


def main() -> int:
    """Run the tests; return how many of the runs failed."""
    files = changed()
    names = pages(files)
    print("Changed pages:", ", ".join(names) or "none", flush=True)
    if any(file.startswith(BELOW) for file in files):
        print("What all pages rest on has changed, too: `make test` tests that.")
    failed = 0
    for arguments in runs(names):
        print(f"\npytest {' '.join(arguments)}", flush=True)
        command = [sys.executable, "-m", "pytest", *arguments]
        failed += subprocess.run(command, cwd=ROOT).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
