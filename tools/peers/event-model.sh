#!/usr/bin/env bash
# Exchanges documents of every kind with Python's event-model, msgpack and msgpack-numpy from PyPI, and compares verdicts.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}
venv=$cache/event-model
wanted="event-model==1.24.0 msgpack==1.2.4 msgpack-numpy==0.4.8 numpy==2.4.6"
if [ "$(cat "$venv/installed" 2>/dev/null)" != "$wanted" ] || [ ! -x "$venv/bin/python" ]; then
  mkdir -p "$cache"
  rm -rf "$venv"
  python3 -m venv "$venv"
  # shellcheck disable=SC2086
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check $wanted >&2
  printf '%s\n' "$wanted" > "$venv/installed"
fi
here=$root/packages/event-model/conformance/python
exec "$venv/bin/python" "$here/exchange.py" "$root/node_modules/node/bin/node" "$here/exchange.ts"
