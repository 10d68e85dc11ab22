"""Give each page its description and, where the book has one, its address.

What depends on the address is told by `address`.
"""

from html import escape
import os
import re
from typing import Any
from urllib.parse import urlencode, urljoin

from bs4 import BeautifulSoup
from sphinx.errors import ConfigError

from ..address import Address, read_address
from .foot import versions

PICTURE = "_static/page.png"
BRANCH = "main"
# The issue forms that a page's end leads to, and the fields that it fills in.
STATEMENT_FORM = "statement.yml"
PAGE_FORM = "page.yml"
PAGE_FIELD = "page"
VERSION_FIELD = "version"


def configure(app: Any, config: Any) -> None:
    """Give Sphinx and the theme the address, before they need it."""
    try:
        address = read_address(os.environ)
    except ValueError as problem:
        raise ConfigError(str(problem)) from problem
    app.add_config_value("book_address", address, "html")
    if address is None:
        return
    config.html_baseurl = address.site
    config.html_theme_options |= {
        "repository_url": address.repository,
        "repository_branch": BRANCH,
        "use_repository_button": True,
        "launch_buttons": {
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
            "notebook_interface": "jupyterlab",
        },
    }


def describe_page(
    app: Any, pagename: str, template: str, context: Any, doctree: Any
) -> None:
    """Add the description, what is shared of a page, and how to report."""
    if doctree is None:
        return
    title = BeautifulSoup(context["title"], "html.parser").get_text()
    title = re.sub(r"^\d+\. ", "", title)  # a number means nothing elsewhere
    summary = first_sentences(context["body"])
    tags = {"description": summary}
    address: Address | None = app.config.book_address
    if address:
        context["pageurl"] = address.page(pagename, app.config.master_doc)
        tags |= {
            "og:type": "article",
            "og:site_name": app.config.project,
            "og:title": title,
            "og:description": summary,
            "og:url": context["pageurl"],
            "og:image": urljoin(address.site, PICTURE),
            "og:image:alt": "A page of the book in a browser",
            "twitter:card": "summary_large_image",
        }
        executed = context.get("page_source_suffix") == ".ipynb"
        context["body"] += page_end(
            address.repository, context["pageurl"], versions(executed)
        )
        if executed:
            context["body"] += in_colab(address)
    context["metatags"] = context.get("metatags", "") + "".join(
        f'<meta {"property" if name.startswith("og:") else "name"}="{name}" '
        f'content="{escape(content)}">\n'
        for name, content in tags.items()
    )


def first_sentences(body: str) -> str:
    """Return the first paragraph of a page as plain text."""
    soup = BeautifulSoup(body, "html.parser")
    paragraph = soup.find("p")
    return " ".join(paragraph.get_text().split()) if paragraph else ""


def page_end(repository: str, page: str, version: str) -> str:
    """Return what stands, small, at the end of a page: how to report.

    ``page`` is the page's address; it and the ``version`` fill in the form.
    """
    fields = {PAGE_FIELD: page, VERSION_FIELD: version}

    def link(form: str, words: str) -> str:
        query = escape(urlencode({"template": form} | fields))
        return f'<a href="{repository}/issues/new?{query}">{words}</a>'

    return (
        f'<p class="page-end">Something wrong here? Report that '
        f"{link(STATEMENT_FORM, 'a statement is wrong')} or that "
        f"{link(PAGE_FORM, 'this page does not work')}.</p>"
    )


def in_colab(address: Address) -> str:
    """Return how to run a notebook in Colab, for the end of its page."""
    return (
        f'<p class="in-colab">To run this page in Colab, first run there: '
        f"<code>%pip install git+{address.repository}</code></p>"
    )
