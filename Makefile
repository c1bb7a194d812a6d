# Retort. "make help" lists the targets.

GO ?= go
# The linter is built from source into bin/, once for each version.
GOLANGCI_VERSION := v2.15.0
GOLANGCI := bin/golangci-lint-$(GOLANGCI_VERSION)
TESTFLAGS ?= -timeout 40m
SERVERS := bin/testservers
export PATH := $(shell $(GO) env GOROOT)/bin:$(PATH)

# The newest bun that the tests run with, beside the lowest one, which go.mod requires.
NEWEST_BUN := v1.3.0
NEWEST_BUN_MOD := bin/newest-bun/go.mod
.PHONY: help build demo test pairs test-sqlite test-newest-bun test-examples pre-commit servers lint bench fuzz clean $(SERVERS)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/retort
	$(GO) build -o bin/retort ./cmd/retort

demo: ## show the main job on SQLite, with real output
	@./scripts/demo

test: $(SERVERS) test-examples pre-commit ## run all tests, on private PostgreSQL and MariaDB or MySQL servers
	$(SERVERS) -- $(GO) test $(TESTFLAGS) ./...
	$(SERVERS) -- $(MAKE) test-newest-bun

# The hook is tried with pre-commit itself (https://pre-commit.com). Where it is missing and may not be installed, that test is
# skipped.
pre-commit:
	@command -v pre-commit >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& apt-get -q update && apt-get -q -y install --no-install-recommends pre-commit; } \
		|| echo "pre-commit is not installed: its test will be skipped"

pairs: $(SERVERS) ## bring 1,000 random pairs of schemas with rows there and back, on every engine (PAIRS=20000 for more)
	RETORT_TEST_PAIRS=$(or $(PAIRS),1000) $(SERVERS) -- $(GO) test $(TESTFLAGS) -count 1 -v -run '^TestRandomPairs$$' ./autogen

test-sqlite: ## run the tests that need no server
	RETORT_TEST_ENGINES=sqlite $(GO) test $(TESTFLAGS) ./...

test-newest-bun: ## run the tests of what calls bun with the newest bun
	@mkdir -p $(dir $(NEWEST_BUN_MOD)) && cp go.mod go.sum $(dir $(NEWEST_BUN_MOD))
	$(GO) get -modfile=$(NEWEST_BUN_MOD) $(foreach module,bun bun/dialect/pgdialect bun/dialect/mysqldialect bun/dialect/sqlitedialect,github.com/uptrace/$(module)@$(NEWEST_BUN))
	$(GO) test -modfile=$(NEWEST_BUN_MOD) $(TESTFLAGS) ./reflect
	RETORT_TEST_ENGINES=sqlite $(GO) test -modfile=$(NEWEST_BUN_MOD) $(TESTFLAGS) ./versions ./render ./autogen

test-examples: ## build the examples, which are modules of their own
	@for module in examples/*/go.mod; do \
		(cd $$(dirname $$module) && echo "$$(dirname $$module)" && $(GO) vet ./...) || exit 1; \
	done

servers: $(SERVERS) ## start the test servers, print their URLs, and keep them until interrupted
	@$(SERVERS)

lint: $(GOLANGCI) ## vet and lint
	$(GO) vet ./...
	$(GOLANGCI) run ./...

$(GOLANGCI):
	GOBIN=$(CURDIR)/bin/golangci $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv bin/golangci/golangci-lint $@
	rmdir bin/golangci

# A program of its own, not "go run": that would not pass on the signal which stops the servers.
$(SERVERS):
	@$(GO) build -o $@ ./internal/servertest/cmd/testservers

bench: $(SERVERS) ## run the benchmarks
	$(SERVERS) -- $(GO) test -run '^$$' -bench . -benchmem ./...

fuzz: ## run each fuzz test for half a minute
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime 30s $$package || exit 1; \
		done; \
	done

clean: ## remove what make built
	rm -rf bin
