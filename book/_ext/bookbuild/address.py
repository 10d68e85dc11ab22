"""Read where the book is published, from one setting in the environment.

``BOOK_REPOSITORY=owner/name`` in the environment names the repository on
GitHub; its Pages site follows from that, or is given as ``BOOK_SITE``. The
pages then get canonical addresses, a preview for when they are shared, buttons
that open them in Colab and Binder, and links to report what is wrong. Without
the setting the site is complete, and has none of these.
"""

from collections.abc import Mapping
import re
from typing import NamedTuple
from urllib.parse import urljoin


class Address(NamedTuple):
    """Where the book lives: its repository and its site, with a slash."""

    repository: str
    site: str

    def page(self, name: str, root: str) -> str:
        """Return the address of a page; the ``root`` page has the site's own.

        >>> Address("", "https://a.org/").page("book/b", "book/a")
        'https://a.org/book/b.html'
        """
        return (
            self.site if name == root else urljoin(self.site, f"{name}.html")
        )


def read_address(environment: Mapping[str, str]) -> Address | None:
    """Return the address in ``environment``, or None where there is none.

    Raises
    ------
    ValueError
        If the repository or the site is not what it should be.
    """
    name = environment.get("BOOK_REPOSITORY", "")
    if not name:
        return None
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        raise ValueError(
            f"BOOK_REPOSITORY must be owner/name, a repository on GitHub; "
            f"not {name!r}"
        )
    owner, project = name.lower().split("/")
    pages = f"https://{owner}.github.io/"
    own = "" if project == f"{owner}.github.io" else name.split("/")[1] + "/"
    site = environment.get("BOOK_SITE") or pages + own
    if not re.fullmatch(r"https://[\w.-]+(/[\w./-]*)?", site):
        raise ValueError(
            f"BOOK_SITE must be an https:// address; not {site!r}"
        )
    return Address(f"https://github.com/{name}", site.rstrip("/") + "/")
