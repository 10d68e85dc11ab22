"""Find the entries of the book that a text is about, by the rules of its page.

In a text, messages begin at lines with the name of an error or a warning; where
there is none, or nothing is found there, any line may begin one. A message is
taken apart into pairs of neighbouring words, without objects, numbers and paths,
which differ from program to program. A word with one wrong letter, or two that
have grown together, count as the words of the entries that they resemble; so does
the last word of a text, where it is cut.

Each pair in an entry has a weight: more if few entries have it, more if it is code,
and less the later it comes, as messages are often cut. What comes after the first
sentence is advice, which messages of other causes have too, and weighs little. The
entry is found whose pairs are in the message with enough of their weight; of
several, the one with the most. Where the first sentence of an entry has names in
quotes, such as that of an argument, the message must have one.

A message may be cut, so that it has too little of that weight. Then it is the
other way around: the entry must have nearly all of the message, or of its first
line, and where the message says its kind, which is its beginning, that as well.

Where no message is found, a short text may tell a symptom in plain words: enough
of the symptom's words, and not much else.

The patterns and the numbers are ``rules`` in ``messages.json``, from which the
page's script has them too; one list of cases holds that both find the same.
"""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
import re
from typing import Any, NamedTuple

from helpers.word_index import WordIndex

__all__: list[str] = []

SYMPTOM = "symptom"  # the kind of an entry that has no message


class _Line(NamedTuple):
    """A line of a text: the kind of message that begins there, and its words."""

    kind: str  # empty where none begins
    is_place: bool  # it says where a traceback was, and not what
    words: list[str]


class Search:
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
            if entry["kind"] != SYMPTOM
            for wording in entry["wordings"]
        ]
        told = [
            (k, text)
            for k, entry in enumerate(self.entries)
            if entry["kind"] == SYMPTOM
            for text in (entry["wordings"][0]["text"], *entry["words"])
        ]
        self.messages = WordIndex(
            [(k, self._weighed(text)) for k, text in said], self.rules["typo"]
        )
        # The pairs of each wording that have a name in quotes: one must be there.
        self.named = [self._named(text) for _, text in said]
        self.symptoms = WordIndex(
            [(k, dict.fromkeys(self._plain(text), 1.0)) for k, text in told],
            self.rules["typo"],
        )

    def __call__(self, text: str) -> tuple[list[int], list[int]]:
        """Return ``(found, nearest)``, numbers of entries, the best first."""
        found, nearest = self._in_messages(text)
        return found or self._in_plain_words(text), nearest

    def _in_messages(self, text: str) -> tuple[list[int], list[int]]:
        """Return what is found in the messages of a text, and what is near."""
        known = self.messages.reader(self.rules["unknown"])
        lines = [
            line._replace(words=[w for word in line.words for w in known(word)])
            for line in self._lines(text)
        ]
        if lines and lines[-1].words:
            lines[-1].words[-1] = self.messages.completed(lines[-1].words[-1])
        found, nearest = self._in_lines(lines, not _has_kinds(lines))
        if not found and _has_kinds(lines):
            found, _ = self._in_lines(lines, True)
        return found, nearest

    def _in_lines(
        self, lines: list[_Line], anywhere: bool
    ) -> tuple[list[int], list[int]]:
        """Return what is found in messages that begin ``anywhere``, or at kinds."""
        found: dict[int, float] = {}
        near: dict[int, float] = {}
        for kind, words, first in self._split(lines, anywhere):
            best, most, rank = -1, 0.0, 0.0
            for entry, likeness, value in self._likeness(kind, words, first):
                near[entry] = max(likeness, near.get(entry, 0.0))
                if likeness >= self.rules["found"] and value > most:
                    best, most, rank = entry, value, 1.0 if kind else likeness
            if kind:
                self._guess_by_kind(kind, near)
            if best >= 0:
                before = found.pop(best, 0.0)  # so that it comes last
                found[best] = max(rank, before)
        # Of equals, as errors with a name are, the last in the text comes first:
        # it ended the program.
        nearest = _ranked(near)[: self.rules["guesses"]]
        return _ranked(dict(reversed(found.items()))), nearest

    def _likeness(
        self, kind: str, words: list[str], first: int
    ) -> Iterator[tuple[int, float, float]]:
        """Yield ``(entry, likeness, value)`` for a message.

        The likeness is the share of the entry's weight that the message has; or,
        as the message may be cut, the share of it that the entry has. It is less
        where both are errors of different kinds. Of several entries that are like
        it, the best is the one with the greatest value: much in common, and little
        besides. ``first`` is how many words the first line of the message has.
        """
        index, rules = self.messages, self.rules
        pairs = dict.fromkeys(pair for pair in _pairs(words) if pair in index.places)
        common = index.common(pairs)
        cut = self._shares(kind, words)
        if first < len(words):
            for number, share in self._shares(kind, words[:first]).items():
                cut[number] = max(share, cut.get(number, 0.0))
        for number, (weight, _, _) in common.items():
            entry, total = index.wordings[number]
            likeness = cut.get(number, 0.0)
            if self._is_named(number, pairs):
                likeness = max(weight / total, likeness)
            factor = rules["other_kind"] if kind not in ("", self.kinds[entry]) else 1
            yield entry, likeness * factor, weight / total * weight * factor

    def _shares(self, kind: str, words: list[str]) -> dict[int, float]:
        """Return which share of a message each wording has that may be all of it.

        It must be nearly all of the message, and more of it where the message lacks
        the names in quotes, as it may be cut before them only. A message of a known
        kind has its beginning, so the wording must have one of its first pairs.
        """
        index, rules = self.messages, self.rules
        found = list(_pairs(words))
        pairs = dict.fromkeys(pair for pair in found if pair in index.places)
        unknown = sum(pair not in pairs for pair in found)
        whole = sum(index.rare[pair] for pair in pairs) + unknown * index.rarest
        begun = index.common(pair for pair in found[: rules["head_pairs"]])
        shares = {}
        for number, (_, own, count) in index.common(pairs).items():
            entry, _ = index.wordings[number]
            is_named = self._is_named(number, pairs)
            least = 1 if kind == self.kinds[entry] else rules["cut_pairs"]
            if (
                count >= least
                and own >= rules["cut" if is_named else "cut_unnamed"] * whole
                and (not kind or number in begun)
            ):
                shares[number] = own / whole
        return shares

    def _is_named(self, number: int, pairs: dict[str, None]) -> bool:
        """Say whether ``pairs`` have a name in quotes of a wording, if it has any."""
        named = self.named[number]
        return not named or not named.isdisjoint(pairs)

    def _guess_by_kind(self, kind: str, near: dict[int, float]) -> None:
        """Let the errors of a kind be guesses, before all that are of others."""
        for entry, other in enumerate(self.kinds):
            if kind == other:
                least = self.rules["guess_kind"]
                near[entry] = max(near.get(entry, 0.0), least)

    def _in_plain_words(self, text: str) -> list[int]:
        """Return the symptoms that a few words tell."""
        words = self._plain(text)
        if len(text) > self.rules["plain_letters"] or _has_kinds(self._lines(text)):
            return []
        index = self.symptoms
        found: dict[int, float] = {}
        known = index.reader(self.rules["unknown"])
        own = dict.fromkeys(other for word in words for other in known(word))
        whole = sum(index.rare.get(word, index.rarest) for word in own)
        for number, (weight, _, _) in index.common(own).items():
            entry, total = index.wordings[number]
            if weight >= max(
                self.rules["plain"] * total, self.rules["plain_share"] * whole
            ):
                found[entry] = max(weight, found.get(entry, 0.0))
        return _ranked(found)

    # ----------------------------------------------------- a text taken apart

    def _split(
        self, lines: list[_Line], anywhere: bool
    ) -> Iterator[tuple[str, list[str], int]]:
        """Yield the messages in lines: kind, words, and how many are in its first line.

        Messages begin at lines that say of what kind they are; or ``anywhere``
        that has two words of an entry in a row.
        """
        spare = _has_kinds(lines)  # what a traceback says of places
        for first, line in enumerate(lines):
            if not line.kind and not (
                anywhere
                and not (spare and line.is_place)
                and any(pair in self.messages.places for pair in _pairs(line.words))
            ):
                continue
            end = first + 1
            last = min(first + self.rules["lines"], len(lines))
            while end < last and not lines[end].kind:
                end += 1
            yield (
                line.kind,
                [word for other in lines[first:end] for word in other.words],
                len(line.words),
            )

    def _lines(self, text: str) -> list[_Line]:
        """Return the lines of a text that are not empty."""
        for pattern, by in self.rules["noise"]:
            text = _compiled(pattern).sub(by, text)
        place, head = _compiled(self.rules["place"]), _compiled(self.rules["head"])
        found = []
        for line in re.split(r"\r\n|\r|\n", text):
            if line.strip():
                is_place = bool(place.search(line))
                begin = None if is_place else head.search(line)
                kind = self._known_kind(begin[1] or begin[2]) if begin else ""
                words = self._words(line[begin.end() :] if begin else line)
                found.append(_Line(kind, is_place, words))
        return found

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
        code = self._quoted(text)
        end = len(self._words(self._sentence(text))) - 1  # what follows is advice
        weights: dict[str, float] = {}
        for place, pair in enumerate(_pairs(self._words(text))):
            is_code = any(w in code or "_" in w for w in pair.split())
            factor = self.rules["code"] if is_code else 1
            weight = factor if place < end else self.rules["advice"]
            weights.setdefault(pair, self.rules["fade"] ** place * weight)
        return weights

    def _named(self, text: str) -> set[str]:
        """Return the pairs of an entry's first sentence that have a name in quotes."""
        for pattern, by in self.rules["noise"]:
            text = _compiled(pattern).sub(by, text)
        sentence = self._sentence(text)
        names = self._quoted(sentence)
        pairs = _pairs(self._words(sentence))
        return {pair for pair in pairs if not names.isdisjoint(pair.split())}

    def _quoted(self, text: str) -> set[str]:
        """Return the words that stand in quotes, but for the names of objects."""
        return set(self._words(" ".join(_compiled(self.rules["quoted"]).findall(text))))

    def _sentence(self, text: str) -> str:
        """Return the first sentence of a message."""
        return _compiled(self.rules["sentence"]).split(text, maxsplit=1)[0]

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


def _has_kinds(lines: list[_Line]) -> bool:
    """Say whether any line says of what kind a message is."""
    return any(line.kind for line in lines)


def _pairs(words: list[str]) -> Iterator[str]:
    """Yield every two words that follow one another."""
    return (f"{one} {other}" for one, other in pairwise(words))


def _ranked(values: dict[int, float]) -> list[int]:
    """Return the keys, that with the highest value first."""
    return sorted(values, key=lambda key: -values[key])


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern of the rules, as JavaScript reads it."""
    return re.compile(pattern, re.ASCII)
