"""The site with and without the address that it is published under."""

import os
from pathlib import Path
import re
import shutil
import subprocess
from urllib.parse import parse_qsl, urlsplit

from bookbuild.render.description import PAGE_FORM, STATEMENT_FORM, page_end
from bs4 import BeautifulSoup
import pytest
from support.browser import SITE
from support.notebooks import ROOT, notebooks, text_pages
import yaml

# One build for all of them.
pytestmark = pytest.mark.xdist_group("publishing")

REPOSITORY = "https://github.com/Ann/book"
HOME = "https://ann.github.io/book/"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Build the site with an address, from the executions there are."""
    folder = tmp_path_factory.mktemp("published")
    cache = SITE.parent / ".jupyter_cache"
    shutil.copytree(cache, folder / "_build" / ".jupyter_cache")
    build = ["jupyter-book", "build", ".", "-W", "--path-output", str(folder)]
    environment = os.environ | {"BOOK_REPOSITORY": "Ann/book"}
    environment.pop("BOOK_SITE", None)
    result = subprocess.run(
        build, cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr[-3000:]
    assert "executed 1 of" not in result.stdout
    return folder / "_build" / "html"


def pages_of(site):
    """Yield (name, parsed page) for each page of the book on the site."""
    for name in notebooks() + text_pages():
        path = site / "book" / f"{name}.html"
        if path.exists():
            yield name, BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def test_every_page_knows_its_own_address(published):
    for name, page in pages_of(published):
        own = HOME if name == "welcome" else f"{HOME}book/{name}.html"
        assert [link["href"] for link in page.find_all(rel="canonical")] == [own]
        assert page.find("meta", property="og:url")["content"] == own


def test_every_notebook_can_be_opened_elsewhere(published):
    for name, page in pages_of(published):
        if name in text_pages():
            continue
        links = {link["href"] for link in page.find_all("a", href=True)}
        file = f"book/{name}.ipynb"
        assert (ROOT / file).is_file()
        colab = "https://colab.research.google.com/github"
        assert f"{colab}/Ann/book/blob/main/{file}" in links
        binder = "https://mybinder.org/v2/gh/Ann/book/main"
        assert f"{binder}?urlpath=lab/tree/{file}" in links


def test_every_page_says_what_it_shares(published):
    for _, page in pages_of(published):
        shared = {
            tag.get("property") or tag.get("name"): tag["content"]
            for tag in page.find_all("meta", content=True)
        }
        assert shared["og:title"] == re.sub(
            r"^\d+\. ", "", page.article.h1.get_text().rstrip("#")
        )
        assert len(shared["og:description"].split()) > 8
        picture = shared["og:image"].removeprefix(HOME)
        assert (published / picture).is_file()


FORMS = {
    "a statement is wrong": "statement.yml",
    "this page does not work": "page.yml",
}


def test_every_page_leads_to_the_forms_of_a_report_filled_in(published):
    for name, page in pages_of(published):
        own = HOME if name == "welcome" else f"{HOME}book/{name}.html"
        foot = page.select_one(".extra_footer .versions").get_text()
        links = page.select(".page-end a")
        assert {link.get_text(): form_of(link["href"]) for link in links} == FORMS
        for link in links:
            address, _, query = link["href"].partition("?")
            assert address == f"{REPOSITORY}/issues/new"
            filled = dict(parse_qsl(query))
            assert filled.pop("page") == own
            assert filled.pop("version") == foot.removesuffix(".")
            assert filled.keys() == {"template"}


def form_of(link):
    """Return the file of the issue form that a link names."""
    return dict(parse_qsl(urlsplit(link).query))["template"]


@pytest.mark.parametrize("form", [STATEMENT_FORM, PAGE_FORM])
def test_a_form_has_the_fields_that_a_link_fills_in(form):
    """GitHub fills in what it finds by the field's id, and drops the rest."""
    path = ROOT / ".github" / "ISSUE_TEMPLATE" / form
    fields = yaml.safe_load(path.read_text(encoding="utf-8"))["body"]
    kinds = {field["id"]: field["type"] for field in fields}
    (link, *_) = [
        tag["href"]
        for tag in BeautifulSoup(page_end("", "a", "b"), "html.parser")("a")
        if form_of(tag["href"]) == form
    ]
    filled = dict(parse_qsl(urlsplit(link).query)).keys() - {"template"}
    assert filled == {"page", "version"}
    assert {kinds[field] for field in filled} == {"input"}


def test_code_for_colab_stands_at_the_end_of_a_notebook(published):
    for name, page in pages_of(published):
        code = [tag.get_text() for tag in page.select(".in-colab code")]
        runs = name in notebooks()
        assert code == [f"%pip install git+{REPOSITORY}"] * runs


def test_the_site_map_lists_every_page(published):
    listed = re.findall(
        r"<loc>(.*?)</loc>", (published / "sitemap.xml").read_text(encoding="utf-8")
    )
    pages = {name for name, _ in pages_of(published)} - {"welcome"}
    assert set(listed) == {HOME} | {f"{HOME}book/{name}.html" for name in pages}
    assert f"{HOME}sitemap.xml" in (published / "robots.txt").read_text(
        encoding="utf-8"
    )


@pytest.mark.skipif("BOOK_REPOSITORY" in os.environ, reason="the site has an address")
def test_without_an_address_there_is_nothing_of_this():
    for _, page in pages_of(SITE):
        text = str(page)
        assert not page.find(rel="canonical")
        assert not page.find("meta", property=re.compile("^og:"))
        for word in ("colab.research", "mybinder", "page-end", "github.com/Ann"):
            assert word not in text
        assert page.find("meta", attrs={"name": "description"})["content"]
    assert not (SITE / "sitemap.xml").exists()


def test_binder_gets_the_reference_python():
    """Binder reads runtime.txt and requirements.txt."""
    runtime = Path(ROOT, "runtime.txt").read_text(encoding="utf-8").strip()
    assert runtime == "python-3.11"
    workflow = Path(ROOT, ".github/workflows/book.yml").read_text(encoding="utf-8")
    assert f'python-version: "{runtime.removeprefix("python-")}"' in workflow
