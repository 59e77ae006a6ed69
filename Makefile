# Each command does its own set-up; see README.md.
SHELL := /bin/bash
# The machine's own Python: the set-up makes the environment that the other commands use.
PYTHON := $(shell command -v python3)
BIN := .venv/bin

# One set of variables for every tool: no question to a vendor, no end-of-life banner from jsii.
export CHECKPOINT_DISABLE := 1
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION ?= 20
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: help audit demo rehearsal test synth lint unit terraform integration migration browser local-aws bench review lock own pictures setup

help: ## Show the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## Install what is needed into the checkout; ferry and cdktf after . .venv/bin/activate
	@$(PYTHON) tools/set_up.py

demo: setup ## Deploy dev end to end on local AWS, show it, destroy it; VERBOSE=1 shows all
	@python -m harness.demo

rehearsal: ## To Aurora and back on this machine, while it is written to; SEEDS= SEED= ROWS= VERBOSE=1; ENV= SCHEMA= your own
	@$(PYTHON) tools/set_up.py postgresql
	@python -m harness.rehearsal $(if $(SEED),--seed $(SEED)) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(ROWS),--rows $(ROWS)) $(if $(ENV),--environment $(ENV)) $(if $(SCHEMA),--schema $(SCHEMA))

test: ## Everything that CI checks
	@$(PYTHON) tools/set_up.py authorization checkov chromium postgresql workflows
	@$(PYTHON) tools/set_up.py cdktn # until the move to cdktn
	@python -m tools.check

audit: ## Ask OSV and npm whether locked packages have known vulnerabilities; needs a network
	@$(PYTHON) tools/set_up.py audit
	@python -m tools.audit

synth: setup ## Write cdktf.out, the Terraform JSON of every environment
	@cdktf synth

lint: ## ruff, mypy, import-linter; actionlint and zizmor for the workflows
	@$(PYTHON) tools/set_up.py workflows
	@python -m tools.check lint

unit: setup ## The unit tests, in seconds
	@python -m tools.check unit unfollowed

terraform: setup ## What the real Terraform says of the JSON
	@python -m tools.check terraform

integration: setup ## Deploy all environments to local AWS side by side and check them
	@python -m tools.check integration

migration: ## Carry data between PostgreSQL servers of the tests' own
	@$(PYTHON) tools/set_up.py postgresql
	@python -m tools.check migration

browser: ## Open the page of ferry report in Chromium
	@$(PYTHON) tools/set_up.py chromium
	@python -m tools.check browser

local-aws: setup ## Run local AWS in the foreground, with PostgreSQL for Aurora; ENV=dev PORT=4566 SOURCE=
	@python -m harness.trial "$(or $(ENV),dev)" --port $(or $(PORT),4566) $(if $(SOURCE),--source $(SOURCE))

bench: setup ## Measure synthesis; writes bench/RESULTS.md, takes ten minutes
	@python -m bench

review: setup ## What the working tree does to ENV=dev; BASE= is what is deployed, main by default
	@python -m harness.review "$(ENV)" $(BASE)

pictures: setup ## Draw docs/pictures/environment.svg, what is built, from the Terraform JSON
	@python -m tools.stack_picture

own: ## Move the example environments to environments/examples, for your own to come
	@$(PYTHON) tools/own.py

lock: setup ## Renew all lock files; PLATFORMS= that of Terraform's provider alone
	@$(PYTHON) tools/lock.py $(PLATFORMS)
