# Every command a developer needs. Works with GNU make 3.81 (macOS) and any python3 of 3.11 or later.

# The first Python that is new enough; `make PYTHON=/path/to/python …` overrides the choice.
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)
BIN := .venv/bin
LOCKS := config/requirements
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --no-annotate $(LOCK_OPTIONS)
SAMPLE := 200
SEED := 1
NEW := build/bench.json
SIZE := small
COLLOQUY_DEMO := $(BIN)/colloquy demo

.PHONY: help demo demo-reset check test static format attack bench bench-compare loadtest figures mutate lock environment frontend catalogue clean

help: ## List the commands
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*## /|/' | awk -F '|' '{ printf "make %-12s %s\n", $$1, $$2 }'

demo: environment frontend ## Start Colloquy and a practice LMS with a seeded course; Ctrl-C ends both
	@exec $(COLLOQUY_DEMO)

demo-reset: environment ## Forget what was done in the demonstration
	@$(COLLOQUY_DEMO) --reset

check: static ## Check format, lint, types, import contracts and all that needs no database or browser
	$(BIN)/pytest -n auto --unit

test: static ## Run every check and every test
	$(BIN)/python -m tests.services
	@$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder --durations 10 || \
		$(BIN)/python -m tests.again $$?

static: environment frontend
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/djlint templates lti_app --lint --quiet

format: environment frontend ## Put the code, scripts, style sheets and templates into the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python lti_app/frontend/check.py --fix

bench: environment frontend ## Measure the pages against a floor taken in the same run; writes build/bench.json
	@$(BIN)/python -m tests.bench $(BENCH_OPTIONS)

bench-compare: environment ## Compare two runs: OLD=build/before.json NEW=build/bench.json
	@$(BIN)/python -m tests.bench.compare "$(OLD)" "$(NEW)"

loadtest: environment frontend .venv-load/installed ## Serve courses to many people at once; SIZE=full makes two million posts
	$(BIN)/python -m tests.services
	@$(BIN)/python -m tests.load --size $(SIZE)

figures: environment ## Put what `make bench` and `make loadtest` have measured into README.md and deploy/CAPACITY.md
	@$(BIN)/python -m tests.bench.figures

attack: environment frontend ## Attack the server as shipped with crowds, kill -9, hostile markup; takes minutes
	$(BIN)/python -m tests.services
	$(BIN)/pytest -n auto --attack tests/attack

mutate: environment frontend ## Put SAMPLE=200 small faults into the code, one at a time, and list those that no test notices
	@$(BIN)/python -m tests.mutation --sample $(SAMPLE) --seed $(SEED)

lock: environment ## Write the lock files again; LOCK_OPTIONS=--upgrade takes newer versions
	$(LOCK) pyproject.toml --output-file $(LOCKS)/runtime.txt
	$(LOCK) pyproject.toml --group dev --constraint $(LOCKS)/runtime.txt --output-file $(LOCKS)/dev.txt
	$(LOCK) --group build --constraint $(LOCKS)/dev.txt --output-file $(LOCKS)/build.txt
	$(LOCK) --group load --constraint $(LOCKS)/dev.txt --output-file $(LOCKS)/load.txt
	sed -n '/^uv==/,/[^\\]$$/p' $(LOCKS)/dev.txt > $(LOCKS)/installer.txt
	$(BIN)/python lti_app/frontend/build.py --lock

frontend: environment ## Build the style sheet, scripts and compiled translations, if their sources changed
	@$(BIN)/python lti_app/frontend/build.py
	@$(BIN)/python lti_app/translations/catalogues.py

catalogue: environment ## Extract all sentences and bring the translations up to date
	@$(BIN)/python lti_app/translations/catalogues.py --extract --missing

environment: .venv/installed ## Create .venv with the locked packages, if they changed

.venv/installed: pyproject.toml lti_app/frontend/hatch_build.py $(LOCKS)/dev.txt $(LOCKS)/installer.txt | .venv/bin/python
	@echo "Installing the locked packages into .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCKS)/installer.txt && \
		$(BIN)/uv pip sync --quiet --python $(BIN)/python --link-mode copy --require-hashes $(LOCKS)/dev.txt || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCKS)/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv-load/installed: $(LOCKS)/load.txt .venv/installed
	@echo "Installing what makes the load into .venv-load"
	@$(BIN)/python -m venv .venv-load
	@$(BIN)/uv pip sync --quiet --python .venv-load/bin/python --link-mode copy --require-hashes $(LOCKS)/load.txt || \
		.venv-load/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCKS)/load.txt
	@touch $@

# Debian and Ubuntu ship Python without what a virtual environment needs; root may add it, others are told how.
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed and was not found on the PATH." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		package=$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
		command="apt-get install --yes --no-install-recommends $$package"; \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update --quiet && $$command; \
		else echo "Python cannot create virtual environments here. Run: sudo $$command" >&2; exit 1; fi; }
	@$(PYTHON) -m venv .venv

clean: ## Remove everything that was installed or built; the demonstration's data stay
	rm -rf .venv .venv-load lti_app/static lti_app/frontend/node_modules build dist *.egg-info \
		.pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-artifacts
	find lti_app tests -name __pycache__ -type d -prune -exec rm -rf {} +
