#!/usr/bin/env bash
# The browser tests: real Chromium against the built binary and its simulator.
. "$(dirname "$0")/lib.sh"
cd "$ROOT/frontend" && exec npm run --silent e2e
