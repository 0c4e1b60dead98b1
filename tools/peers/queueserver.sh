#!/usr/bin/env bash
# A Python with the Bluesky Queue Server, its client library and their test suites, from PyPI. Without arguments it runs our
# checks of the Python worker with it; with --python it only installs and prints the path of that python.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}
venv=$cache/queueserver
wanted="bluesky==1.15.1 bluesky-queueserver==0.0.25 bluesky-queueserver-api==0.0.13 ophyd==1.11.2 matplotlib happi
bluesky-kafka pytest==9.2.0 pytest-asyncio pytest-timeout pytest-xprocess"
if [ "$(cat "$venv/installed" 2>/dev/null)" != "$wanted" ] || [ ! -x "$venv/bin/python" ]; then
  mkdir -p "$cache"
  test -x "$venv/bin/python" || python3 -m venv "$venv"
  # shellcheck disable=SC2086
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check $wanted >&2
  printf '%s\n' "$wanted" > "$venv/installed"
fi
if [ "${1:-}" = --python ]; then
  printf '%s\n' "$venv/bin/python"
  exit 0
fi
exec "$venv/bin/python" "$root/packages/worker-host/conformance/python-worker/check.py" "$root/node_modules/node/bin/node" "$root" "$@"
