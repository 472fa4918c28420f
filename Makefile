.DEFAULT_GOAL := help
.PHONY: help run test test-all test-fast test-year setup lint lint-types lint-code lint-rooms lint-pages format bench bench-quick lighthouse pictures assets messages guards
PORT ?= 8000
BIOME := .venv/bin/biome # one file without Node; its package is there for Linux on x86-64 alone

help: ## show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: ## build .venv, migrate, load the demo when empty, start the portal and the scheduler
	@.ci/setup run
	@PORT=$(PORT) .venv/bin/python -m portal.cli.running

setup: ## build .venv with the development tools
	@.ci/setup dev

test: ## everything CI runs: lint, types, import contracts, tests on SQLite, PostgreSQL and in Chromium
	@.ci/setup dev
	@.ci/tools
	@$(MAKE) --no-print-directory -j 2 lint test-all

test-all: # the tests wait for disks and servers now and then: the linters run meanwhile
	@.venv/bin/python -m pytest -n 3 --dist loadgroup

test-fast: ## the tests on SQLite alone, without a browser and without the slow ones
	@.ci/setup dev
	@.venv/bin/python -m pytest -n logical --dist loadgroup --fast

test-year: ## the journey from a report to the closed month on every day of two years, one of them with a leap day
	@.ci/setup dev
	@PORTAL_TEST_YEARS=2027,2028 .venv/bin/python -m pytest -q -n logical tests/journeys/test_any_day.py

lint: ## ruff, mypy, import contracts, templates, scripts and styles
	@.ci/setup dev
	@$(MAKE) --no-print-directory -k -j 2 --output-sync=target lint-types lint-code lint-rooms lint-pages

lint-types: # the longest begins first; the others run beside it
	.venv/bin/mypy

lint-code:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

lint-rooms:
	.venv/bin/lint-imports

lint-pages:
	.venv/bin/djlint --quiet --lint --check portal/templates
	@[ ! -x $(BIOME) ] || $(BIOME) check --error-on-warnings portal/static/src

format: ## let ruff put the code in order, djlint the templates, biome the scripts and styles
	@.ci/setup dev
	-.venv/bin/djlint --quiet --reformat portal/templates
	@[ ! -x $(BIOME) ] || $(BIOME) check --write portal/static/src
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench: ## measure the portal against its bars and write benchmarks/results.json (takes long)
	@.ci/setup bench
	.venv/bin/python -m benchmarks

bench-quick: ## measure the pages with 600 cadres, in a minute
	@.ci/setup dev
	.venv/bin/python -m benchmarks --quick

lighthouse: ## let Lighthouse look at a cadre's pages on a slow phone (benchmarks/README.md says what it needs)
	@.ci/setup bench
	.venv/bin/python -m benchmarks --only lighthouse --sizes 600 --database sqlite

pictures: ## take the pictures of docs/pictures/pages anew; needs Chromium
	@.ci/setup dev
	@folder=$$(mktemp -d); PORTAL_SCREENSHOTS=$$folder .venv/bin/python -m pytest -q -n 2 tests/journeys/browser/test_pages.py; \
	.venv/bin/python tests/journeys/pictures.py $$folder docs/pictures/pages; rm -r $$folder

assets: ## build portal/static/dist from portal/static/src
	@.ci/setup run
	.venv/bin/python -m portal.web.assets

guards: ## write down which triggers and rights the migrations make
	@.ci/setup dev
	PORTAL_WRITE_GUARDS=1 .venv/bin/python -m pytest -q tests/verification/test_guards.py -k migrations

messages: ## refresh and compile the translations
	@.ci/setup dev
	.venv/bin/pybabel -q extract -F portal/translations/babel.cfg -k _l -k N_ -k ngettext:1,2 --omit-header --no-location --sort-output -o portal/translations/messages.pot .
	.venv/bin/pybabel -q update -N --no-wrap --ignore-pot-creation-date -i portal/translations/messages.pot -d portal/translations -l en
	.venv/bin/pybabel -q compile -d portal/translations
