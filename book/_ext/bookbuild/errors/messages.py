"""Find the error messages in what a cell has printed."""

from collections.abc import Iterator
import re
from typing import NamedTuple

# A message begins a line, perhaps after the name of the library it is from.
PRINTED = re.compile(
    r"\s*(?:[\w.]+: )?"
    r"(?P<kind>\w*(?:Error|Exception|Warning)|log|logged|warning): "
    r"(?P<text>.+)"
)
KINDS = {"log": "log line", "logged": "log line"}  # and the others by name
OWN = "nonetype|str|list|tuple|dict|int|float|bool"  # classes of Python
ALIKE = 0.75  # of the words of two messages are the same if they are one


class Message(NamedTuple):
    """An error message: its kind, such as KeyError, and its words."""

    kind: str
    text: str


def messages(printed: str) -> Iterator[Message]:
    r"""Yield the error messages in what a cell printed.

    A message goes on in the lines below it that are indented more.

    >>> printed = "tf.keras: log: to be\n  or not\nKeyError: 'x'"
    >>> [" | ".join(message) for message in messages(printed)]
    ['log line | to be or not', "KeyError | 'x'"]
    """
    lines = printed.splitlines()
    for number, line in enumerate(lines):
        if begin := PRINTED.match(line):
            words = [begin["text"]]
            for more in lines[number + 1 :]:
                if indent(more) <= indent(line) or PRINTED.match(more):
                    break
                words.append(more.strip())
            kind = begin["kind"]
            yield Message(KINDS.get(kind, kind), " ".join(words))


def indent(line: str) -> int:
    """Return how many blanks begin a line."""
    return len(line) - len(line.lstrip())


def alike(one: Message, other: Message) -> bool:
    """Say whether two messages are one, with other names and numbers in it.

    >>> message = Message("A", "'SGD' object has no attribute 'minimize'")
    >>> alike(message, Message("A", message.text.replace("SGD", "Adam")))
    True
    >>> alike(message, Message("A", message.text.replace("minimize", "_id")))
    False
    >>> alike(message, Message("A", message.text.replace("SGD", "str")))
    False
    """
    a, b = map(words, (one.text, other.text))
    return one.kind == other.kind and len(a & b) >= ALIKE * len(a | b)


def words(text: str) -> set[str]:
    """Return the words of a message, without those that stand for objects."""
    text = re.sub(rf"<[^>]*>|'(?!(?:{OWN})')[^']*' object", "", text.lower())
    return set(re.findall(r"[a-z_]+", text))
