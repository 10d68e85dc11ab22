"""Load only the scripts that a page uses: what readers use first comes first.

The theme sends the same scripts to each page, most of which this book does not
use. This step drops the scripts that a page has no use for, and joins the
others into a few small files. The menu, the widgets and whatever else answers
on a page are deferred scripts; what can wait is asked for when the page is
loaded. On a slow phone, all of them deferred had the first frame come 0.3 s
later, and all of them late had the first widget answer 0.4 s later:
``python tools/bench.py answers`` measures it.
"""

from pathlib import Path
import re
from typing import NamedTuple

import rjsmin

from .. import upstream
from ..names import MODULES, SCRIPTS, digest
from .site import Site
from .tags import (
    LINK,
    SCRIPT,
    attribute,
    content_root,
    is_of_the_site,
    static_name,
)


class Bundle(NamedTuple):
    """Scripts that become one file, in the order in which they run.

    A page gets the file if it has the piece, or if it ``lacks`` the piece;
    None stands for each page. It comes with the page, or after it if it
    ``can_wait``.
    """

    parts: tuple[str, ...]
    piece: upstream.Piece | None = None
    lacks: bool = False
    can_wait: bool = False

    def is_for(self, page: str) -> bool:
        """Say whether ``page`` gets the file."""
        if self.piece is None:
            return True
        return bool(self.piece.pattern.search(page)) != self.lacks


SEARCH = "search.js"
# By the name of the file. A script that is not named here stays on its own.
BUNDLES = {
    "site.js": Bundle(
        (
            *upstream.SCRIPTS_OF_ALL_PAGES,
            *("buttons.js", "print.js", "outcomes.js"),
        )
    ),
    "tabs.js": Bundle(upstream.SCRIPTS_OF_TABS, upstream.HAS_TABS),
    SEARCH: Bundle(upstream.SCRIPTS_OF_SEARCH, upstream.HAS_SEARCH),
    # A page asks for one of these two.
    "late.js": Bundle(
        (*upstream.SCRIPTS_OF_POPUPS, *upstream.SCRIPTS_OF_CODE),
        upstream.HAS_CODE,
        can_wait=True,
    ),
    "late_without_code.js": Bundle(
        upstream.SCRIPTS_OF_POPUPS,
        upstream.HAS_CODE,
        lacks=True,
        can_wait=True,
    ),
}
LATE_SCRIPTS = Path(__file__).with_name("late_scripts.js")


def join_scripts(site: Site) -> None:
    """Write the joined scripts, and have each page ask for those it uses."""
    files = write_bundles(site.static)
    for name, text in site.pages.items():
        site.pages[name] = with_bundles(text, files)
    parts = {part for bundle in BUNDLES.values() for part in bundle.parts}
    site.unused |= parts | set(upstream.DROPPED_SCRIPTS)


def write_bundles(static: Path) -> dict[str, str]:
    """Write the scripts that pages share; return ``{file: its digest}``.

    Scripts that only some pages use, a widget's for instance, are made smaller
    where they stand.
    """
    digests = {}
    for name, bundle in BUNDLES.items():
        # What is gone, `check_upstream` has named.
        files = filter(Path.is_file, (static / part for part in bundle.parts))
        texts = [file.read_text("utf-8") for file in files]
        script = ";\n".join(map(small_script, texts))
        (static / name).write_text(script, encoding="utf-8")
        digests[name] = digest(script)
    for path in own_scripts(static):
        if path.name not in BUNDLES:
            script = small_script(path.read_text("utf-8"))
            path.write_text(script, encoding="utf-8")
    return digests


def own_scripts(static: Path) -> list[Path]:
    """Return the scripts that pages ask for by name, the joined ones too."""
    return [*static.glob("*.js"), *static.glob(f"{MODULES}/*.js")]


def small_script(text: str) -> str:
    """Return a script without comments, but with the notices of licences."""
    text = re.sub(r"(?m)^//# sourceMappingURL=.*$", "", text)
    return str(rjsmin.jsmin(text, keep_bang_comments=True))


def with_bundles(page: str, files: dict[str, str]) -> str:
    """Return a page that asks for the scripts it uses, in their order."""
    kept = {name for name, bundle in BUNDLES.items() if bundle.is_for(page)}
    root = content_root(page)
    early: list[str] = []
    late: list[str] = []
    for name in files:
        if name in kept:
            address = f"_static/{name}?v={files[name]}"
            (late if BUNDLES[name].can_wait else early).append(address)

    def script(match: re.Match[str]) -> str:
        if is_dropped(match, kept):
            return ""
        source = attribute(match[1], "src")
        if is_of_the_site(source, root):
            # It may rest on the joined ones: it comes after them.
            early.append(source.removeprefix(root))
            return ""
        return match[0]

    def link(match: re.Match[str]) -> str:
        asks = upstream.PRELOADED_SCRIPT.pattern.search(match[0])
        return "" if asks else match[0]

    page = LINK.sub(link, SCRIPT.sub(script, page))
    tags = [f'<script defer src="{root}{name}"></script>' for name in early]
    loader = small_script(LATE_SCRIPTS.read_text("utf-8"))
    tags.append(f'<script {SCRIPTS}="{" ".join(late)}">{loader}</script>\n')
    return page.replace("</head>", "\n".join(tags) + "</head>", 1)


def is_dropped(script: re.Match[str], kept: set[str]) -> bool:
    """Say whether a page that gets the bundles ``kept`` loses a script."""
    joined = {part for bundle in BUNDLES.values() for part in bundle.parts}
    unused = [upstream.SEARCH_SETTINGS]
    if SEARCH not in kept:
        unused.append(upstream.ASKS_FOR_INDEX)
    name = static_name(attribute(script[1], "src"))
    return name in joined | set(upstream.DROPPED_SCRIPTS) or any(
        piece.pattern.search(script[0]) for piece in unused
    )
