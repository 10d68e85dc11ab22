"""Ask readers what a cell will show, before they see it.

`question` turns what an author passes into a question with texts; `prediction`
is the widget that asks it.
"""

from helpers.predict.prediction import Prediction, predict

__all__ = ["Prediction", "predict"]
