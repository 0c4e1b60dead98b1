#!/usr/bin/env bash
# The black-box suites of the Bluesky Queue Server against our start-re-manager and qserver, with the Python worker.
#   queueserver-suite.sh [FILE ...] [-k EXPRESSION] [further arguments of pytest]
# FILE is a test file of the package (test_zmq_api_base.py), api/FILE one of bluesky-queueserver-api; none = all that apply.
# They are run from the installed packages. Environment: USE_ZMQ_ENCODING=json|msgpack, SUITE_QSERVER=upstream leaves the
# package's own qserver in place.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
python=$("$root/tools/peers/queueserver.sh" --python)
bin=${python%/python}
# What talks to a manager only by its sockets and command line; the rest tests the inside of the Python program.
black_box="test_zmq_api_base test_qserver_cli test_scenarios test_start_re_manager_cli test_ip_kernel_func
test_manager_options test_info_streaming test_console_monitor_cli test_qserver_console test_fixtures"

if ! command -v redis-server >/dev/null; then
  as_root=$(test "$(id -u)" -eq 0 || echo sudo)
  $as_root apt-get update -qq
  $as_root apt-get install -y -qq --no-install-recommends redis-server >/dev/null
fi
# The tests use fixed ports. In a network of its own nothing else can hold them, and a manager of this machine is safe.
if [ -z "${SUITE_NETWORK:-}" ] && unshare --map-root-user --net ip link set lo up 2>/dev/null; then
  export SUITE_NETWORK=own
  exec unshare --map-root-user --net "$0" "$@"
fi
test "${SUITE_NETWORK:-}" != own || ip link set lo up

modules=()
arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    api/*) name=${1#api/}; modules+=("bluesky_queueserver_api.tests.${name%.py}") ;;
    test_*::*) file=${1%%::*}; modules+=("bluesky_queueserver.manager.tests.${file%.py}::${1#*::}") ;;
    test_*) modules+=("bluesky_queueserver.manager.tests.${1%.py}") ;;
    -k | -m | --timeout | --maxfail) arguments+=("$1" "$2"); shift ;;
    *) arguments+=("$1") ;;
  esac
  shift
done
if [ ${#modules[@]} -eq 0 ]; then
  for name in $black_box; do modules+=("bluesky_queueserver.manager.tests.$name"); done
fi

folder=$(mktemp -d)
redis=
finish() {
  test -z "$redis" || kill "$redis" 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

if ! redis-cli ping >/dev/null 2>&1; then
  redis-server --port 6379 --bind 127.0.0.1 --save '' --appendonly no --dir "$folder" >"$folder/redis.log" 2>&1 &
  redis=$!
  for _ in $(seq 100); do
    redis-cli ping >/dev/null 2>&1 && break
    sleep 0.05
  done
fi
for port in 60615 60625; do
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    echo "Port $port is taken: stop the manager that listens there." >&2
    exit 1
  fi
done

mkdir "$folder/bin" "$folder/work" "$folder/tmp"
# Simulated devices of ophyd make a folder each and leave it behind.
export TMPDIR=$folder/tmp
for program in "$root"/bin/*.mjs; do
  name=$(basename "$program" .mjs)
  case $name in
    beamtime | launch) continue ;;
    qserver*) test "${SUITE_QSERVER:-ours}" = ours || continue ;;
  esac
  ln -s "$program" "$folder/bin/$name"
done
if [ ! -x "$folder/bin/start-re-manager" ]; then
  echo "There is no bin/start-re-manager.mjs." >&2
  exit 1
fi
# The tests know only what their own arguments say; what is ours comes by the environment.
export PATH="$folder/bin:$root/node_modules/node/bin:$bin:$PATH"
export BEAMTIME_WORKER=python BEAMTIME_PYTHON=$python BEAMTIME_DATA=$folder/data
export USE_IPYKERNEL=false USE_ZMQ_ENCODING=${USE_ZMQ_ENCODING:-json} MPLBACKEND=agg PYTHONDONTWRITEBYTECODE=1

# The tests of bluesky-queueserver-api take fixtures of the HTTP server's package; ours start `beamtime gateway`.
own=$root/packages/queue-manager/conformance/queueserver-suite
export PYTHONPATH=$own SUITE_BEAMTIME=$root/bin/beamtime.mjs

cd "$folder/work"
status=0
"$python" -m pytest -p suite_plugin -p no:cacheprovider --rootdir "$folder/work" --timeout 240 --tb short -v --no-header \
  -o asyncio_default_fixture_loop_scope=function -o console_output_style=times \
  --pyargs "${modules[@]}" "${arguments[@]}" 2>&1 | tee "$folder/output" || status=$?
count() {
  grep -E '^total ' "$folder/output" | tail -n 1 | tr -s ' ' | cut -d' ' -f"$1"
}
printf '%s passed, %s failed\n' "$(count 3)" "$(count 4)"
test "$status" -eq 0 && test "$(count 3)" -gt 0
