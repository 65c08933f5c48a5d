# The doors of Earwitness. `make demo` and `make test` work on a fresh machine with git, make and Python 3.11 or newer.

PYTHON ?= python3
VENV ?= .venv
PY = $(VENV)/bin/python
CORPUS ?= music21:bach
PORT ?= 8000
PYTEST = $(PY) -m pytest --numprocesses auto --maxprocesses 8 --dist worksteal
LOCK = $(VENV)/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command 'make lock' $(LOCK_OPTIONS)

.PHONY: help demo test test-all check format lock bench fuzz pictures messages packages test-packages

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: packages $(VENV)/installed ## a real study with music in it, served at http://127.0.0.1:8000 (CORPUS=... PORT=...)
	$(PY) manage.py demo --corpus '$(CORPUS)' --port $(PORT)

test: test-packages check ## the checks, and every test but the slow ones: minutes
	$(PYTEST) -m "not slow"

test-all: test-packages check ## the checks and every test
	$(PYTEST)

check: $(VENV)/installed-dev ## the fast checks: format, lint, templates, imports, types, Django, migrations
	$(VENV)/bin/ruff format --check --quiet .
	$(VENV)/bin/ruff check --quiet .
	$(VENV)/bin/djade --target-version 5.2 --check $$(find templates -name '*.html')
	$(VENV)/bin/lint-imports --no-logo 2>/dev/null || $(VENV)/bin/lint-imports
	$(VENV)/bin/mypy --no-error-summary
	$(PY) manage.py check
	$(PY) manage.py makemigrations --check --dry-run

format: $(VENV)/installed-dev ## put the code into shape
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/djade --target-version 5.2 $$(find templates -name '*.html')

lock: $(VENV)/installed-dev ## the locks, requirements*.txt, from pyproject.toml (LOCK_OPTIONS=--upgrade)
	$(LOCK) --group dev --output-file requirements-dev.txt
	$(LOCK) --constraint requirements-dev.txt --output-file requirements.txt

bench: test-packages $(VENV)/installed-dev ## the measurements of docs/benchmarks.md, each beside its peer
	$(PY) -m bench

fuzz: test-packages $(VENV)/installed-dev ## 2,000 damaged files of every kind are read, 50 rendered: each is answered in a sentence
	$(PY) -m tests.fuzz

pictures: test-packages $(VENV)/installed-dev ## the pictures in the README and the docs, taken from the program
	$(PY) -m docs.pictures

# The date of extraction would change a catalogue in which no message has changed.
messages: packages $(VENV)/installed ## collect the texts to translate into locale/, then compile the catalogues
	$(PY) manage.py makemessages --locale hr --locale de --add-location file --no-obsolete --no-wrap \
		--ignore 'var/*' --ignore '.venv/*' --ignore 'tests/*' --ignore 'docs/*' --ignore 'bench/*'
	@sed -i.bak '/^"POT-Creation-Date:/d' locale/*/LC_MESSAGES/django.po && rm locale/*/LC_MESSAGES/*.bak
	$(PY) manage.py compilemessages --locale hr --locale de --ignore 'var/*' --ignore '.venv/*'

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
