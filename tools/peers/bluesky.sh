#!/bin/sh
# Installs Python Bluesky into a virtual environment and prints the path of its python.
# The environment is kept in ${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}/bluesky and reused.
set -eu

cache="${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}"
venv="$cache/bluesky"
wanted="bluesky==1.14.6 event-model==1.24.0 ophyd==1.11.1"

if [ -x "$venv/bin/python" ] && [ "$(cat "$venv/installed" 2>/dev/null)" = "$wanted" ]; then
  echo "$venv/bin/python"
  exit 0
fi

mkdir -p "$cache"
rm -rf "$venv"
python3 -m venv "$venv"
# shellcheck disable=SC2086
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check $wanted >&2
echo "$wanted" > "$venv/installed"
echo "$venv/bin/python"
