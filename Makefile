# Each target sets up what it needs in .venv, from locked requirements.
# HOST, PORT and DATA_DIR may be given: make demo PORT=8001 DATA_DIR=/tmp/second

SHELL := /bin/bash -eu -o pipefail
python := .venv/bin/python
compile := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header pyproject.toml
# So that tools which only read the settings start no database.
settings_only := DEMO=0 SECRET_KEY=unused DATABASE_URL=postgres://nobody@/nothing

export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_ROOT_USER_ACTION = ignore
REFERENCE_CONTENT ?= $(wildcard ../shared/content)

.PHONY: help demo test lint bench messages lock clean

help:  ## Say what can be made.
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: export DEMO = 1
demo: .venv/demo.installed  ## Serve a newsroom with sample content until Ctrl-C.
	@$(python) manage.py demo

test: .venv/dev.installed  ## Run the tests; ARGS goes to pytest.
	@$(python) -m pytest -n auto --maxprocesses 4 $(ARGS)

lint: .venv/dev.installed  ## Check formatting, types, imports and common mistakes.
	@$(python) -m ruff format --check .
	@$(python) -m ruff check .
	@find templates -name '*.html' -print0 | xargs -0 .venv/bin/djade --target-version 5.2 --check
	@$(settings_only) $(python) -m mypy .
	@$(settings_only) .venv/bin/lint-imports --no-logo
	@$(python) -m bandit --quiet --recursive --configfile pyproject.toml newsroom articles donations

bench: export REFERENCE_CONTENT := $(REFERENCE_CONTENT)
bench: .venv/bench.installed tests/benchmarks/node_modules  ## Measure pages, search, related reads, the desk; REFERENCE_CONTENT names the stories.
	@$(python) -m tests.benchmarks.related_reads
	@$(python) -m tests.benchmarks.related_reads_speed
	@$(python) -m tests.benchmarks.desk_speed
	@$(python) -m tests.benchmarks.search_speed
	@$(python) -m tests.benchmarks.sitemaps
	@$(python) -m tests.benchmarks.pages_speed
	@$(python) -m tests.benchmarks.lighthouse

tests/benchmarks/node_modules: tests/benchmarks/package-lock.json
	@npm ci --prefix tests/benchmarks --silent --ignore-scripts --no-audit --no-fund
	@touch $@

messages: .venv/dev.installed  ## Gather the strings to translate, and compile what is translated.
	@$(settings_only) $(python) manage.py messages

lock:  ## Choose the versions again that pyproject.toml allows; needs uv. UPGRADE=--upgrade
	$(compile) $(UPGRADE) --output-file requirements/run.txt
	$(compile) $(UPGRADE) --extra demo --output-file requirements/demo.txt
	$(compile) $(UPGRADE) --extra demo --group test --group lint --output-file requirements/dev.txt
	$(compile) $(UPGRADE) --extra demo --group bench --constraint requirements/dev.txt \
		--output-file requirements/bench.txt

clean:  ## Remove all that the other targets made, the data of the demo included.
	rm -rf .venv var .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/made:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Newsroom needs Python 3.11 or newer; python3 is $$(python3 --version)."; exit 1; }
	@echo "Making .venv …"
	@python3 -m venv --clear .venv
	@touch $@

.venv/%.installed: requirements/%.txt .venv/made
	@$(python) -m pip install --require-hashes --progress-bar off --requirement $< 2>&1 | awk \
		-v total="$$(grep -c '^[a-z]' $<)" \
		'/^(Collecting|Requirement)/ { printf "\rFetching packages: %d of %d", ++n, total; fflush() } \
		/^Installing/ { printf "\nInstalling them …"; fflush() } \
		/ERROR|error:/ { print } END { print "" }'
	@touch $@
