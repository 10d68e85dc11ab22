"""Run a short snippet and write down, line by line, what each line did."""

from collections.abc import Callable, Mapping
import inspect
import textwrap
from typing import Any

from helpers.stepper.execution import Execution
from helpers.stepper.reprs import short_repr
from helpers.stepper.snippet import unwrapped
from helpers.stepper.steps import Recording

__all__ = ["record"]


def record(
    source: str | Callable[[], Any],
    *,
    title: str = "snippet",
    given: Mapping[str, Any] | None = None,
    limit: int = 200,
) -> Recording:
    r"""Run ``source`` in a namespace of its own and write down what each line did.

    A snippet that raises ends there, as it would anywhere; the error is in its
    last step. Functions that the snippet defines are stepped too, with the names
    inside them; lambdas, comprehensions, and functions from elsewhere run as
    part of the line that calls them. So does what AutoGraph rewrites: a function
    under ``tf.function(autograph=False)`` is stepped while TensorFlow traces it.

    Parameters
    ----------
    source
        Python code, or a function without arguments whose body is the code. A
        function may use what is around it; its name becomes the title.
    title
        What the snippet is called.
    given
        Names that the code may use without binding them.
    limit
        How many lines may run, each turn of a loop counted.

    Returns
    -------
    Recording
        Its values are texts: it keeps no object of the snippet alive.

    Raises
    ------
    ValueError
        If ``source`` does not parse, runs longer than ``limit`` or asks for
        input.

    Examples
    --------
    >>> recording = record("x = 1\nx = x + 1")
    >>> [(step.line, step.names["", "x"]) for step in recording.steps]
    [(1, '1'), (2, '2')]
    """
    if inspect.isfunction(source):
        title, text, around = unwrapped(source)
        given = {**around, **(given or {})}
    elif isinstance(source, str):
        text = textwrap.dedent(source).strip("\n")
    else:
        raise ValueError(
            f"source must be Python code or a function without arguments, "
            f"not {short_repr(source)}"
        )
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise ValueError(f"limit must be a whole number of 1 or more, not {limit!r}")
    execution = Execution(text, given or {}, limit)
    execution.run()
    return Recording(title, tuple(text.split("\n")), tuple(execution.steps))
