"""Write on each page its content security policy: what it may load and run.

A page may use the site's own files only: scripts in it run if their hash is in
the policy, and no page connects to another host. It works from a server and
from ``file://``.
"""

import base64
import hashlib
from html import unescape
import re

from ..upstream import CHARSET
from .site import Site
from .tags import HANDLER, SCRIPT, attribute

# Types of scripts that are data, which nothing runs.
DATA = re.compile(r"json|text/x-")


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
    inline = [
        match[2]
        for match in SCRIPT.finditer(page)
        if "src=" not in match[1]
        and not DATA.search(attribute(match[1], "type"))
    ]
    without_scripts = SCRIPT.sub("", page)
    handlers = [unescape(m[1]) for m in HANDLER.finditer(without_scripts)]
    scripts = ["'self'", *(["'unsafe-hashes'"] if handlers else [])]
    scripts += sorted({source_hash(code) for code in inline + handlers})
    rules = {
        # Firefox fetches the next page before it is asked for; the search page
        # reads the pages that it found, to show their words.
        "default-src": "'self'",
        "object-src": "'none'",
        "script-src": " ".join(scripts),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self' data:",
        "form-action": "'self'",
        "base-uri": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def source_hash(code: str) -> str:
    """Return how a policy names a script that stands in the page."""
    digest = hashlib.sha256(code.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
