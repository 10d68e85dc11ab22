"""The widget host: what the build writes for it, and how it runs on a page."""

from collections import Counter
import gzip

from bookbuild.widgets.files import write_states
import pytest
from support.browser import SITE, Visit
from support.notebooks import BOOK


@pytest.mark.parametrize("text", ["it's", '"', "\\", "\n", "</script>", "\u2028", "é"])
def test_a_state_comes_back_as_it_was(visit, tmp_path, text):
    address = write_states(tmp_path, "page-1", {"box": {"box": {"text": text}}})
    file = tmp_path / address.partition("?")[0]
    with visit() as page:
        page.add_script_tag(content=file.read_text(encoding="utf-8"))
        assert page.evaluate("bookStates.box.box.text") == text


# ------------------------------------------------------------ in a browser

HOST = (BOOK / "_static" / "widget_host.js").as_uri()
DOCUMENT = """<!doctype html><title>t</title>
<script>globalThis.bookWidgets = {{
  Echo: {{ render({{ model, el }}) {{
    const show = () =>
      (el.textContent = `${{model.get("text")}} ${{model.get("rate")}}`);
    model.on("change:rate", show); show();
  }} }},
  Broken: {{ render() {{ throw new Error("no luck"); }} }},
}};</script>
{places}
<script defer src="{host}"></script>"""


PLACE = """<div class="widget-place" data-widget="box" data-state="{state}">
<div class="widget-static">still</div></div>"""


@pytest.fixture
def hosted(chromium, tmp_path):
    """Return a function that opens a page with a state for the host."""
    visits = []

    def open_page(module="Echo", text="<b>bold</b>", link="LinkModel", before=None):
        menu = {
            "description": "<i>rate</i>",
            "index": 1,
            "_options_labels": ["<u>one</u>", "two", "three"],
        }
        state = {
            "box": {
                "kind": "VBoxModel",
                "state": {"children": ["IPY_MODEL_menu", "IPY_MODEL_plot"]},
            },
            "menu": {"kind": "DropdownModel", "state": menu},
            "plot": {
                "kind": "AnyModel",
                "state": {"_module": module, "text": text, "rate": 0},
            },
            "link": {
                "kind": link,
                "state": {
                    "source": ["IPY_MODEL_menu", "index"],
                    "target": ["IPY_MODEL_plot", "rate"],
                },
            },
        }
        file = tmp_path / "page.html"
        address = write_states(tmp_path, "page-1", {"box": state})
        states = [before, address] if before else [address]
        places = "".join(PLACE.format(state=one) for one in states)
        file.write_text(DOCUMENT.format(places=places, host=HOST), encoding="utf-8")
        visited = Visit(chromium)
        visits.append(visited)
        page = visited.page
        page.goto(file.as_uri())
        page.wait_for_function(
            "count => document.querySelectorAll("
            "  '.widget-ready, .widget-failed').length === count",
            arg=len(states),
        )
        return page

    yield open_page
    for visited in visits:
        visited.__exit__()


@pytest.mark.parametrize("link", ["LinkModel", "DirectionalLinkModel"])
def test_a_linked_menu_drives_an_anywidget(hosted, link):
    page = hosted(link=link)
    assert page.locator(".widget-live").inner_text().endswith("<b>bold</b> 1")
    page.locator("select").select_option(index=2)
    assert page.locator(".widget-live").inner_text().endswith("<b>bold</b> 2")


def test_text_from_a_notebook_never_becomes_markup(hosted):
    page = hosted()
    assert page.locator("b, i, u").count() == 0
    assert page.locator("label").inner_text() == "<i>rate</i>"
    assert page.locator("option").first.inner_text() == "<u>one</u>"


def test_data_that_looks_like_a_model_stays_data(hosted):
    page = hosted(text="IPY_MODEL_menu")
    assert "IPY_MODEL_menu 1" in page.locator(".widget-live").inner_text()


def test_where_a_module_fails_the_static_form_stays(hosted):
    page = hosted(module="Broken")
    assert page.locator(".widget-failed").count() == 1
    assert page.get_by_text("still").is_visible()


def test_where_a_state_is_missing_the_static_form_stays(hosted):
    page = hosted(before="gone.js")
    lost, other = page.locator(".widget-place").all()
    assert lost.get_by_text("still").is_visible()
    assert other.locator("select").is_visible()


# ------------------------------------------------------------ on the site


def test_the_host_is_loaded_only_where_there_are_widgets():
    for page in (SITE / "book").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert ("widget_host.js" in text) == ("data-widget=" in text), page.name
        assert "requirejs" not in text
        assert "html-manager" not in text


def test_modules_are_scripts_of_the_site_and_not_in_the_pages():
    text = (SITE / "book" / "learning_rate.html").read_text(encoding="utf-8")
    assert "_esm" not in text
    assert "widgets/ConvergencePlot.js" in text
    script = (SITE / "_static" / "widgets" / "ConvergencePlot.js").read_text(
        encoding="utf-8"
    )
    assert "export " not in script


def packed(text):
    """Return how many bytes ``text`` is on its way to a reader."""
    return len(gzip.compress(text.encode(), 9))


def test_the_host_is_small():
    script = (SITE / "_static" / "widget_host.js").read_text(encoding="utf-8")
    assert packed(script) < 6_000


def test_the_widget_data_of_each_page_is_small():
    weights = Counter()
    for state in (SITE / "_static" / "states").rglob("*.js"):
        page = state.stem.rpartition("-")[0]
        weights[page] += packed(state.read_text(encoding="utf-8"))
    assert len(weights) >= 2
    for page, weight in weights.items():
        assert weight < 110_000, page
