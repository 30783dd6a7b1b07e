# Everything one does with casedrift. `make demo` and `make test` set themselves up on a bare machine
# with git, make and Python 3.11, 3.12 or 3.13; the program is then .venv/bin/casedrift.
# Written for GNU make 3.81 and up, so that the make of macOS will do.

# The newest that really runs and is that version: a pyenv shim may be on PATH and yet fail when run.
PYTHON ?= $(shell for v in 3.13 3.12 3.11; do for p in python$$v python3 python; do \
	"$$p" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$$v')" </dev/null >/dev/null 2>&1 \
	&& { echo "$$p"; exit; }; done; done)
BIN := .venv/bin
TESTS := $(BIN)/python -m pytest -n 2 --dist worksteal
export CENSUS

.DEFAULT_GOAL := help
.PHONY: help demo live test test-embedded faults check bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile
	@echo '  PYTHON=...         the Python to set up with (after make clean), if not the newest found'

demo: .venv/.run ## run the main job on the census that ships, or on yours: CENSUS=path
	@$(BIN)/casedrift demo $${CENSUS:+--census "$$CENSUS"}

live: .venv/.run .venv/.streaming ## install what the live path needs: casedrift live, worker, feed, topics, publish

test: check ## lint, check types and pass the tests, with a real Kafka broker and a real PostgreSQL
	@sh requirements/browser.sh
	@sh requirements/checks.sh
	@sh requirements/parts.sh test $(TESTS)

test-embedded: check ## the same without the tests that need Kafka or PostgreSQL
	@sh requirements/browser.sh
	@sh requirements/checks.sh
	$(TESTS) --ignore=tests/live

faults: .venv/.test .venv/.streaming ## kill, hang and part everything, ten times as often as make test does; takes long
	@CASEDRIFT_FAULTS=full sh requirements/parts.sh faults $(TESTS) tests/live/test_faults*.py tests/streams/test_kill_later_load.py

check: .venv/.test .venv/.streaming ## lint and check types only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/.test .venv/.streaming .venv/.bench ## measure, each figure beside a named peer
	@sh requirements/parts.sh bench $(BIN)/python -m bench

lock: ## pin anew what pyproject.toml asks for; LOCK=--upgrade takes the newest allowed
	@PYTHON='$(PYTHON)' sh requirements/lock.sh $(LOCK)

clean: ## remove the environment, the caches and what was built (stores and demo/ stay)
	rm -rf .venv .cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is touched last, so that an interrupted set-up is taken up again by the next make.
.venv/.run: pyproject.toml requirements/run.txt requirements/install.sh
	@PYTHON='$(PYTHON)' sh requirements/install.sh run

.venv/.%: requirements/%.txt .venv/.run
	@PYTHON='$(PYTHON)' sh requirements/install.sh $*
