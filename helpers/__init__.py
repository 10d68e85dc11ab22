"""The bookkeeping, drawing and sliders behind the notebooks of this book.

Import it before TensorFlow, as the chapters do. The import loads TensorFlow with
its start-up log lines kept off the page (see `helpers.quiet`).

There are three groups of modules, for runs, for snippets and for questions, which
share only `scripts` and `static_form`. A loss goes through `checks`, `descent`,
`runs`, `plots` and `explorer`; a snippet goes through `stepper`, a question through
`predict`. To find what you look for:

============== ================================================================
checks         raise a ValueError for an argument that makes no sense
descent        run an optimizer on a loss: `run_descent`, `compile_sweep`
runs           the numbers of runs: `Run`, `Sweep`; does one converge: `regime`
loss_text      a loss that was typed, as a function of TensorFlow's operations
plots          draw runs: `plot_path`, `plot_loss`, `plot_contours`, `plot_walk`
explorer/      sliders over runs: `explore_convergence`, `explore_step`
stepper/       a snippet line by line: `step_through`, `record`, `plot_lifelines`
predict/       a question about what a cell will show: `predict`
penguins       the one data set of the book: `load_penguins`
graph          the operations that a tape recorded: `plot_graph`
diagnose       why a gradient is None: `explain_gradients`
explain        what an error message means, and its fix: `explain`, `list_messages`
search         which entries a text is about
word_index     the words of all entries, and which of them a text has
messages.json  the entries that both know, written by tools/messages.py
workers        a script in several processes at once: `run_workers`
static_form    what a widget shows in print and on GitHub
scripts        the script of a widget, with what several of them share
elements.js    what they share: elements to draw with
quiet          load TensorFlow without its log lines, and on several devices
book.mplstyle  the style of the figures
============== ================================================================
"""

from helpers.quiet import load_tensorflow_quietly

__all__: list[str] = []

load_tensorflow_quietly()
