"""Check that Sphinx and the theme still write what the steps work on."""

from .. import upstream
from .site import Site


def check_upstream(site: Site) -> None:
    """Warn of each piece that no page has, and each file that is gone."""
    for piece in upstream.PIECES:
        if not any(map(piece.pattern.search, site.pages.values())):
            site.warn(
                f"{piece.owner} no longer writes {piece.what} "
                f"({piece.pattern.pattern!r}). It matters because: "
                f"{piece.use}. See whether that is still needed, and change "
                f"upstream.py."
            )
    for name, use in upstream.STOCK_FILES.items():
        if not (site.static / name).is_file():
            site.warn(
                f"the stock file _static/{name} is gone. It matters because: "
                f"{use}. See what has taken its place, and change upstream.py."
            )
