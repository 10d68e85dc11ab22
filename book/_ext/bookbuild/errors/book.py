"""Gather the entries of the whole book from its notebooks and its data.

The page of the error messages and ``helpers/messages.json`` are made from what
`the_entries` returns, so they have the same entries.
"""

from collections.abc import Iterator
import json
from pathlib import Path
import posixpath
import re
from typing import Any, NamedTuple

from ..execute.versions import installed
from ..names import EXPLAINED, MESSAGES, OLDER, OLDER_MESSAGES, SYMPTOMS
from .entries import Answer, Entry, Problems, Section, Shown, gathered, slug
from .rules import RULES

TEMPLATE = "template"  # the shape of a chapter, which is no page of its own


class Page(NamedTuple):
    """A notebook or a text page: its title, and those of its sections."""

    title: str
    sections: dict[str, str]  # by anchor


def the_entries(root: Path) -> tuple[list[Entry], Problems]:
    """Return the entries of the book at ``root``, and what is wrong."""
    older = older_versions(root)
    lists = (read(root / name, []) for name in (EXPLAINED, SYMPTOMS))
    entries, wrong = gathered(
        cells(root), older, installed()["TensorFlow"], *lists
    )
    pages = the_pages(root)
    for entry in entries:
        for answer in entry.answers:
            if answer.fixed_in and not section_of(entry, answer, pages):
                name = entry.message.kind
                problem = f"{name}: nothing is at {answer.fixed_in}"
                wrong.append((entry.page, problem))
    return entries, wrong


def older_versions(root: Path) -> dict[str, Any]:
    """Return for each older version the snippets of both captures."""
    found: dict[str, Any] = {}
    for name in (OLDER, OLDER_MESSAGES):
        for number, capture in read(root / name, {}).items():
            known = found.setdefault(number, {"snippets": {}})
            known["snippets"].update(capture["snippets"])
    return found


def read(path: Path, otherwise: Any) -> Any:
    """Return what a JSON file holds, or ``otherwise`` where there is none."""
    return json.loads(path.read_text("utf-8")) if path.exists() else otherwise


def notebooks(root: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the name of each notebook that is a page, and its cells."""
    for path in sorted((root / "book").glob("*.ipynb")):
        if path.stem != TEMPLATE:
            yield f"book/{path.stem}", read(path, None)["cells"]


def cells(root: Path) -> Iterator[Shown]:
    """Yield the code cells; what a solution prints is the reader's."""
    for page, all_cells in notebooks(root):
        title = ""
        for cell in all_cells:
            if cell["cell_type"] == "markdown":
                title = (titles("".join(cell["source"])) or [title])[-1]
            elif cell["cell_type"] == "code" and "solution" not in cell[
                "metadata"
            ].get("tags", []):
                printed = "".join(
                    text
                    for output in cell["outputs"]
                    for text in output.get("text", [])
                )
                section = Section(page, anchor(title), title)
                about = cell["metadata"].get("errors", {})
                yield Shown(section, printed, about)


def the_pages(root: Path) -> dict[str, Page]:
    """Return the pages of the book by name."""
    texts = {
        page: "\n".join(
            "".join(cell["source"])
            for cell in all_cells
            if cell["cell_type"] == "markdown"
        )
        for page, all_cells in notebooks(root)
    }
    for path in (root / "book").glob("*.md"):
        texts[f"book/{path.stem}"] = path.read_text("utf-8")
    return {
        page: Page(found[0], {anchor(title): title for title in found})
        for page, text in texts.items()
        if (found := titles(text))
    }


def titles(markdown: str) -> list[str]:
    r"""Return the headings of a text, as they are read.

    >>> titles("# Find `x`\n\nSee.\n\n## [Here](there.md)")
    ['Find x', 'Here']
    """
    found = re.findall(r"(?m)^#{1,3} (.+)$", markdown)
    return [
        re.sub(r"\[([^\]]+)\]\([^)]*\)|[`*]", r"\1", title) for title in found
    ]


def anchor(title: str) -> str:
    """Return the name of the section with this title in an address.

    >>> anchor("What's a tape?")
    'what-s-a-tape'
    """
    return "-".join(re.findall(r"[a-z0-9]+", title.lower()))


def section_of(
    entry: Entry, answer: Answer, pages: dict[str, Page]
) -> Section | None:
    """Return the section that tells the fix, or None if there is none."""
    file, _, title = answer.fixed_in.partition("#")
    name = anchor(title)  # MyST allows an underscore, which an id never has
    folder, own = posixpath.split(entry.page)
    page = posixpath.join(folder, file.removesuffix(".ipynb") or own)
    page = page.removesuffix(".md")
    if page in pages and name in pages[page].sections:
        return Section(page, name, pages[page].sections[name])
    return None


def as_data(root: Path) -> dict[str, Any]:
    """Return what ``helpers/messages.json`` holds for the book at ``root``.

    Raises
    ------
    ValueError
        If something is wrong with the entries.
    """
    entries, wrong = the_entries(root)
    if wrong:
        raise ValueError("\n".join(f"{page}: {text}" for page, text in wrong))
    pages = the_pages(root)

    def place(section: Section) -> dict[str, str]:
        return section._asdict() | {"chapter": pages[section.page].title}

    def answer(entry: Entry, told: Answer) -> dict[str, Any]:
        section = section_of(entry, told, pages)
        return {
            **({"question": told.question} if told.question else {}),
            "cause": told.cause,
            "fix": told.fix,
            **({"fixed_in": place(section)} if section else {}),
        }

    return {
        "rules": RULES,
        "entries": [
            {
                "id": slug(entry),
                "kind": entry.message.kind,
                "wordings": [
                    {"text": text, "versions": versions}
                    for text, versions in entry.wordings.items()
                ],
                **({"reported": entry.reported} if entry.reported else {}),
                **({"words": entry.words} if entry.words else {}),
                "answers": [answer(entry, told) for told in entry.answers],
                "shown": [place(section) for section in entry.shown],
            }
            for entry in entries
        ],
    }


def write(root: Path) -> Path:
    """Write ``helpers/messages.json``; return its path."""
    path = root / MESSAGES
    path.write_text(as_text(root), encoding="utf-8")
    return path


def as_text(root: Path) -> str:
    """Return the text of ``helpers/messages.json``."""
    return json.dumps(as_data(root), indent=2, ensure_ascii=False) + "\n"
