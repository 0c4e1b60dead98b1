#!/usr/bin/env bash
# Apache Kafka itself, from Maven Central on the JDK that is there: the server to measure against and Java's own tools.
#   apache-kafka.sh fetch                       the jars, into the cache
#   apache-kafka.sh start PORT DIR [SASL_PORT]  one KRaft node with its data in DIR; returns when it serves. SASL_PORT adds
#                                               a listener with logins (alice, password secret; PLAIN and SCRAM-SHA-512)
#   apache-kafka.sh stop DIR
#   apache-kafka.sh classpath
#   apache-kafka.sh tool NAME ARGS...           kafka-topics.sh, kafka-console-consumer.sh, ... with the names Kafka gives them
set -eu
version=${BEAMTIME_APACHE_KAFKA_VERSION:-4.3.0}
log4j=2.25.3
cache=${BEAMTIME_PEERS_CACHE:-$HOME/.cache/beamtime-peers}/apache-kafka
libs=$cache/$version

missing() {
  echo "apache-kafka.sh: $1" >&2
  exit 3
}

fetch() {
  command -v java >/dev/null || missing 'no java on this machine (apt-get install default-jdk-headless)'
  test -e "$libs/complete" && return
  command -v mvn >/dev/null || missing 'no mvn on this machine (apt-get install maven)'
  mkdir -p "$libs"
  cat >"$libs/pom.xml" <<XML
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>beamtime</groupId><artifactId>apache-kafka-peer</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>$log4j</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-1.2-api</artifactId><version>$log4j</version></dependency>
  </dependencies>
</project>
XML
  mvn -q -B -f "$libs/pom.xml" dependency:copy-dependencies -DoutputDirectory="$libs/jars" >&2 ||
    missing "Maven could not get Apache Kafka $version"
  for level in info warn; do
    cat >"$libs/log4j2-$level.properties" <<PROPERTIES
appender.out.type = Console
appender.out.name = out
appender.out.target = SYSTEM_ERR
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = $level
rootLogger.appenderRef.out.ref = out
PROPERTIES
  done
  touch "$libs/complete"
}

# Most tools live for a second; only the measuring ones gain from the slower compiler.
java_tool() {
  local compiler=-XX:TieredStopAtLevel=1
  case $1 in *Perf* | *Latency* | *Verifiable*) compiler=-server ;; esac
  java ${KAFKA_HEAP_OPTS:--Xmx512m} "$compiler" \
    -Dlog4j2.configurationFile="$libs/log4j2-warn.properties" -cp "$libs/jars/*" "$@"
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

write_config() { # PORT DIR SASL_PORT
  local controller
  controller=$(free_port)
  local listeners="PLAINTEXT://127.0.0.1:$1"
  test -n "$3" && listeners="$listeners,LOGIN://127.0.0.1:$3"
  cat >"$2/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
controller.listener.names=CONTROLLER
listeners=$listeners,CONTROLLER://127.0.0.1:$controller
advertised.listeners=$listeners
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOGIN:SASL_PLAINTEXT
log.dirs=$2/data
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.login.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="secret";
listener.name.login.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
${BEAMTIME_APACHE_KAFKA_PROPERTIES:-}
PROPERTIES
}

start() {
  local port=$1 directory=$2 sasl=${3:-}
  mkdir -p "$directory"
  write_config "$port" "$directory" "$sasl"
  if ! test -e "$directory/data/meta.properties"; then
    java_tool kafka.tools.StorageTool format --config "$directory/server.properties" \
      --cluster-id QmVhbXRpbWVLYWZrYVBlZQ \
      --add-scram 'SCRAM-SHA-512=[name=alice,password=secret]' >"$directory/format.log" 2>&1 ||
      { cat "$directory/format.log" >&2; exit 1; }
  fi
  : >"$directory/server.log"
  # Heap and collector as Kafka's own start script sets them.
  nohup java ${KAFKA_HEAP_OPTS:--Xmx1G -Xms1G} -server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 \
    -XX:InitiatingHeapOccupancyPercent=35 -XX:+ExplicitGCInvokesConcurrent -Djava.awt.headless=true \
    -Dlog4j2.configurationFile="$libs/log4j2-info.properties" -cp "$libs/jars/*" \
    kafka.Kafka "$directory/server.properties" >"$directory/server.log" 2>&1 </dev/null &
  echo $! >"$directory/pid"
  for _ in $(seq 600); do
    grep -q 'Kafka Server started' "$directory/server.log" && return
    kill -0 "$(cat "$directory/pid")" 2>/dev/null || break
    sleep 0.05
  done
  tail -n 20 "$directory/server.log" >&2
  stop "$directory"
  exit 1
}

stop() {
  local pid
  pid=$(cat "$1/pid" 2>/dev/null) || return 0
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 200); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.05
  done
  kill -9 "$pid" 2>/dev/null || true
  rm -f "$1/pid"
}

class_of() {
  case ${1%.sh} in
    kafka-topics) echo org.apache.kafka.tools.TopicCommand ;;
    kafka-configs) echo kafka.admin.ConfigCommand ;;
    kafka-console-producer) echo org.apache.kafka.tools.ConsoleProducer ;;
    kafka-console-consumer) echo org.apache.kafka.tools.consumer.ConsoleConsumer ;;
    kafka-consumer-groups) echo org.apache.kafka.tools.consumer.group.ConsumerGroupCommand ;;
    kafka-verifiable-producer) echo org.apache.kafka.tools.VerifiableProducer ;;
    kafka-verifiable-consumer) echo org.apache.kafka.tools.VerifiableConsumer ;;
    kafka-producer-perf-test) echo org.apache.kafka.tools.ProducerPerformance ;;
    kafka-consumer-perf-test) echo org.apache.kafka.tools.ConsumerPerformance ;;
    kafka-e2e-latency) echo org.apache.kafka.tools.EndToEndLatency ;;
    kafka-get-offsets) echo org.apache.kafka.tools.GetOffsetShell ;;
    kafka-delete-records) echo org.apache.kafka.tools.DeleteRecordsCommand ;;
    kafka-dump-log) echo org.apache.kafka.tools.DumpLogSegments ;;
    kafka-broker-api-versions) echo org.apache.kafka.tools.BrokerApiVersionsCommand ;;
    kafka-log-dirs) echo org.apache.kafka.tools.LogDirsCommand ;;
    *) missing "no tool $1" ;;
  esac
}

command=${1:-}
test $# -gt 0 && shift
case $command in
  fetch) fetch ;;
  start) fetch && start "$@" ;;
  stop) stop "$@" ;;
  classpath) fetch && echo "$libs/jars/*" ;;
  version) echo "$version" ;;
  tool)
    fetch
    class=$(class_of "$1")
    shift
    java_tool "$class" "$@"
    ;;
  *)
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
