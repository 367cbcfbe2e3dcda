# Sourced by the scripts beside it: where things are, and how a suite is counted.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export PATH=/usr/lib/postgresql/15/bin:/usr/lib/postgresql/16/bin:/usr/lib/postgresql/17/bin:$PATH:/usr/sbin
passed=0 failed=0 skipped=0 summary=()

# suite NAME COMMAND...: runs it and counts it.
suite() {
  local name=$1 start=$SECONDS; shift
  printf '\n=== %s\n' "$name"
  if "$@"; then
    passed=$((passed + 1)); summary+=("ok      $name ($((SECONDS - start)) s)")
  else
    failed=$((failed + 1)); summary+=("FAILED  $name ($((SECONDS - start)) s)")
  fi
}

# skip NAME WHY: names a suite that cannot run here.
skip() { skipped=$((skipped + 1)); summary+=("skipped $1: $2"); printf '\n=== %s: skipped: %s\n' "$1" "$2"; }

# report prints what ran and ends with the number of failures as verdict.
report() {
  printf '\n'
  printf '%s\n' "${summary[@]}"
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ]
}

have() { command -v "$1" >/dev/null 2>&1; }
