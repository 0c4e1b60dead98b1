"""kafka-python, pure Python, in the version of whichever Python runs this (Debian and PyPI have different ones)."""

import threading
import time

import kafka
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic
from steps import CODECS, SENT, equal, prefix, run, server, until

admin = KafkaAdminClient(bootstrap_servers=server)


def create(topic, partitions=1):
    admin.create_topics([NewTopic(topic, partitions, 1)])
    until(f"{topic} is there", lambda: topic in admin.list_topics())


def produce(topic, values, codec="none"):
    producer = KafkaProducer(
        bootstrap_servers=server, compression_type=None if codec == "none" else codec, linger_ms=50
    )
    futures = [producer.send(topic, value.encode()) for value in values]
    producer.flush(30)
    for future in futures:
        future.get(10)
    producer.close()


def member(group=None, **settings):
    return KafkaConsumer(
        bootstrap_servers=server,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=6000,
        heartbeat_interval_ms=500,
        **settings,
    )


def take(consumer, count):
    values = []
    deadline = time.time() + 30
    while len(values) < count and time.time() < deadline:
        for records in consumer.poll(timeout_ms=500).values():
            values += [record.value.decode() for record in records]
    return values


def read(topic, count, offset=None):
    consumer = member()
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    if offset is not None:
        consumer.seek(partition, offset)
    try:
        return take(consumer, count)
    finally:
        consumer.close()


def produce_codec(codec):
    return lambda: produce(f"{prefix}-{codec}", SENT, codec)


def step_list():
    consumer = member()
    equal(f"{prefix}-created" in consumer.topics(), True, "listed")
    equal(len(consumer.partitions_for_topic(f"{prefix}-created")), 3, "partitions")
    consumer.close()


def step_consume():
    for codec in CODECS:
        equal(read(f"{prefix}-{codec}", len(SENT)), SENT, codec)


def step_group():
    topic = f"{prefix}-grouped"
    create(topic)
    for values in (["one", "two"], ["three"]):
        produce(topic, values)
        consumer = member(f"{topic}-group")
        consumer.subscribe([topic])
        equal(take(consumer, len(values)), values, "values")
        consumer.commit()
        consumer.close()


class Polling(threading.Thread):
    """A member in a thread of its own, since joining a group waits for the other members."""

    def __init__(self, topic):
        super().__init__(daemon=True)
        self.consumer = member(f"{topic}-group")
        self.consumer.subscribe([topic])
        self.held = 0
        self.ended = threading.Event()
        self.start()

    def run(self):
        while not self.ended.is_set():
            self.consumer.poll(timeout_ms=200)
            self.held = len(self.consumer.assignment())
        self.consumer.close()

    def stop(self):
        self.ended.set()
        self.join(20)


def step_rebalance():
    topic = f"{prefix}-shared"
    create(topic, 4)
    first, second = Polling(topic), Polling(topic)
    try:
        until("two partitions each", lambda: [first.held, second.held] == [2, 2])
        first.stop()
        until("four partitions for one", lambda: second.held == 4)
    finally:
        first.stop()
        second.stop()


def step_seek_offset():
    topic = f"{prefix}-seek-offset"
    create(topic)
    produce(topic, "01234")
    equal(read(topic, 2, 3), ["3", "4"], "from offset 3")


def step_seek_time():
    topic = f"{prefix}-seek-time"
    create(topic)
    produce(topic, "012")
    time.sleep(0.005)
    when = int(time.time() * 1000)
    time.sleep(0.005)
    produce(topic, "34")
    consumer = member()
    partition = TopicPartition(topic, 0)
    found = consumer.offsets_for_times({partition: when})[partition]
    consumer.close()
    equal(found.offset, 3, "offset of a time")
    equal(read(topic, 2, found.offset), ["3", "4"], "from that time")


def step_delete():
    admin.delete_topics([f"{prefix}-created"])
    until("not listed", lambda: f"{prefix}-created" not in admin.list_topics())


run(
    kafka.__version__,
    {
        "create": lambda: create(f"{prefix}-created", 3),
        "list": step_list,
        **{codec: produce_codec(codec) for codec in CODECS},
        "consume": step_consume,
        "group": step_group,
        "rebalance": step_rebalance,
        "seek offset": step_seek_offset,
        "seek time": step_seek_time,
        "delete": step_delete,
    },
)
