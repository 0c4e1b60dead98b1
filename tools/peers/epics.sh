#!/usr/bin/env bash
# Runs our Channel Access client against the C soft IOC (epicscorelibs) and a caproto IOC, both from PyPI.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}/epics
if ! "$cache/bin/python" -c 'import caproto, epicscorelibs, softioc, epics' 2>/dev/null; then
  python3 -m venv "$cache"
  "$cache/bin/pip" install --quiet --disable-pip-version-check caproto softioc epicscorelibs pyepics numpy
fi
exec "$root/node_modules/node/bin/node" "$root/packages/channel-access/conformance/epics/check-client.ts" "$cache/bin/python"
