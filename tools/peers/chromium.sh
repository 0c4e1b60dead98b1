#!/usr/bin/env bash
# The control room in Debian's Chromium, against the whole platform. Pictures go to ${BEAMTIME_PICTURES:-nowhere}.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ ! -x "${BEAMTIME_CHROMIUM:-/usr/bin/chromium}" ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
fi
exec "$root/node_modules/node/bin/node" "$root/apps/control-room/conformance/chromium/first-light.ts" "${BEAMTIME_PICTURES:-}"
