"""The penguins' data: complete, and as published."""

from collections import Counter
from dataclasses import FrozenInstanceError, fields
import hashlib
from pathlib import Path
import tomllib

import helpers
from helpers.penguins import load_penguins
import numpy as np
import pytest

FOLDER = Path(helpers.__file__).parent
# Of penguins.csv in the Python package palmerpenguins 0.1.6.
SHA256 = "f204db2c753b0937caac3cb35258562c14f073e4bbc76be24b4c51ce22767a93"


@pytest.fixture(scope="module")
def penguins():
    return load_penguins()


def test_the_table_is_the_published_one():
    # Git may write a text file with other line ends on Windows.
    table = (FOLDER / "penguins.csv").read_bytes().replace(b"\r\n", b"\n")
    assert hashlib.sha256(table).hexdigest() == SHA256


def test_the_table_travels_with_the_package_and_says_its_source_and_licence():
    settings = tomllib.loads(
        (FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8")
    )
    taken = settings["tool"]["setuptools"]["package-data"]["helpers"]
    assert {"*.csv", "*.md"} <= set(taken)
    about = (FOLDER / "penguins.md").read_text(encoding="utf-8")
    for said in ("CC0 1.0", "10.1371/journal.pone.0090081", "Gorman", "Horst"):
        assert said in about
    assert "helpers/penguins.csv" in (FOLDER.parent / "LICENSE").read_text(
        encoding="utf-8"
    )


def test_every_column_has_a_value_for_each_of_342_penguins(penguins):
    for field in fields(penguins):
        assert getattr(penguins, field.name).shape == (342,), field.name


def test_counts_are_those_of_the_publication(penguins):
    assert Counter(penguins.species) == {"Adelie": 151, "Chinstrap": 68, "Gentoo": 123}
    assert Counter(penguins.sex) == {"male": 168, "female": 165, "NA": 9}
    assert set(penguins.year) == {2007, 2008, 2009}


@pytest.mark.parametrize(
    ("name", "mean", "low", "high"),
    [
        ("bill_length_mm", 43.92, 32.1, 59.6),
        ("bill_depth_mm", 17.15, 13.1, 21.5),
        ("flipper_length_mm", 200.92, 172, 231),
        ("body_mass_g", 4201.75, 2700, 6300),
    ],
)
def test_measures_have_the_published_means_and_ranges(penguins, name, mean, low, high):
    values = getattr(penguins, name)
    assert values.dtype == np.float64
    assert round(values.mean(), 2) == mean
    assert (values.min(), values.max()) == (low, high)


def test_a_row_keeps_its_place(penguins):
    last = {field.name: getattr(penguins, field.name)[-1] for field in fields(penguins)}
    assert list(last.values()) == [
        "Chinstrap", "Dream", 50.2, 18.7, 198, 3775, "female", 2009,
    ]  # fmt: skip


def test_the_record_cannot_be_changed(penguins):
    with pytest.raises(FrozenInstanceError):
        penguins.sex = None


def test_a_record_equals_itself_alone(penguins):
    assert len({penguins, load_penguins()}) == 2


def test_a_record_is_shown_in_a_line(penguins):
    assert len(repr(penguins)) < 80
