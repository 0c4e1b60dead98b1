#!/usr/bin/env bash
# 30 minutes of random requests of every method on a running queue, while manager and worker are killed at random moments.
# Other lengths: queueserver-soak.sh --minutes 2; with a Redis of its own: --redis (needs redis-server).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
exec "$root/node_modules/node/bin/node" "$root/packages/queue-manager/conformance/soak.ts" "$@"
