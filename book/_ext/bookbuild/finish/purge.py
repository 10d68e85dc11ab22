"""Remove the rules of a style sheet that no page and no script can use."""

from collections.abc import Iterable, Iterator
import re
from typing import Any

import tinycss2

# At-rules that hold rules.
NESTING = {"media", "supports", "container"}


def used_rules(rules: Iterable[Any], used: set[str]) -> Iterator[str]:
    """Yield the rules that can apply to an element with the names ``used``."""
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [
                s for s in split(rule.prelude) if needed_names(s) <= used
            ]
            if selectors and rule.content:
                head = ",".join(tinycss2.serialize(s) for s in selectors)
                yield f"{head}{{{tinycss2.serialize(rule.content)}}}"
        elif rule.type == "at-rule" and rule.at_keyword in NESTING:
            inner = tinycss2.parse_rule_list(rule.content)
            text = "".join(used_rules(inner, used))
            if text:
                head = tinycss2.serialize(rule.prelude)
                yield f"@{rule.at_keyword}{head}{{{text}}}"
        elif rule.type == "at-rule" and rule.at_keyword != "charset":
            yield rule.serialize()


def split(prelude: list[Any]) -> Iterator[list[Any]]:
    """Yield the selectors of a rule, which commas part."""
    selector: list[Any] = []
    for token in prelude:
        if token == ",":
            yield selector
            selector = []
        else:
            selector.append(token)
    yield selector


def needed_names(selector: list[Any]) -> set[str]:
    """Return the names without which a selector meets nothing.

    What stands in brackets is not asked for: ``:not(.a)`` needs no ``a``.
    """
    needed, before = set(), None
    for token in selector:
        is_name = token.type == "ident" and before != ":"
        if is_name or token.type == "hash":
            needed.add(token.value)
        before = token.value if token.type == "literal" else None
    return needed


def without_unused_variables(css: str) -> str:
    """Return ``css`` without custom properties that nothing reads."""
    declared = re.compile(r"(?<=[{;\s])(--[\w-]+)\s*:")
    while True:
        read = set(re.findall(r"var\(\s*(--[\w-]+)", css))
        unread = set(declared.findall(css)) - read
        if not unread:
            return css
        css = "".join(
            without_declarations(tinycss2.parse_stylesheet(css), unread)
        )


def without_declarations(rules: Any, names: set[str]) -> Iterator[str]:
    """Yield rules without the declarations of ``names``."""
    for rule in rules:
        if rule.type == "at-rule" and rule.at_keyword in NESTING:
            inner = tinycss2.parse_rule_list(rule.content)
            text = "".join(without_declarations(inner, names))
            if text.strip():
                head = tinycss2.serialize(rule.prelude)
                yield f"@{rule.at_keyword}{head}{{{text}}}"
        elif rule.type == "qualified-rule":
            kept = [
                d.serialize()
                for d in tinycss2.parse_blocks_contents(
                    rule.content, skip_comments=True, skip_whitespace=True
                )
                if d.type != "declaration" or d.name not in names
            ]
            if kept:
                head = tinycss2.serialize(rule.prelude)
                yield f"{head}{{{';'.join(kept)}}}"
        else:
            yield rule.serialize()
