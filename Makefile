# The only developer interface. `make` alone prints the targets.

.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
UV := .uv/bin/uv
BIN := .venv/bin
MEMBERS := shared shared/imaging services/hotline services/helpline services/prevention services/hashcheck services/hashcheck/client gateway
SOURCES := shared services gateway infra tests
BENCH := PYTHONPATH=.bench $(BIN)/python -m pytest -q -n 0 -s --timeout 0 -o python_files=bench_*.py

export UV_SYSTEM_CERTS := 1
export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE := copy
unexport PYTHONDONTWRITEBYTECODE
# Compiled numeric kernels; whoever could write here could run code in the services.
export NUMBA_CACHE_DIR := $(CURDIR)/.venv/numba

.PHONY: help run demo code test check format lock migration bench bench-chat bench-gateway bench-imaging bench-matching bench-hashcheck bench-imports drill-hotline drill-hashcheck drill-imaging drill-privacy requirements screenshots clean

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
	@$(BIN)/python -c "import imaging.sampling; from hashcheck.matching import warm; warm()"
	@touch $@

# What only benches need lies beside the environment, not in it.
.bench/ready: .venv/ready tests/bench/requirements.lock
	@rm -rf .bench
	@$(UV) pip install --quiet --python $(BIN)/python --target .bench --no-deps --require-hashes \
		-r tests/bench/requirements.lock
	@touch $@

run: .venv/ready ## Start the whole platform here; Ctrl-C stops it; PORT_BASE=9000 moves its ports
	@$(BIN)/python -m infra.launch

demo: .venv/ready ## Play the story of a report from the website to removal, and say what happens
	@$(BIN)/python -m infra.demo

code: .venv/ready ## Print the second factor of a demo log-in: make code USER=ada
	@$(BIN)/python -m infra.second_factor "$(USER)"

test: .venv/ready ## Run all tests on real PostgreSQL and Valkey; ARGS="-k report" picks some
	@bash infra/browser.sh
	@bash infra/languages.sh
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup $(ARGS)

check: .venv/ready ## Format, lint, types, import rules, dependencies, migrations, translations, licences
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m infra.checks.isolated_imports
	$(BIN)/python -m infra.checks.migrations
	$(BIN)/python -m infra.checks.translations
	$(BIN)/python -m infra.checks.licences

format: .venv/ready ## Format the code and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: .uv/ready ## Make requirements.lock again: every version with hashes, no download address
	$(UV) pip compile --quiet --universal --python-version 3.11.2 --generate-hashes --no-annotate --no-header \
		$(addprefix --no-emit-package ,offlimits hotline helpline prevention hashcheck offlimits-hashcheck shared imaging gateway) \
		$(addsuffix /pyproject.toml,$(MEMBERS)) --group pyproject.toml:dev -o requirements.lock
	$(UV) pip compile --quiet --universal --python-version 3.11.2 --generate-hashes --no-annotate --no-header \
		--constraint requirements.lock $$(sed -nE 's/^([a-z0-9.-]+)==.*/--no-emit-package \1/p' requirements.lock) \
		tests/bench/requirements.in -o tests/bench/requirements.lock

migration: .venv/ready ## Write the next migration: make migration SERVICE=hotline NAME="urls get a country"
	$(BIN)/python -m infra.migration "$(SERVICE)" "$(NAME)"

bench: .bench/ready ## Measure and print the numbers; they depend on this machine
	@$(BENCH) $(ARGS) tests/bench

bench-chat: .bench/ready ## Measure how fast a message arrives with 25 to 200 conversations at once
	@$(BENCH) $(ARGS) tests/bench/bench_chat.py

bench-gateway: .bench/ready ## Measure the gateway's work per question beside a plain fan-out of the same calls
	@$(BENCH) $(ARGS) tests/bench/bench_gateway.py

bench-imaging: .bench/ready ## Measure hashing beside the libraries, and ask the oracle of the reference again
	@$(BENCH) $(ARGS) tests/bench/bench_imaging.py

bench-matching: .bench/ready ## Measure searching hashes beside faiss, threatexchange and Python sets
	@$(BENCH) -p no:randomly $(ARGS) tests/bench/bench_matching.py

bench-hashcheck: .bench/ready ## Measure the Hash Check Service beside Flask and PDQIndex; ENTRIES=1000000 ROUNDS=7
	@$(BENCH) -p no:randomly $(ARGS) tests/bench/bench_hashcheck.py

bench-imports: .bench/ready ## Measure taking in a partner's signed list and going back; ENTRIES=200000
	@$(BENCH) $(ARGS) tests/bench/bench_imports.py

drill-hotline: .venv/ready ## Kill processes and wipe the broker during the story; ROUNDS=20 sets how often
	@$(BIN)/python -m tests.drills.hotline --rounds "$(or $(ROUNDS),20)"

drill-hashcheck: .venv/ready ## Change lists and kill processes under load, send damaged pictures; SWAPS=20 PICTURES=20000
	@$(BIN)/python -m tests.drills.hashcheck --swaps $(or $(SWAPS),20) --pictures $(or $(PICTURES),20000)

drill-privacy: .venv/ready ## Send marked words through every public path, then look for them everywhere; ROUNDS=3
	@$(BIN)/python -m tests.drills.privacy --rounds "$(or $(ROUNDS),3)"

drill-imaging: .venv/ready ## Send damaged pictures to the isolated worker; PICTURES=20000 sets how many
	@$(BIN)/python -m tests.drills.imaging --pictures $(or $(PICTURES),20000)

screenshots: .venv/ready ## Take a picture of every page into .dev/screenshots
	@bash infra/browser.sh
	$(BIN)/python -m tests.browser.screenshots

requirements: .venv/ready ## Print each requirement with the tests that prove it
	@$(BIN)/python -m infra.checks.requirements

clean: ## Remove everything that was installed or built here, development data included
	rm -rf $$($(PYTHON) -m infra.state)
	rm -rf .venv .uv .dev .bench .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
