"""bluesky-kafka: documents in MessagePack over confluent-kafka, with the helpers that create, list and delete topics."""

import threading
import time

import bluesky_kafka
import confluent_kafka
from bluesky_kafka import BlueskyConsumer, Publisher
from bluesky_kafka.utils import create_topics, delete_topics, list_topics
from confluent_kafka import TopicPartition
from steps import CODECS, SENT, equal, prefix, run, server, until

WAIT = 30


def create(topic, partitions=1):
    create_topics(server, [topic], num_partitions=partitions, seconds_between_checks=0.5)


def publish(topic, names, codec="none"):
    """One document a name; the name is its uid."""
    failed = []
    publisher = Publisher(
        topic=topic,
        bootstrap_servers=server,
        key=None,
        producer_config={"compression.type": codec, "linger.ms": 50},
        on_delivery=lambda error, _: error and failed.append(error),
    )
    for name in names:
        publisher("start", {"uid": name, "time": time.time()})
    publisher.flush()
    equal(failed, [], "errors")


def consumer_of(topic, group, process_document, **settings):
    return BlueskyConsumer(
        topics=[topic],
        bootstrap_servers=server,
        group_id=group,
        consumer_config={
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "session.timeout.ms": 6000,
            "heartbeat.interval.ms": 500,
            **settings,
        },
        process_document=process_document,
    )


def read(topic, count, group, on_first=None):
    """uids of the documents until `count` are there; commits what was read. `on_first` may seek, then reading starts over."""
    uids = []
    first = [on_first]

    def process(consumer, _topic, _name, document):
        if first[0] is not None:
            first.pop()(consumer)
            first.append(None)
            return
        uids.append(document["uid"])
        if len(uids) == count:
            consumer.commit(asynchronous=False)

    deadline = time.time() + WAIT
    consumer = consumer_of(topic, group, process)
    consumer.start(continue_polling=lambda: len(uids) < count and time.time() < deadline)
    return uids


def publish_codec(codec):
    return lambda: publish(f"{prefix}-{codec}", SENT, codec)


def step_list():
    equal(len(list_topics(server)[f"{prefix}-created"].partitions), 3, "partitions")


def step_consume():
    for codec in CODECS:
        equal(read(f"{prefix}-{codec}", len(SENT), f"{prefix}-{codec}-reader"), SENT, codec)


def step_group():
    topic = f"{prefix}-grouped"
    create(topic)
    for names in (["one", "two"], ["three"]):
        publish(topic, names)
        equal(read(topic, len(names), f"{topic}-group"), names, "uids")


class Member(threading.Thread):
    """Only this thread asks its consumer for anything: librdkafka's Python layer would wait for itself."""

    def __init__(self, topic):
        super().__init__(daemon=True)
        self.consumer = consumer_of(topic, f"{topic}-group", lambda *_: None)
        self.held = 0
        self.ended = threading.Event()
        self.start()

    def count(self):
        self.held = len(self.consumer._consumer.assignment())

    def run(self):
        self.consumer.start(continue_polling=lambda: not self.ended.is_set(), work_during_wait=self.count)

    def stop(self):
        self.ended.set()
        self.join(20)


def step_rebalance():
    topic = f"{prefix}-shared"
    create(topic, 4)
    first, second = Member(topic), Member(topic)
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
    publish(topic, "01234")
    seek = lambda consumer: consumer.seek(TopicPartition(topic, 0, 3))  # noqa: E731
    equal(read(topic, 2, f"{topic}-reader", seek), ["3", "4"], "from offset 3")


def step_seek_time():
    topic = f"{prefix}-seek-time"
    create(topic)
    publish(topic, "012")
    time.sleep(0.005)
    when = int(time.time() * 1000)
    time.sleep(0.005)
    publish(topic, "34")

    def seek(consumer):
        [found] = consumer.offsets_for_times([TopicPartition(topic, 0, when)], timeout=10)
        consumer.seek(found)

    equal(read(topic, 2, f"{topic}-reader", seek), ["3", "4"], "from a time")


def step_delete():
    delete_topics(server, [f"{prefix}-created"], seconds_between_checks=0.5)
    until("not listed", lambda: f"{prefix}-created" not in list_topics(server))


run(
    f"{bluesky_kafka.__version__}, confluent-kafka {confluent_kafka.__version__}",
    {
        "create": lambda: create(f"{prefix}-created", 3),
        "list": step_list,
        **{codec: publish_codec(codec) for codec in CODECS},
        "consume": step_consume,
        "group": step_group,
        "rebalance": step_rebalance,
        "seek offset": step_seek_offset,
        "seek time": step_seek_time,
        "delete": step_delete,
    },
)
