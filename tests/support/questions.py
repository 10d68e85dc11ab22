"""A question to the reader, with two mistakes."""

from helpers.predict import predict

HINT = "Choose one of the answers first."
READABLE = "0.5, 1e-3 or −2"
WRONG = [(12.0, "That is the gradient."), (-1.2, "That is the step.", "a.ipynb#b")]


def ask(**arguments):
    """Ask it, with some arguments changed."""
    return predict("Where is `x`?", **{"answer": 8.8, "wrong": WRONG} | arguments)
