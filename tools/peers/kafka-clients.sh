#!/usr/bin/env bash
# Every Kafka client that we know of against the embedded broker, or with --against apache against Apache Kafka itself, so that a
# failure is known to be the client's own. Further words choose clients: kafka-clients.sh [--against apache] [kcat] [kafkajs] ...
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}
if ! { command -v kcat && /usr/bin/python3 -c 'import kafka, snappy, lz4.frame, zstandard'; } >/dev/null 2>&1; then
  as_root=$(test "$(id -u)" -eq 0 || echo sudo)
  $as_root apt-get update -qq
  $as_root apt-get install -y -qq --no-install-recommends \
    kcat python3-kafka python3-snappy python3-lz4 python3-zstandard >/dev/null
fi
if ! "$cache/kafka-clients/bin/python" -c 'import kafka, bluesky_kafka, lz4.frame, snappy, zstandard' 2>/dev/null; then
  python3 -m venv "$cache/kafka-clients"
  "$cache/kafka-clients/bin/pip" install --quiet kafka-python bluesky-kafka lz4 python-snappy zstandard
fi
if ! "$cache/pykafka/bin/python" -c 'import pykafka, lz4.frame, snappy, xxhash' 2>/dev/null; then
  python3 -m venv "$cache/pykafka"
  "$cache/pykafka/bin/pip" install --quiet pykafka lz4 python-snappy xxhash
fi
"$root/tools/peers/apache-kafka.sh" fetch || echo 'The clients in Java will fail: see the line above.' >&2
exec "$root/node_modules/node/bin/node" "$root/packages/kafka-broker/conformance/clients/run.ts" "$@"
