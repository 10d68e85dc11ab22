"""List the pages for search engines, where the book has an address."""

from html import escape
from urllib.parse import urljoin

from .site import Site


def write_sitemap(site: Site) -> None:
    """Write the list of all pages, or delete what is no longer true."""
    site_map = site.folder / "sitemap.xml"
    robots = site.folder / "robots.txt"
    address = site.address
    if address is None:
        site_map.unlink(missing_ok=True)
        robots.unlink(missing_ok=True)
        return
    pages = sorted(
        escape(address.page(name, site.root)) for name in site.documents
    )
    urls = "\n".join(f"<url><loc>{page}</loc></url>" for page in pages)
    site_map.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{urls}\n</urlset>\n",
        encoding="utf-8",
    )
    robots.write_text(
        f"User-agent: *\nSitemap: {urljoin(address.site, 'sitemap.xml')}\n",
        encoding="utf-8",
    )
