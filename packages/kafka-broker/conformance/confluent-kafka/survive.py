"""Writes numbered records to four partitions and consumes them in a group while the broker is killed and started again, until
standard input closes; then checks that each number is there once and in order. One JSON line per case."""

import json
import sys
import threading

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

server, topic, partitions = sys.argv[1], "survive", 4
admin = AdminClient({"bootstrap.servers": server})
for future in admin.create_topics([NewTopic(topic, partitions, 1)]).values():
    future.result(20)
stop = threading.Event()
sent = [0] * partitions
failed = []


def produce():
    producer = Producer(
        {
            "bootstrap.servers": server,
            "enable.idempotence": True,
            "acks": "all",
            "linger.ms": 2,
            "reconnect.backoff.max.ms": 100,
            "retry.backoff.ms": 20,
            "message.timeout.ms": 120000,
        }
    )

    def delivered(error, _message):
        if error:
            failed.append(str(error))

    while not stop.is_set():
        for partition in range(partitions):
            try:
                producer.produce(topic, str(sent[partition]).encode(), partition=partition, on_delivery=delivered)
            except BufferError:
                continue
            sent[partition] += 1
        producer.poll(0.001)
    if producer.flush(90) != 0:
        failed.append("not all records were delivered")


def consume():
    consumer = Consumer(
        {
            "bootstrap.servers": server,
            "group.id": "survive-group",
            "auto.offset.reset": "earliest",
            "auto.commit.interval.ms": 50,
            "reconnect.backoff.max.ms": 100,
        }
    )
    consumer.subscribe([topic])
    while not stop.is_set():
        consumer.poll(0.05)
    consumer.close()


threads = [threading.Thread(target=produce), threading.Thread(target=consume)]
for thread in threads:
    thread.start()
print("started", flush=True)
sys.stdin.read()
stop.set()
for thread in threads:
    thread.join()

reader = Consumer({"bootstrap.servers": server, "group.id": "survive-check", "enable.partition.eof": True, "enable.auto.commit": False})
reader.assign([TopicPartition(topic, partition, 0) for partition in range(partitions)])
found, ended = [[] for _ in range(partitions)], set()
while len(ended) < partitions:
    message = reader.poll(1)
    if message is None:
        continue
    if message.error():
        if message.error().code() == KafkaError._PARTITION_EOF:
            ended.add(message.partition())
        continue
    found[message.partition()].append(int(message.value()))
ends = [reader.get_watermark_offsets(TopicPartition(topic, partition))[1] for partition in range(partitions)]
reader.close()
group = Consumer({"bootstrap.servers": server, "group.id": "survive-group"})
committed = group.committed([TopicPartition(topic, partition) for partition in range(partitions)], timeout=10)
group.close()


def outcome(problem):
    return {"kind": "pass"} if problem is None else {"kind": "fail", "reason": problem}


def once_and_in_order():
    if failed:
        return f"{len(failed)} deliveries failed: {failed[0]}"
    for partition in range(partitions):
        if found[partition] != list(range(sent[partition])):
            missing = set(range(sent[partition])) - set(found[partition])
            return f"partition {partition}: {len(found[partition])} read of {sent[partition]} sent, {len(missing)} missing"
    return None


def offsets_within_the_log():
    for partition in committed:
        if partition.offset > ends[partition.partition]:
            return f"committed {partition.offset} of {ends[partition.partition]}"
    return None if any(partition.offset > 0 for partition in committed) else "nothing was committed"


for name, problem in (
    (f"{sum(sent)} idempotent records over the kills are there once and in order", once_and_in_order()),
    ("no committed offset lies beyond the log", offsets_within_the_log()),
):
    print(json.dumps({"client": "confluent-kafka", "name": name, "outcome": outcome(problem)}), flush=True)
