"""Bundle what runs a loss that a reader types, and put its field on a page."""
