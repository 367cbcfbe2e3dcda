#!/usr/bin/env bash
# Everything that must hold, with its own set-up. Suites that cannot run here are named, with the
# reason; a suite that runs and fails makes the whole fail.
. "$(dirname "$0")/lib.sh"
cd "$ROOT" || exit 1
bash .ci/setup.sh

format() { local bad; bad=$(gofmt -l $(git ls-files '*.go')); [ -z "$bad" ] || { echo "not gofmt-ed: $bad"; return 1; }; }
tidy() { go mod tidy -diff; }
# The pure functions of message are measured on whole archives of mail, without the race detector's
# factor of ten; with it, on everything else they do.
go_tests() { go test -race -timeout 40m $(go list ./... | grep -v '/message$') && go test -race -short ./message; }
archives() { go test -count=1 -timeout 20m ./message; }
ui_fresh() {
  (cd frontend && npm run --silent api) && git diff --exit-code --stat -- frontend/src/api/schema.d.ts
}
ui_checks() { (cd frontend && npm run --silent typecheck && npm run --silent lint && npm run --silent test); }
ui_budget() { (cd frontend && node test/perf/budget.mjs); }

suite "gofmt" format
suite "go.mod is tidy" tidy
suite "go vet" go vet ./...

if have initdb; then
  pg=$(mktemp -d /tmp/postroom-pg.XXXXXX); chmod 755 "$pg"
  TEST_POSTGRES=$(bash .ci/postgres.sh up "$pg/cluster") && export TEST_POSTGRES
  trap 'bash .ci/postgres.sh down "$pg/cluster"; rm -rf "$pg"' EXIT
fi
[ -n "${TEST_POSTGRES:-}" ] || skip "PostgreSQL" "no PostgreSQL server could be started here"
suite "Go tests (-race, SQLite${TEST_POSTGRES:+ and PostgreSQL})" go_tests
suite "mail archives, bombs, hostile HTML" archives

if have npm; then
  suite "web app: build" make --no-print-directory ui
  suite "web app: types are those of the API" ui_fresh
  suite "web app: types, lint, unit tests" ui_checks
  suite "web app: size budget" ui_budget
  suite "binary" make --no-print-directory binary
  if have chromium; then
    suite "browser tests" bash .ci/e2e.sh
  else
    skip "browser tests" "no Chromium"
  fi
  if ! have dovecot || ! have postfix; then
    skip "lab" "no Dovecot or no Postfix"
  elif [ "$(id -u)" -ne 0 ]; then
    skip "lab" "Dovecot and Postfix need root to start"
  else
    suite "lab (Dovecot, Postfix, OAuth server)" bash .ci/lab.sh
  fi
else
  for s in "web app" "browser tests" "lab"; do skip "$s" "no npm"; done
fi
report
