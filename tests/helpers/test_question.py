"""What a question holds: its answer, its mistakes, and what is refused."""

from helpers.predict import predict
import numpy as np
import pytest
from support.questions import WRONG, ask
import tensorflow as tf

# ------------------------------------------------------------------ numbers


@pytest.mark.parametrize(
    "answer", [8.8, np.float64(8.8), np.array(8.8), tf.constant(8.8), tf.Variable(8.8)]
)
def test_the_answer_may_be_a_scalar_of_any_library(answer):
    asked = ask(answer=answer).asked
    assert asked["choices"] == ()
    assert asked["right"]["text"] == "8.8"
    assert float(asked["right"]["value"]) == pytest.approx(8.8)


def test_a_mistake_carries_its_sentence_and_its_link():
    first, second = ask().asked["wrong"]
    assert first == {
        "value": "12.0",
        "text": "12",
        "says": "That is the gradient.",
        "link": "",
    }
    assert second["link"] == "a.ipynb#b"


@pytest.mark.parametrize("same", [8.8, 8.8 + 1e-7, tf.constant(8.8), 8.83])
def test_a_mistake_that_equals_the_answer_is_dropped(same):
    wrong = ask(wrong=[(same, "That is right."), *WRONG]).asked["wrong"]
    assert [one["text"] for one in wrong] == ["12", "-1.2"]


def test_a_whole_number_has_to_be_met_and_others_need_not():
    assert ask(answer=16, wrong=[]).asked["tolerance"] == 0
    assert ask(answer=16, wrong=[(15, "One less.")]).asked["wrong"]
    assert ask(answer=16.0).asked["tolerance"] == pytest.approx(0.08)
    assert ask(tolerance=0.2).asked["tolerance"] == 0.2
    assert ask(answer=0.0).asked["tolerance"] > 0


@pytest.mark.parametrize("lost", [float("inf"), float("nan")])
def test_a_run_that_diverged_is_no_error(lost):
    asked = ask(answer=lost, wrong=[(lost, "The same."), (1.0, "It diverges.")]).asked
    assert asked["right"]["text"] == str(lost)
    assert [one["text"] for one in asked["wrong"]] == ["1"]
    assert np.isfinite([asked["tolerance"], asked["close"]]).all()


# ------------------------------------------------------------------ choices


def test_choices_keep_the_order_of_the_author():
    asked = ask(
        answer="both",
        choices=["neither", "both", "a"],
        wrong=[("a", "The list has both.")],
    ).asked
    assert asked["choices"] == ("neither", "both", "a")
    assert [one["text"] for one in asked["wrong"]] == ["a"]


def test_without_a_list_the_answers_are_the_choices_and_tell_nothing_by_their_order():
    wrong = [("falls", "No."), ("stays", "No.")]
    right_last = ask(answer="rises", wrong=wrong).asked["choices"]
    wrong = [("stays", "No."), ("rises", "No.")]
    right_first = ask(answer="falls", wrong=wrong).asked["choices"]
    assert right_first == right_last == ("falls", "rises", "stays")


def test_yes_and_no_and_labels():
    asked = ask(answer=np.True_, choices=[True, False], wrong=[(False, "It does.")])
    assert asked.asked["choices"] == ("yes", "no")
    labels = {True: "it moves", False: "it stays"}
    asked = ask(answer=False, choices=labels, wrong=[(True, "It is frozen.")]).asked
    assert asked["right"]["text"] == "it stays"
    assert asked["wrong"][0]["text"] == "it moves"
    assert asked["choices"] == ("it moves", "it stays")


def test_a_number_can_be_chosen():
    asked = ask(answer=0.8, choices=[0.2, 0.8, 1.2], wrong=[(0.2, "That is 2η.")])
    assert asked.asked["choices"] == ("0.2", "0.8", "1.2")


def test_a_mistake_that_equals_the_right_choice_is_dropped():
    asked = ask(answer="b", wrong=[("b", "No."), ("a", "No.")]).asked
    assert asked["choices"] == ("a", "b")
    assert [one["text"] for one in asked["wrong"]] == ["a"]


# ------------------------------------------------------------------ bad arguments


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"wrong": {12.0: "No."}}, "wrong must be a list of"),
        ({"wrong": [12.0]}, r"wrong must hold \(value, sentence\).*got 12.0"),
        ({"wrong": [(12.0, "")]}, "the sentence of a wrong answer must be a text"),
        ({"wrong": [(12.0, "No.", 3)]}, "the link of a wrong answer must be a text"),
        ({"wrong": [("b", "No.")]}, "wrong must hold numbers.*got 'b'"),
        ({"why": 3}, "why must be a text, not 3"),
        ({"unit": None}, "unit must be a text, not None"),
        ({"tolerance": -1}, "tolerance must be a finite number of 0 or more, not -1"),
        ({"tolerance": float("nan")}, "tolerance must be a finite number"),
        ({"tolerance": True}, "tolerance must be a finite number"),
        ({"answer": "b", "wrong": []}, "wrong must hold 1 to 4 answers"),
        (
            {"answer": "b", "wrong": [(c, "No.") for c in "acdefg"]},
            "wrong must hold 1 to 4 answers",
        ),
        ({"choices": [8.8]}, "choices must be 2 to 5 different ones"),
        ({"choices": [1, 2, 3, 4, 5, 8.8]}, "choices must be 2 to 5 different ones"),
        ({"choices": [1.0, 2.0]}, r"choices must hold 8.8; got \[1.0, 2.0\]"),
        ({"choices": [8.8, 1.0]}, "choices must hold 12.0"),
        ({"choices": "ab"}, "choices must be a list of values or a dict"),
        ({"answer": True, "wrong": [(False, "No.")], "unit": "m"}, "unit must be left"),
        (
            {"answer": True, "wrong": [(False, "No.")], "tolerance": 1},
            "tolerance must be left out where the answer is chosen; got 1",
        ),
    ],
)
def test_a_bad_argument_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        ask(**arguments)


@pytest.mark.parametrize("question", ["", "  ", None, 3])
def test_there_is_a_question(question):
    with pytest.raises(ValueError, match="question must be a text"):
        predict(question, answer=1.0)
