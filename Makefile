# Everything a newcomer, a developer or CI runs. `make run` and `make test` need python3, its venv module and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# The night's campaigns in parts, each under an hour on two cores; `make nightly PART=alarms` runs one alone.
NIGHTLY := kills speed alarms papers scores engines
kills := tests/acceptance/test_kill.py tests/acceptance/test_alarm_kill.py tests/acceptance/test_selfcheck_kill.py
speed := tests/acceptance/test_alarm_speed.py
alarms := -n 2 tests/handlers/test_alarm_search.py
papers := tests/handlers/test_decade.py tests/handlers/test_sweep_cost.py tests/handlers/test_district_of_200.py
scores := tests/models
engines := -n 2 -k postgresql tests/bot tests/handlers --deselect tests/handlers/test_alarm_search.py
PART ?= $(NIGHTLY)

.PHONY: setup run test check locales bench nightly $(NIGHTLY:%=nightly-%)
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

nightly: $(PART:%=nightly-%)

nightly-%: $(STAMP)
	$(BIN)/python -m pytest -m nightly --timeout 3600 $($*)
