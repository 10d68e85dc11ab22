"""Drawings that the tests of the explorer's modules share."""

import pytest
from support.drawings import draw_parabola, draw_valley


@pytest.fixture(scope="session")
def drawing():
    return draw_parabola()


@pytest.fixture(scope="session")
def walks():
    return draw_valley(minimum=(1.0, -0.5), bounds={"SGD": 0.125})
