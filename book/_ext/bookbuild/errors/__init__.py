"""The page `errors`: every error message that the book prints, and its fix."""
