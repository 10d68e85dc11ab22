"""The rules of the search, for the page's script and for `helpers.explain`.

Both read them from the data, so that both find the same; how they use them is
told in ``helpers/explain.py``. The patterns are read alike by JavaScript and by
Python with ``re.ASCII``.
"""

_OWN = "nonetype|str|list|tuple|dict|set|int|float|bool|function|method"

RULES = {
    # ------------------------------------------------- where a message begins
    "noise": [  # a terminal's colours, and objects shown at length
        ["\\x1b\\[[0-9;]*m", ""],
        ["<[A-Za-z_][^<>]{0,5000}>", " "],
    ],
    # How a line begins that is an error, a warning, or a line of a log.
    "head": (
        "(?:^|[^A-Za-z0-9_])(?:([A-Za-z0-9_]*(?:Error|Exception|Warning))"
        "(?: \\([^()]*\\))?:(?:[ \\t]+|$)|(WARNING):[A-Za-z0-9_]+:)"
    ),
    # A line of a traceback that says where it was, and not what.
    "place": "^[ \\t]*(?:File |-+> ?[0-9]|[0-9]+ |Traceback )|\\braise ",
    "warning": "warn|log",  # kinds that may come by a log as well
    "lines": 8,  # that one message may go over
    # --------------------------------------------------------- what its words are
    "replace": [  # in this order, in small letters
        # An attribute belongs to its class, where that is one of Python's own.
        [
            f"(['\"])({_OWN})\\1 object has no attribute (['\"])([a-z_0-9]+)\\3?",
            "object has no attribute '$2__$4'",
        ],
        # A module is known by its last name: keras.api._v2.keras.optimizers
        ["module (['\"])[a-z0-9_.]*\\.([a-z0-9_]+)\\1", "module $2"],
        # dense/kernel:0, train.py:12
        [
            "(^|[^a-z0-9_./\\\\~-])[a-z0-9_./\\\\~-]+:[0-9]+",
            "$1 ",
        ],
        ["\\b[0-9][a-z0-9_.]*(?:[-+][0-9]+)?", " "],  # 36.0, 1e-7, 0x7f1b
    ],
    "word": "[a-z_\\u00c0-\\u1fff\\u3040-\\uffef][a-z0-9_\\u00c0-\\u1fff\\u3040-\\uffef]*",
    "typo": [5, 40],  # letters of a word, of which one may be wrong
    "unknown": 1000,  # words of a text that are looked at for typos
    # ------------------------------------------------------------ what they weigh
    # Code in a message; not the class or module that has no such attribute.
    "quoted": "[`'\"]([A-Za-z0-9_.]+)[`'\"](?! object| has no)",
    "code": 4,  # words with code weigh as much as so many others
    "fade": 0.9,  # a word weighs so much of the one before it
    # ------------------------------------------------------------- what is enough
    "found": 0.6,  # of the weight of an entry's words
    "cut": 0.8,  # of the weight of a text's words, if it is cut from a message
    "cut_pairs": 4,  # and so many pairs of words at least
    "other_kind": 0.5,  # what it is worth in an error of another kind
    "guesses": 3,
    "guess_kind": 0.2,  # what a guess gains by being an error of the same kind
    # -------------------------------------------------------------- plain words
    "plain_letters": 200,  # of a text at most that tells a symptom
    "plain": 0.75,  # of the weight of the words of a symptom
    "negation": [
        "\\b(do|does|did|is|are|was|has|have|ca|wo)n['\\u2019]?t\\b",
        "$1 not",
    ],
    "ending": "(?:ing|ed|es|e|s)$",  # of a word that has more than four letters
    "stop_words": (
        "a an and any are as at be but by do does for from has have i if in is it "
        "its my of on or so that the there this to was when why with"
    ).split(),
}
