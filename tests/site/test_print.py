"""Pages on paper, and the whole book as one PDF."""

import re
import subprocess
import sys

from pypdf import PdfReader
from support.notebooks import ROOT, contents
from support.pages import each_page, soup


@each_page
def test_a_printed_page_is_the_chapter_alone(visited, page):
    notes = visited(page).wide
    assert notes.title_printed or page == "search.html"
    assert not notes.navigation_printed
    assert notes.folded_printed == 0
    assert notes.folded_after == notes.folded
    assert not notes.live_printed
    assert not notes.moving_printed, "caught while it fades in"


def test_the_whole_book_is_one_pdf(chromium, tmp_path):
    target = tmp_path / "book.pdf"
    subprocess.run([sys.executable, "tools/pdf.py", str(target)], cwd=ROOT, check=True)
    book = PdfReader(target)
    root, parts = contents()
    chapters = [root, *(name for names in parts.values() for name in names)]
    titles = [
        soup(f"book/{n}.html").article.h1.get_text().rstrip("#") for n in chapters
    ]
    first = " ".join(book.pages[0].extract_text().split())
    for title in titles:
        found = re.search(re.escape(title) + r" (\d+)", first)
        assert found, (title, first)
        there = book.pages[int(found[1]) - 1].extract_text()
        assert " ".join(title.split()) in " ".join(there.split())
    links = [a.get_object() for page in book.pages for a in page.get("/Annots", [])]
    addresses = [str(link.get("/A", {}).get("/URI", "")) for link in links]
    inside = [a for a in addresses if a.startswith("file:") and "/book/" in a]
    assert not [a for a in inside if a.endswith(".html")]
    assert len(book.pages[0]["/Annots"]) == len(chapters)
