"""Write helpers/messages.json, which `helpers.explain` searches.

Its entries are those of the page of error messages: gathered from the notebooks
and from book/_data, as CONTRIBUTING tells. A test says when it is out of date;
`make notebooks` writes it, and so does

    python tools/messages.py
"""

from pathlib import Path
import sys

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from bookbuild.errors.book import write  # noqa: E402

if __name__ == "__main__":
    print(f"wrote {write(ROOT).relative_to(ROOT)}")
