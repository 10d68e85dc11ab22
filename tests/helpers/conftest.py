"""An explorer, and drawings, that the tests of the explorer's modules share."""

from helpers.explorer import explore_convergence
import pytest
from support.drawings import draw_parabola, draw_valley
from support.oracles import f


@pytest.fixture(scope="session")
def drawing():
    return draw_parabola()


@pytest.fixture(scope="session")
def walks():
    return draw_valley(minimum=(1.0, -0.5), bounds={"SGD": 0.125})


@pytest.fixture
def explorer():
    return explore_convergence(
        f,
        starts=(10.0, -2.0),
        learning_rates=[0.1, 0.5, 1.1],
        optimizers=["SGD", "Adam"],
        steps=4,
    )
