"""Compare an execution of a notebook with the outputs stored in it."""

from collections.abc import Iterable, Iterator
from typing import Any

from ..upstream import WIDGET_VIEW

# What a picture's bytes are depends on fonts and processors: text is compared.
NOT_COMPARED = ("image/png", WIDGET_VIEW)


def problems(stored: Any, executed: Any) -> Iterator[str]:
    """Say what ``executed`` shows that is not stored, or meant for readers."""
    cells = zip(stored.cells, executed.cells, strict=True)
    code = [pair for pair in cells if pair[0].cell_type == "code"]
    for number, (before, now) in enumerate(code, 1):
        for output in now.outputs:
            if output.output_type == "error":
                error = f"{output.ename}: {output.evalue}"
                yield f"code cell {number} raises {error}"
            if output.get("name") == "stderr":
                text = output.text.strip()
                yield f"code cell {number} writes to stderr: {text}"
        if visible(before.outputs) != visible(now.outputs):
            yield (
                f"code cell {number} shows other output than is stored "
                f"(`make notebooks` stores it)\n"
                f"  stored:   {visible(before.outputs)}\n"
                f"  executed: {visible(now.outputs)}"
            )


def visible(outputs: Iterable[Any]) -> list[tuple[str, str]]:
    """Return the text that ``outputs`` show, each with its kind."""
    shown = []
    for output in outputs:
        if output.output_type == "stream":
            shown.append((output.name, output.text))
        for kind, data in sorted(output.get("data", {}).items()):
            if kind not in NOT_COMPARED:
                shown.append((kind, str(data)))
    return shown
