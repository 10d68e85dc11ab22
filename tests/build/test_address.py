"""Where the book is published, as one setting says it."""

from bookbuild.address import Address, read_address
from bookbuild.render.description import configure
import pytest
from sphinx.errors import ConfigError

REPOSITORY = "https://github.com/Ann/book"
HOME = "https://ann.github.io/book/"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"BOOK_REPOSITORY": ""}, None),
        ({"BOOK_REPOSITORY": "Ann/book"}, Address(REPOSITORY, HOME)),
        (
            {"BOOK_REPOSITORY": "ann/ann.github.io"},
            Address("https://github.com/ann/ann.github.io", "https://ann.github.io/"),
        ),
        (
            {"BOOK_REPOSITORY": "Ann/book", "BOOK_SITE": "https://book.example/x"},
            Address(REPOSITORY, "https://book.example/x/"),
        ),
    ],
)
def test_the_address_follows_from_the_setting(environment, expected):
    assert read_address(environment) == expected


@pytest.mark.parametrize("name", ["book", "https://github.com/a/b", "a/b/c", "a b/c"])
def test_a_bad_repository_is_named(name):
    with pytest.raises(ValueError, match="BOOK_REPOSITORY must be owner/name"):
        read_address({"BOOK_REPOSITORY": name})


def test_a_wrong_setting_is_an_error_of_the_configuration(monkeypatch):
    monkeypatch.setenv("BOOK_REPOSITORY", "a b/c")
    with pytest.raises(ConfigError, match="BOOK_REPOSITORY must be owner/name"):
        configure(None, None)


@pytest.mark.parametrize("site", ["book.example", "http://book.example", "https://"])
def test_a_bad_site_is_named(site):
    with pytest.raises(ValueError, match="BOOK_SITE must be an https:// address"):
        read_address({"BOOK_REPOSITORY": "a/b", "BOOK_SITE": site})
