# The doors of Earwitness. `make demo` and `make test` work on a fresh machine with git, make and Python 3.11 or newer.

PYTHON ?= python3
VENV ?= .venv
PY = $(VENV)/bin/python
CORPUS ?= music21:bach
PORT ?= 8000

.PHONY: help demo test check format bench fuzz pictures packages test-packages

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: packages $(VENV)/installed ## a real study with music in it, served at http://127.0.0.1:8000 (CORPUS=... PORT=...)
	$(PY) manage.py demo --corpus '$(CORPUS)' --port $(PORT)

test: test-packages check ## every check and every test
	$(PY) -m pytest

check: $(VENV)/installed-dev ## the fast checks: format, lint, imports, types, Django, migrations
	$(VENV)/bin/ruff format --check --quiet .
	$(VENV)/bin/ruff check --quiet .
	$(VENV)/bin/lint-imports --no-logo 2>/dev/null || $(VENV)/bin/lint-imports
	$(VENV)/bin/mypy --no-error-summary
	$(PY) manage.py check
	$(PY) manage.py makemigrations --check --dry-run

format: $(VENV)/installed-dev ## put the code into shape
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

bench: test-packages $(VENV)/installed-dev ## the measurements of docs/benchmarks.md, each beside its peer
	$(PY) -m bench

fuzz: test-packages $(VENV)/installed-dev ## 2,000 damaged files of every kind are read, 50 rendered: each is answered in a sentence
	$(PY) -m tests.fuzz

pictures: test-packages $(VENV)/installed-dev ## the pictures in the README and the docs, taken from the program
	$(PY) -m docs.pictures

packages:
	@deploy/system-packages.sh run

test-packages:
	@deploy/system-packages.sh test

$(VENV)/bin/python: | packages
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Earwitness needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/installed
