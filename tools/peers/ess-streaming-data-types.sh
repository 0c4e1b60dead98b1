#!/usr/bin/env bash
# Exchanges a message of every schema with the reference implementation from PyPI.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}/ess-streaming-data-types
if ! "$cache/bin/python" -c 'import streaming_data_types' 2>/dev/null; then
  python3 -m venv "$cache"
  "$cache/bin/pip" install --quiet ess-streaming-data-types
fi
here=$root/packages/stream-formats/conformance/ess-streaming-data-types
exec "$cache/bin/python" "$here/exchange.py" "$root/node_modules/node/bin/node" "$here/exchange.ts"
