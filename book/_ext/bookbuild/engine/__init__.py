"""Bundle what runs a loss that a reader types on a page, and put its field there."""
