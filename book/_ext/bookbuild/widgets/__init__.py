"""Let the widgets of a notebook work on its page, without a kernel."""
