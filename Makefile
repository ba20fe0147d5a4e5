# The only interface: `make` lists the targets. Every target first installs what it needs inside the checkout
# (.venv, .venv-sam, .cache/wheels); the second time that costs a tenth of a second.
#
# Settings: PYTHON=/path/to/python3.13 where it is not found by itself (counts when .venv is made, so after `make
# clean`); ARGS="..." goes to pytest.

.DEFAULT_GOAL := help
.NOTPARALLEL:

ROOT := $(CURDIR)
BIN := .venv/bin
SAM := $(ROOT)/.venv-sam/bin/sam
INSTALL := @PYTHON="$(PYTHON)" sh infra/toolchain/python.sh infra/toolchain/install.py
# openapi.yaml lies beside the templates and is none.
TEMPLATES = $(shell grep -l '^Resources:' template.yaml infra/*.yaml 2>/dev/null)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export SAM_CLI_TELEMETRY := 0
# `sam build` builds layers in a copy of their folder; this is how their makefiles find the checkout again.
export HAAT_PYTHON := $(ROOT)/$(BIN)/python
export HAAT_WHEELS := $(ROOT)/.cache/wheels

.PHONY: help install install-dev install-sam install-build install-conform run run-reset simulator test test-slow test-all test-upi conform check \
	format openapi states invoke validate build build-check layers bench permissions lock clean operator-token settlement-file predict

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' Makefile

install: ## install everything the other targets need, inside the checkout
	$(INSTALL) dev sam wheels

install-dev:
	$(INSTALL) dev

install-sam:
	$(INSTALL) sam

install-build:
	$(INSTALL) dev sam wheels

install-conform:
	$(INSTALL) dev sam wheels ministack

run run-reset simulator invoke shop redrive outbox-repair restore operator-token settlement-file: export PYTHONPATH := $(ROOT)/layers/shared

# exec: the program itself gets Ctrl-C and SIGTERM, not a shell in between.
run: install-dev ## the whole market on this machine, until Ctrl-C; what happened is kept
	@exec $(BIN)/python -m infra.local.run

run-reset: install-dev ## forget what happened on this machine
	@exec $(BIN)/python -m infra.local.run --reset

simulator: install-dev ## Meta's Cloud API and the simulated phone as a program of their own, until Ctrl-C
	@exec $(BIN)/python -m infra.local.simulators

invoke: install-dev ## one function with one sample: make invoke FN=auto_reply CASE=hours_bengali
	@test -n "$(FN)" && test -n "$(CASE)" || { echo "usage: make invoke FN=<folder of functions/> CASE=<file of events/FN/>" >&2; exit 2; }
	@exec $(BIN)/python -m infra.local.invoke "$(FN)" "$(CASE)"

shop: install-dev ## open a shop, change it, renew its token (HAAT_TOKEN): make shop FILE=shop.json [STAGE=prod]
	@exec $(BIN)/python -m infra.operate shop $(if $(FILE),--file "$(FILE)") $(if $(STAGE),--stage "$(STAGE)")

redrive: install-dev ## bring back what was set aside: make redrive QUEUE=conversation-inbound [STAGE=prod]
	@exec $(BIN)/python -m infra.operate redrive --queue "$(QUEUE)" $(if $(STAGE),--stage "$(STAGE)")

outbox-repair: install-dev ## publish what a table's stream has lost: make outbox-repair [STAGE=prod]
	@exec $(BIN)/python -m infra.operate outbox-repair $(if $(STAGE),--stage "$(STAGE)")

restore: install-dev ## bring back rows from a restored table: make restore TABLE=conversation FROM=name [STAGE=prod]
	@exec $(BIN)/python -m infra.operate restore $(if $(TABLE),--table "$(TABLE)") $(if $(FROM),--source "$(FROM)") $(if $(STAGE),--stage "$(STAGE)")

operator-token: install-dev ## a token for a new operator, shown once: make operator-token NAME=Anita [ROLE=reviewer] [STAGE=prod]
	@exec $(BIN)/python -m infra.operate.operator_token --name "$(NAME)" $(if $(ROLE),--role "$(ROLE)") $(if $(STAGE),--stage "$(STAGE)")

settlement-file: install-dev ## bring a bank's file (HAAT_OPERATOR_TOKEN): make settlement-file ACCOUNT=id DAY=2026-11-01 FILE=file [LAST=day] [STAGE=prod]
	@exec $(BIN)/python -m infra.operate.settlement_file --account "$(ACCOUNT)" --day "$(DAY)" $(if $(LAST),--last "$(LAST)") $(if $(FILE),--file "$(FILE)") $(if $(STAGE),--stage "$(STAGE)")

predict: install-dev ## what the bot would take messages for, before any threshold: make predict FAQ=f.json MESSAGES=m.jsonl OUT=p.jsonl
	@test -n "$(FAQ)" && test -n "$(MESSAGES)" && test -n "$(OUT)" || { echo "usage: make predict FAQ=f.json MESSAGES=m.jsonl OUT=p.jsonl" >&2; exit 2; }
	@PYTHONPATH="$(ROOT)/layers/shared" exec $(BIN)/python -m infra.predict --faq "$(FAQ)" --messages "$(MESSAGES)" --out "$(OUT)"

# The layers are built anew: what is measured is what would be shipped.
bench: install-build ## calls, units, cold starts and prices, from measurement: make bench [JSON=figures.json]
	@$(MAKE) --no-print-directory --silent layers
	@PYTHONPATH="$(ROOT)/layers/shared" exec $(BIN)/python -m infra.bench $(if $(JSON),--json "$(JSON)")

permissions: install-dev ## each function's rights: granted against used, by the tests: make permissions [RECORDED=folder]
	@PYTHONPATH="$(ROOT)/layers/shared" exec $(BIN)/python -m infra.permissions $(if $(RECORDED),--recorded "$(RECORDED)")

test: install-dev ## the tests of every day, under 10 minutes
	@exec $(BIN)/python -m infra.halves $(ARGS)

test-slow: install-dev ## the slow tests alone, under half an hour
	@exec $(BIN)/python -m infra.halves --slow $(ARGS)

test-all: install-dev ## both, one after the other
	@exec $(BIN)/python -m infra.halves --all $(ARGS)

test-upi: install-dev ## what reads the UPI fixtures, on our folder or another: HAAT_UPI_FIXTURES=dir make test-upi
	@exec $(BIN)/pytest -m "upi and not conform" tests/unit/payment tests/contract/payment tests/stack/payment $(ARGS)

conform: install-conform ## a second judge: a real `sam deploy` onto ministack, permissions enforced, and the whole-stack tests on it
	@exec $(BIN)/python -m infra.conform $(ARGS)

check: install-dev ## format, lint, types, import contracts, house rules of the template, lock file
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy --no-error-summary
	PYTHONPATH=.:layers/shared $(BIN)/lint-imports --cache-dir .cache/import-linter
	$(BIN)/python -m infra.lint
	$(BIN)/python -m infra.api.compose check
	PYTHONPATH=.:layers/shared $(BIN)/python -m infra.states check
	$(BIN)/python infra/toolchain/lock.py check

openapi: install-dev ## write the API's document, infra/openapi.yaml, from its parts in infra/api/
	@exec $(BIN)/python -m infra.api.compose write

states: install-dev ## print what follows from what is heard of a payment into docs/payments.md
	@PYTHONPATH="$(ROOT)/layers/shared" exec $(BIN)/python -m infra.states write

format: install-dev ## format the code and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

validate: install-sam ## sam validate --lint on template.yaml and the templates it nests
	@for template in $(TEMPLATES); do echo "sam validate --lint -t $$template"; $(SAM) validate --lint -t "$$template" || exit 1; done

build: install-build ## what `sam deploy` uploads, into .aws-sam/build
	@sh infra/toolchain/sam-build.sh .

# SAM looks for the region under another name than the rest of AWS's tools.
deploy: install-build ## to AWS, as samconfig.toml says: make deploy STAGE=dev
	@test -n "$(STAGE)" || { echo "usage: make deploy STAGE=dev|staging|prod" >&2; exit 2; }
	@$(MAKE) --no-print-directory build
	@if [ -n "$$AWS_REGION" ]; then export AWS_DEFAULT_REGION="$$AWS_REGION"; fi; exec $(SAM) deploy --config-env "$(STAGE)"

build-check: install-build ## build twice, here and in a copy elsewhere, and compare every byte
	@sh infra/toolchain/build-check.sh

layers: install-build ## the layers as Lambda sees them, into .cache/layers
	@rm -rf .cache/layers
	@$(MAKE) --no-print-directory -C layers/hot build-HotLayer ARTIFACTS_DIR="$(ROOT)/.cache/layers/hot"
	@$(MAKE) --no-print-directory -C layers/api build-ApiLayer ARTIFACTS_DIR="$(ROOT)/.cache/layers/api"
	@$(MAKE) --no-print-directory -C layers/chat build-ChatLayer ARTIFACTS_DIR="$(ROOT)/.cache/layers/chat"
	@$(MAKE) --no-print-directory -C layers/crypto build-CryptoLayer ARTIFACTS_DIR="$(ROOT)/.cache/layers/crypto"
	@$(MAKE) --no-print-directory -C layers/verification build-VerificationLayer ARTIFACTS_DIR="$(ROOT)/.cache/layers/verification"
	@$(MAKE) --no-print-directory -C layers/shared build-SharedLayer ARTIFACTS_DIR="$(ROOT)/.cache/layers/shared"
	@$(MAKE) --no-print-directory -C layers/shared build-ApiCodeLayer ARTIFACTS_DIR="$(ROOT)/.cache/layers/shared"
	@$(MAKE) --no-print-directory -C layers/shared build-PaymentLayer ARTIFACTS_DIR="$(ROOT)/.cache/layers/shared"

lock: ## resolve pyproject.toml into uv.lock and the requirements files; UPGRADE=1 takes newer versions
	$(INSTALL) lock
	.venv-lock/bin/python infra/toolchain/lock.py lock

clean: ## remove what was built and installed; what `make run` keeps stays
	rm -rf .venv .venv-sam .venv-ministack .venv-lock .cache .aws-sam
	find functions layers infra tests -name __pycache__ -prune -exec rm -rf {} +
