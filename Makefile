# Works from nothing but Python 3.11 or later, make and git.

# HOST and THEME only from the command line: some shells export one of their own.
HOST := 127.0.0.1
PORT ?= 5000
THEME := musterstadt

# The first of these that is new enough and can make environments.
PYTHONS := python3.13 python3.12 python3.11 python3 python3.14 python
NEW_ENOUGH := import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(foreach name,$(PYTHONS),$(shell $(name) -c '$(NEW_ENOUGH)' 2>/dev/null && echo $(name))))
VENV := .venv
BIN := $(VENV)/bin
PO := $(wildcard flask_stadtlabor/translations/*/LC_MESSAGES/stadtlabor.po)
MO := $(PO:.po=.mo)
EXAMPLE_MO := $(patsubst %.po,%.mo,$(wildcard example_app/translations/*/LC_MESSAGES/messages.po))

.PHONY: help demo test quick attack mutants versions lint docs release screenshots messages bench storm

help:
	@echo "make demo      the example portal on http://$(HOST):$(PORT)/ (HOST=… PORT=… for another place,"
	@echo "               THEME=kern for the dress of the German administration)"
	@echo "make test      the whole suite (ARGS=… for pytest)"
	@echo "make quick     the first tests of each file, within a minute (ARGS=… for pytest)"
	@echo "make attack    what an attacker tries for minutes, on each database (ARGS=… for pytest)"
	@echo "make mutants   what the suite lets through: random faults, and whether a test notices (ARGS=…)"
	@echo "make versions  the suite on the oldest and the newest Pythons and packages (ONLY=… for one, ARGS=…)"
	@echo "make lint      style, types, layers, catalogs, licences, the image"
	@echo "make docs      the site of the documents, in docs/_build (ARGS=… for sphinx-build)"
	@echo "make release   wheel, source and bill of materials in dist, checked"
	@echo "make screenshots  the pictures of README and documents, anew"
	@echo "make bench     how fast the pages and the ledger are, beside what is bare (takes minutes)"
	@echo "make storm     300 people want a hundred seats within a minute, on each database (ARGS=…)"
	@echo "make messages  brings the catalogs up to date and says what they lack"

# Whoever listens everywhere is still reached at a place.
demo: export FLASK_APP := example_app
demo: export FLASK_MUSTERSTADT_THEME := $(THEME)
demo: export FLASK_STADTLABOR_BASE_URL := http://$(if $(filter 0.0.0.0 ::,$(HOST)),127.0.0.1,$(HOST)):$(PORT)
demo: $(VENV)/.example $(MO) $(EXAMPLE_MO)
	$(BIN)/flask demo prepare
	@$(BIN)/flask demo welcome
	@$(BIN)/flask run --host $(HOST) --port $(PORT)

# A run starts hundreds of processes, of which none shall compile all modules anew.
test quick attack mutants versions: export PYTHONDONTWRITEBYTECODE :=

test: $(VENV)/.dev $(MO) $(EXAMPLE_MO)
	$(BIN)/python -m pytest -n 3 --dist worksteal $(ARGS)

quick: $(VENV)/.dev $(MO) $(EXAMPLE_MO)
	$(BIN)/python -m pytest -n 3 --dist worksteal --quick $(ARGS)

ATTACKS := tests/attack

attack: $(VENV)/.attack $(MO) $(EXAMPLE_MO)
	$(BIN)/python -m pytest $(if $(findstring $(ATTACKS),$(ARGS)),,$(ATTACKS)) $(ARGS)

mutants: $(VENV)/.dev $(MO) $(EXAMPLE_MO)
	$(BIN)/python -m scripts.mutants $(ARGS)

versions: $(VENV)/.dev $(MO) $(EXAMPLE_MO)
	$(BIN)/python -m scripts.versions $(ONLY) -- -n 2 --dist worksteal $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.catalogs check
	$(BIN)/reuse lint --lines
	$(BIN)/hadolint deploy/Dockerfile

docs: $(VENV)/.docs
	$(BIN)/python -m sphinx -W --keep-going --quiet $(ARGS) docs docs/_build
	@echo "The site begins at docs/_build/index.html."

# The bill of materials is no package, so twine is shown the other two.
release: $(VENV)/.release
	rm -rf dist
	$(BIN)/python -m build --outdir dist . >/dev/null
	$(BIN)/python -m scripts.sbom dist
	$(BIN)/python -m twine check --strict dist/*.whl dist/*.tar.gz
	$(BIN)/python -m scripts.audit dist

screenshots: $(VENV)/.dev $(MO) $(EXAMPLE_MO)
	$(BIN)/python -m scripts.screenshots

bench: $(VENV)/.dev $(MO)
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.consent_verify
	$(BIN)/python -m benchmarks.discretion
	$(BIN)/python -m benchmarks.office
	$(BIN)/python -m benchmarks.retention
	$(BIN)/python -m benchmarks.participation

storm: $(VENV)/.dev $(MO)
	$(BIN)/python -m benchmarks.storm $(ARGS)

# Brings the catalogs up to date with the messages of code and templates.
messages: $(VENV)/.dev
	$(BIN)/python -m scripts.catalogs update

# One environment for all targets; each stamp is one group of packages in it.
$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later with venv is needed (on Debian: apt-get install python3-venv)."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.%: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable . --group $*
	@touch $@

example_app/%.mo: example_app/%.po
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

%.mo: %.po
	$(BIN)/python -m scripts.catalogs compile
