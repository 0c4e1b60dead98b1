#!/usr/bin/env bash
# The same requests to the Python manager and to ours, with either worker; each answer is compared word by word.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
python=$("$root/tools/peers/queueserver.sh" --python)
bin=${python%/python}
here=$root/packages/queue-manager/conformance/queueserver-answers
if ! command -v redis-server >/dev/null; then
  as_root=$(test "$(id -u)" -eq 0 || echo sudo)
  $as_root apt-get update -qq
  $as_root apt-get install -y -qq --no-install-recommends redis-server >/dev/null
fi
# Both managers use the default ports. In a network of its own nothing else can hold them.
if [ -z "${SUITE_NETWORK:-}" ] && unshare --map-root-user --net ip link set lo up 2>/dev/null; then
  export SUITE_NETWORK=own
  exec unshare --map-root-user --net "$0" "$@"
fi
test "${SUITE_NETWORK:-}" != own || ip link set lo up

folder=$(mktemp -d)
mkdir "$folder/tmp"
# Simulated devices of ophyd make a folder each and leave it behind.
export TMPDIR=$folder/tmp
redis-server --port 6379 --bind 127.0.0.1 --save '' --appendonly no --dir "$folder" >"$folder/redis.log" 2>&1 &
redis=$!
trap 'kill $redis 2>/dev/null || true; rm -rf "$folder"' EXIT
for _ in $(seq 100); do
  redis-cli ping >/dev/null 2>&1 && break
  sleep 0.05
done
export PATH=$root/node_modules/node/bin:$bin:$PATH MPLBACKEND=agg PYTHONDONTWRITEBYTECODE=1
cd "$folder"
python "$here/answers.py" python "$bin/start-re-manager" >theirs.jsonl
passed=0 failed=0
for worker in python native; do
  redis-cli flushall >/dev/null
  BEAMTIME_WORKER=$worker BEAMTIME_PYTHON=$python BEAMTIME_DATA=$folder/$worker \
    python "$here/answers.py" "$worker" "$root/bin/start-re-manager.mjs" >"$worker.jsonl"
  echo "== $worker worker"
  python "$here/compare.py" theirs.jsonl "$worker.jsonl" "$worker" | tee "$worker.txt" || true
  read -r one _ two _ < <(tail -n 1 "$worker.txt")
  passed=$((passed + one)) failed=$((failed + two))
done
echo "$passed passed, $failed failed"
test "$failed" -eq 0 && test "$passed" -gt 0
