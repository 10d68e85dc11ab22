"""What the page welcome states, one test for each statement."""

from pathlib import Path
import tomllib

ROOT = Path(__file__).resolve().parents[2]


def test_requirements_install_helpers_in_a_copy_of_the_repository():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").split("\n")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "-e ." in lines
    assert "helpers" in project["tool"]["setuptools"]["packages"]
