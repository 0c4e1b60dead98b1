#!/usr/bin/env bash
# Plans of Python's Bluesky that take images with our detector service, through the device of the Python worker.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
python=$("$root/tools/peers/queueserver.sh" --python)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
conformance=$root/packages/detector-daq/conformance
"$python" "$conformance/bluesky/check.py" "$root/node_modules/node/bin/node" "$conformance/std-daq/serve.ts" "$folder" "$root" 2>/dev/null
