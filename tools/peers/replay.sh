#!/usr/bin/env bash
# The alert simulator's session and `beamtime stream` on the embedded broker and on Apache Kafka, read by pykafka, confluent-kafka,
# lsst-alert-stream and lsst-alert-packet, fastavro and Kafka's own log reader.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}/replay
if ! "$cache/bin/python" -c 'import pykafka, confluent_kafka, cramjam, lsst.alert.stream, lsst.alert.packet' 2>/dev/null; then
  python3 -m venv "$cache"
  "$cache/bin/pip" install --quiet pykafka confluent-kafka cramjam lsst-alert-stream lsst-alert-packet
fi
"$root/tools/peers/apache-kafka.sh" fetch
exec "$root/node_modules/node/bin/node" "$root/packages/stream-replay/conformance/alerts/run.ts" "$@"
