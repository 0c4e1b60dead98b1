#!/usr/bin/env bash
# Live data beside the newest release of esslivedata that this Python installs (beamlime was its name until 2025), with scipp,
# scippneutron, ess-streaming-data-types and confluent-kafka. livedata.sh C3 runs the cases whose names have C3 in them,
# livedata.sh geometry compares projections of detectors with those of essreduce.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}/livedata
if ! "$cache/bin/python" -c 'import beamlime, scippneutron, confluent_kafka, streaming_data_types' 2>/dev/null; then
  python3 -m venv "$cache"
  "$cache/bin/pip" install --quiet esslivedata confluent-kafka scippneutron ess-streaming-data-types 2>/dev/null || true
  "$cache/bin/pip" install --quiet beamlime confluent-kafka scippneutron ess-streaming-data-types essreduce jinja2 pyyaml numpy plopp
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
here=$root/packages/live-data/conformance/esslivedata
if [ "${1:-}" = geometry ]; then
  "$cache/bin/python" "$here/geometry.py" "$folder" "$root/node_modules/node/bin/node"
  exit
fi
"$cache/bin/python" "$here/run.py" "$folder" "$root/node_modules/node/bin/node" "$root/bin/beamtime.mjs" "${1:-}"
