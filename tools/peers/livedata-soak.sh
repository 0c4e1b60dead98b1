#!/usr/bin/env bash
# 1e7 events/s for 30 minutes through our broker, while service, broker and Chromium are killed: counts exact to the event.
# Other lengths and rates: livedata-soak.sh --minutes 3 --rate 3e6
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ ! -x "${BEAMTIME_CHROMIUM:-/usr/bin/chromium}" ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
fi
cd "$root"
"$root/node_modules/node/bin/node" tools/build-web.mjs
exec "$root/node_modules/node/bin/node" packages/live-data/conformance/soak.ts "$@"
