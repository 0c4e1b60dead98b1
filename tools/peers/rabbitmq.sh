#!/usr/bin/env bash
# A private RabbitMQ node of Debian's package on a free port: `rabbitmq.sh start FOLDER` prints its port, `rabbitmq.sh stop FOLDER`
# ends it, `rabbitmq.sh kill FOLDER` ends it without a word. RABBITMQ_PORT chooses the port. It runs as the caller, keeps everything in FOLDER and is not a service.
set -eu
action=${1:-}
folder=${2:-}
if [ -z "$action" ] || [ -z "$folder" ]; then
  echo "usage: rabbitmq.sh start|stop|kill|restart FOLDER" >&2
  exit 2
fi
server=/usr/lib/rabbitmq/bin/rabbitmq-server
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
is_listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

run() {
  port=$(cat "$folder/port")
  export HOME=$folder
  export RABBITMQ_NODENAME=beamtime-$port@localhost RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT=$port
  export RABBITMQ_DIST_PORT=$(cat "$folder/dist-port") ERL_EPMD_PORT=$(cat "$folder/epmd-port") ERL_EPMD_ADDRESS=127.0.0.1
  export RABBITMQ_MNESIA_BASE=$folder/mnesia RABBITMQ_LOG_BASE=$folder/log RABBITMQ_PID_FILE=$folder/pid
  export RABBITMQ_CONFIG_FILE=$folder/rabbitmq RABBITMQ_ENABLED_PLUGINS_FILE=$folder/plugins RABBITMQ_USE_LONGNAME=false
  setsid "$server" >"$folder/out" 2>&1 &
  for _ in $(seq 600); do
    if is_listening "$port"; then
      echo "$port"
      return
    fi
    sleep 0.1
  done
  tail -20 "$folder/out" >&2
  exit 1
}

case $action in
  start)
    if [ ! -x "$server" ]; then
      echo "rabbitmq-server is not installed: apt-get install rabbitmq-server" >&2
      exit 77
    fi
    mkdir -p "$folder/log" "$folder/mnesia"
    if [ -n "${RABBITMQ_PORT:-}" ]; then echo "$RABBITMQ_PORT" >"$folder/port"; else free_port >"$folder/port"; fi
    free_port >"$folder/dist-port"
    free_port >"$folder/epmd-port"
    echo 'log.console = false' >"$folder/rabbitmq.conf"
    echo '[].' >"$folder/plugins"
    run
    ;;
  restart) run ;;
  stop | kill)
    # The Erlang machine writes its own id there; epmd is told by its port.
    signal=TERM
    [ "$action" = kill ] && signal=KILL
    pid=$(cat "$folder/pid" 2>/dev/null || true)
    if [ -n "$pid" ]; then
      kill -"$signal" "$pid" 2>/dev/null || true
      for _ in $(seq 300); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
      done
    fi
    if [ "$action" = stop ]; then
      ERL_EPMD_PORT=$(cat "$folder/epmd-port") ERL_EPMD_ADDRESS=127.0.0.1 epmd -kill >/dev/null 2>&1 || true
    fi
    ;;
  *) echo "unknown: $action" >&2 && exit 2 ;;
esac
