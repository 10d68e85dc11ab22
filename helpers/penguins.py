"""The one real data set of the book: the measures of 342 penguins."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["Penguins", "load_penguins"]

_FILE = Path(__file__).with_name("penguins.csv")
_MISSING = "NA"


@dataclass(frozen=True, eq=False, repr=False)
class Penguins:
    """The body measures of 342 penguins: a row for each, in the order of the file.

    All arrays have the shape ``(342,)``. The rows are sorted by species and
    island: shuffle them before you split or batch them.

    Attributes
    ----------
    species
        ``"Adelie"``, ``"Chinstrap"`` or ``"Gentoo"``.
    island
        ``"Biscoe"``, ``"Dream"`` or ``"Torgersen"``.
    bill_length_mm, bill_depth_mm, flipper_length_mm
        In millimetres, as float64.
    body_mass_g
        In grams, as float64.
    sex
        ``"female"``, ``"male"``, or ``"NA"`` for the nine whose sex is unknown.
    year
        2007, 2008 or 2009, when the penguin was observed.
    """

    species: np.ndarray
    island: np.ndarray
    bill_length_mm: np.ndarray
    bill_depth_mm: np.ndarray
    flipper_length_mm: np.ndarray
    body_mass_g: np.ndarray
    sex: np.ndarray
    year: np.ndarray

    def __repr__(self) -> str:
        kinds = ", ".join(np.unique(self.species))
        return f"Penguins({self.species.size} rows: {kinds})"


def load_penguins() -> Penguins:
    """Return the Palmer penguins that were measured, without a download.

    The table travels with `helpers`. Two of its 344 penguins have no measures
    and are left out.

    Returns
    -------
    Penguins
        A NumPy array for each column of the table.

    Notes
    -----
    Collected by Kristen Gorman and the Palmer Station, Antarctica LTER (Gorman,
    Williams and Fraser, PLoS ONE 9(3): e90081, 2014,
    https://doi.org/10.1371/journal.pone.0090081), published as the R package
    palmerpenguins by Horst, Hill and Gorman (2020,
    https://doi.org/10.5281/zenodo.3960218) under CC0 1.0.

    Examples
    --------
    >>> penguins = load_penguins()
    >>> penguins
    Penguins(342 rows: Adelie, Chinstrap, Gentoo)
    >>> penguins.flipper_length_mm[:3]
    array([181., 186., 195.])
    """
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["body_mass_g"] != _MISSING]

    def column(name: str, kind: type) -> np.ndarray:
        return np.array([row[name] for row in rows]).astype(kind)

    return Penguins(
        species=column("species", str),
        island=column("island", str),
        bill_length_mm=column("bill_length_mm", float),
        bill_depth_mm=column("bill_depth_mm", float),
        flipper_length_mm=column("flipper_length_mm", float),
        body_mass_g=column("body_mass_g", float),
        sex=column("sex", str),
        year=column("year", int),
    )
