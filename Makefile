# `make` alone prints the verbs. CI runs these same verbs and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TESTS ?= tests

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fix lint types layers unit coverage durability bench screenshots catalogues pages lock clean

help: ## print these verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## create .venv and install the locked dependencies

$(STAMP): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "buyerline needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked dependencies into $(VENV) (once, about a minute) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: $(STAMP) ## the whole thing on this machine: sandbox, one real send, the buyer's inbox (ONCE=1 ends there)
	@$(BIN)/buyerline demo $(if $(ONCE),--once)

test: check unit ## everything CI demands: lint, types, layers, tests

check: lint types layers

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(STAMP)
	$(BIN)/mypy

layers: $(STAMP)
	$(BIN)/lint-imports

unit: $(STAMP) ## the tests alone (TESTS=tests/amazon for a part)
	@$(BIN)/python -m tests.browsers
	$(BIN)/pytest -n 3 --dist loadfile $(TESTS)

coverage: $(STAMP) ## the tests, and which lines none of them reaches
	$(BIN)/pytest -n 3 --dist loadfile --cov --cov-report=term:skip-covered $(TESTS)

fix: $(STAMP) ## format and mend what the linter can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

durability: $(STAMP) ## the long proof of the outbox: 10,000 messages, 3 workers, 200 kills (ARGS="--seed 7" for more)
	$(BIN)/python -m tests.durability $(ARGS)

bench: $(STAMP) ## measure, against the peers side by side, into docs/benchmarks*.md
	$(BIN)/python -m bench

screenshots: $(STAMP) ## look at the seller's app: docs/screenshots, light, dark and on a phone
	@$(BIN)/python -m tests.browsers
	$(BIN)/python -m tests.app.screenshots

catalogues: $(STAMP) ## take new sentences of the app into its catalogues
	$(BIN)/python -m tests.app.catalogues

pages: $(STAMP) ## write the pages that tests produce: docs/compatibility.md, docs/interoperability.md
	$(BIN)/python -m tests.sp_api.compatibility
	$(BIN)/python -m tests.interop

lock: $(STAMP) ## write requirements.txt again from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links --all-extras --group dev pyproject.toml -o requirements.txt

clean: ## remove what the verbs made
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*
