"""Make the pictures smaller, and load those further down when they are needed.

A figure has few colours: with a palette of 128 of them it looks the same and
weighs a third. Each picture states its size, so that the text around it does
not move, and those further down load when a reader comes near.
"""

from pathlib import Path
import re

from PIL import Image

from ..names import PLACE_STATIC
from ..upstream import ARTICLE, IMAGES
from .site import Site
from .tags import IMAGE, attribute

COLORS = (128, 64, 32)  # the first that makes a picture light enough
MOST_BYTES = 25_000


def lighten_pictures(site: Site) -> None:
    """Work on every picture of the site, and on the pages that show them."""
    shown = set(
        re.findall(rf'{IMAGES}/([^"/]+)"', "".join(site.pages.values()))
    )
    for name, text in site.pages.items():
        folder = (site.folder / name).parent
        site.pages[name] = with_sizes(text, folder)
    for picture in sorted((site.folder / IMAGES).iterdir()):
        if picture.name not in shown:
            picture.unlink()  # an earlier build's
            continue
        if picture.suffix != ".png":
            continue
        lighten(picture)
        size = picture.stat().st_size
        if size > MOST_BYTES:
            site.warn(
                f"the picture {picture.name} weighs {size} bytes: "
                f"at most {MOST_BYTES} are meant to"
            )


def lighten(path: Path) -> None:
    """Give the picture at ``path`` a palette, if it has none yet."""
    with Image.open(path) as picture:
        if picture.mode == "P":
            return
        alpha = picture.convert("RGBA").getchannel("A")
        see_through = alpha.getextrema() != (255, 255)
        whole = picture.convert("RGBA" if see_through else "RGB")
    # This keeps the colours that fill a figure as they are; it knows no
    # transparency.
    method = Image.Quantize.MEDIANCUT
    if see_through:
        method = Image.Quantize.FASTOCTREE
    for colors in COLORS:
        few = whole.quantize(colors, method=method, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
        if path.stat().st_size <= MOST_BYTES:
            break


def with_sizes(page: str, folder: Path) -> str:
    """Return ``page`` whose pictures state their size and when to load."""
    start = page.find(ARTICLE)
    # The first picture opens a chapter; one in a widget stands in for it only
    # where there is no script.
    first = IMAGE.search(page, start)
    opening = first and PLACE_STATIC not in page[start : first.start()]

    def image(match: re.Match[str]) -> str:
        tag = match[0].rstrip("/> \n")
        path = folder / attribute(tag, "src")
        if match.start() < start or f"{IMAGES}/" not in path.as_posix():
            return match[0]
        if path.suffix == ".png" and path.is_file():
            with Image.open(path) as picture:
                tag += f' width="{picture.width}" height="{picture.height}"'
        if opening and first and match.start() == first.start():
            return f'{tag} fetchpriority="high" decoding="sync"/>'
        return f'{tag} loading="lazy" decoding="async"/>'

    return IMAGE.sub(image, page)
