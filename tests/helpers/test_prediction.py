"""What the widget of a question shows, and the room that it keeps."""

from bs4 import BeautifulSoup
from helpers.predict import Prediction, predict
from support.questions import HINT, READABLE, ask


def soup(prediction):
    data, _ = prediction._repr_mimebundle_()
    return BeautifulSoup(data["text/html"], "html.parser")


# ------------------------------------------------------------------ what is shown


def test_the_repr_says_question_and_answer():
    assert repr(ask(unit="m")) == "Prediction('Where is `x`?', answer='8.8 m')"
    chosen = ask(answer=True, wrong=[(False, "No.")])
    assert repr(chosen) == "Prediction('Where is `x`?', answer='yes')"


def test_the_static_form_asks_and_folds_the_answer():
    page = soup(ask(why="It moves by `-rate * slope`.", unit="m"))
    assert page.p.text == "Predict: Where is x?"
    assert page.p.code.text == "x"
    assert not page.details.has_attr("open")
    assert "8.8" not in page.p.text
    assert page.details.p.text == "8.8 m: It moves by -rate * slope."
    assert [item.text for item in page.details("li")] == [
        "12: That is the gradient.",
        "-1.2: That is the step.",
    ]


def test_the_static_form_lists_the_choices_before_the_answer():
    page = soup(ask(answer="b", wrong=[("a", "No."), ("c", "No.")]))
    assert [item.text for item in page.ul("li")] == ["a", "b", "c"]
    assert page.ul.find_next("details") is page.details


def test_texts_are_escaped():
    page = soup(
        predict("<b>?", answer="<i>", wrong=[("`<u>`", "<s>")], why="a < b & c")
    )
    names = {tag.name for tag in page.find_all(True)}
    assert names == {"p", "ul", "li", "details", "summary", "strong", "code"}
    assert "a < b & c" in page.text


def test_nothing_is_given_before_there_is_an_answer():
    prediction = ask()
    assert (prediction.given, prediction.verdict) == ("", "")


def test_the_room_has_all_that_the_widget_draws():
    prediction = ask(answer="`b`", why="It is.", wrong=[("<a>", "No.", "c.ipynb")])
    room = BeautifulSoup(prediction.room, "html.parser")
    assert room.select_one(".predict > .predict-question").text == "Where is x?"
    choices = [choice.text for choice in room.select(".predict-choice > i + span")]
    assert choices == ["<a>", "b"]
    assert room.select_one(".predict-row > .predict-check")
    replies = [reply.text for reply in room.select(".predict-room > .predict-reply")]
    assert replies == ["Right. It is.", "No. No. Read more", HINT]
    assert prediction.asked["replies"] == replies


def test_the_room_of_a_number_has_the_longest_hint():
    prediction = ask(why="It is.", unit="m")
    assert prediction.asked["replies"] == [
        "Right, 8.8 m. It is.",
        "No. That is the gradient.",
        "No. That is the step. Read more",
        f"“{'0' * 16}” is not a number I can read. Type one such as {READABLE}.",
    ]
    assert not BeautifulSoup(prediction.room, "html.parser").select(".predict-choice")


def test_the_script_says_the_same_hints():
    script = str(Prediction._esm)
    assert f'"{HINT}"' in script
    assert f'READABLE = "{READABLE}"' in script
    assert "is not a number I can read. Type one such as ${READABLE}." in script
    assert "text.length > 16" in script
