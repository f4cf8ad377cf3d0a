# Rapport's commands. They need Linux (or WSL), make and Python 3.11 or newer, nothing else: `make run`, `make test`.
# Another Python: make run PYTHON=python3.12. Other ports: make run RAPPORT_LOCAL_PORT=9000.

PYTHON ?= python3
STAGE ?= dev
APP := .venv/bin/python
CLOUD := .venv-cloud/bin/python
# More options for the command behind a target: make run ARGS=--no-seed
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test test-browser test-clients test-dynamodb-local check audit lint-infra bench bench-faults package deploy lock clean

help: ## show the commands
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 22

run: .venv/installed .venv-cloud/installed ## start the local cloud; Ctrl-C stops it
	@exec $(CLOUD) -m local up $(ARGS)

test: .venv/installed .venv-cloud/installed ## run all tests, the end-to-end ones on a local cloud of their own
	@echo "Unit tests, tests on a cloud in memory, and tests on a deployed local cloud; about twenty minutes on two cores …"
	@$(APP) -m pytest -n 2 $(ARGS)

test-browser: .venv/installed .venv-cloud/installed ## drive the pages in a real browser, if there is one
	@$(APP) -m tests.browser.find || exit 0; $(MAKE) --no-print-directory .venv-browser/installed && \
		.venv-browser/bin/python -m pytest --confcutdir=tests/browser tests/browser $(ARGS)

test-clients: .venv/installed .venv-cloud/installed .venv-clients/installed ## strangers' tools on a local cloud: schemathesis, a generated client, mail programs, the AWS CLI
	@.venv-clients/bin/python -m pytest -s --confcutdir=tests/clients tests/clients $(ARGS)

test-dynamodb-local: .venv/installed ## run the tests with the table on AWS's own engine, if Java and npm are there
	@$(APP) -m tests.dynamodb_local $(ARGS)

check: .venv/installed ## style, types, imports, dead code, template, document, vulnerabilities
	$(APP) -m ruff check .
	$(APP) -m ruff format --check .
	$(APP) -m mypy
	.venv/bin/lint-imports
	$(APP) -m infra.dead_code
	$(APP) -m infra.openapi --check
	$(APP) -m infra.build --target aws
	$(APP) -m infra.lint
	$(APP) -m infra.audit

audit: .venv/installed ## look the dependencies up among known vulnerabilities
	@$(APP) -m infra.audit

lint-infra: package .venv-checkov/installed ## cfn-lint and checkov on the template
	@$(APP) -m infra.lint --checkov .venv-checkov/bin/checkov

bench: .venv/installed .venv-cloud/installed ## measure the budgets
	@$(APP) -m bench $(ARGS)

bench-faults: .venv/installed .venv-cloud/installed .venv-faults/installed ## throttle, break, kill and double everything, and count; ARGS=--small
	@$(APP) -m bench.faults $(ARGS)

package: .venv/installed ## build the package for AWS into build/aws
	@$(APP) -m infra.build --target aws

deploy: package ## deploy to AWS: make deploy STAGE=prod ARGS="--mail-domain mail.example.com"
	@$(APP) -m infra.deploy --stage $(STAGE) $(ARGS)

lock: .venv/installed ## pin the requirements anew
	@$(APP) -m infra.lock

clean: ## stop the local cloud and forget its data, environments and builds
	@if [ -x $(CLOUD) ]; then $(CLOUD) -m local down; fi
	rm -rf .local .bench .venv .venv-cloud .venv-checkov .venv-browser .venv-clients .venv-faults build .chalice/deployments .mypy_cache .ruff_cache .hypothesis .schemathesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environments: the app and its tools, the emulator, checkov, what drives a browser, what makes calls fail, strangers' tools; their dependencies would clash in one.
.venv/installed: requirements.txt requirements-dev.txt
	$(call environment,.venv,requirements-dev.txt)

.venv-cloud/installed: local/requirements.txt
	$(call environment,.venv-cloud,local/requirements.txt)

.venv-checkov/installed: infra/requirements.txt
	$(call environment,.venv-checkov,infra/requirements.txt)

.venv-browser/installed: tests/browser/requirements.txt
	$(call environment,.venv-browser,tests/browser/requirements.txt)

.venv-clients/installed: tests/clients/requirements.txt
	$(call environment,.venv-clients,tests/clients/requirements.txt)

.venv-faults/installed: bench/faulty/requirements.txt
	$(call environment,.venv-faults,bench/faulty/requirements.txt)

define environment
@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not installed. Rapport needs Python 3.11 or newer." >&2; exit 1; }
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	echo "Rapport needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1)." >&2; \
	echo "Name a newer one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	echo "$(PYTHON) cannot make environments: its venv module is not complete." >&2; \
	echo "On Debian or Ubuntu: sudo apt install $$(basename $(PYTHON))-venv" >&2; exit 1; }
@echo "Installing $(2) into $(1); once, about a minute …"
@if [ -L $(1) ]; then rm $(1); fi
@$(PYTHON) -m venv --clear $(1)
@$(1)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $(2)
@touch $@
endef
