"""Make the links of ``404.html`` work at an address of any depth.

Its links start at the root of the site: the path of ``html_baseurl``, where
that is set.
"""

from ..names import NOT_FOUND
from .links import rooted
from .site import Site


def start_at_the_root(site: Site) -> None:
    """Have the page's links start at the root of the site."""
    if site.top:
        name = f"{NOT_FOUND}.html"
        site.pages[name] = rooted(site.pages[name], site.top)
