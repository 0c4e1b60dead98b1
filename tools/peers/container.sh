#!/usr/bin/env bash
# The service image: built from deploy/daq/Dockerfile with podman, its services run from it as the standard DAQ's are, with Debian's
# RabbitMQ and Redis, clients of pika and h5py and an IOC of pcaspy; then deploy/daq/docker-compose.yml by podman-compose, and what
# deploy/monitoring/docker-compose.yml says. Images, containers and settings of podman stay in the cache. Where the base image cannot
# be had, a stand-in under its name is made of Debian (debootstrap), the Node of this project and npm. Needs root.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}/container
daq=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}/daq
here=$root/packages/cli/conformance/container
export CONTAINERS_CONF=$cache/containers.conf CONTAINERS_STORAGE_CONF=$cache/storage.conf

# Podman's own limits are higher than a small machine lets it set, and crun refuses a mixture of control groups.
write_settings() {
  mkdir -p "$cache"
  local runtime=crun
  command -v runc >/dev/null && runtime=runc
  cat >"$CONTAINERS_CONF" <<TOML
[containers]
default_ulimits = ["nofile=$(ulimit -Hn):$(ulimit -Hn)", "nproc=4096:4096"]
log_driver = "k8s-file"
[engine]
runtime = "$runtime"
cgroup_manager = "cgroupfs"
events_logger = "file"
TOML
  printf '[storage]\ndriver = "overlay"\ngraphroot = "%s"\nrunroot = "%s"\n' "$cache/storage" "$cache/run" >"$CONTAINERS_STORAGE_CONF"
}

# What npm needs on this machine: its settings and the certificates that it trusts, lent to the build and not kept in the image.
npm_mounts() {
  cat "$HOME/.npmrc" >"$cache/npmrc" 2>/dev/null || : >"$cache/npmrc"
  chmod 600 "$cache/npmrc"
  if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
    echo 'cafile=/etc/ssl/certs/ca-certificates.crt' >>"$cache/npmrc"
    echo "--volume=/etc/ssl/certs:/etc/ssl/certs:ro"
  fi
  echo "--volume=$cache/npmrc:/root/.npmrc:ro"
}

have_base() {
  local tag=$1
  podman image exists "$tag" && return
  timeout 120 podman pull --quiet "$tag" >/dev/null 2>&1 && return
  echo "$tag cannot be pulled here: a stand-in is made of Debian and Node $("$root/node_modules/node/bin/node" -p process.versions.node)"
  local base=$cache/base
  rm -rf "$base"
  debootstrap --variant=minbase bookworm "$base" >"$cache/debootstrap.log" 2>&1 || { tail -5 "$cache/debootstrap.log"; exit 1; }
  install -m 755 "$root/node_modules/node/bin/node" "$base/usr/local/bin/node"
  npm install --global --silent --prefix "$base/usr/local" npm@11 >/dev/null
  tar -C "$base" -c . | podman import --quiet --change 'CMD=["node"]' - "$tag" >/dev/null
  rm -rf "$base"
}

if [ "${1:-}" != inside ]; then
  test "$(id -u)" -eq 0 || { echo 'skipped: not root'; exit 77; }
  for program in podman debootstrap rabbitmq-server redis-server; do
    command -v $program >/dev/null || { echo "skipped: $program is not installed (apt-get install podman runc debootstrap rabbitmq-server redis-server)"; exit 77; }
  done
  "$root/tools/peers/daq-services.sh" --install
  "$daq/bin/pip" install --quiet --disable-pip-version-check podman-compose
  write_settings
  have_base docker.io/library/node:24-bookworm-slim
  started=$(date +%s)
  mapfile -t mounts < <(npm_mounts)
  (cd "$root" && podman build --quiet --net=host "${mounts[@]}" -f deploy/daq/Dockerfile -t beamtime-daq .) >"$cache/build.log" 2>&1 ||
    { rm -f "$cache/npmrc"; tail -20 "$cache/build.log"; exit 1; }
  rm -f "$cache/npmrc"
  echo "beamtime-daq built in $(($(date +%s) - started)) s, $(podman image inspect --format '{{.Size}}' beamtime-daq | awk '{printf "%.0f MB", $1 / 1e6}')"
  exec unshare --net "$0" inside
fi
ip link set lo up
folder=$(mktemp -d)
export EPICS_CA_ADDR_LIST=127.0.0.1 EPICS_CA_AUTO_ADDR_LIST=NO EPICS_CAS_INTF_ADDR_LIST=127.0.0.1 EPICS_CAS_BEACON_ADDR_LIST=127.0.0.1
clean() {
  podman rm --all --force --time 2 >/dev/null 2>&1 || true
  "$root/tools/peers/rabbitmq.sh" stop "$folder/rabbit" || true
  kill $(jobs -p) 2>/dev/null || true
  rm -rf "$folder"
}
trap clean EXIT
RABBITMQ_PORT=5672 "$root/tools/peers/rabbitmq.sh" start "$folder/rabbit" >/dev/null
redis-server --port 6379 --bind 127.0.0.1 --save '' --dir "$folder" >"$folder/redis.log" 2>&1 &
until redis-cli ping >/dev/null 2>&1; do sleep 0.1; done
PATH=$daq/bin:$PATH "$daq/bin/python" "$here/check_container.py" "$root" "$folder" 2> >(grep -v 'CA beacon' >&2)
