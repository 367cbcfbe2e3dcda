#!/usr/bin/env bash
# Postroom against Dovecot, Postfix and a certified OAuth server, started fresh for this run.
. "$(dirname "$0")/lib.sh"
set -e
export RUN=${RUN:-$(mktemp -d /tmp/postroom-lab.XXXXXX)}
chmod 755 "$RUN"
export IDP_PORT=${IDP_PORT:-19400} IMAP_PORT=${IMAP_PORT:-19143} IMAPS_PORT=${IMAPS_PORT:-19993} SMTP_PORT=${SMTP_PORT:-19587}
export LAB_POSTROOM_PORT=${LAB_POSTROOM_PORT:-18080}
export REDIRECT_URIS="http://localhost:$LAB_POSTROOM_PORT/oauth/callback,http://127.0.0.1:9499/cb"
trap '"$ROOT/lab/down.sh" >/dev/null 2>&1; rm -rf "$RUN"' EXIT
[ -d "$ROOT/lab/idp/node_modules" ] || (cd "$ROOT/lab/idp" && npm ci --no-audit --no-fund --loglevel=error)
"$ROOT/lab/up.sh"
cd "$ROOT" && LAB_RUN=$RUN POSTROOM_BIN=$ROOT/postroom go test -count=1 -timeout 20m -v ./lab/...
