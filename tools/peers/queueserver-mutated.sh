#!/usr/bin/env bash
# One million spoilt requests (JSON, MessagePack, frames, bytes that are no 0MQ) against start-re-manager.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
exec "$root/node_modules/node/bin/node" "$root/packages/queue-manager/conformance/mutated-requests.ts" "$@"
