"""Draw from which line to which a snippet's names, tapes and files last."""

from collections.abc import Mapping

from helpers.stepper.steps import Doing, Kind, Recording, Step
from matplotlib.axes import Axes
import matplotlib.pyplot as plt

__all__ = ["plot_lifelines"]

_NAME_COLOR, _STATE_COLOR = "#0b6bb0", "#b8480c"


def plot_lifelines(
    recording: Recording,
    lives: Mapping[str, str | tuple[str, str]],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw the code of ``recording`` and beside it how long things last.

    A bar stands beside the lines after which the thing is there: a name is bound,
    a file open, a tape recording. Each line of the snippet should run once.

    Parameters
    ----------
    recording
        What ran; see `helpers.stepper.recorder.record`.
    lives
        For each bar its heading, and what it stands for: a name, which lasts
        while it is bound, or a tape or file with the state to look for, such as
        ``("tape 1", "recording")``.
    ax
        Where to draw; by default the current axes.

    Returns
    -------
    Axes
        The axes drawn on.
    """
    ax = plt.gca() if ax is None else ax
    count = len(recording.lines)
    after = {
        step.line: step for step in recording.steps if step.kind is not Kind.LEAVE_BLOCK
    }
    for column, what in enumerate(lives.values()):
        color = _NAME_COLOR if isinstance(what, str) else _STATE_COLOR
        lines = [line for line, step in after.items() if _lasts(step, what)]
        starts = [line - 0.5 for line in lines]
        ax.bar([column] * len(lines), 1, 0.16, starts, color=color)
    ax.set_xlim(-0.5, len(lives) - 0.5)
    ax.set_ylim(count + 0.5, 0.5)
    ax.set_yticks(range(1, count + 1), recording.lines, family="monospace")
    ax.tick_params(length=0)
    for label in ax.get_yticklabels():
        label.set_horizontalalignment("left")
    ax.tick_params(axis="y", pad=8 * max(map(len, recording.lines)))
    ax.xaxis.tick_top()
    ax.set_xticks(range(len(lives)), list(lives))
    ax.grid(visible=False)
    ax.hlines(
        [line + 0.5 for line in range(1, count)],
        -0.5,
        len(lives) - 0.5,
        color="#e3e3e3",
        zorder=0,
    )
    ax.spines[:].set_visible(False)
    return ax


def _lasts(step: Step, what: str | tuple[str, str]) -> bool:
    """Say whether a name is bound, or a tape or file in a state, after a step."""
    if isinstance(what, str):
        return ("", what) in step.names
    label, state = what
    return label in step.states and step.states[label].doing is Doing(state)
