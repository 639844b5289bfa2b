# Works from nothing but Python 3.11 or later, make and git.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PO := $(wildcard flask_stadtlabor/translations/*/LC_MESSAGES/stadtlabor.po)
MO := $(PO:.po=.mo)

.PHONY: test lint messages

test: $(VENV)/.dev $(MO)
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.catalogs check

# Brings the catalogs up to date with the messages of code and templates.
messages: $(VENV)/.dev
	$(BIN)/python -m scripts.catalogs update

# One environment for all targets; each stamp is one group of packages in it.
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.%: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable . --group $*
	@touch $@

%.mo: %.po
	$(BIN)/python -m scripts.catalogs compile
