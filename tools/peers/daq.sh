#!/usr/bin/env bash
# std_daq_client and its commands, pyzmq viewers, h5py and h5dump against our detector service, and images to a second host.
# LONG=1: 50 kills and files larger than 8 GB in $BEAMTIME_PEERS_SPACE (default: the temporary folder).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}/daq
if ! "$cache/bin/python" -c 'import h5py, hdf5plugin, zmq, std_daq_client' 2>/dev/null; then
  python3 -m venv "$cache"
  "$cache/bin/pip" install --quiet std_daq_client pyzmq h5py hdf5plugin numpy requests
fi
folder=$(mktemp -d)
large=$(mktemp -d -p "${BEAMTIME_PEERS_SPACE:-${TMPDIR:-/tmp}}")
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder" "$large"' EXIT
conformance=$root/packages/detector-daq/conformance
serve=$conformance/std-daq/serve.ts
node=$root/node_modules/node/bin/node
python=$cache/bin/python
kills=10 gigabytes=0.5
if [ -n "${LONG:-}" ]; then kills=50 gigabytes=9; fi
passed=0 failed=0
part() {
  output=$("$@") || true
  printf '%s\n' "$output"
  counts=$(printf '%s\n' "$output" | tail -n 1)
  passed=$((passed + ${counts%% *}))
  rest=${counts#*, }
  failed=$((failed + ${rest%% *}))
}
part "$python" "$conformance/std-daq/check.py" "$node" "$serve" "$folder" "$root/../shared/data/eiger-9m" "${KILLS:-$kills}"
part "$python" "$conformance/two-hosts/check.py" "$node" "$serve" "$folder"
if command -v h5dump >/dev/null; then
  part "$python" "$conformance/std-daq/files.py" "$node" "$conformance/std-daq/write-large.ts" "$large" "$gigabytes"
else
  echo 'skipped: h5dump is not here (Debian package hdf5-tools)'
fi
printf '%s passed, %s failed\n' "$passed" "$failed"
test "$failed" -eq 0
