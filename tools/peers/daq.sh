#!/usr/bin/env bash
# std_daq_client and its commands, pyzmq viewers and h5py from PyPI against our detector service. KILLS=50 for the long run.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}/daq
if ! "$cache/bin/python" -c 'import h5py, hdf5plugin, zmq, std_daq_client' 2>/dev/null; then
  python3 -m venv "$cache"
  "$cache/bin/pip" install --quiet std_daq_client pyzmq h5py hdf5plugin numpy requests
fi
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
here=$root/packages/detector-daq/conformance/std-daq
"$cache/bin/python" "$here/check.py" "$root/node_modules/node/bin/node" "$here/serve.ts" "$folder" "$root/../shared/data/eiger-9m" "${KILLS:-10}"
