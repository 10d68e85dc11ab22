"""The content security policy of a page, and that no page breaks it."""

import pytest
from support.browser import SITE
from support.pages import CHAPTER, each_page, soup


@each_page
def test_a_page_asks_no_other_host(visited, page):
    for visit in visited(page).visits():
        assert not visit.asked


@each_page
def test_a_page_keeps_to_its_policy(visited, page):
    # Not in the walk by keyboard: TensorFlow.js, which comes with the focus on the
    # field of `your_loss`, tries WebAssembly, is refused, and does without.
    for visit in (visited(page).wide, visited(page).phone):
        assert not visit.violations


@each_page
def test_a_policy_lets_in_own_scripts_only(page):
    (meta,) = soup(page).select('meta[http-equiv="Content-Security-Policy"]')
    rules = dict(rule.strip().split(" ", 1) for rule in meta["content"].split(";"))
    assert rules["default-src"] == "'self'"
    sources = set(rules["script-src"].split())
    named = {s for s in sources if not s.startswith("'sha256-")}
    assert named == {"'self'"}
    assert not [tag for tag in soup(page)(True) if any(map(is_handler, tag.attrs))]
    assert rules["object-src"] == "'none'"
    assert rules["style-src"] == "'self' 'unsafe-inline'"
    # Nothing that the policy is about stands before it.
    assert not meta.find_all_previous(["script", "link", "style", "img"])


def is_handler(attribute):
    """Say whether an attribute holds code that runs on an event."""
    return attribute.startswith("on")


@pytest.mark.parametrize("place", ["server", "file"])
def test_a_policy_blocks_added_scripts_and_other_hosts(visit, site, place):
    root = site if place == "server" else SITE.as_uri()
    with visit(f"{root}/{CHAPTER}") as page:
        page.evaluate(
            """() => {
                 const script = document.createElement("script");
                 script.textContent = "window.intruded = true";
                 document.body.append(script);
               }"""
        )
        assert page.evaluate("window.intruded") is None
        fetched = page.evaluate(
            "fetch('https://example.org').then(() => true, () => false)"
        )
        assert not fetched
