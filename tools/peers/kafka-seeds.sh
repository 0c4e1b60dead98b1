#!/usr/bin/env bash
# The snippets that the peers' own pages show (bluesky-kafka, Kafka's quickstart, the alert simulator with pykafka) on our platform.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}
if ! "$cache/kafka-clients/bin/python" -c 'import bluesky_kafka' 2>/dev/null; then
  python3 -m venv "$cache/kafka-clients"
  "$cache/kafka-clients/bin/pip" install --quiet bluesky-kafka
fi
if ! "$cache/pykafka/bin/python" -c 'import pykafka, lsst.alert.stream, lsst.alert.packet' 2>/dev/null; then
  python3 -m venv "$cache/pykafka"
  "$cache/pykafka/bin/pip" install --quiet pykafka lsst-alert-stream lsst-alert-packet
fi
"$root/tools/peers/apache-kafka.sh" fetch
exec "$root/node_modules/node/bin/node" "$root/packages/kafka-broker/conformance/clients/seeds.ts"
