"""Explain an error message: its cause, its fix, and where the book shows it.

The entries are those of the book's page *Find your error message*, and come from
the same source, ``messages.json``. The page's script searches by the same rules;
their patterns and numbers are in that file too.

How a message is found: in a text, messages begin at lines with the name of an
error or a warning; where there is none, any line may begin one. A message is
taken apart into pairs of neighbouring words, without objects, numbers and paths,
which differ from program to program. A word with one wrong letter, or two that
have grown together, count as the words of the entries that they resemble. Each
pair in an entry has a weight: more if few entries have it, more if it is code,
and less the later it comes, as messages are often cut. The entry is found whose
pairs are in the message with enough of their weight; of several, the one with
the most.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
import json
import math
from pathlib import Path
import re
import sys
import textwrap
from typing import Any, NamedTuple

__all__ = ["explain"]

_DATA = Path(__file__).with_name("messages.json")
_WIDTH = 79
_SYMPTOM = "symptom"


def explain(text: str | BaseException | None = None) -> None:
    """Print what an error message means: cause, fix, and where to read more.

    Parameters
    ----------
    text
        The message, a whole traceback, or a few plain words about what goes
        wrong, such as ``"the loss stands still"``; or an exception. Without it,
        the last exception that ended a cell of the notebook, or a line of the
        interpreter.

    Raises
    ------
    TypeError
        If ``text`` is neither a string nor an exception.
    ValueError
        If ``text`` is empty, or is left out and there was no exception.

    Examples
    --------
    >>> explain("AttributeError: 'Adam' object has no attribute 'minimize'")
    ... # doctest: +ELLIPSIS
    AttributeError: 'SGD' object has no attribute 'minimize'
    ...
    Cause: ...
    Fix: ...
    Read: ...
    """
    print("\n".join(_lines(_checked(text))))


def _checked(text: Any) -> str:
    """Return the text to explain; raise an error where there is none."""
    if text is None:
        text = _last_exception()
    if isinstance(text, BaseException):
        text = f"{type(text).__name__}: {text}"
    if not isinstance(text, str):
        raise TypeError(
            f"text must be a string, such as an error message, or an exception; "
            f"not {text!r} ({type(text).__name__})"
        )
    if not text.strip():
        raise ValueError(
            f"text must hold an error message or some words about what goes wrong; "
            f"not {text!r}"
        )
    return text


def _last_exception() -> BaseException:
    """Return the exception that was last shown, as IPython and Python keep it."""
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if not isinstance(error, BaseException):
        raise ValueError(
            "text must be given, as no exception has ended a cell or a line yet; "
            "one that you caught is explain(error)"
        )
    return error


# ---------------------------------------------------------------- what is printed


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of the answer to ``text``."""
    search = _the_search()
    found, nearest = search(text)
    if not found:
        yield "This message has no entry in the book."
        if nearest:
            yield "The nearest are guesses, and may be about something else:"
            yield from (f"- {_name(search.entries[k])}" for k in nearest)
        return
    first, *others = (search.entries[k] for k in found)
    yield _name(first)
    if "reported" in first:
        yield f"Reported in {first['reported']}"
    if len(first["answers"]) > 1:
        yield "Which of these is yours?"
    for answer in first["answers"]:
        if "question" in answer:
            yield from _paragraph("- ", answer["question"])
        yield from _paragraph("Cause: ", answer["cause"])
        yield from _paragraph("Fix: ", answer["fix"])
        where = answer.get("fixed_in") or (first["shown"] or [None])[0]
        if where:
            yield from _paragraph("Read: ", _place(where))
    if others:
        yield "Also in your text:"
        yield from (f"- {_name(entry)}" for entry in others)


def _name(entry: dict[str, Any]) -> str:
    """Return the kind and the words of an entry."""
    text = entry["wordings"][0]["text"]
    if entry["kind"] == _SYMPTOM:
        return str(text)
    return textwrap.shorten(f"{entry['kind']}: {text}", 300, placeholder=" ...")


def _place(section: dict[str, str]) -> str:
    """Return where a section is: in the notebook, and on the book's site."""
    page, title = section["page"], section["title"]
    address = f"{page}.html#{section['anchor']}"
    return f'"{title}" in {page}.ipynb; on the book\'s site: {address}'


def _paragraph(name: str, text: str) -> list[str]:
    """Return ``text`` after ``name``, its lines broken and indented."""
    return textwrap.wrap(
        name + text,
        _WIDTH,
        subsequent_indent=" " * 4,
        break_long_words=False,
        break_on_hyphens=False,
    )


# ------------------------------------------------------------------ how it searches


class _Wording(NamedTuple):
    """One way to say an entry: the number of the entry, and the weight of it all."""

    entry: int
    weight: float


class _Search:
    """A search for the entries of the book, by the rules that the page has too.

    ``search(text)`` returns the numbers of the entries that ``text`` is about,
    the best first, and those to guess at where there is none.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self.rules = data["rules"]
        self.entries = data["entries"]
        self.kinds = [self._family(entry["kind"]) for entry in self.entries]
        said = [
            (k, wording["text"])
            for k, entry in enumerate(self.entries)
            if entry["kind"] != _SYMPTOM
            for wording in entry["wordings"]
        ]
        told = [
            (k, text)
            for k, entry in enumerate(self.entries)
            if entry["kind"] == _SYMPTOM
            for text in (entry["wordings"][0]["text"], *entry["words"])
        ]
        self.messages = _Index(
            [(k, self._weighed(text)) for k, text in said], self.rules["typo"]
        )
        self.symptoms = _Index(
            [(k, dict.fromkeys(self._plain(text), 1.0)) for k, text in told],
            self.rules["typo"],
        )

    def __call__(self, text: str) -> tuple[list[int], list[int]]:
        """Return ``(found, nearest)``, numbers of entries, the best first."""
        found, nearest = self._in_messages(text)
        return found or self._in_plain_words(text), nearest

    def _in_messages(self, text: str) -> tuple[list[int], list[int]]:
        """Return what is found in the messages of a text, and what is near."""
        found: dict[int, float] = {}
        near: dict[int, float] = {}
        for kind, words in self._split(text):
            best, most = -1, 0.0
            for entry, share, weight in self._likeness(kind, words):
                near[entry] = max(share, near.get(entry, 0.0))
                if share >= self.rules["found"] and share * weight > most:
                    best, most = entry, share * weight
            if kind:
                self._guess_by_kind(kind, near)
            if best >= 0:
                before = found.pop(best, 0.0)  # so that it comes last
                found[best] = max(most, before)
        # Of equals the last in the text comes first: it ended the program.
        nearest = _ranked(near)[: self.rules["guesses"]]
        return _ranked(dict(reversed(found.items()))), nearest

    def _likeness(
        self, kind: str, words: list[str]
    ) -> Iterator[tuple[int, float, float]]:
        """Yield ``(entry, likeness, weight)`` for a message.

        The likeness is the share of the entry's weight that the message has; or,
        as the message may be cut, that of the message which the entry has. It is
        less where both are errors of different kinds.
        """
        index, rules = self.messages, self.rules
        pairs = dict.fromkeys(pair for pair in _pairs(words) if pair in index.places)
        unknown = sum(pair not in pairs for pair in _pairs(words))
        whole = sum(index.rare[pair] for pair in pairs) + unknown * index.rarest
        for number, (weight, own, count) in index.common(pairs).items():
            entry, total = index.wordings[number]
            share = weight / total
            if count >= rules["cut_pairs"] and own >= rules["cut"] * whole:
                share = max(share, own / whole)
            if kind and kind != self.kinds[entry]:
                share *= rules["other_kind"]
            yield entry, share, weight

    def _guess_by_kind(self, kind: str, near: dict[int, float]) -> None:
        """Let the errors of a kind be guesses, before all that are of others."""
        for entry, other in enumerate(self.kinds):
            if kind == other:
                least = self.rules["guess_kind"]
                near[entry] = max(near.get(entry, 0.0), least)

    def _in_plain_words(self, text: str) -> list[int]:
        """Return the symptoms that a few words tell."""
        words = self._plain(text)
        if len(text) > self.rules["plain_letters"] or self._heads(text):
            return []
        index = self.symptoms
        found: dict[int, float] = {}
        known = index.reader(self.rules["unknown"])
        own = dict.fromkeys(other for word in words for other in known(word))
        for number, (weight, _, _) in index.common(own).items():
            entry, total = index.wordings[number]
            if weight >= self.rules["plain"] * total:
                found[entry] = max(weight, found.get(entry, 0.0))
        return _ranked(found)

    # ----------------------------------------------------- a text taken apart

    def _split(self, text: str) -> Iterator[tuple[str, list[str]]]:
        """Yield the messages in a text: the kind of each, and its words.

        Where some lines say of what kind they are, messages begin there only;
        else any line may begin one that has two words of an entry in a row.
        """
        lines, kinds = self._marked(text)
        known = self.messages.reader(self.rules["unknown"])
        words = [
            [w for word in self._words(line) for w in known(word)] for line in lines
        ]
        places = self.messages.places
        anywhere = not any(kinds)
        for first, kind in enumerate(kinds):
            if not kind and not (
                anywhere and any(pair in places for pair in _pairs(words[first]))
            ):
                continue
            end = first + 1
            last = min(first + self.rules["lines"], len(lines))
            while end < last and not kinds[end]:
                end += 1
            yield kind, [word for line in words[first:end] for word in line]

    def _marked(self, text: str) -> tuple[list[str], list[str]]:
        """Return the lines of a text, and the kind of the message at each."""
        for pattern, by in self.rules["noise"]:
            text = _compiled(pattern).sub(by, text)
        lines = [line for line in re.split(r"\r\n|\r|\n", text) if line.strip()]
        place, head = _compiled(self.rules["place"]), _compiled(self.rules["head"])
        kinds = []
        for line in lines:
            begin = None if place.search(line) else head.search(line)
            kinds.append(self._known_kind(begin[1] or begin[2]) if begin else "")
        return lines, kinds

    def _heads(self, text: str) -> bool:
        """Say whether a line of a text has the name of an error."""
        return any(self._marked(text)[1])

    def _known_kind(self, name: str) -> str:
        """Return the kind of an error; what stuck to its name is dropped."""
        kind = self._family(name)
        ends = [known for known in self.kinds if kind.endswith(known)]
        return max(ends, key=len, default=kind)

    def _family(self, kind: str) -> str:
        """Return the kind of an entry: warnings and lines of logs are one."""
        pattern = _compiled(self.rules["warning"])
        return "warning" if pattern.search(kind.lower()) else kind

    def _words(self, text: str) -> list[str]:
        """Return the words of a message that each program has alike, in order."""
        text = text.lower()
        for pattern, by in self.rules["replace"]:
            text = _compiled(pattern).sub(by.replace("$", "\\"), text)
        return _compiled(self.rules["word"]).findall(text)

    def _weighed(self, text: str) -> dict[str, float]:
        """Return the pairs of words of an entry, and how much each matters."""
        for pattern, by in self.rules["noise"]:
            text = _compiled(pattern).sub(by, text)
        quoted = " ".join(_compiled(self.rules["quoted"]).findall(text))
        code = set(self._words(quoted))
        weights: dict[str, float] = {}
        for place, pair in enumerate(_pairs(self._words(text))):
            is_code = any(w in code or "_" in w for w in pair.split())
            weight = self.rules["fade"] ** place
            weights.setdefault(pair, weight * (self.rules["code"] if is_code else 1))
        return weights

    def _plain(self, text: str) -> list[str]:
        """Return the words that matter in plain words, without their endings."""
        pattern, by = self.rules["negation"]
        text = _compiled(pattern).sub(by.replace("$", "\\"), text.lower())
        stop, ending = self.rules["stop_words"].split(), _compiled(self.rules["ending"])
        found = (w for w in _compiled(self.rules["word"]).findall(text))
        return [
            ending.sub("", word) if len(word) > 4 else word
            for word in found
            if word not in stop
        ]


class _Index:
    """The features of wordings, each with its weight, and the words in them."""

    def __init__(
        self, said: list[tuple[int, dict[str, float]]], typo: list[int]
    ) -> None:
        entries: dict[str, set[int]] = {}
        for entry, features in said:
            for feature in features:
                entries.setdefault(feature, set()).add(entry)
        count = len({entry for entry, _ in said})
        self.rare = {f: math.log(1 + count / len(e)) for f, e in entries.items()}
        self.rarest = math.log(1 + count)
        self.wordings: list[_Wording] = []
        self.places: dict[str, list[tuple[int, float]]] = {}
        for number, (entry, features) in enumerate(said):
            total = 0.0
            for feature, weight in features.items():
                own = weight * self.rare[feature]
                self.places.setdefault(feature, []).append((number, own))
                total += own
            self.wordings.append(_Wording(entry, total))
        self.least, self.longest = typo
        self.words = {word for feature in entries for word in feature.split()}
        self.shortened: dict[str, str] = {}
        for word in sorted(self.words):
            if len(word) >= self.least:
                for short in _shortened(word):
                    self.shortened.setdefault(short, word)

    def reader(self, most: int) -> Any:
        """Return a function that reads a word as words that the index has.

        It looks for typos in the first ``most`` unknown words only, so that a
        long text takes no longer than it may.
        """
        seen: dict[str, list[str]] = {}

        def known(word: str) -> list[str]:
            if word in self.words:
                return [word]
            if word not in seen:
                seen[word] = self.corrected(word) if len(seen) < most else [word]
            return seen[word]

        return known

    def corrected(self, word: str) -> list[str]:
        """Return the words that an unknown ``word`` stands for, or itself."""
        if not self.least <= len(word) <= self.longest:
            return [word]
        for cut in range(2, len(word) - 1):
            if word[:cut] in self.words and word[cut:] in self.words:
                return [word[:cut], word[cut:]]
        if word in self.shortened:
            return [self.shortened[word]]
        for short in _shortened(word):
            if short in self.words and len(short) >= self.least:
                return [short]
            if short in self.shortened:
                return [self.shortened[short]]
        return [word]

    def common(self, features: Iterable[str]) -> dict[int, tuple[float, float, int]]:
        """Return what each wording has of ``features``, by the wording's number.

        That is their weight in the wording, how rare they are in sum, and how
        many they are.
        """
        found: dict[int, tuple[float, float, int]] = {}
        for feature in features:
            for number, own in self.places.get(feature, ()):
                weight, rare, count = found.get(number, (0.0, 0.0, 0))
                found[number] = weight + own, rare + self.rare[feature], count + 1
        return found


def _pairs(words: list[str]) -> Iterator[str]:
    """Yield every two words that follow one another."""
    return (f"{one} {other}" for one, other in pairwise(words))


def _shortened(word: str) -> Iterator[str]:
    """Yield the word without each of its letters."""
    return (word[:k] + word[k + 1 :] for k in range(len(word)))


def _ranked(values: dict[int, float]) -> list[int]:
    """Return the keys, that with the highest value first."""
    return sorted(values, key=lambda key: -values[key])


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern of the rules, as JavaScript reads it."""
    return re.compile(pattern, re.ASCII)


@cache
def _the_search() -> _Search:
    """Return the search over the entries that come with the package."""
    return _Search(json.loads(_DATA.read_text(encoding="utf-8")))
