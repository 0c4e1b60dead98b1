"""confluent-kafka-python (librdkafka) against the broker at argv[1]. One JSON line per case on standard output."""

import json
import sys
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
    ResourceType,
)

server = sys.argv[1]
admin = AdminClient({"bootstrap.servers": server})


def equal(actual, expected, what):
    if actual != expected:
        raise AssertionError(f"{what}: {actual!r} instead of {expected!r}")


def create(name, partitions=1, replication=1, config=None):
    topic = NewTopic(name, partitions, replication, config=config or {})
    for future in admin.create_topics([topic]).values():
        future.result(10)


def produce(topic, values, config=None, **fields):
    failed, offsets = [], []

    def delivered(error, message):
        failed.append(error) if error else offsets.append((message.partition(), message.offset()))

    producer = Producer({"bootstrap.servers": server, "linger.ms": 5, **(config or {})})
    for value in values:
        producer.produce(topic, value=value, on_delivery=delivered, **fields)
        producer.poll(0)
    equal(producer.flush(30), 0, "undelivered")
    equal(failed, [], "errors")
    return offsets


def read_all(topic, group, partitions=1, config=None, seconds=20):
    """Reads from the beginning to the end of every partition as a member of a group."""
    settings = {
        "bootstrap.servers": server,
        "group.id": group,
        "auto.offset.reset": "earliest",
        "enable.partition.eof": True,
        "enable.auto.commit": False,
        **(config or {}),
    }
    consumer = Consumer(settings)
    consumer.subscribe([topic])
    messages, ended, deadline = [], set(), time.time() + seconds
    while len(ended) < partitions:
        if time.time() > deadline:
            raise AssertionError(f"{len(messages)} messages and {len(ended)} ends after {seconds} s")
        message = consumer.poll(0.5)
        if message is None:
            continue
        if message.error():
            equal(message.error().code(), KafkaError._PARTITION_EOF, "error")
            ended.add(message.partition())
            continue
        messages.append(message)
    return consumer, messages


def case_create_topic_with_replication_three():
    create("ck-created", 3, 3, {"retention.ms": "-1"})
    equal(len(admin.list_topics("ck-created", 5).topics["ck-created"].partitions), 3, "partitions")


def case_create_existing_topic():
    create("ck-twice")
    try:
        create("ck-twice")
    except KafkaException as error:
        equal(error.args[0].code(), KafkaError.TOPIC_ALREADY_EXISTS, "code")
        equal(error.args[0].str(), "Topic 'ck-twice' already exists.", "text")
        return
    raise AssertionError("no error")


def case_delete_and_create_again_at_once():
    for _ in range(5):
        create("ck-again")
        produce("ck-again", [b"x"])
        for future in admin.delete_topics(["ck-again"], operation_timeout=5).values():
            future.result(10)
    create("ck-again")
    equal(produce("ck-again", [b"y"]), [(0, 0)], "offset in the new topic")


def codec_case(codec):
    def run():
        topic = f"ck-{codec}"
        create(topic)
        values = [f"{codec} {i} ".encode() * 30 for i in range(2000)]
        offsets = produce(topic, values, {"compression.type": codec, "enable.idempotence": True})
        equal([offset for _, offset in offsets], list(range(2000)), "offsets")
        consumer, messages = read_all(topic, f"{topic}-group")
        consumer.close()
        equal([message.value() for message in messages], values, "values")

    return run


def case_headers_keys_and_nulls():
    create("ck-parts")
    produce("ck-parts", [None], key=b"k", headers=[("a", b"1"), ("a", b"2"), ("n", None)], timestamp=1_600_000_000_000)
    consumer, [message] = read_all("ck-parts", "ck-parts-group")
    consumer.close()
    equal((message.key(), message.value()), (b"k", None), "key and value")
    equal(message.headers(), [("a", b"1"), ("a", b"2"), ("n", None)], "headers")
    equal(message.timestamp(), (1, 1_600_000_000_000), "timestamp")


def case_group_commits_and_resumes():
    create("ck-resume", 2)
    produce("ck-resume", [str(i).encode() for i in range(100)])
    consumer, messages = read_all("ck-resume", "ck-resume-group", 2)
    equal(len(messages), 100, "first read")
    consumer.commit(asynchronous=False)
    committed = consumer.committed([TopicPartition("ck-resume", 0), TopicPartition("ck-resume", 1)])
    equal(sum(partition.offset for partition in committed), 100, "committed")
    consumer.close()
    produce("ck-resume", [b"new"])
    consumer, messages = read_all("ck-resume", "ck-resume-group", 2)
    consumer.close()
    equal([message.value() for message in messages], [b"new"], "second read")


def case_two_members_share_partitions():
    create("ck-shared", 4)
    settings = {"bootstrap.servers": server, "group.id": "ck-shared-group", "session.timeout.ms": 6000}
    members = [Consumer(settings), Consumer({**settings, "partition.assignment.strategy": "roundrobin,range"})]
    for member in members:
        member.subscribe(["ck-shared"])
    deadline = time.time() + 30
    while sorted(len(member.assignment()) for member in members) != [2, 2]:
        if time.time() > deadline:
            raise AssertionError([len(member.assignment()) for member in members])
        for member in members:
            member.poll(0.1)
    members[0].close()
    while len(members[1].assignment()) != 4:
        if time.time() > deadline:
            raise AssertionError("the partitions of the member that left stay alone")
        members[1].poll(0.1)
    members[1].close()


def case_cooperative_sticky():
    create("ck-sticky", 4)
    produce("ck-sticky", [b"v"] * 40)
    config = {"partition.assignment.strategy": "cooperative-sticky"}
    consumer, messages = read_all("ck-sticky", "ck-sticky-group", 4, config)
    consumer.close()
    equal(len(messages), 40, "messages")


def case_static_member_keeps_its_place():
    create("ck-static")
    produce("ck-static", [b"v"])
    config = {"group.instance.id": "instance-1", "session.timeout.ms": 6000}
    for expected in (1, 1):
        consumer, messages = read_all("ck-static", "ck-static-group", 1, config)
        equal(len(messages), expected, "messages")
        consumer.close()


def case_offsets_for_times_and_watermarks():
    create("ck-times")
    for i in range(5):
        produce("ck-times", [b"v"], timestamp=1_700_000_000_000 + i * 1000)
    consumer = Consumer({"bootstrap.servers": server, "group.id": "ck-times-group"})
    partition = TopicPartition("ck-times", 0)
    equal(consumer.get_watermark_offsets(partition), (0, 5), "watermarks")
    found = consumer.offsets_for_times([TopicPartition("ck-times", 0, 1_700_000_002_500)])
    equal(found[0].offset, 3, "offset")
    consumer.close()
    latest = admin.list_offsets({partition: OffsetSpec.max_timestamp()})[partition].result(10)
    equal((latest.offset, latest.timestamp), (4, 1_700_000_004_000), "largest time")


def case_offsets_for_times_within_compressed_batches():
    for codec in ("gzip", "snappy", "lz4", "zstd"):
        topic = f"ck-times-{codec}"
        create(topic)
        producer = Producer({"bootstrap.servers": server, "compression.type": codec, "linger.ms": 100})
        for i in range(100):
            producer.produce(topic, b"value " * 20, timestamp=1_700_000_000_000 + i)
        producer.flush(10)
        consumer = Consumer({"bootstrap.servers": server, "group.id": f"{topic}-group"})
        found = consumer.offsets_for_times([TopicPartition(topic, 0, 1_700_000_000_042)])
        equal(found[0].offset, 42, codec)
        consumer.close()


def case_describe_and_list_groups():
    create("ck-described")
    produce("ck-described", [b"v"])
    consumer, _ = read_all("ck-described", "ck-described-group")
    listed = [group.group_id for group in admin.list_consumer_groups().result(10).valid]
    equal("ck-described-group" in listed, True, "listed")
    group = admin.describe_consumer_groups(["ck-described-group"])["ck-described-group"].result(10)
    equal(group.state.name, "STABLE", "state")
    partitions = [p.partition for p in group.members[0].assignment.topic_partitions]
    equal(partitions, [0], "assignment")
    consumer.close()
    for future in admin.delete_consumer_groups(["ck-described-group"]).values():
        future.result(10)


def case_configs_and_partitions():
    create("ck-config", 1, 1, {"retention.ms": "1000000"})
    resource = ConfigResource(ResourceType.TOPIC, "ck-config")
    described = admin.describe_configs([resource])[resource].result(10)
    equal(described["retention.ms"].value, "1000000", "retention.ms")
    change = ConfigEntry("segment.bytes", "2097152", incremental_operation=AlterConfigOpType.SET)
    changed = ConfigResource(ResourceType.TOPIC, "ck-config", incremental_configs=[change])
    for future in admin.incremental_alter_configs([changed]).values():
        future.result(10)
    described = admin.describe_configs([resource])[resource].result(10)
    equal(described["segment.bytes"].value, "2097152", "segment.bytes")
    equal(described["retention.ms"].value, "1000000", "retention.ms after the change")
    for future in admin.create_partitions([NewPartitions("ck-config", 3)]).values():
        future.result(10)
    equal(len(admin.list_topics("ck-config", 5).topics["ck-config"].partitions), 3, "partitions")


def case_bad_config_is_refused():
    try:
        create("ck-bad", 1, 1, {"retention.ms": "soon"})
    except KafkaException as error:
        equal(error.args[0].code(), KafkaError.INVALID_CONFIG, "code")
        return
    raise AssertionError("no error")


def case_delete_records():
    create("ck-purge")
    produce("ck-purge", [b"v"] * 10)
    partition = TopicPartition("ck-purge", 0, 4)
    for future in admin.delete_records([partition]).values():
        equal(future.result(10).low_watermark, 4, "low watermark")
    consumer, messages = read_all("ck-purge", "ck-purge-group")
    consumer.close()
    equal([message.offset() for message in messages], [4, 5, 6, 7, 8, 9], "offsets")


def case_too_large_message():
    create("ck-small", 1, 1, {"max.message.bytes": "1000"})
    errors = []
    producer = Producer({"bootstrap.servers": server})
    producer.produce("ck-small", b"x" * 5000, on_delivery=lambda error, _: errors.append(error))
    producer.flush(10)
    equal(errors[0] and errors[0].code(), KafkaError.MSG_SIZE_TOO_LARGE, "code")


def case_describe_cluster():
    cluster = admin.describe_cluster().result(10)
    equal(len(cluster.cluster_id), 22, "length of the cluster id")
    equal([node.id for node in cluster.nodes], [1], "nodes")


def case_many_partitions_one_consumer():
    create("ck-many", 64)
    produce("ck-many", [b"v"] * 640)
    consumer, messages = read_all("ck-many", "ck-many-group", 64)
    consumer.close()
    equal(len(messages), 640, "messages")


def case_acks_zero():
    create("ck-acks0")
    produce("ck-acks0", [b"v"] * 100, {"acks": 0})
    consumer, messages = read_all("ck-acks0", "ck-acks0-group")
    consumer.close()
    equal(len(messages), 100, "messages")


def transactional(name):
    producer = Producer({"bootstrap.servers": server, "transactional.id": name})
    producer.init_transactions(20)
    return producer


def case_transactions():
    create("ck-txn", 3)
    producer = transactional("ck-txn-id")
    for attempt in range(6):
        producer.begin_transaction()
        for i in range(30):
            producer.produce("ck-txn", f"{attempt} {i}".encode(), partition=i % 3)
        # Longer than one request, so that an abort has something to take back.
        producer.flush(10)
        producer.commit_transaction(20) if attempt % 2 else producer.abort_transaction(20)
    consumer, messages = read_all("ck-txn", "ck-txn-committed", 3, {"isolation.level": "read_committed"})
    consumer.close()
    expected = sorted(f"{attempt} {i}" for attempt in (1, 3, 5) for i in range(30))
    equal(sorted(message.value().decode() for message in messages), expected, "committed records")
    consumer, messages = read_all("ck-txn", "ck-txn-all", 3, {"isolation.level": "read_uncommitted"})
    consumer.close()
    equal(len(messages), 180, "records of all attempts")


def case_offsets_in_transactions():
    create("ck-txn-in")
    create("ck-txn-out")
    produce("ck-txn-in", [str(i).encode() for i in range(20)])
    settings = {
        "bootstrap.servers": server,
        "group.id": "ck-txn-workers",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
    consumer = Consumer(settings)
    consumer.subscribe(["ck-txn-in"])
    producer = transactional("ck-txn-worker")
    done, rounds = 0, 0
    while done < 20:
        messages = consumer.consume(5, 5)
        rounds += 1
        producer.begin_transaction()
        for message in messages:
            producer.produce("ck-txn-out", message.value())
        positions = consumer.position(consumer.assignment())
        producer.send_offsets_to_transaction(positions, consumer.consumer_group_metadata(), 20)
        if rounds % 2 == 0:
            producer.abort_transaction(20)
            for partition in consumer.committed(consumer.assignment(), 10):
                consumer.seek(TopicPartition(partition.topic, partition.partition, max(partition.offset, 0)))
        else:
            producer.commit_transaction(20)
            done += len(messages)
    consumer.close()
    reader, messages = read_all("ck-txn-out", "ck-txn-readers", 1, {"isolation.level": "read_committed"})
    reader.close()
    equal([message.value() for message in messages], [str(i).encode() for i in range(20)], "records")


def case_a_second_producer_fences_the_first():
    create("ck-txn-fence")
    first = transactional("ck-txn-fenced")
    first.begin_transaction()
    first.produce("ck-txn-fence", b"of the first")
    first.flush(10)
    second = transactional("ck-txn-fenced")
    second.begin_transaction()
    second.produce("ck-txn-fence", b"of the second")
    second.commit_transaction(20)
    try:
        first.commit_transaction(20)
        raise AssertionError("the first producer could still commit")
    except KafkaException as error:
        equal(error.args[0].fatal(), True, "fatal")
    consumer, messages = read_all("ck-txn-fence", "ck-txn-fence", 1, {"isolation.level": "read_committed"})
    consumer.close()
    equal([message.value() for message in messages], [b"of the second"], "records")


cases = {name[5:].replace("_", " "): run for name, run in list(globals().items()) if name.startswith("case_")}
for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
    cases[f"idempotent produce and group read with {codec}"] = codec_case(codec)

for name, run in cases.items():
    try:
        run()
        outcome = {"kind": "pass"}
    except NotImplementedError as error:
        outcome = {"kind": "unsupported", "reason": str(error)}
    except Exception as error:  # noqa: BLE001 - any failure is a result
        outcome = {"kind": "fail", "reason": f"{type(error).__name__}: {error}"}
    print(json.dumps({"client": "confluent-kafka", "name": name, "outcome": outcome}), flush=True)
