# Postroom. `make demo` needs Go and Node; `make test` sets up the rest by itself.
SHELL := /bin/bash
GO ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
VULN := golang.org/x/vuln/cmd/govulncheck@latest
UI_SOURCES := $(shell find frontend/src frontend/public frontend/index.html frontend/vite.config.ts -type f 2>/dev/null)

.PHONY: demo run build binary ui test check e2e lab lab-down lab-test bench-refresh bench-rotate fuzz clean

demo: build ## Postroom with a simulated Microsoft 365, on this machine only
	@exec ./postroom demo

run: build ## the same binary, for real mailboxes
	@exec ./postroom serve

build: ui binary

binary:
	@CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o postroom .

ui: frontend/dist/index.html

frontend/node_modules/.package-lock.json: frontend/package-lock.json
	@cd frontend && npm ci --no-audit --no-fund --loglevel=error

frontend/dist/index.html: frontend/node_modules/.package-lock.json frontend/package.json $(UI_SOURCES)
	@cd frontend && npm run --silent build

test: ## everything, with its own set-up
	@bash .ci/test.sh

check: ## linters and known vulnerabilities
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) run $(LINT) run ./...
	$(GO) run $(VULN) ./...
	cd frontend && npm run lint && npm run typecheck

e2e: build ## the browser tests, against the built binary
	@bash .ci/e2e.sh

lab: ## Dovecot, Postfix and an OAuth server on loopback
	@cd lab/idp && npm ci --no-audit --no-fund --loglevel=error
	@lab/up.sh

lab-down:
	@lab/down.sh

lab-test: binary ## Postroom against the lab
	@bash .ci/lab.sh

bench-refresh: ## eight processes, one-use refresh tokens: calls per expiry
	@bash .ci/bench.sh refresh

bench-rotate: ## 10,000 tokens get a new key under load and kills
	@bash .ci/bench.sh rotate

FUZZTIME ?= 30s
fuzz: ## every fuzz target in turn, FUZZTIME each
	@for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p 2>/dev/null | grep ^Fuzz); do \
	    echo "== $$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p || exit 1; done; done

clean:
	rm -rf postroom build frontend/node_modules lab/run lab/idp/node_modules
	find frontend/dist -mindepth 1 ! -name .gitkeep -delete
