# Everything a newcomer, a developer or CI runs. `make run` and `make test` need python3, its venv module and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: setup run test check locales bench nightly
.DEFAULT_GOAL := run

setup: $(STAMP)

$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "WardWatch needs Python 3.11 or newer: apt-get install python3" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python's venv module is missing: apt-get install python3-venv" >&2; exit 2; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	@echo "Installing the pinned packages into $(VENV) (once) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@touch $@

run: $(STAMP)
	@exec $(BIN)/python -m bot run

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 -m "not nightly"

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m tests.catalogues

locales: $(STAMP)
	$(BIN)/python -m tests.catalogues --update

bench: $(STAMP)
	$(BIN)/python -m benchmarks.compare $(ARGS)

nightly: $(STAMP)
	$(BIN)/python -m pytest -m nightly --timeout 3600
