#!/usr/bin/env bash
# Writes files of every kind, finished and killed, and reads them with h5py and its bitshuffle plugin from PyPI.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}/h5py
if ! "$cache/bin/python" -c 'import h5py, hdf5plugin' 2>/dev/null; then
  python3 -m venv "$cache"
  "$cache/bin/pip" install --quiet h5py hdf5plugin numpy
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
here=$root/packages/hdf5/conformance/h5py
passed=0 failed=0
for how in finish kill; do
  mkdir "$folder/$how"
  "$root/node_modules/node/bin/node" "$here/write-files.ts" "$folder/$how" "$how" || test "$how" = kill
  output=$("$cache/bin/python" "$here/read_files.py" "$folder/$how" "$how") || true
  printf '%s\n' "$output"
  counts=$(printf '%s\n' "$output" | tail -n 1)
  passed=$((passed + ${counts%% *}))
  rest=${counts#*, }
  failed=$((failed + ${rest%% *}))
done
printf '%s passed, %s failed\n' "$passed" "$failed"
test "$failed" -eq 0
