"""Lead from an error message to the place in the book that fixes it."""
