# All a newcomer needs: make up · make test · make check · make bench

PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2

# Many short-lived processes start here; without what Python has compiled each would compile it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: up test check bench pictures lock format clean environment test-environment

up: environment ## start everything; UP="--port 9000" passes options on
	@exec $(BIN)/tuoyu up $(UP)

test: test-environment ## every test; TESTS="tests/core -k clock" picks some
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(TESTS)

check: test-environment ## what must hold before anything is handed in
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/tuoyu manage makemigrations --check --dry-run
	$(BIN)/djlint src --lint --quiet
	$(PYTHON) tools/no_hosts.py

bench: environment ## make bench NAME=directory
	@$(BIN)/tuoyu bench $(NAME)

pictures: test-environment ## take the README's pictures anew
	@TUOYU_PICTURES=1 $(BIN)/pytest -q tests/browser/test_pictures.py

lock: ## pin all packages anew
	@tools/lock.sh

format: test-environment
	@$(BIN)/ruff check --fix --quiet . && $(BIN)/ruff format --quiet .

environment:
	@$(PYTHON) tools/environment.py run

test-environment:
	@$(PYTHON) tools/environment.py test

clean: ## remove what was built; the data under var/ stays
	rm -rf .venv frontend/node_modules src/tuoyu/project/static/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
