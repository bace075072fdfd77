# The workshop. `make demo` and `make test` do all their set-up on a fresh Debian 12 with git, make and Python 3.11.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
TOOLS := $(VENV)/ready-tools
SOURCES := gateway tests

.PHONY: help demo test check fmt bench timings quality quality-floors soak clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY)  ## the whole way in ten seconds: replies in, passed, annotated or held, one released
	@$(BIN)/saate demo

test: check  ## ruff, mypy and every test
	@.ci/need postfix=postfix postgres=postgresql voikko=libvoikko1 voikko-fi=voikko-fi chromium=chromium
	@$(BIN)/pytest -n auto

check: $(TOOLS)  ## ruff and mypy alone
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/mypy

fmt: $(TOOLS)  ## lay the code out
	@$(BIN)/ruff check --fix-only $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

bench: $(TOOLS)  ## how much the gateway costs: with it and without, as ratios
	@.ci/need postfix=postfix
	@$(BIN)/python tests/bench/bench.py

timings: $(TOOLS)  ## what reading and judging one mail costs, small and large
	@$(BIN)/python tests/bench/timings.py

quality: $(TOOLS)  ## recall and precision on the labelled corpus, and the misses (ARGS='--half dev', '--json')
	@$(BIN)/python tests/quality/quality.py $(ARGS)

quality-floors: $(TOOLS)  ## record today's figures as those that must not drop
	@$(BIN)/python tests/quality/quality.py --floors

soak: $(TOOLS)  ## the long tests that `make test` leaves out
	@$(BIN)/pytest -n auto -m soak

clean:  ## everything that make made
	@rm -rf $(VENV) .demo .bench dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

# The stamps make a second run quick; a changed pyproject.toml installs again.
$(BIN)/python:
	@.ci/need venv=python3-venv
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "make: Python 3.11 or newer is needed")'
	@python3 -m venv $(VENV)

$(READY): pyproject.toml | $(BIN)/python
	@echo "installing Saate into $(VENV)"
	@$(BIN)/pip install -qq --disable-pip-version-check --editable .
	@touch $@

$(TOOLS): pyproject.toml | $(READY)
	@echo "installing what the tests need into $(VENV)"
	@$(BIN)/pip install -qq --disable-pip-version-check --editable '.[postgresql,dev]'
	@touch $@
