"""confluent-kafka: the C library librdkafka with a thin Python layer."""

import time

import confluent_kafka
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from steps import CODECS, SENT, equal, prefix, run, server, until

admin = AdminClient({"bootstrap.servers": server})


def create(topic, partitions=1):
    for future in admin.create_topics([NewTopic(topic, partitions, 1)]).values():
        future.result(10)
    until(f"{topic} is there", lambda: topic in admin.list_topics(timeout=10).topics)


def produce(topic, values, codec="none"):
    failed = []
    producer = Producer({"bootstrap.servers": server, "compression.type": codec, "linger.ms": 50})
    for value in values:
        producer.produce(topic, value, on_delivery=lambda error, _: error and failed.append(error))
    equal(producer.flush(30), 0, "undelivered")
    equal(failed, [], "errors")


def member(group, **settings):
    return Consumer(
        {
            "bootstrap.servers": server,
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": 6000,
            "heartbeat.interval.ms": 500,
            **settings,
        }
    )


def take(consumer, count):
    values = []
    deadline = time.time() + 30
    while len(values) < count and time.time() < deadline:
        message = consumer.poll(0.5)
        if message is not None and message.error() is None:
            values.append(message.value().decode())
    return values


def read(topic, count, offset=0):
    consumer = member(f"{topic}-reader")
    consumer.assign([TopicPartition(topic, 0, offset)])
    try:
        return take(consumer, count)
    finally:
        consumer.close()


def produce_codec(codec):
    return lambda: produce(f"{prefix}-{codec}", SENT, codec)


def step_list():
    topics = admin.list_topics(timeout=10).topics
    equal(len(topics[f"{prefix}-created"].partitions), 3, "partitions")


def step_consume():
    for codec in CODECS:
        equal(read(f"{prefix}-{codec}", len(SENT)), SENT, codec)


def step_group():
    create(f"{prefix}-grouped")
    for values in (["one", "two"], ["three"]):
        produce(f"{prefix}-grouped", values)
        consumer = member(f"{prefix}-grouped-group")
        consumer.subscribe([f"{prefix}-grouped"])
        equal(take(consumer, len(values)), values, "values")
        consumer.commit(asynchronous=False)
        consumer.close()


def step_rebalance():
    create(f"{prefix}-shared", 4)
    members = [member(f"{prefix}-shared-group") for _ in range(2)]

    def held():
        for one in members:
            one.poll(0.1)
        return [len(one.assignment()) for one in members]

    for one in members:
        one.subscribe([f"{prefix}-shared"])
    until("two partitions each", lambda: held() == [2, 2])
    members.pop(0).close()
    until("four partitions for one", lambda: held() == [4])
    members[0].close()


def step_seek_offset():
    create(f"{prefix}-seek-offset")
    produce(f"{prefix}-seek-offset", "01234")
    equal(read(f"{prefix}-seek-offset", 2, 3), ["3", "4"], "from offset 3")


def step_seek_time():
    topic = f"{prefix}-seek-time"
    create(topic)
    produce(topic, "012")
    time.sleep(0.005)
    when = int(time.time() * 1000)
    time.sleep(0.005)
    produce(topic, "34")
    consumer = member(f"{topic}-lookup")
    [found] = consumer.offsets_for_times([TopicPartition(topic, 0, when)], timeout=10)
    consumer.close()
    equal(found.offset, 3, "offset of a time")
    equal(read(topic, 2, found.offset), ["3", "4"], "from that time")


def step_delete():
    for future in admin.delete_topics([f"{prefix}-created"]).values():
        future.result(10)
    until("not listed", lambda: f"{prefix}-created" not in admin.list_topics(timeout=10).topics)


run(
    f"{confluent_kafka.__version__}, librdkafka {confluent_kafka.libversion()[0]}",
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
