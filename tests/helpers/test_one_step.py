"""A single step: its numbers, where they lie on the picture, and its words."""

from helpers.explorer import explore_step
from helpers.explorer.step_picture import number_text
import pytest
from support.one_step import RATES, STARTS, by_minimize, choose, explored
from support.oracles import f


@pytest.fixture(scope="module")
def explorer():
    return explored()


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("start", STARTS)
def test_a_step_is_one_call_of_minimize(explorer, start, rate):
    choose(explorer, start, rate)
    run = explorer.run
    landed = by_minimize(start, rate)
    assert run.x.tolist() == [start, pytest.approx(landed, abs=1e-5)]
    assert run.loss == pytest.approx([f(start), f(landed)], abs=1e-4)
    shown = explorer.children[2].data["steps"][STARTS.index(start)]
    said = f"{shown['slope']} {shown['words'][RATES.index(rate)]}"
    assert f"x goes from {number_text(start)} to {number_text(landed)}," in said
    assert f"is {number_text(2 * (start - 4))}." in said
    assert said in repr(explorer)


@pytest.mark.parametrize(
    ("start", "rate", "ending"),
    [
        (1.0, 0.1, "to 5.76."),
        (1.0, 0.9, "Look at the step: it crosses the minimum."),
        (1.0, 0.5, "The step lands at the minimum."),
        (
            1.0,
            1.1,
            "it crosses the minimum, and the loss is larger after it.",
        ),
        (4.0, 0.1, "The curve is flat here, so x stays."),
    ],
)
def test_the_sentence_says_what_to_look_at(explorer, start, rate, ending):
    choose(explorer, start, rate)
    assert repr(explorer).removesuffix(")").endswith(ending)


def test_the_sentence_has_every_number(explorer):
    choose(explorer, 1.0, 0.1)
    assert repr(explorer) == (
        "StepExplorer(The slope at x = 1 is −6. The step is −0.1 × −6 = 0.6: "
        "x goes from 1 to 1.6, and the loss from 9 to 5.76.)"
    )


def test_both_sliders_are_linked_to_the_plot(explorer):
    fresh = explore_step(f, starts=STARTS, learning_rates=RATES)
    assert (fresh.children[2].start, fresh.children[2].rate) == (3, 1)
    assert [slider.description for slider in fresh.children[:2]] == [
        "x",
        "learning rate",
    ]


def test_it_shows_as_a_widget_and_a_picture(explorer):
    bundle = explorer._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["image/png"].startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"starts": []}, "starts must"),
        ({"learning_rates": [0.5, 0.1]}, "learning_rates must"),
        ({"starts": [1e30]}, "from 1e\\+30 at the learning rate 0.1 does not"),
    ],
)
def test_what_makes_no_sense_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        explore_step(f, **{"starts": [1.0], "learning_rates": [0.1, 0.5], **change})
