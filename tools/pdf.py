"""Print the whole built book as one PDF with a table of contents.

    python tools/pdf.py [FILE]

A Chromium or Chrome prints each page of the table of contents as a reader
would; the contents come first, with page numbers, and links between pages stay
within the file. It is written to _build/minimize-unrolled.pdf.
"""

from html import escape
from io import BytesIO
from pathlib import Path
import sys
from typing import Any
from urllib.parse import unquote, urlsplit

import browsers
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import ArrayObject, Fit, NameObject, NumberObject
import yaml

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "minimize-unrolled.pdf"
MARGIN = {"top": "18mm", "bottom": "18mm", "left": "18mm", "right": "18mm"}
FOOT = (
    '<p style="width: 100%; font: 8pt sans-serif; color: #555; text-align: center">'
    "{}</p>"
)


def parts() -> list[tuple[str, list[str]]]:
    """Return ``[(part, [page, ...]), ...]``; the root page comes first."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    named = [
        (part["caption"], [chapter["file"] for chapter in part["chapters"]])
        for part in toc["parts"]
    ]
    return [("", [toc["root"]]), *named]


def printed(browser: Any, page: str) -> tuple[str, PdfReader]:
    """Return the title of a page of the site, and the page as a PDF."""
    tab = browser.new_page(color_scheme="light")
    tab.goto((SITE / f"{page}.html").as_uri())
    tab.locator("html[data-ready]").wait_for()
    # Printing fires this too, but does not wait for the pictures.
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    tab.evaluate(
        "Promise.all([...document.querySelectorAll('article img')]"
        ".map(i => i.decode().catch(() => 0)))"
    )
    title = tab.locator("article h1").first.inner_text().rstrip("#¶ \n")
    pdf = tab.pdf(format="A4", margin=MARGIN, outline=True, tagged=True)
    tab.close()
    return title, PdfReader(BytesIO(pdf))


def contents(browser: Any, entries: list[tuple[str, str, int]]) -> PdfReader:
    """Return the contents, a line for each ``(part, title, page number)``."""
    lines, current = [], ""
    for part, title, number in entries:
        if part != current:
            lines.append(f"<h2>{escape(part)}</h2>")
            current = part
        lines.append(
            f'<p><span>{escape(title)}</span><span class="n">{number}</span></p>'
        )
    tab = browser.new_page()
    tab.set_content(
        "<!doctype html><html lang=en><title>Minimize, Unrolled</title><style>"
        "body{font:11pt sans-serif} h1{font-size:26pt;font-weight:normal}"
        "h2{font-size:12pt;margin:1.6em 0 .4em} p{display:flex;margin:.3em 0}"
        ".n{margin-left:auto}</style><h1>Minimize, Unrolled</h1>"
        "<h2>Contents</h2>" + "".join(lines)
    )
    pdf = tab.pdf(format="A4", margin=MARGIN, tagged=True)
    tab.close()
    return PdfReader(BytesIO(pdf))


def numbers(browser: Any, count: int) -> PdfReader:
    """Return ``count`` empty pages that carry their numbers."""
    tab = browser.new_page()
    tab.set_content("<p style='break-after: page'>&nbsp;</p>" * (count - 1) + "&nbsp;")
    pdf = tab.pdf(
        format="A4",
        margin=MARGIN,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=FOOT.format('<span class="pageNumber"></span>'),
    )
    tab.close()
    return PdfReader(BytesIO(pdf))


def write_book(browser: Any, target: Path) -> None:
    """Print all pages, and join them behind their contents."""
    book = [(part, page) for part, pages in parts() for page in pages]
    readers = [(part, page, *printed(browser, page)) for part, page in book]
    # The contents do not grow when the numbers in them change.
    blank = contents(browser, [(part, title, 888) for part, _, title, _ in readers])
    starts, number = {}, len(blank.pages)
    for _, page, _, reader in readers:
        starts[page] = number
        number += len(reader.pages)
    entries = [(part, title, starts[page] + 1) for part, page, title, _ in readers]
    writer = PdfWriter()
    writer.append(contents(browser, entries), import_outline=False)
    writer.add_outline_item(title="Contents", page_number=0)
    folders: dict[str, Any] = {"": None}
    for part, page, title, reader in readers:
        if part not in folders:
            folders[part] = writer.add_outline_item(
                title=part, page_number=starts[page]
            )
        writer.append(reader, import_outline=False)
        writer.add_outline_item(
            title=title, page_number=starts[page], parent=folders[part]
        )
    link_contents(writer, [start for _, start in starts.items()], len(blank.pages))
    keep_links_inside(writer, starts)
    for sheet, numbered in zip(
        writer.pages, numbers(browser, len(writer.pages)).pages, strict=True
    ):
        sheet.merge_page(numbered)
    writer.add_metadata({"/Title": "Minimize, Unrolled"})
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    writer.write(target)


def link_contents(writer: PdfWriter, starts: list[int], length: int) -> None:
    """Make each line of the contents a link to its chapter."""
    waiting = iter(starts)
    for index in range(length):
        lines: list[float] = []

        def note(text: str, cm: Any, tm: Any, *_: Any, lines: Any = lines) -> None:
            if text.strip().isdigit():  # a page number, alone at the right
                lines.append(tm[5] * cm[3] + cm[5])

        sheet = writer.pages[index]
        sheet.extract_text(visitor_text=note)
        for y, start in zip(lines, waiting, strict=False):
            rect = (50.0, y - 4, float(sheet.mediabox.width) - 50, y + 11)
            link = Link(rect=rect, target_page_index=start, fit=Fit.fit())
            writer.add_annotation(page_number=index, annotation=link)


def keep_links_inside(writer: PdfWriter, starts: dict[str, int]) -> None:
    """Have links to other pages of the book lead to them in this file."""
    for sheet in writer.pages:
        for reference in sheet.get("/Annots", []):
            link = reference.get_object()
            address = link.get("/A", {}).get("/URI", "")
            if not address.startswith("file:"):
                continue
            path = Path(unquote(urlsplit(address).path))
            page = path.relative_to(SITE).with_suffix("").as_posix()
            page = "book/welcome" if page == "index" else page
            if page in starts:
                del link[NameObject("/A")]
                target = writer.pages[starts[page]].indirect_reference
                assert target is not None
                link[NameObject("/Dest")] = ArrayObject(
                    [target, NameObject("/XYZ"), *[NumberObject(0)] * 3]
                )


def main() -> None:
    """Write the book to the file that is named, or to its usual place."""
    program = browsers.installed()
    if program is None:
        raise SystemExit(f"printing needs a browser: {browsers.INSTALL}")
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        write_book(browser, target)
        browser.close()
    print(f"The book as a PDF is at {target}")


if __name__ == "__main__":
    main()
