"""Produces argv[2] records of 1 KiB to topic bench of argv[1] as fast as librdkafka can and prints JSON."""

import json
import sys
import time

from confluent_kafka import Producer

server, count = sys.argv[1], int(sys.argv[2])
errors = 0


def delivered(error, _message):
    global errors
    errors += error is not None


producer = Producer(
    {
        "bootstrap.servers": server,
        "linger.ms": 20,
        "batch.num.messages": 1000,
        "batch.size": 2_000_000,
        "message.max.bytes": 4_000_000,
        "queue.buffering.max.messages": 1_000_000,
        "delivery.report.only.error": True,
        "acks": 1,
    }
)
value = b"x" * 1024
started = time.time()
for i in range(count):
    while True:
        try:
            producer.produce("bench", value, on_delivery=delivered)
            break
        except BufferError:
            producer.poll(0.01)
    if i % 10000 == 0:
        producer.poll(0)
producer.flush()
print(json.dumps({"seconds": time.time() - started, "count": count, "errors": errors}))
