"""Names that two parts of the build share: folders, attributes, the font.

Scripts and style sheets cannot import them: a test holds that those use the
same names.
"""

import hashlib

# What pages are built from besides notebooks, seen from the book's root.
DATA = "book/_data"
# What older versions of TensorFlow did with the snippets of old_snippets.
OLDER = f"{DATA}/older_tensorflow.json"
# What older versions said that later ones word otherwise.
OLDER_MESSAGES = f"{DATA}/older_messages.json"
# The page of the error messages, and what it says besides what cells print.
ERRORS = "book/errors"
# The page that has those of older versions, and the script that brings them
# and the rules of the search to the box of the other.
CAPTURED = "book/captured_errors"
ERRORS_DATA = "errors_data.js"
EXPLAINED = f"{DATA}/explained.json"
SYMPTOMS = f"{DATA}/symptoms.json"
# The same entries for `helpers.explain`, and for anybody without the site.
MESSAGES = "helpers/messages.json"
# The book's own static files, and its font for formulas in there.
STATIC_SOURCE = "book/_static"
FONT = "math.woff"
FONT_FAMILY = "Minimize Math"

# The name of the page for an address that is not there.
NOT_FOUND = "404"

# Folders in _static of the written site: the states of widgets, which
# `widgets` writes and `finish` reads, and the scripts of their modules.
STATES = "states"
MODULES = "widgets"
# The script there that runs a loss which a reader types.
ENGINE = "engine/loss.js"

# Beside the written site: its style sheets as one, before what no page uses is
# left out.
WHOLE_SHEET = "whole.css"

# The attributes of a place for a widget on a page: the id of its model, the
# address of the script that brings its state, and what kind of widget it is.
PLACE = "widget-place"
PLACE_WIDGET = "data-widget"
PLACE_STATE = "data-state"
PLACE_KIND = "data-kind"
# The tag of a cell whose output the reader predicts, the class that it becomes
# on a page, and the event that says that a prediction was made.
OUTCOME = "outcome"
OUTCOME_CLASS = f"tag_{OUTCOME}"
PREDICTED = "predicted"
# What stands in a place until the widget works: its static form.
PLACE_STATIC = "widget-static"
# What keeps the widget's room free there, unseen, where it says that in HTML.
PLACE_ROOM = "widget-room"

# The addresses of the scripts that can wait, on the tag that asks for them,
# and the mark on the root of a page that they have run.
SCRIPTS = "data-scripts"
READY = "data-ready"

# On the root of a page: the widget host has come.
HOSTED = "data-hosted"
# On a button: what buttons.js does where it is clicked.
BUTTON = "data-does"


def digest(text: str) -> str:
    """Return what tells one version of a file from another in an address."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
