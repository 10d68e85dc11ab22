"""Keep the old addresses of sections that were renamed or moved.

``book/_data/old_addresses.json`` has, for each page, the anchors that it once
had, and where their sections are now. An anchor on the same page is put beside
the section's heading. For a section on another page, the old page has a line
that links to it, and that is seen only by who comes with the old address.
"""

import json
import posixpath
import re

from .site import Site

TABLE = "old_addresses.json"


def keep_old_addresses(site: Site) -> None:
    """Add the anchors and links of the table; name what leads nowhere."""
    table = site.sources.parent / "_data" / TABLE
    if not table.exists():
        return
    for page, anchors in json.loads(table.read_text(encoding="utf-8")).items():
        for old, now in anchors.items():
            there, _, new = now.partition("#")
            there = there or page
            title = _title(site.pages.get(there, ""), new)
            if page not in site.pages or title is None:
                site.warn(
                    f"{TABLE}: {page}#{old} leads to {now}, which is not there"
                )
            elif f'id="{old}"' in site.pages[page]:
                site.warn(f"{TABLE}: {page} has a #{old} of its own")
            elif there == page:
                site.pages[page] = _beside(site.pages[page], old, new)
            else:
                address = posixpath.relpath(there, posixpath.dirname(page))
                link = f'<a href="{address}#{new}">{title}</a>'
                site.pages[page] = _at_the_top(site.pages[page], old, link)


def _section(name: str) -> str:
    """Return a pattern for the start of a section, its title as a group."""
    return (
        rf'<section id="{re.escape(name)}">\s*<h\d>(.*?)<a class="headerlink"'
    )


def _title(text: str, name: str) -> str | None:
    """Return the title of a section of a page, or None if it is not there."""
    found = re.search(_section(name), text, re.DOTALL)
    return found and found[1]


def _beside(text: str, old: str, new: str) -> str:
    """Return a page with ``old`` at the start of the section ``new``."""
    start = f'<section id="{new}">'
    return text.replace(start, f'{start}<span id="{old}"></span>', 1)


def _at_the_top(text: str, old: str, link: str) -> str:
    """Return a page with ``link``, which is for ``old``, below its title."""
    before, end, after = text.rpartition("</h1>")
    note = f"This section is on another page now: {link}."
    return f'{before}{end}<p class="moved" id="{old}">{note}</p>{after}'
