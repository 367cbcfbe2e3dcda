#!/usr/bin/env bash
# postgres.sh up DIR: starts a PostgreSQL for tests on a free loopback port and prints its URL.
# postgres.sh down DIR: stops it and removes it. PostgreSQL refuses to run as root, so root lends it
# to the user postgres.
set -e
. "$(dirname "$0")/lib.sh"
dir=$2
as() { if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }
case $1 in
up)
  mkdir -p "$dir"
  [ "$(id -u)" -eq 0 ] && chown postgres "$dir"
  port=$(shuf -i 20000-29999 -n 1)
  as "$(command -v initdb)" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C >"$dir.log" 2>&1
  as "$(command -v pg_ctl)" -D "$dir/data" -w -t 60 -l "$dir/server.log" \
    -o "-c listen_addresses=127.0.0.1 -p $port -k $dir -c fsync=off -c max_connections=200" start >>"$dir.log" 2>&1
  echo "postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
  ;;
down)
  as "$(command -v pg_ctl)" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$dir" "$dir.log"
  ;;
esac
