# Two commands matter: `make demo` (the product, running) and `make test` (every test).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test lint docs bench clean

setup: $(VENV)/.ready

FRONT := src/amends/web/front

$(VENV)/.ready: pyproject.toml $(FRONT)/package.json $(FRONT)/package-lock.json $(FRONT)/vendor.txt $(FRONT)/fetch.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	$(BIN)/python -m amends.web.front.fetch
	touch $@

demo: setup
	$(BIN)/amends demo

lint: setup
	$(BIN)/ruff check src tests
	$(BIN)/mypy

test: lint
	$(BIN)/python -m pytest -n 2

bench: setup
	$(BIN)/amends bench

docs: setup
	$(BIN)/amends docs

clean:
	rm -rf $(VENV) build
