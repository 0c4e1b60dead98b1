#!/usr/bin/env bash
# One million spoilt requests of Kafka clients against the embedded broker; --count 10000000 for ten.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
exec "$root/node_modules/node/bin/node" "$root/packages/kafka-broker/conformance/mutated-frames.ts" --count 1000000 "$@"
