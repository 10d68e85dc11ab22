"""The bookkeeping, drawing and sliders behind the notebooks of this book.

Import it before TensorFlow, as every chapter does. The import loads TensorFlow
with its start-up log lines kept off the page (see `helpers.quiet`), so that a
notebook shows what it computes and nothing else.
"""

from helpers.quiet import load_tensorflow_quietly

__all__: list[str] = []

load_tensorflow_quietly()
