# A newcomer needs two of these: `make run` and `make test`. README.md says more.

PYTHON ?= python3
# Asked here, because an older Python could not even read setup/.
NEW_ENOUGH = $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
NO_PYTHON = Andante needs Python 3.11 or newer, and $(PYTHON) is older or missing. Type: sudo apt-get install -y python3 python3-venv. \
	If there is a newer one elsewhere, name it: make PYTHON=/path/to/python3.11 $@
PREPARE = @$(NEW_ENOUGH) || { echo "$(NO_PYTHON)" >&2; exit 2; }; $(PYTHON) -B setup/prepare.py
BIN = .venv/bin

.PHONY: run test test-all test-pg15 check lock bench bench-ledger faults docs dist clean help

help:  ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

run:  ## set everything up and serve, with the demonstration (ANDANTE_DEMO=0: without)
	$(PREPARE) app
	@ANDANTE_DEMO=$${ANDANTE_DEMO:-1} exec $(BIN)/andante run

test:  ## everything a change must pass; BROWSER=0 leaves the browser out
	$(PREPARE) tests
	@$(BIN)/python -B setup/suite.py

test-all:  ## as test, and as test-pg15
	$(PREPARE) tests
	@$(BIN)/python -B setup/suite.py all

test-pg15:  ## all tests but the journeys, on Debian's postgresql-15
	$(PREPARE) check
	@$(BIN)/python -B setup/suite.py pg15

check:  ## lint, types, layers, and tests without a database; under a minute when warm
	$(PREPARE) check
	@$(BIN)/python -B setup/suite.py check

bench:  ## what a request costs
	$(PREPARE) check
	@$(BIN)/python -B -m tests.bench

bench-ledger:  ## what sealing, exporting and verifying cost
	$(PREPARE) check
	@$(BIN)/python -B -m tests.bench.ledger

faults:  ## break everything on purpose, and look what is left
	$(PREPARE) faults
	@$(BIN)/python -B -m tests.faults

docs:  ## write the generated pages of docs/reference
	$(PREPARE) check
	@$(BIN)/python -B -m andante.cli.reference docs/reference

dist:  ## a wheel in dist/, with front end, demonstration and verifier
	$(PREPARE) app
	$(PREPARE) build
	@$(BIN)/python -B setup/dist.py

lock:  ## pin requirements/*.in anew, with hashes
	$(PREPARE) lock
	@$(BIN)/python -B setup/lock.py

clean:  ## remove what was built, and the throw-away servers of tests; the data of `make run` stay
	@if [ -x $(BIN)/python ]; then $(BIN)/python -B -m tests.servers remove; fi
	@rm -rf build dist node_modules .venv .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@rm -rf src/andante/pages/design/static/andante src/*.egg-info
