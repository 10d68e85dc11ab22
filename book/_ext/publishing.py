"""Fill in what depends on where the book lives, from one setting.

``BOOK_REPOSITORY=owner/name`` in the environment names the repository on
GitHub; its Pages site follows from that, or is given as ``BOOK_SITE``. The
pages then get canonical addresses, what others show of them when they are
shared, buttons that open them in Colab and Binder, and a link to report an
error. Without the setting the site is complete, and has none of these.
"""

from collections.abc import Mapping
from html import escape
import os
from pathlib import Path
import re
from typing import Any, NamedTuple
from urllib.parse import urlencode, urljoin

from bs4 import BeautifulSoup
from sphinx.errors import ConfigError

PICTURE = "_static/page.png"
BRANCH = "main"


class Address(NamedTuple):
    """Where the book lives: its repository and its site, with a slash."""

    repository: str
    site: str


def setup(app: Any) -> dict[str, Any]:
    """Connect to Sphinx."""
    # Before the theme reads its options, and after it has written the page.
    app.connect("config-inited", configure, priority=100)
    app.connect("html-page-context", describe_page, priority=800)
    app.connect("build-finished", write_sitemap)
    return {"parallel_read_safe": True, "version": "1"}


def read_address(environment: Mapping[str, str]) -> Address | None:
    """Return the address in ``environment``, or None where there is none."""
    name = environment.get("BOOK_REPOSITORY", "")
    if not name:
        return None
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        raise ConfigError(
            f"BOOK_REPOSITORY must be owner/name, a repository on GitHub; "
            f"not {name!r}"
        )
    owner, project = name.lower().split("/")
    pages = f"https://{owner}.github.io/"
    own = "" if project == f"{owner}.github.io" else name.split("/")[1] + "/"
    site = environment.get("BOOK_SITE") or pages + own
    if not re.fullmatch(r"https://[\w.-]+(/[\w./-]*)?", site):
        raise ConfigError(
            f"BOOK_SITE must be an https:// address; not {site!r}"
        )
    return Address(f"https://github.com/{name}", site.rstrip("/") + "/")


def configure(app: Any, config: Any) -> None:
    """Give Sphinx and the theme the address."""
    address = read_address(os.environ)
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
        context["pageurl"] = page_address(app, address, pagename)
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
        context["body"] += page_end(address, pagename, title)
        if context.get("page_source_suffix") == ".ipynb":
            context["body"] += in_colab(address)
    context["metatags"] = context.get("metatags", "") + "".join(
        f'<meta {"property" if name.startswith("og:") else "name"}="{name}" '
        f'content="{escape(content)}">\n'
        for name, content in tags.items()
    )


def page_address(app: Any, address: Address, pagename: str) -> str:
    """Return the address of a page; the root page has the site's own."""
    if pagename == app.config.master_doc:
        return address.site
    return urljoin(address.site, f"{pagename}.html")


def first_sentences(body: str) -> str:
    """Return the first paragraph of a page as plain text."""
    soup = BeautifulSoup(body, "html.parser")
    paragraph = soup.find("p")
    return " ".join(paragraph.get_text().split()) if paragraph else ""


def page_end(address: Address, pagename: str, title: str) -> str:
    """Return what stands, small, at the end of a page: how to report."""
    query = urlencode(
        {"title": f"Error on the page {title}", "body": f"Page: {pagename}\n"}
    )
    return (
        f'<p class="page-end">Something wrong here? '
        f'<a href="{address.repository}/issues/new?{escape(query)}">'
        f"Report an error</a>.</p>"
    )


def in_colab(address: Address) -> str:
    """Return how to run a notebook in Colab, for the end of its page."""
    return (
        f'<p class="in-colab">To run this page in Colab, first run there: '
        f"<code>%pip install git+{address.repository}</code></p>"
    )


def write_sitemap(app: Any, exception: Exception | None) -> None:
    """Write the list of all pages for search engines."""
    if exception or app.builder.format != "html":
        return
    site_map = Path(app.outdir, "sitemap.xml")
    robots = Path(app.outdir, "robots.txt")
    address: Address | None = app.config.book_address
    if address is None:  # what an earlier build left is no longer true
        site_map.unlink(missing_ok=True)
        robots.unlink(missing_ok=True)
        return
    pages = sorted(
        escape(page_address(app, address, name)) for name in app.env.found_docs
    )
    urls = "\n".join(f"<url><loc>{page}</loc></url>" for page in pages)
    site_map.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{urls}\n</urlset>\n"
    )
    robots.write_text(
        f"User-agent: *\nSitemap: {urljoin(address.site, 'sitemap.xml')}\n"
    )
