# Recredit: run the shop, prove it, keep it tidy. `make` alone lists the targets.

PYTHON ?= python3
UV := .tools/bin/uv
PY := .venv/bin/python
LOCKS := requirements/runtime.txt requirements/dev.txt requirements/browser.txt
# uv itself is kept here, so that another checkout needs no network for it; uv keeps the other packages.
WHEELS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/recredit
PIP := $(PYTHON) -m pip --disable-pip-version-check -q
INSTALL_UV := $(PIP) install --root-user-action ignore --require-hashes --no-index --find-links "$(WHEELS)" --target .tools -r requirements/uv.txt
SYNC := $(UV) pip sync -q --require-hashes --python $(PY) $(LOCKS)
COMPILE := $(UV) pip compile -q --universal --generate-hashes --no-header --python-version 3.11

export UV_PYTHON_DOWNLOADS := never
# Without byte code every Django start takes more than twice as long.
unexport PYTHONDONTWRITEBYTECODE
# The project brings its own environment; an activated one must not leak into it.
unexport VIRTUAL_ENV
unexport PYTHONPATH

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help env run test test-long test-next bench check lint format lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

env: .venv/.stamp ## Make the environment in .venv, from the locked requirements

run: env ## Serve the demo shop on http://127.0.0.1:8000 (PORT=... moves it)
	@exec $(PY) scripts/run.py

test: env ## Run the whole suite on SQLite, on PostgreSQL and in the browser
	@exec $(PY) scripts/test.py

test-long: env ## Run the full figures of races, faults and properties
	@exec $(PY) scripts/test.py --long

test-next: env ## Run the suite with the next Django where a newer Python is found
	@exec $(PY) scripts/test_next.py

bench: env ## Measure beside pgbench, and write docs/speed.md (SIZE=large for a million purchases)
	@exec $(PY) -m bench $(SIZE)

check: env ## Run the quick tests: SQLite only, no browser
	@exec $(PY) scripts/test.py --quick

lint: env ## Check style, types, templates, dependencies and migrations
	@exec $(PY) scripts/lint.py

format: env ## Put the code into shape
	@$(PY) -m ruff check -q --fix-only .
	@$(PY) -m ruff format .

lock: .tools/.stamp ## Resolve the dependencies again, with hashes and without addresses
	$(COMPILE) --upgrade pyproject.toml -o requirements/runtime.txt
	$(COMPILE) --upgrade --group dev -c requirements/runtime.txt -o requirements/dev.txt
	$(COMPILE) --upgrade --group browser -c requirements/runtime.txt -c requirements/dev.txt -o requirements/browser.txt

clean: ## Remove the environment, the demo store and everything else that was made
	rm -rf .tools .venv .venv-next var .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache test-results mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.tools/.stamp: requirements/uv.txt
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: install Python 3.11 or newer (on Debian: apt-get install python3)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than 3.11: name a newer one with make PYTHON=python3.11." >&2; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "pip is missing: install it for $(PYTHON) (on Debian: apt-get install python3-pip)." >&2; exit 1; }
	@rm -rf .tools
	@$(INSTALL_UV) 2>/dev/null || { $(PIP) download --require-hashes -d "$(WHEELS)" -r requirements/uv.txt && $(INSTALL_UV); }
	@touch $@

.venv/.stamp: .tools/.stamp $(LOCKS)
	@$(UV) venv -q --clear --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv
	@$(SYNC) --offline 2>/dev/null || $(SYNC)
	@touch $@
