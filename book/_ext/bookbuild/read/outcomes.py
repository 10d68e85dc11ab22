"""Fold what a reader is asked to predict.

The output of a code cell with the tag ``outcome`` is folded on the page;
``_static/outcomes.js`` opens it when the reader has answered. In print and
where no script runs, it is open.
"""

from typing import Any

from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from ..names import OUTCOME
from ..upstream import FOLD, FOLD_LABELS
from .cells import has_output, has_tag, is_code_cell

logger = logging.getLogger(__name__)


class FoldOutcomes(SphinxTransform):
    """Have MyST-NB fold the outputs of all cells with the tag ``outcome``."""

    default_priority = 500  # any will do: the parser has made the cells

    def apply(self, **kwargs: Any) -> None:
        """Ask for the fold as a tag of MyST-NB's own does."""
        for cell in self.document.findall(is_code_cell):
            if not has_tag(cell, OUTCOME):
                continue
            if not has_output(cell):
                logger.warning(
                    f"a cell with the tag {OUTCOME!r} shows nothing",
                    location=cell,
                )
            # With the tag hide-cell, its code is folded too.
            cell[FOLD] = cell.get(FOLD) or "output"
            labels = ("Show the outcome", "Hide the outcome")
            for name, label in zip(FOLD_LABELS, labels, strict=True):
                cell[name] = label
