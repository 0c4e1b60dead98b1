#!/usr/bin/env bash
# Records the documents and messages of every case with Python Bluesky from PyPI and compares them with our run engine.
# With --python: only installs and prints the path of that python.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}
venv=$cache/bluesky
wanted="bluesky==1.14.6 event-model==1.24.0 ophyd==1.11.1"
if [ "$(cat "$venv/installed" 2>/dev/null)" != "$wanted" ] || [ ! -x "$venv/bin/python" ]; then
  mkdir -p "$cache"
  rm -rf "$venv"
  python3 -m venv "$venv"
  # shellcheck disable=SC2086
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check $wanted >&2
  printf '%s\n' "$wanted" > "$venv/installed"
fi
if [ "${1:-}" = --python ]; then
  printf '%s\n' "$venv/bin/python"
  exit 0
fi
here=$root/packages/run-engine/conformance/python-bluesky
recording=$(mktemp)
trap 'rm -f "$recording"' EXIT
"$venv/bin/python" "$here/record.py" > "$recording" 2> /dev/null
"$root/node_modules/node/bin/node" "$here/compare.ts" < "$recording"
