"""Compare two built sites page by page, and say what differs for a reader.

    python tools/compare_sites.py OLD/_build/html _build/html

A change of the build that should change nothing for readers is checked with
it. For each page it compares the text, the links, the pictures, the data of
the widgets, the policy, and at last the HTML itself; for all other files their
bytes. What differs between any two builds is left out: the version in an
address (``?v=...``), the ids of widgets, the order in which their state is
written, and the time in a font. The exit status is 1 if anything differs.
"""

import base64
from collections.abc import Iterator
from difflib import unified_diff
from io import BytesIO
import json
from pathlib import Path
import re
import sys
from typing import Any

from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont

VERSION = re.compile(r"\?(?:v|digest)=\w+")
WIDGET_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
STATE = re.compile(r"\['(\w+)'\]=JSON\.parse\('(.*)'\);$", re.M)
EMBEDDED_FONT = re.compile(r"url\(data:font/woff;base64,([^)]*)\)")
MOST_LINES = 12  # of a difference are shown


def main(folders: list[str]) -> int:
    """Compare the sites in two folders; return the exit status."""
    if len(folders) != 2 or not all(Path(f).is_dir() for f in folders):
        print(f"two folders with a built site are needed, not {folders}")
        return 2
    found = list(differences(*map(Path, folders)))
    print(*found, sep="\n")
    print(f"{len(found)} differences" if found else "the sites are the same")
    return 1 if found else 0


def differences(one: Path, other: Path) -> Iterator[str]:
    """Yield what differs between two sites, a text for each."""
    names, others = files(one), files(other)
    for name in sorted(names ^ others):
        yield f"{name}: only in {one if name in names else other}"
    for name in sorted(names & others):
        parts, changed = (contents(site, name) for site in (one, other))
        for part, text in parts.items():
            if text != changed[part]:
                yield f"{name}: {part}\n{shown(text, changed[part])}"
                break  # the parts after it say the same


def files(site: Path) -> set[str]:
    """Return the names of all files of a site."""
    paths = (path for path in site.rglob("*") if path.is_file())
    return {path.relative_to(site).as_posix() for path in paths}


def contents(site: Path, name: str) -> dict[str, str]:
    """Return what a file of a site holds, part by part, as text."""
    path = site / name
    if path.suffix == ".html":
        return page_parts(path.read_text("utf-8"), path.parent)
    if path.suffix == ".woff":
        return {"font": font_parts(path.read_bytes())}
    if path.suffix == ".css":
        return {"style sheet": with_fonts_as_text(path.read_text("utf-8"))}
    if "states" in path.parts:
        return {"widgets": widget_data(path.read_text("utf-8"))}
    try:
        text = VERSION.sub("", path.read_text("utf-8"))
        # Scripts without line ends: a difference is to be seen in its line.
        return {"file": text.replace(",", ",\n") if path.suffix == ".js" else text}
    except UnicodeDecodeError:
        return {"file": path.read_bytes().hex()}


def page_parts(html: str, folder: Path) -> dict[str, str]:
    """Return the parts of a page, those that readers notice first."""
    soup = BeautifulSoup(html, "html.parser")
    policy = soup.select_one("meta[http-equiv=Content-Security-Policy]")
    states = dict.fromkeys(p["data-state"] for p in soup.select("[data-state]"))
    paths = [folder / VERSION.sub("", str(state)) for state in states]
    return {
        "text": "\n".join(soup.stripped_strings),
        "links": lines(soup, "[href]", "href"),
        "pictures": lines(soup, "img", "src", "alt", "width", "height"),
        "widgets": "\n".join(widget_data(p.read_text("utf-8")) for p in paths),
        "policy": str(policy["content"]) if policy else "",
        "HTML": numbered(VERSION.sub("", html)),
    }


def lines(soup: BeautifulSoup, selector: str, *names: str) -> str:
    """Return some attributes of all tags that a selector finds, line by line."""
    return "\n".join(
        VERSION.sub("", " ".join(str(tag.get(name, "")) for name in names))
        for tag in soup.select(selector)
    )


def widget_data(script: str) -> str:
    """Return the states that a script brings, as lines, with ids by number."""
    written = []
    for place, quoted in STATE.findall(script):
        packed = quoted.replace("\\'", "'").replace("\\\\", "\\")
        state = json.loads(packed)
        shown_there = list(within(state, place))
        # What is not shown are links: in the order of what they tie.
        links = [name for name in state if name not in shown_there]
        ids = "\n".join(shown_there)
        links.sort(key=lambda name: numbered(f"{ids}\n{as_lines(state[name])}"))
        models = [f"{name} {as_lines(state[name])}" for name in shown_there + links]
        written.append(numbered("\n".join([ids, *models])))
    return "\n".join(written)


def within(state: dict[str, Any], model_id: str) -> Iterator[str]:
    """Yield the id of a model and those of all that it shows."""
    yield model_id
    for child in state[model_id]["state"].get("children", []):
        yield from within(state, child.removeprefix("IPY_MODEL_"))


def as_lines(model: dict[str, Any]) -> str:
    """Return the state of a model, a value a line."""
    return json.dumps(model, sort_keys=True, indent=1)


def numbered(text: str) -> str:
    """Return ``text``, its widgets' ids replaced by numbers.

    >>> numbered("a " + 32 * "0" + " b " + 32 * "1" + " c " + 32 * "0")
    'a #0 b #1 c #0'
    """
    ids = {name: n for n, name in enumerate(dict.fromkeys(WIDGET_ID.findall(text)))}
    return WIDGET_ID.sub(lambda match: f"#{ids[match[0]]}", text)


def font_parts(data: bytes) -> str:
    """Return a font as text, without the time at which it was made."""
    font: Any = TTFont(BytesIO(data))
    font["head"].modified = 0
    font["head"].checkSumAdjustment = 0
    text = BytesIO()
    font.saveXML(text)
    # The file itself is named by the library that wrote it.
    return re.sub(r'(modified|checkSumAdjustment) value="[^"]*"', "", decoded(text))


def decoded(stream: BytesIO) -> str:
    """Return what was written into ``stream``."""
    return stream.getvalue().decode("utf-8")


def with_fonts_as_text(css: str) -> str:
    """Return a style sheet, each font in it as text."""
    return EMBEDDED_FONT.sub(lambda m: font_parts(base64.b64decode(m[1])), css)


def shown(one: str, other: str) -> str:
    """Return the first lines in which two texts differ."""
    changes = unified_diff(one.splitlines(), other.splitlines(), lineterm="", n=0)
    kept = [f"  {line[:200]}" for line in changes if line[:2] not in ("--", "++", "@@")]
    more = [f"  ... {len(kept) - MOST_LINES} more lines"] * (len(kept) > MOST_LINES)
    return "\n".join([*kept[:MOST_LINES], *more])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
