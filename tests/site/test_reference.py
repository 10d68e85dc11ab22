"""The pages of the part Reference on the built site. Needs `make book`."""

import ast
from contextlib import redirect_stdout
import importlib
import inspect
import io
import pickle
import re

from pypdf import PdfReader
import pytest
from support import pages
from support.browser import SITE
from support.notebooks import (
    PAGE_PARTS,
    ROOT,
    chapters,
    code_cells,
    contents,
    notebooks,
    read,
    sections,
)

PATTERNS = 10
PATTERN_LINES = 8
SMALLEST_CODE_PT = 7.5


def soup(name):
    """Return the page called ``name``, parsed."""
    return pages.soup(f"book/{name}.html")


# ------------------------------------------------------------- the cheat sheet


def patterns():
    """Return ``{heading: (text, code cell)}`` for each pattern."""
    found = sections(read("cheat_sheet"))
    titles = [title for title in found if title not in ("", "Set up")]
    return {
        title: (found[title][0].source.partition("\n")[2].strip(), found[title][1])
        for title in titles
    }


def test_there_are_ten_patterns_and_each_is_short():
    assert len(patterns()) == PATTERNS
    for title, cells in sections(read("cheat_sheet")).items():
        if title in patterns():
            assert [cell.cell_type for cell in cells] == ["markdown", "code"], title
    for text, cell in patterns().values():
        assert "\n" not in text, "one paragraph says when"
        (target,) = re.findall(r"\]\((\w+)\.ipynb\)", text)
        assert target in chapters()
        assert len(cell.source.splitlines()) <= PATTERN_LINES


@pytest.mark.parametrize("title", patterns())
def test_a_pattern_stands_on_its_own_after_set_up(title):
    (set_up,) = code_cells(sections(read("cheat_sheet"))["Set up"])
    _, cell = patterns()[title]
    names, printed = {}, io.StringIO()
    exec(set_up.source, names)
    with redirect_stdout(printed):
        exec(cell.source, names)
    (stored,) = cell.outputs
    assert printed.getvalue() == stored.text


def test_the_cheat_sheet_prints_on_one_sheet(visit, site, tmp_path):
    with visit(f"{site}/book/cheat_sheet.html") as page:
        page.pdf(path=tmp_path / "sheet.pdf", format="A4")
        page.emulate_media(media="print")
        sizes = page.evaluate(
            """[...document.querySelectorAll("article pre")]
                 .map(e => parseFloat(getComputedStyle(e).fontSize) * 72 / 96)"""
        )
    assert min(sizes) >= SMALLEST_CODE_PT
    (sheet,) = PdfReader(tmp_path / "sheet.pdf").pages
    width, height = (float(side) / 72 * 25.4 for side in sheet.mediabox[2:])
    assert (round(width), round(height)) == (210, 297)
    lines = {line.strip() for line in sheet.extract_text().splitlines()}
    assert {"Set up", *patterns()} <= lines
    for cell in code_cells(read("cheat_sheet").cells):
        # A line that is too long for its column would be broken in two.
        code = cell.source + "\n" + "".join(out.text for out in cell.outputs)
        assert {line.strip() for line in code.splitlines() if line} <= lines


# ----------------------------------------------------------- what the helpers do


def imported():
    """Return each ``(module, name)`` that a notebook imports from the helpers."""
    return sorted(
        {
            (node.module, alias.name)
            for notebook in notebooks()
            for cell in code_cells(read(notebook).cells)
            for node in ast.walk(ast.parse(cell.source))
            if isinstance(node, ast.ImportFrom)
            and (node.module or "").startswith("helpers.")
            for alias in node.names
        }
    )


def entries(kind):
    """Return the entries of a kind on the page about the helpers."""
    return soup("api").select(f"dl.py.{kind}")


def documented(kind):
    """Return ``{name with its module: object}`` for each entry of a kind."""
    names = [entry.dt["id"] for entry in entries(kind)]
    return {name: find(name) for name in names}


def find(name):
    """Return the object that ``helpers.module.name`` names."""
    module, *path = name.split(".")[1:]
    found = importlib.import_module(f"helpers.{module}")
    for part in path:
        found = getattr(found, part)
    return found


@pytest.mark.parametrize(("module", "name"), imported())
def test_what_a_notebook_imports_is_on_the_page(module, name):
    entry = soup("api").find("dt", id=f"{module}.{name}")
    assert entry, f"book/api.md has no entry for {module}.{name}"
    assert inspect.getdoc(find(f"{module}.{name}")).split(".")[0].split("\n")[0]


def test_every_function_shows_and_explains_its_parameters():
    functions = documented("function") | documented("method")
    assert len(functions) >= len(imported())
    for entry in entries("function") + entries("method"):
        signature = inspect.signature(functions[entry.dt["id"]], eval_str=True)
        parameters = dict(signature.parameters)
        parameters.pop("self", None)
        shown = {
            tag.select_one(".n").get_text(): tag.get_text()
            for tag in entry.dt.select(".sig-param:has(.n)")
        }
        assert list(shown) == list(parameters)
        for name, parameter in parameters.items():
            assert shown[name].startswith(f"{name}: "), "a type"
            has_default = parameter.default is not inspect.Parameter.empty
            assert (" = " in shown[name]) == has_default
        fields = {
            term.get_text().strip(":"): term.find_next_sibling("dd")
            for term in entry.select("dl.field-list > dt")
        }
        listed = fields["Parameters"].select("strong") if parameters else []
        assert {tag.get_text() for tag in listed} == set(parameters), entry.dt["id"]
        told = "Returns" in fields and fields["Returns"].get_text(strip=True)
        assert bool(told) == (signature.return_annotation is not None), entry.dt["id"]


def test_every_record_and_widget_explains_its_attributes():
    for entry in entries("class"):
        fields = [term.get_text().strip(":") for term in entry.select("dt.field-odd")]
        assert "Attributes" in fields, entry.dt["id"]


def test_each_module_says_its_job_in_the_words_of_its_docstring():
    named = soup("api").select('[id^="module-helpers"]')
    modules = {tag["id"].removeprefix("module-") for tag in named}
    assert {module for module, _ in imported()} < modules
    text = " ".join(soup("api").article.get_text().split())
    for module in modules:
        first = inspect.getdoc(importlib.import_module(module)).split("\n\n")[0]
        assert " ".join(first.split()).replace("`", "") in text


def test_the_page_shows_nothing_of_the_machine():
    text = soup("api").article.get_text()
    for noise in (
        r"\b0x[0-9a-f]+",
        r"(?i)mock",
        "<factory>",
        r"~\w",
        r"/\w+/site-pack",
    ):
        assert not re.search(noise, text), noise


def test_the_page_is_read_again_when_a_helper_changes():
    with (ROOT / "_build" / ".doctrees" / "environment.pickle").open("rb") as file:
        known = pickle.load(file).dependencies["book/api"]
    files = {str(path).removeprefix(f"{ROOT}/") for path in known}
    for module in {module for module, _ in imported()}:
        path = module.replace(".", "/")
        assert {f"{path}.py", f"{path}/__init__.py"} & files, module


# -------------------------------------------------------------------- the glossary


# Nothing in these is running text.
NOT_RUNNING = ("code", "pre", "h1", "h2", "h3", "figcaption", "math", "summary")


def in_order():
    """Return the chapters in the order of the contents."""
    _, parts = contents()
    return [n for part, names in parts.items() if part not in PAGE_PARTS for n in names]


def glossary():
    """Return ``{term: its anchor}``."""
    return {
        " ".join("".join(dt.find_all(string=True, recursive=False)).split()): dt["id"]
        for dt in soup("glossary").select("dl.glossary dt")
    }


def running_text(chapter):
    """Yield each piece of running text of a page, with the link that it is."""
    for text in soup(chapter).article.find_all(string=True):
        if text.find_parent(class_="widget-room"):  # what keeps a place free
            continue
        around = {parent.name: parent for parent in text.parents}
        link = around.get("a")
        leads_elsewhere = link and "term-link" not in link.get("class", [])
        if "p" in around and not leads_elsewhere and not set(NOT_RUNNING) & set(around):
            yield str(text), link


def first_uses():
    """Return ``{term: (chapter, the link that it stands in)}``."""
    words = "|".join(sorted(map(re.escape, glossary()), key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w-])({words})(?:e?s)?(?![\w-])", re.IGNORECASE)
    known = {term.lower(): term for term in glossary()}
    found = {}
    for chapter in in_order():
        for text, link in running_text(chapter):
            for match in pattern.finditer(" ".join(text.split())):
                found.setdefault(known[match[1].lower()], (chapter, link))
    return found


def test_each_term_is_linked_from_its_first_use():
    uses = first_uses()
    assert uses.keys() == glossary().keys()
    for term, (chapter, link) in uses.items():
        assert link, f"{term}: first used in {chapter}, and not linked there"
        assert link["href"] == f"glossary.html#{glossary()[term]}"


def test_each_term_is_linked_once():
    names = [path.stem for path in (SITE / "book").glob("*.html")]
    links = [
        (name, link["href"])
        for name in names
        for link in soup(name).select(".term-link")
    ]
    assert sorted(href.partition("#")[2] for _, href in links) == sorted(
        glossary().values()
    )
    assert {name for name, _ in links} <= set(in_order())


def test_the_glossary_leads_back():
    for term, (chapter, link) in first_uses().items():
        entry = soup("glossary").find(id=glossary()[term])
        back = entry.find_next_sibling("dd").select_one(".first-use a")
        assert back["href"] == f"{chapter}.html#{link['id']}"


def test_a_term_looks_like_a_link(visit, site):
    with visit(f"{site}/book/minimize.html") as page:
        look = page.locator("a.term-link").first.evaluate(
            "e => [getComputedStyle(e).textDecorationLine, getComputedStyle(e).color,"
            " getComputedStyle(e.parentElement).color]"
        )
    line, color, around = look
    assert line == "underline"
    assert color != around
