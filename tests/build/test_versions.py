"""The two lock files pin the same versions, and every file names one edition."""

import re
import tomllib

from support.notebooks import ROOT
import yaml

PIN = re.compile(r"(?m)^([\w.-]+)==([^\s;\\]+)")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / ".ci" / "requirements.txt").read_text(encoding="utf-8")


def test_the_lock_pins_what_requirements_pin():
    by_hand = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert PIN.findall(LOCK) == PIN.findall(by_hand) != []


def test_every_pin_of_the_lock_has_a_hash():
    entries = re.split(r"(?m)^(?=[\w.-]+==)", LOCK)[1:]
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_edition_is_the_same_everywhere():
    edition = PROJECT["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert citation["version"] == edition
    assert re.search(r"(?m)^## (\S+)$", changes)[1] == edition
