"""Draw the operations that a tape recorded, on the axes that you give."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
import matplotlib.pyplot as plt
import tensorflow as tf

__all__ = ["plot_graph"]

_GRADIENT_COLOR = "#b8480c"
_BOX = {"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": "#6b6b6b"}


def plot_graph(
    function: Callable[[Any], Mapping[str, Any]],
    x: float,
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw the operations of ``function`` and the gradient that flows back.

    The operations are TensorFlow's own list for the function::

        tf.function(function).get_concrete_function(...).graph.get_operations()

    Parameters
    ----------
    function
        A function of one scalar tensor that returns its results by name, such
        as ``{"z": z, "y": y}``; the last of them is what is differentiated.
    x
        Where it is computed.
    ax
        Where to draw; by default the current axes.

    Returns
    -------
    Axes
        The axes drawn on: a box for each operation, a grey arrow for each
        input, and for each gradient an arrow back, with its number.

    Raises
    ------
    ValueError
        If ``function`` does not return its results by name.
    """
    ax = plt.gca() if ax is None else ax
    operations, names = _graph_of(function)
    values, gradients = _values_and_gradients(function, x)
    last = list(values)[-1]
    places = _layout(operations)
    for operation in operations:
        name = names.get(operation.name)
        kind, value = operation.type, values.get(name or "")
        if kind == "Const":
            text = f"{float(tf.get_static_value(operation.outputs[0])):g}"
        elif kind == "Placeholder":
            text = f"{name} = {value:g}"
        else:
            text = f"{kind}\n{name} = {value:g}" if name else kind
        place = places[operation.name]
        ax.text(*place, text, ha="center", va="center", bbox=_BOX, zorder=3)
        for source in (tensor.op for tensor in operation.inputs):
            start = places[source.name]
            _arrow(ax, start, place, _BOX["edgecolor"], 0.0)
            back = names.get(source.name)
            if name in gradients and back in gradients:
                _arrow(ax, place, start, _GRADIENT_COLOR, -0.35)
                ax.annotate(
                    f"d{last}/d{back} = {gradients[back]:g}",
                    ((start[0] + place[0]) / 2, start[1]), (0, 52),
                    textcoords="offset points", ha="center", color=_GRADIENT_COLOR,
                )  # fmt: skip
    columns, rows = zip(*places.values(), strict=True)
    ax.set_xlim(min(columns) - 0.5, max(columns) + 0.5)
    ax.set_ylim(min(rows) - 0.5, max(rows) + 1)
    ax.set_axis_off()
    return ax


def _graph_of(function: Callable[[Any], Any]) -> tuple[list[Any], dict[str, str]]:
    """Return the operations that compute, and the name of what each one makes."""
    spec = tf.TensorSpec([], tf.float32, name="x")
    traced = tf.function(function).get_concrete_function(spec)
    results = traced.structured_outputs
    if not isinstance(results, Mapping):
        raise ValueError(
            f"function must return its results by name, such as "
            f"{{'z': z, 'y': y}}, not {type(results).__name__}"
        )
    names = {"x": "x"}
    for name, tensor in results.items():
        while tensor.op.type == "Identity":  # what a function's end adds
            tensor = tensor.op.inputs[0]
        names[tensor.op.name] = name
    left_out = ("Identity", "NoOp")
    operations = traced.graph.get_operations()
    return [one for one in operations if one.type not in left_out], names


def _values_and_gradients(
    function: Callable[[Any], Mapping[str, Any]], x: float
) -> tuple[dict[str, float], dict[str, float]]:
    """Return each result, ``x`` first, and the last one's derivative by each.

    What the last one does not depend on has no derivative there.
    """
    start = tf.constant(x, tf.float32)
    with tf.GradientTape() as t:
        t.watch(start)
        results = {"x": start, **function(start)}
    target = list(results.values())[-1]
    slopes = t.gradient(target, results)
    values = {name: float(value) for name, value in results.items()}
    found = {name: slope for name, slope in slopes.items() if slope is not None}
    return values, {name: float(slope) for name, slope in found.items()}


def _layout(operations: Sequence[Any]) -> dict[str, tuple[float, float]]:
    """Return a place for each operation: inputs to the left, constants below."""
    columns: dict[str, int] = {}
    places: dict[str, tuple[float, float]] = {}
    for operation in operations:
        made = [tensor.op for tensor in operation.inputs if tensor.op.type != "Const"]
        columns[operation.name] = 1 + max((columns[op.name] for op in made), default=-1)
    for operation in operations:
        column: float = columns[operation.name]
        below = operation.type == "Const"
        if below:
            users = [op for tensor in operation.outputs for op in tensor.consumers()]
            column = columns[users[0].name] - 0.5 if users else 0.0
        in_column = [row for at, row in places.values() if at == column]
        taken = sum((row < 0) == below for row in in_column)
        places[operation.name] = (column, float(-1 - taken if below else taken))
    return places


def _arrow(
    ax: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    color: str,
    bend: float,
) -> None:
    """Draw an arrow between two boxes, bent by ``bend`` of its length."""
    style = {"arrowstyle": "-|>", "color": color, "shrinkA": 24, "shrinkB": 24,
             "linewidth": 1.6, "connectionstyle": f"arc3,rad={-bend}"}  # fmt: skip
    ax.annotate("", end, start, arrowprops=style, zorder=2)
