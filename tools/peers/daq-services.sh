#!/usr/bin/env bash
# Our services and programs of the standard DAQ against a real RabbitMQ and Redis of Debian, clients of pika, redis-py, pcaspy and
# h5py, and the unit tests of std_daq_service where its source is: its PyPI packages lack the broker and the tests, so name a clone
# with BEAMTIME_STD_DAQ_SERVICE, or have one fetched. Everything runs in a network of its own, where the usual ports are free.
# `daq-services.sh --install` only installs the Python clients.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
if [ "${1:-}" != inside ]; then
  for program in rabbitmq-server redis-server; do
    command -v $program >/dev/null || { echo "skipped: $program is not installed (apt-get install $program)"; exit 77; }
  done
  cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}/daq
  if ! "$cache/bin/python" -c 'import pika, redis, pcaspy, epics, h5py, hdf5plugin, zmq, std_daq_client' 2>/dev/null; then
    python3 -m venv "$cache"
    "$cache/bin/pip" install --quiet --disable-pip-version-check pika redis pcaspy pyepics h5py hdf5plugin pyzmq numpy requests std_daq_client
  fi
  test "${1:-}" != --install || exit 0
  if [ -z "${BEAMTIME_STD_DAQ_SERVICE:-}" ] && [ ! -d "$cache/std_daq_service-src" ]; then
    git clone --quiet --depth 1 https://github.com/paulscherrerinstitute/std_daq_service "$cache/std_daq_service-src" 2>/dev/null || true
  fi
  exec unshare --net "$0" inside
fi
ip link set lo up
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}/daq
folder=$(mktemp -d)
here=$root/packages/detector-daq/conformance/amqp
export OUR_NODE=$root/node_modules/node/bin/node OUR_BRIDGE=$here/service-bridge.ts OUR_BEAMTIME=$root/bin/beamtime.mjs
export OUR_STD_DAQ=$root/bin/std-daq.mjs
export EPICS_CA_ADDR_LIST=127.0.0.1 EPICS_CA_AUTO_ADDR_LIST=NO EPICS_CAS_INTF_ADDR_LIST=127.0.0.1 EPICS_CAS_BEACON_ADDR_LIST=127.0.0.1
clean() {
  "$root/tools/peers/rabbitmq.sh" stop "$folder/rabbit" || true
  kill $(jobs -p) 2>/dev/null || true
  rm -rf "$folder"
}
trap clean EXIT
"$OUR_NODE" "$here/check-broker.ts" "$root/tools/peers/rabbitmq.sh" "$folder/first"
RABBITMQ_PORT=5672 "$root/tools/peers/rabbitmq.sh" start "$folder/rabbit" >/dev/null
redis-server --port 6379 --bind 127.0.0.1 --save '' --dir "$folder" >"$folder/redis.log" 2>&1 &
until redis-cli ping >/dev/null 2>&1; do sleep 0.1; done
failed=0
"$cache/bin/python" "$here/check_services.py" "$folder" || failed=1
source=${BEAMTIME_STD_DAQ_SERVICE:-$cache/std_daq_service-src}
if [ -d "$source/tests" ]; then
  (cd "$folder" && "$cache/bin/python" "$here/run_peer_tests.py" "$source" 2> >(grep -v 'CA beacon' >&2)) || failed=1
else
  echo "skipped: unit tests of std_daq_service (no source at $source; not in its PyPI packages)"
fi
exit $failed
