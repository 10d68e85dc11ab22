"""What happens to a page while Sphinx writes it."""
