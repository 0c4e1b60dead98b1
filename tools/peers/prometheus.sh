#!/usr/bin/env bash
# Debian's Prometheus scrapes a running platform with the files of deploy/prometheus and evaluates every panel of the dashboard.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
if ! command -v prometheus >/dev/null; then
  as_root=$(test "$(id -u)" -eq 0 || echo sudo)
  $as_root apt-get update -qq
  $as_root apt-get install -y -qq --no-install-recommends prometheus >/dev/null
fi
exec "$root/node_modules/node/bin/node" "$root/tools/peers/prometheus-panels.mjs"
