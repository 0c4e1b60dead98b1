"""One client for both brokers: librdkafka through confluent-kafka. Prints one JSON object.

produce SERVER TOPIC SIZE COUNT ACKS | fetch SERVER TOPIC COUNT | latency SERVER TOPIC SIZE COUNT RATE
"""

import json
import struct
import sys
import threading
import time

from confluent_kafka import Consumer, Producer, TopicPartition

command, server, topic, *rest = sys.argv[1:]
now = time.perf_counter


def producer_of(acks, linger_ms):
    return Producer(
        {
            "bootstrap.servers": server,
            "acks": acks,
            "linger.ms": linger_ms,
            "batch.num.messages": 10_000,
            "batch.size": 1_000_000,
            "message.max.bytes": 2_000_000,
            "queue.buffering.max.messages": 1_000_000,
            "queue.buffering.max.kbytes": 1_000_000,
            "delivery.report.only.error": True,
        }
    )


def produce(size, count, acks):
    errors = []
    producer = producer_of(acks, 5)
    producer.list_topics(topic, timeout=10)
    value = b"x" * size
    started = now()
    for i in range(count):
        while True:
            try:
                producer.produce(topic, value, on_delivery=lambda error, _: errors.append(str(error)))
                break
            except BufferError:
                producer.poll(0.01)
        if i % 10_000 == 0:
            producer.poll(0)
    left = producer.flush(120)
    return {"seconds": now() - started, "errors": len(errors) + left}


def consumer_of():
    consumer = Consumer(
        {
            "bootstrap.servers": server,
            "group.id": "versus",
            "enable.auto.commit": False,
            "fetch.message.max.bytes": 8_388_608,
            "queued.max.messages.kbytes": 262_144,
            "fetch.wait.max.ms": 100,
        }
    )
    return consumer


def fetch(count):
    consumer = consumer_of()
    consumer.assign([TopicPartition(topic, 0, 0)])
    got = size = 0
    started = now()
    while got < count and now() - started < 120:
        for message in consumer.consume(10_000, 1.0):
            if message.error() is None:
                got += 1
                size += len(message)
    seconds = now() - started
    consumer.close()
    return {"seconds": seconds, "errors": count - got, "bytes": size}


def latency(size, count, rate):
    """Records at an even rate from one thread; another waits for them. Milliseconds from produce() to consume()."""
    consumer = consumer_of()
    consumer.assign([TopicPartition(topic, 0, 0)])
    producer = producer_of("all", 0)
    warm_up = rate
    delays = []

    def read():
        got = 0
        while got < count + warm_up:
            message = consumer.poll(5)
            if message is None:
                return
            if message.error() is None:
                arrived = now()
                got += 1
                if got > warm_up:
                    delays.append((arrived - struct.unpack_from("d", message.value())[0]) * 1000)

    reader = threading.Thread(target=read)
    reader.start()
    time.sleep(1)
    padding = b"x" * (size - 8)
    begin = now()
    for i in range(count + warm_up):
        while now() < begin + i / rate:
            time.sleep(0.0002)
        producer.produce(topic, struct.pack("d", now()) + padding)
        producer.poll(0)
    producer.flush(30)
    reader.join()
    consumer.close()
    delays.sort()
    at = lambda q: delays[min(len(delays) - 1, int(q * len(delays)))]  # noqa: E731
    return {"p50": at(0.5), "p99": at(0.99), "errors": count - len(delays)}


commands = {"produce": produce, "fetch": fetch, "latency": latency}
numbers = [int(word) if word.isdigit() else word for word in rest]
print(json.dumps(commands[command](*numbers)))
