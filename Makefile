# The only developer interface. `make` alone prints the targets.

.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
UV := .uv/bin/uv
BIN := .venv/bin
MEMBERS := shared shared/imaging services/hotline services/helpline services/prevention services/hashcheck gateway
SOURCES := shared services gateway infra tests

export UV_SYSTEM_CERTS := 1
export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE := copy
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help test check format lock requirements clean

help: ## Print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | column -t -s '|'

.uv/ready: bootstrap.lock infra/bootstrap.sh
	@PYTHON="$(PYTHON)" bash infra/bootstrap.sh
	@touch $@

.venv/ready: .uv/ready requirements.lock $(addsuffix /pyproject.toml,$(MEMBERS))
	@echo "Installing the locked packages into .venv"
	@test -x $(BIN)/python || $(UV) venv --quiet --python "$(PYTHON)" .venv
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --offline --no-deps $(addprefix -e ,$(MEMBERS))
	@touch $@

test: .venv/ready ## Run all tests on real PostgreSQL and Valkey; ARGS="-k report" picks some
	$(BIN)/python -m pytest -q -n 2 $(ARGS)

check: .venv/ready ## Format, lint, types, import rules and licences
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m infra.checks.licences

format: .venv/ready ## Format the code and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: .uv/ready ## Make requirements.lock again: every version with hashes, no download address
	$(UV) pip compile --quiet --universal --python-version 3.11.2 --generate-hashes --no-annotate --no-header \
		$(addprefix --no-emit-package ,offlimits hotline helpline prevention hashcheck shared imaging gateway) \
		$(addsuffix /pyproject.toml,$(MEMBERS)) --group pyproject.toml:dev -o requirements.lock

requirements: .venv/ready ## Print each requirement with the tests that prove it
	@$(BIN)/python -m infra.checks.requirements

clean: ## Remove everything that was installed or built here
	rm -rf .venv .uv .dev .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
