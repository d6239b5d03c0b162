# Every command of the house. Needs make and Python 3.11 or 3.12; a C compiler and the Python headers are
# looked for and, where the machine lets us, installed (durable-rules is delivered as source).
SHELL := /bin/bash
VENV  := .venv
BIN   := $(VENV)/bin
FONTS := build/fonts/OFL.txt

.PHONY: setup setup-dev run test coverage lint types docs bench lock clean

setup: $(VENV)/.run $(FONTS)
setup-dev: $(VENV)/.dev $(FONTS)

$(VENV)/bin/uv:
	@tools/find_python.sh $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/uv
	@tools/check_compiler.sh $(BIN)/python
	@tools/install.sh $(VENV) requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/uv
	@tools/check_compiler.sh $(BIN)/python
	@tools/install.sh $(VENV) requirements-dev.lock
	@touch $@ $(VENV)/.run

$(FONTS): tools/prepare_fonts.py | $(VENV)/.run
	@$(BIN)/python tools/prepare_fonts.py

run: setup  ## open the demo office in the browser's reach and print address and sign-ins
	@$(BIN)/henji demo --serve

lint: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q app bench migrations tests tools wsgi.py
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/bandit -q -r app -c pyproject.toml
	@$(BIN)/henji rules lint
	@$(BIN)/henji rules test

types: setup-dev
	@$(BIN)/mypy

test: setup-dev
	@tools/browser.sh
	@$(MAKE) --no-print-directory lint types
	@$(BIN)/python -m pytest

coverage: setup-dev  ## the same tests, and which lines and branches none of them reach; takes a third longer
	@tools/browser.sh
	@$(BIN)/python -m pytest --cov --cov-report=term:skip-covered

docs: setup-dev  ## write docs/rules.md and docs/clauses.md from rules/
	@$(BIN)/henji docs

bench: setup-dev  ## ratios, side by side in one run; the last one takes minutes
	@$(BIN)/python -m bench.judging
	@$(BIN)/python -m bench.engine
	@$(BIN)/python -m bench.hook
	@$(BIN)/python -m bench.records
	@$(BIN)/python -m bench.signing
	@$(BIN)/python -m bench.signing_act
	@$(BIN)/python -m bench.engine --memory 100000

lock:  ## resolve the two lock files again (hashes, no hosts)
	@$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 requirements-dev.in -o requirements-dev.lock
	@$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 -c requirements-dev.lock requirements.in -o requirements.lock

clean:
	rm -rf $(VENV) build var
