"""`tools/compare_sites.py`: which differences between two sites it reports."""

import json

import compare_sites
import pytest

ID, OTHER_ID = 32 * "a", 32 * "b"
PAGE = """<html><head>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'"/>
<link rel="stylesheet" href="_static/site.css?v=1"/></head><body>
<p>It descends.</p><a href="b.html">more</a><img src="a.png" alt="A curve"/>
<div data-widget="{id}" data-state="_static/states/a-1.js?v=1"></div></body>"""


def site(folder, model=ID, traits=None, page=PAGE, font=None):
    """Write a small site; return its folder."""
    states = folder / "_static" / "states"
    states.mkdir(parents=True)
    (folder / "a.html").write_text(page.format(id=model), encoding="utf-8")
    plot, link = (f"{n}{model[1:]}" for n in "cd")
    models = [
        (model, {"children": [f"IPY_MODEL_{plot}"]}),
        (plot, traits or {"a": 1, "b": "it's"}),
        (link, {"source": [f"IPY_MODEL_{plot}", "a"]}),
    ]
    models = models if model == ID else models[::-1]
    state = json.dumps({name: {"state": state} for name, state in models})
    quoted = state.replace("\\", "\\\\").replace("'", "\\'")
    script = f"(globalThis.bookStates??={{}})['{model}']=JSON.parse('{quoted}');\n"
    (states / "a-1.js").write_text(script, encoding="utf-8")
    return folder


@pytest.fixture
def found(tmp_path):
    """Return a function that compares a site with one that is made otherwise."""

    def compare(**changes):
        one, other = tmp_path / "one", tmp_path / "other"
        site(one)
        site(other, **changes)
        return list(compare_sites.differences(one, other))

    return compare


def test_versions_ids_and_the_order_of_traits_are_no_difference(found):
    page = PAGE.replace("?v=1", "?v=2")
    traits = {"b": "it's", "a": 1}
    assert found(page=page, model=OTHER_ID, traits=traits) == []


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("text", "It descends", "It ascends"),
        ("links", "b.html", "c.html"),
        ("pictures", "A curve", "A line"),
        ("policy", "'none'", "'self'"),
        ("HTML", "<p>", '<p class="x">'),
    ],
)
def test_a_change_of_a_page_is_named_by_its_part(found, part, old, new):
    (difference,) = found(page=PAGE.replace(old, new))
    assert difference.startswith(f"a.html: {part}\n")
    assert new in difference


def test_a_change_of_widget_data_is_named(found):
    differences = found(traits={"a": 2, "b": "it's"})
    assert [d.partition("\n")[0] for d in differences] == [
        "_static/states/a-1.js: widgets",
        "a.html: widgets",
    ]


def test_a_file_of_one_site_only_is_named(tmp_path, capsys):
    one, other = site(tmp_path / "one"), site(tmp_path / "other")
    (other / "x.bin").write_bytes(b"\xff")
    assert compare_sites.main([str(one), str(other)]) == 1
    assert f"x.bin: only in {other}" in capsys.readouterr().out
    (one / "x.bin").write_bytes(b"\xfe")
    assert compare_sites.main([str(one), str(other)]) == 1
    (one / "x.bin").write_bytes(b"\xff")
    assert compare_sites.main([str(one), str(other)]) == 0


def test_two_folders_are_asked_for(tmp_path):
    assert compare_sites.main([str(tmp_path)]) == 2
    assert compare_sites.main([str(tmp_path), str(tmp_path / "gone")]) == 2
