#!/usr/bin/env bash
# Debian's kcat, confluent-kafka-python from PyPI and kafkajs against the embedded broker.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}/kafka
if ! command -v kcat >/dev/null; then
  as_root=$(test "$(id -u)" -eq 0 || echo sudo)
  $as_root apt-get update -qq
  $as_root apt-get install -y -qq --no-install-recommends kcat >/dev/null
fi
if ! "$cache/bin/python" -c 'import confluent_kafka' 2>/dev/null; then
  python3 -m venv "$cache"
  "$cache/bin/pip" install --quiet 'confluent-kafka>=2.5,<3'
fi
BEAMTIME_PEERS_PYTHON="$cache/bin/python" exec "$root/node_modules/node/bin/node" \
  "$root/packages/kafka-broker/conformance/run.ts" "$@"
