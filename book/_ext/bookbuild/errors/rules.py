"""The rules of the search, for the page's script and for `helpers.explain`.

Both read them from the data, so that both find the same; how they use them is
told in ``helpers/search.py``. JavaScript reads the patterns as they stand,
Python with ``re.ASCII``; in what replaces them, $1 is the first group.
"""

# Classes of Python itself.
_OWN = "nonetype|str|list|tuple|dict|set|int|float|bool|function|method"
_LETTERS = r"a-z_\u00c0-\u1fff\u3040-\uffef"
_PATH = r"a-z0-9_./\\~-"

RULES = {
    # Where a message begins. First a terminal's colours are dropped, and
    # objects that are shown at length.
    "noise": [[r"\x1b\[[0-9;]*m", ""], ["<[A-Za-z_][^<>]{0,5000}>", " "]],
    # How a line begins that is an error, a warning, or a line of a log.
    "head": (
        r"(?:^|[^A-Za-z0-9_])"
        r"(?:([A-Za-z0-9_]*(?:Error|Exception|Warning))"
        r"(?: \([^()]*\))?:(?:[ \t]+|$)|(WARNING):[A-Za-z0-9_]+:)"
    ),
    # A line of a traceback that says where it was, and not what.
    "place": r"^[ \t]*(?:File |-+> ?[0-9]|[0-9]+ |Traceback )|\braise ",
    "warning": "warn|log",  # kinds that may come by a log as well
    "lines": 8,  # that one message may go over
    # What its words are, in small letters. These are replaced, in this order.
    "replace": [
        # An attribute of a class of Python is another than that of others.
        [
            rf"(['\"])({_OWN})\1 object has no attribute "
            r"(['\"])([a-z_0-9]+)\3?",
            "object has no attribute '$2__$4'",
        ],
        # And what is said of it.
        [rf"(['\"])({_OWN})\1 object (is|does) ", "$2__$3 "],
        # Classes and modules go by their last name: keras.api._v2.optimizers
        [r"(['\"])[a-z0-9_.]*\.([a-z0-9_]+)\1 object", "'$2' object"],
        # Where one optimizer is not, the others are not either.
        [
            r"attribute (['\"])[a-z]*optimizer\1",
            "attribute 'any_optimizer'",
        ],
        # And a name that a module has not is another than that of an object.
        [
            r"(['\"])(?:[a-z0-9_.]*\.)?([a-z0-9_]+)\1 has no attribute "
            r"(['\"])([a-z_0-9]+)\3?",
            "$2 has no attribute '$2__$4'",
        ],
        # AutoGraph calls a function that it has rewritten tf__name.
        [r"\btf__", ""],
        # 'dense/kernel', x/Momentum, train.py:12
        [rf"(^|[^{_PATH}])[{_PATH}]*/[{_PATH}]+", "$1 "],
        [rf"(^|[^{_PATH}])[{_PATH}]+:[0-9]+", "$1 "],
        # 36.0, 1e-7, 0x7f1b
        [r"\b[0-9][a-z0-9_.]*(?:[-+][0-9]+)?", " "],
    ],
    "word": f"[{_LETTERS}][0-9{_LETTERS}]*",
    "typo": [5, 40],  # letters of a word of which one may be wrong
    "unknown": 1000,  # words of a text that are looked at for typos
    # What they weigh. Code does more, but for the names of objects.
    "quoted": (
        r"(?:[Tt]ype|class|schedule|optimizer|model|layer|Input|convert) "
        r"[`'\"][A-Za-z0-9_.]+[`'\"]"
        r"|[`'\"]([A-Za-z0-9_.]+)[`'\"](?! object| has no| Op)"
    ),
    "code": 4,  # words with code weigh as much as so many others
    "fade": 0.9,  # a word weighs so much of the one before it
    "sentence": r"[.!?]\s+(?=[A-Z`'(])",  # the end of the first
    "advice": 0.3,  # what follows weighs so much, code or not
    # What is enough.
    "found": 0.6,  # of the weight of an entry's words
    "cut": 0.8,  # of the weight of a text's words, if it is cut off
    "cut_unnamed": 0.9,  # where it lacks the entry's names in quotes
    "head_pairs": 3,  # of a beginning, of which the entry has one
    "cut_pairs": 4,  # so many at least, but in an error of the same kind
    "other_kind": 0.65,  # what it is worth in an error of another kind
    "guesses": 3,
    "guess_kind": 0.2,  # what an error of the same kind is worth as a guess
    # Symptoms, in plain words.
    "plain_letters": 200,  # of a text at most that tells one
    "plain": 0.75,  # of the weight of its words
    "plain_share": 0.3,  # of the weight of the text's words
    "negation": [
        r"\b(do|does|did|is|are|was|has|have|ca|wo)n['\u2019]?t\b",
        "$1 not",
    ],
    "ending": "(?:ing|ed|es|e|s)$",  # of a word of five letters or more
    "stop_words": (
        "a an and any are as at be but by do does for from has have i if in "
        "is it its my of on or so that the there this to was when why with"
    ),
}
