# On a fresh machine `make smoke` or `make test` is all it takes: each sets up what it needs.
#   PG=15                  another major version of Postgres (default 16)
#   PYTHON=python3.13      the Python that .venv is made with
#   SMOKE="--html F"       further options of `bootsmoke run` for `make smoke`
#   DOCKER_HOST=...        the engine to use; without one, Docker's context, its default socket, or a private engine

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/bootsmoke.stamp
PYTEST := $(BIN)/python -m pytest

# The tests start hundreds of interpreters: each module is compiled once, whatever the shell has set.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help venv engine images browser lint check test mutants soak behaviours smoke engine-stop clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1 \2/p' $(MAKEFILE_LIST) | awk '{printf "  make %-12s", $$2; $$1=$$2=""; print}'

venv: $(STAMP) ## .venv with bootsmoke, all extras and the test tools

$(STAMP): pyproject.toml compose/host/venv.py
	$(PYTHON) compose/host/venv.py $(VENV)
	@touch $@

engine: venv ## an engine that answers: yours, or a private one under .engine/
	@$(BIN)/python -m compose.host.engine start

images: engine ## the images: pulled, or built where no registry answers
	@$(BIN)/python -m compose.host.images

browser: venv ## Chromium, for the tests that look at a report: found, or Debian's package
	@$(BIN)/python -m tests.report.chromium

lint: venv ## style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

check: lint ## lint and the tests that need no engine, Postgres or browser
	$(PYTEST) -n auto -m "not docker and not postgres and not browser and not soak"

# Most tests wait for something most of the time: three at once keep two processors busy.
test: images browser ## all tests, on real containers and on embedded Postgres
	$(PYTEST) -n 3 --dist loadfile -m "not alone and not mutants and not soak"
	$(PYTEST) -m "alone and not mutants and not soak"

mutants: images ## each scenario with what it holds broken on purpose
	$(PYTEST) -m "docker and not soak" tests/scenarios

soak: images ## the long campaigns, on real containers
	$(PYTEST) -m soak

behaviours: images ## N containers that misbehave as SEED says, judged by bootsmoke and by Compose (COMPOSE=0: without)
	$(BIN)/python -m tests.behaviours.campaign --number $(or $(N),200) --seed $(or $(SEED),7) --compose $(or $(COMPOSE),1)

smoke: images ## the scenarios, on real containers
	$(BIN)/bootsmoke run -j 2 $(SMOKE)

engine-stop: ## stop the private engine (its images stay for the next start)
	@$(or $(wildcard $(BIN)/python),$(PYTHON)) -m compose.host.engine stop

clean: engine-stop ## remove everything that was made here: engine, images, environment, caches
	rm -rf $(VENV) .engine .bootsmoke dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -f compose/.env compose/server/wheels/.stamp compose/server/wheels/*.whl
	find . -name __pycache__ -prune -exec rm -rf {} +
