"""How elements look with the rules that the purge left, and with all rules."""

from functools import cache
import re

from bookbuild.finish.sheet import SHEET
from bookbuild.names import WHOLE_SHEET
from support.browser import SITE

MODES = ("light", "dark")
# Elements that no selector tells apart have one key: their tags, classes, what
# else selectors ask for, what they stand beside, and all that for what they are
# in. `note(seen)` notes the look of one visible element of each key that is not
# among `seen`; `differences()` says what looks different now.
COMPARE = """({ ids, attributes }) => {
  const own = (element) => [element.localName, ...element.classList,
    ids.includes(element.id) ? "#" + element.id : "",
    ...attributes.filter((name) => element.hasAttribute(name))
      .map((name) => `${name}=${element.getAttribute(name)}`)].join(" ");
  const hash = (text) => {
    let sum = 5381;
    for (let i = 0; i < text.length; i++) {
      sum = (sum * 33 + text.charCodeAt(i)) % 9007199254740;
    }
    return sum;
  };
  const keys = new Map();
  const key = (element) => {
    if (!element) return 0;
    if (!keys.has(element)) {
      const { parentElement, previousElementSibling: before } = element;
      keys.set(element, hash([key(parentElement), before ? own(before) : "first",
        element.nextElementSibling ? "" : "last", own(element)].join("|")));
    }
    return keys.get(element);
  };
  // No rule declares any other property.
  const declared = new Set();
  const collect = (rules) => {
    for (const rule of rules) {
      for (const name of rule.style ?? []) declared.add(name);
      if (rule.cssRules) collect(rule.cssRules);
    }
  };
  for (const sheet of document.styleSheets) collect(sheet.cssRules);
  const look = (element) => {
    const values = [];
    for (const part of [null, "::before", "::after"]) {
      const style = getComputedStyle(element, part);
      if (part && style.content === "none") {
        values.push(part); // there is none
        continue;
      }
      for (const name of declared) {
        if (!name.startsWith("--")) {
          values.push(`${part ?? ""} ${name}: ${style.getPropertyValue(name)}`);
        }
      }
    }
    return values;
  };
  const noted = new Map();
  globalThis.note = (seen) => {
    const known = new Set(seen);
    noted.clear();
    for (const element of document.querySelectorAll("html, body, body *")) {
      if (known.has(key(element)) || !element.checkVisibility()) continue;
      known.add(key(element));
      noted.set(element, look(element));
    }
    return [...noted.keys()].map(key);
  };
  globalThis.differences = () => {
    const found = [];
    for (const [element, before] of noted) {
      const now = look(element);
      const differs = now.filter((value, i) => value !== before[i]);
      if (now.length !== before.length || differs.length) {
        found.push(`${own(element)} -> ${differs.slice(0, 3).join("; ")}`);
      }
    }
    return found;
  };
}"""
# Nothing moves. What is inside may begin when what is outside ends: it is asked for
# again, as the end of a movement may never be told.
AT_REST = "() => !document.getAnimations().length"
# What changes is at its end at once.
NO_TRANSITION = "*, ::before, ::after { transition: none !important }"
# Ask for another sheet in the place of the one that is there.
SWAP = """(name) => new Promise((resolve, reject) => {
  const old = document.querySelector("link[rel=stylesheet]");
  const link = old.cloneNode();
  link.href = old.href.replace(/[^/]*$/, name);
  link.onload = () => {
    old.remove();
    resolve();
  };
  link.onerror = reject;
  old.after(link);
})"""


@cache
def whole_sheet():
    """Return the sheet of all rules, which a build leaves beside the site."""
    return (SITE.parent / WHOLE_SHEET).read_text(encoding="utf-8")


@cache
def asked_for():
    """Return what the selectors ask of an element besides its tag and classes."""
    return {
        "ids": sorted(set(re.findall(r"#([A-Za-z][\w-]*)", whole_sheet()))),
        "attributes": sorted(set(re.findall(r"\[([a-z][\w-]*)", whole_sheet()))),
    }


def come_to_rest(page):
    """Wait until what moves has stopped moving."""
    page.wait_for_function(AT_REST, polling=50, timeout=60_000)


def compare_sheets(page, seen):
    """Return ``{mode: what looks different}`` on a page that is open, unfolded.

    ``seen`` has the keys of what was compared on pages before, by mode.
    """
    # The sheet of all rules is no part of the site.
    page.route(f"**/{WHOLE_SHEET}", lambda route: route.fulfill(body=whole_sheet()))
    page.evaluate(SWAP, WHOLE_SHEET)
    page.evaluate(COMPARE, asked_for())
    found = {}
    for mode, other in zip(MODES, (SHEET, WHOLE_SHEET), strict=True):
        # A mode that fades in, though not to be seen, takes each element a while.
        style = page.add_style_tag(content=NO_TRANSITION)
        page.emulate_media(color_scheme=mode)
        page.evaluate("mode => document.documentElement.dataset.theme = mode", mode)
        come_to_rest(page)
        style.evaluate("style => style.remove()")
        come_to_rest(page)
        noted = page.evaluate("seen => note(seen)", sorted(seen[mode]))
        page.evaluate(SWAP, other)
        come_to_rest(page)
        found[mode] = page.evaluate("differences()")
        seen[mode] |= set(noted)
    return found
