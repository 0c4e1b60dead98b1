#!/usr/bin/env bash
# bluesky-queueserver-api and qserver from PyPI against our queue manager.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}/queueserver-api
if ! "$cache/bin/python" -c 'import bluesky_queueserver_api' 2>/dev/null; then
  python3 -m venv "$cache"
  "$cache/bin/pip" install --quiet 'bluesky-queueserver-api==0.0.12'
fi
BEAMTIME_PEERS_PYTHON="$cache/bin/python" exec "$root/node_modules/node/bin/node" \
  "$root/packages/queue-manager/conformance/queueserver-api/run.ts" "$@"
