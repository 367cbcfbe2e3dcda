#!/usr/bin/env bash
# bench.sh refresh|rotate: runs a bench of several processes on a PostgreSQL that is started for it.
. "$(dirname "$0")/lib.sh"
set -e
cd "$ROOT"
pg=$(mktemp -d /tmp/postroom-bench.XXXXXX); chmod 755 "$pg"
trap 'bash .ci/postgres.sh down "$pg/cluster"; rm -rf "$pg"' EXIT
BENCH_POSTGRES=$(bash .ci/postgres.sh up "$pg/cluster")
export BENCH_POSTGRES
CGO_ENABLED=0 go build -o "$pg/bench" ./bench
"$pg/bench" "$1"
