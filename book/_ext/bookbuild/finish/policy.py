"""Write on each page its content security policy: what it may load and run.

A page may use the site's own files only. Of the scripts in a page, those on a
list may run: each is named by its hash. No page connects to another host. It
works from a server and from ``file://``.
"""

import base64
import hashlib

from ..upstream import CHARSET
from .inline import may_run
from .site import Site
from .tags import SCRIPT, inline_script


def state_policy(site: Site) -> None:
    """State its policy on each page."""
    for name, text in site.pages.items():
        site.pages[name] = with_policy(text)


def with_policy(page: str) -> str:
    """Return ``page`` with its policy, before anything that it loads."""
    tag = (
        f'<meta http-equiv="Content-Security-Policy" content="{policy(page)}"'
        f"/>"
    )
    return CHARSET.sub(lambda match: match[0] + tag, page, count=1)


def policy(page: str) -> str:
    """Return what ``page`` may do."""
    inline = filter(may_run, map(inline_script, SCRIPT.finditer(page)))
    rules = {
        # Firefox fetches the next page before it is asked for; the search page
        # reads the pages that it found, to show their words.
        "default-src": "'self'",
        "object-src": "'none'",
        "script-src": " ".join(["'self'", *sorted(set(map(by_hash, inline)))]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self' data:",
        "form-action": "'self'",
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def by_hash(code: str) -> str:
    """Return how a policy names a script that stands in the page."""
    digest = hashlib.sha256(code.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
