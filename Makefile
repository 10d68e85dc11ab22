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
# Two more environments, for the ends of what pyproject.toml allows.
OLDEST := _build/oldest
NEWEST := _build/newest
# Kernels and tools are found in the environment, as if it were activated.
export PATH := $(CURDIR)/$(BIN):$(PATH)
SCRIPTS := helpers book/_ext book/_static tests
COMPILE = uv pip compile --universal --all-extras --quiet --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
BUILD = jupyter-book build . -W --keep-going || { \
	echo "THE BUILD FAILED; what is in _build/html may be older, or have warnings" >&2; \
	false; }

.DEFAULT_GOAL := help
.PHONY: help book serve lab test lint types unit nbval site audit pdf notebooks
.PHONY: facts oldest newest mutants changes bench lock clean

help:  ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

book: $(READY)  ## build the site in _build/html
	@$(BUILD)
	@echo "The book is at file://$(CURDIR)/_build/html/index.html"

serve: book  ## build the site and show it on this machine
	@exec python tools/serve.py $(PORT)

lab: $(READY)  ## open the notebooks in JupyterLab
	@jupyter lab --notebook-dir=. book/welcome.ipynb

test: lint types unit nbval site  ## prove everything

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

site: book  ## the built site in a browser, and a chapter in JupyterLab
	pytest -n auto --dist loadgroup tests/site
	cd tests/site && deno test --quiet --frozen --allow-all firefox_test.js

facts: $(READY)  ## what the pages state about TensorFlow, one by one
	pytest tests/facts

oldest: $(OLDEST)/ready  ## facts, helpers and notebooks with the oldest packages
	$(OLDEST)/bin/python tools/everywhere.py

newest:  ## everything but style with the newest packages, pins lifted
	$(PYTHON) -m venv --clear $(NEWEST)
	$(NEWEST)/bin/python -m pip install --quiet --upgrade uv
	printf 'tensorflow\ntf-keras\n' > $(NEWEST)/lifted.txt
	$(NEWEST)/bin/uv pip install --python $(NEWEST) --upgrade \
		--override $(NEWEST)/lifted.txt --editable ".[book,test]"
	touch $(NEWEST)/ready
	$(MAKE) --keep-going VENV=$(NEWEST) facts unit nbval site

audit: book  ## Lighthouse on every page, as a phone meets it (needs Node)
	python tools/audit.py

pdf: book  ## the whole book as one PDF, _build/minimize-unrolled.pdf
	python tools/pdf.py

notebooks: $(READY)  ## run every notebook again and store its outputs
	python tools/notebooks.py

mutants: $(READY)  ## change helpers in 100 small ways: do the tests notice?
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
# does it. Either checks every file against the hashes in the lock.
$(READY): $(LOCK) pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed" >&2; false; }
	$(PYTHON) -m venv $(VENV)
	@if python -m pip install --quiet "$$(grep -o '^uv==[0-9.]*' requirements.txt)"; \
	then install="uv pip install --quiet --python $(VENV)"; \
	else install="python -m pip install --quiet"; \
		echo "uv could not be installed: pip takes its place, and longer" >&2; \
	fi; \
	echo "$$install --require-hashes --requirement $(LOCK)"; \
	$$install --require-hashes --requirement $(LOCK) && \
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
