"""The pairs of words that entries have, each with its weight.

It is made once from all wordings, and answers which of them have a pair in common
with a text. It also reads words with a typo as words of the wordings.
"""

from collections.abc import Callable, Iterable, Iterator
import math
from typing import NamedTuple

__all__: list[str] = []


class Wording(NamedTuple):
    """One way to say an entry: the number of the entry, and the weight of it all."""

    entry: int
    weight: float


class WordIndex:
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
        self.wordings: list[Wording] = []
        self.places: dict[str, list[tuple[int, float]]] = {}
        for number, (entry, features) in enumerate(said):
            total = 0.0
            for feature, weight in features.items():
                own = weight * self.rare[feature]
                self.places.setdefault(feature, []).append((number, own))
                total += own
            self.wordings.append(Wording(entry, total))
        self.least, self.longest = typo
        self.words = {word for feature in entries for word in feature.split()}
        self.shortened: dict[str, str] = {}
        for word in sorted(self.words):
            if len(word) >= self.least:
                for short in _shortened(word):
                    self.shortened.setdefault(short, word)

    def reader(self, most: int) -> Callable[[str], list[str]]:
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

    def completed(self, word: str) -> str:
        """Return the only word that begins with ``word``, which may be cut."""
        begun = [known for known in self.words if known.startswith(word)]
        return begun[0] if len(begun) == 1 else word

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


def _shortened(word: str) -> Iterator[str]:
    """Yield the word without each of its letters."""
    return (word[:k] + word[k + 1 :] for k in range(len(word)))
