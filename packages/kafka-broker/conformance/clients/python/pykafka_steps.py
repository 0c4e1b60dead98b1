"""pykafka: request versions 0 and 1 and the message formats of that time, and no question for what the server knows."""

import time

import pykafka
from pykafka import KafkaClient
from pykafka.common import CompressionType, OffsetType
from steps import SENT, equal, prefix, run, server, until

client = KafkaClient(hosts=server)
WAIT_MS = 20_000


def topic_of(name):
    """Asking for a topic makes it."""
    return client.topics[f"{prefix}-{name}".encode()]


def produce(name, values, codec=CompressionType.NONE):
    with topic_of(name).get_producer(compression=codec, linger_ms=50, min_queued_messages=100) as producer:
        for value in values:
            producer.produce(value.encode())


def take(consumer, count):
    values = []
    while len(values) < count:
        message = consumer.consume()
        if message is None:
            break
        values.append(message.value.decode())
    return values


def read(name, count, **settings):
    settings = {"auto_offset_reset": OffsetType.EARLIEST, "consumer_timeout_ms": WAIT_MS, **settings}
    consumer = topic_of(name).get_simple_consumer(**settings)
    try:
        return take(consumer, count)
    finally:
        consumer.stop()


def produce_codec(name):
    return lambda: produce(name, SENT, getattr(CompressionType, name.upper()))


def step_list():
    topic = topic_of("listed")
    equal(len(topic.partitions), 1, "partitions")
    equal([f"{b.host.decode()}:{b.port}" for b in client.brokers.values()], [server], "brokers")


def step_consume():
    for name in ("none", "gzip", "snappy", "lz4"):
        equal(read(name, len(SENT)), SENT, name)


def step_group():
    for values in (["one", "two"], ["three"]):
        produce("grouped", values)
        consumer = topic_of("grouped").get_balanced_consumer(
            consumer_group=f"{prefix}-grouped-group".encode(),
            managed=True,
            auto_offset_reset=OffsetType.EARLIEST,
            consumer_timeout_ms=WAIT_MS,
        )
        equal(take(consumer, len(values)), values, "values")
        consumer.commit_offsets()
        consumer.stop()


def step_rebalance():
    # One partition: the second member gets it when the first leaves.
    topic = topic_of("shared")
    settings = {"consumer_group": f"{prefix}-shared-group".encode(), "managed": True, "heartbeat_interval_ms": 500}
    members = [topic.get_balanced_consumer(**settings) for _ in range(2)]

    def held():
        return sorted(len(one.partitions or {}) for one in members)

    until("one has the partition", lambda: held() == [0, 1])
    members.sort(key=lambda one: len(one.partitions or {}))
    members.pop().stop()
    until("the other has it", lambda: held() == [1])
    members[0].stop()


def step_seek_offset():
    produce("seek-offset", "01234")
    topic = topic_of("seek-offset")
    consumer = topic.get_simple_consumer(consumer_timeout_ms=WAIT_MS)
    # reset_offsets takes the last offset that is done with.
    consumer.reset_offsets([(topic.partitions[0], 2)])
    equal(take(consumer, 2), ["3", "4"], "from offset 3")
    consumer.stop()


def step_seek_time():
    """ListOffsets of that time knows the begin of segments only: everything in this topic is in one."""
    produce("seek-time", "01234")
    topic = topic_of("seek-time")
    now = int(time.time() * 1000) + 60_000
    offsets = topic.fetch_offset_limits(now)
    equal(offsets[0].offset[0] in (0, 5), True, f"begin of a segment or the end, not {offsets[0].offset}")
    equal(topic.earliest_available_offsets()[0].offset, [0], "earliest")
    equal(topic.latest_available_offsets()[0].offset, [5], "latest")


run(
    pykafka.__version__,
    {
        "create": lambda: equal(len(topic_of("created").partitions), 1, "partitions"),
        "list": step_list,
        **{name: produce_codec(name) for name in ("none", "gzip", "snappy", "lz4")},
        "zstd": "knows gzip, snappy and lz4",
        "consume": step_consume,
        "group": step_group,
        "rebalance": step_rebalance,
        "seek offset": step_seek_offset,
        "seek time": step_seek_time,
        "delete": "no such call",
    },
)
