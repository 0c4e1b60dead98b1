#!/usr/bin/env bash
# The control room in Debian's Chromium, against the whole platform. Pictures go to ${BEAMTIME_PICTURES:-nowhere}.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ ! -x "${BEAMTIME_CHROMIUM:-/usr/bin/chromium}" ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
fi
node=$root/node_modules/node/bin/node
programs=$root/apps/control-room/conformance/chromium
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for program in first-light data-in-motion; do
  "$node" "$programs/$program.ts" "${BEAMTIME_PICTURES:-}" | tee -a "$log" || true
done
passed=$(grep -c '^ok ' "$log" || true)
failed=$(grep -c '^FAIL ' "$log" || true)
# A program that broke off has no last line.
test "$(grep -cE '^[0-9]+ passed' "$log")" -eq 2 || failed=$((failed + 1))
printf '%s passed, %s failed\n' "$passed" "$failed"
test "$failed" -eq 0
