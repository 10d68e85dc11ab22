# Every target sets itself up: a virtual environment in .venv, filled once from
# the lock. Choose a Python with `make PYTHON=python3.12 ...`.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && echo $$p && break; done)
PORT ?= 8000
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# requirements.txt with the hash of every file, which people need not read.
LOCK := .ci/requirements.txt
# More environments: for the ends of what pyproject.toml allows, and for what the
# book would be built with if there were no jupyter-book.
OLDEST := _build/oldest
NEWEST := _build/newest
PLAIN := _build/plain
SPHINX := sphinx sphinx-book-theme myst-nb sphinx-comments sphinx-copybutton \
	sphinx-design sphinx-external-toc sphinx-multitoc-numbering
# Kernels and tools are found in the environment, as if it were activated.
export PATH := $(CURDIR)/$(BIN):$(PATH)
SCRIPTS := helpers book/_engine book/_ext book/_static tests
COMPILE = uv pip compile --universal --all-extras --quiet --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
# `plain` has another.
BUILD ?= jupyter-book build . -W --keep-going

.DEFAULT_GOAL := help
.PHONY: help book serve lab check test lint types unit nbval site site-chromium
.PHONY: site-firefox audit pdf notebooks facts oldest newest plain mutants changes
.PHONY: bench lock clean

help:  ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

book: $(READY)  ## build the site in _build/html
	@$(BUILD) || { \
		echo "THE BUILD FAILED; what is in _build/html may be older, or have warnings" >&2; \
		false; }
	@echo "The book is at file://$(CURDIR)/_build/html/index.html"

serve: book  ## build the site and show it on this machine
	@exec python tools/serve.py $(PORT)

lab: $(READY)  ## open the notebooks in JupyterLab
	@jupyter lab --notebook-dir=. book/welcome.ipynb

check: lint book  ## after a change of pages: lint, build, the tests of these pages
	python tools/check.py

# Two at a time, the longest first: the tests of the site often wait. Each says what
# it has to say when it is done.
AT_ONCE := $(MAKE) --jobs=2 --output-sync=target --no-print-directory

test: lint types  ## prove everything
	+$(AT_ONCE) site-chromium unit site-firefox nbval

lint: $(READY)  ## format and style, notebooks and scripts included
	ruff format --check .
	ruff check .
	deno fmt --check --quiet $(SCRIPTS)
	deno lint --quiet $(SCRIPTS)
	check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	check-jsonschema --builtin-schema vendor.github-issue-forms \
		.github/ISSUE_TEMPLATE/*.yml

types: $(READY)  ## types of the helpers and tools
	mypy

unit: $(READY)  ## the helpers, their doctests, the structure of the book
	deno test --quiet tests/build tests/helpers
	pytest -n auto --dist loadfile --ignore=tests/site

nbval: $(READY)  ## run every notebook again and compare every printed line
	pytest -n auto --dist loadfile --nbval book -p no:cacheprovider

site:  ## the built site in two browsers, and chapters in JupyterLab
	+$(AT_ONCE) site-chromium site-firefox

# A test often waits, for a page's timers or for another process: so there are more
# workers than cores. The longest groups of tests begin, in the order of conftest.py.
site-chromium: book
	pytest -n $$(python -c 'import os; print(3 * os.cpu_count() // 2)') \
		--dist loadgroup --no-loadscope-reorder tests/site

site-firefox: book
	cd tests/site && deno test --quiet --frozen --allow-all firefox_test.js

facts: $(READY)  ## what the pages state about TensorFlow, one by one
	pytest tests/facts

oldest: $(OLDEST)/ready  ## facts, helpers and notebooks with the oldest packages
	$(OLDEST)/bin/python tools/everywhere.py

# A release candidate counts. It asks for keras-nightly, whose files would take the
# place of those of keras; tf-keras admits a TensorFlow of its own minor version.
newest:  ## everything but style with the newest packages, pins lifted
	$(PYTHON) -m venv --clear $(NEWEST)
	$(NEWEST)/bin/python -m pip install --quiet --upgrade uv
	echo tensorflow | $(NEWEST)/bin/uv pip compile --quiet --no-header --no-annotate \
		--no-deps --prerelease=allow --python $(NEWEST) - > $(NEWEST)/lifted.txt
	printf "tf-keras\nkeras-nightly; python_version < '3'\n" >> $(NEWEST)/lifted.txt
	$(NEWEST)/bin/uv pip install --python $(NEWEST) --upgrade \
		--override $(NEWEST)/lifted.txt --editable ".[book,test]"
	touch $(NEWEST)/ready
	$(NEWEST)/bin/python tools/moved.py facts unit nbval site

# The settings of jupyter-book become those of Sphinx; its own extension is left
# out, and with it the versions to which it holds the others back. A site that was
# built with warnings is tested all the same.
plain: $(READY)  ## the site by the newest Sphinx, theme and MyST-NB, without jupyter-book
	$(PYTHON) -m venv --clear $(PLAIN)
	$(PLAIN)/bin/python -m pip install --quiet --upgrade uv
	echo "jupyter-book; python_version < '3'" > $(PLAIN)/left_out.txt
	$(PLAIN)/bin/uv pip install --python $(PLAIN) \
		--override $(PLAIN)/left_out.txt --editable ".[book,test]" $(SPHINX)
	touch $(PLAIN)/ready
	jupyter-book config sphinx .
	sed -i "s/'jupyter_book', //" conf.py
	BUILD="PYTHONPATH=book/_ext sphinx-build -b html -W --keep-going \
		-d _build/.doctrees . _build/html" \
		$(PLAIN)/bin/python tools/moved.py book; built=$$?; \
	BUILD=true $(PLAIN)/bin/python tools/moved.py site; tested=$$?; \
	rm conf.py; exit $$((built + tested))

audit: book  ## Lighthouse on every page, as a phone meets it (needs Node)
	python tools/audit.py

pdf: book  ## the whole book as one PDF, _build/minimize-unrolled.pdf
	python tools/pdf.py

notebooks: $(READY)  ## run every notebook again and store its outputs
	python tools/notebooks.py
	python tools/messages.py
	python tools/notebooks.py book/errors.ipynb

mutants: $(READY)  ## change helpers and build in 160 small ways: do the tests notice?
	python tools/mutants.py

changes: $(READY)  ## change numbers in the notebooks as a reader would: what fails?
	python tools/changes.py

bench: site  ## measure builds, checks, sweeps, and when pages answer
	python tools/bench.py

lock: $(READY)  ## compile requirements.txt, and the lock with hashes, from pyproject.toml
	sed -i '/^-e/d' requirements.txt
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) --generate-hashes --constraint requirements.txt pyproject.toml -o $(LOCK)
	echo "-e ." >> requirements.txt

clean:  ## delete what was built and installed
	rm -rf _build .venv *.egg-info

# uv installs in a fifth of the time that pip takes; where uv cannot be had, pip
# does it, all but uv. Either checks every file against the hashes in the lock, and
# compiles: else each notebook does it again where Python may not write its files.
$(READY): $(LOCK) pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed" >&2; false; }
	$(PYTHON) -m venv $(VENV)
	@lock=$(LOCK); \
	if python -m pip install --quiet "$$(grep -o '^uv==[0-9.]*' requirements.txt)"; \
	then install="uv pip install --quiet --compile-bytecode --python $(VENV)"; \
	else install="python -m pip install --quiet"; lock=$(VENV)/without-uv.txt; \
		sed '/^uv==/,/[^\\]$$/d' $(LOCK) > $$lock; \
		echo "uv could not be installed: pip takes its place, and longer" >&2; \
	fi; \
	echo "$$install --require-hashes --requirement $$lock"; \
	$$install --require-hashes --requirement $$lock && \
	$$install --no-deps --editable .
	@touch $@

# Every lower bound in `dependencies` is what gets installed.
$(OLDEST)/ready: pyproject.toml
	$(PYTHON) -m venv --clear $(OLDEST)
	$(OLDEST)/bin/python -m pip install --quiet uv
	$(OLDEST)/bin/uv pip compile --quiet --resolution lowest-direct \
		--python $(OLDEST) pyproject.toml -o $(OLDEST)/oldest.txt
	$(OLDEST)/bin/uv pip install --python $(OLDEST) \
		--constraint $(OLDEST)/oldest.txt --editable ".[test]" pyyaml
	@touch $@
