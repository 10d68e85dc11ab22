"""What happens to a page while Sphinx reads it."""
