"""What a consumer of alerts does, with the packages that Rubin gives its users. Prints one JSON object.

  alerts.py versions                             schema versions of lsst.alert.packet, with their sample files
  alerts.py consume BROKER TOPIC COUNT CLIENT    decodes every message with the real deserialize_alert (schema 7.4)
  alerts.py decode BROKER TOPIC MAJOR MINOR      decodes the first message with that version of the schema
  alerts.py read FILE                            reads a container with fastavro
"""
import glob
import hashlib
import json
import os
import sys

import fastavro
import lsst.alert.packet
import lsst.alert.packet.schema
from lsst.alert.stream.serialization import deserialize_alert


def schema_of(major, minor):
    path = lsst.alert.packet.schema.get_schema_path(major, minor)
    return lsst.alert.packet.Schema.from_file(f"{path}/lsst.v{major}_{minor}.alert.avsc").definition


def messages(broker, topic, count, client):
    if client == "pykafka":
        import pykafka

        # As the README of the alert simulator has it.
        kafka = pykafka.KafkaClient(hosts=broker)
        consumer = kafka.topics[topic].get_simple_consumer(fetch_message_max_bytes=10000000, consumer_timeout_ms=30000)
        for raw in consumer:
            yield raw.value
            count -= 1
            if count == 0:
                return
    else:
        import confluent_kafka

        consumer = confluent_kafka.Consumer(
            {"bootstrap.servers": broker, "group.id": "alerts-py", "auto.offset.reset": "earliest", "enable.partition.eof": True}
        )
        partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        consumer.assign([confluent_kafka.TopicPartition(topic, one, confluent_kafka.OFFSET_BEGINNING) for one in partitions])
        while count > 0:
            message = consumer.poll(30)
            if message is None:
                raise SystemExit(f"{count} messages never came")
            if message.error() is None:
                yield message.value()
                count -= 1
        consumer.close()


def consume(broker, topic, count, client):
    schema = schema_of(7, 4)
    ids, digest, size = [], hashlib.sha256(), 0
    for value in messages(broker, topic, int(count), client):
        alert = deserialize_alert(value, schema=schema)
        ids.append(alert["alertId"])
        digest.update(value)
        size += len(value)
    return {"count": len(ids), "unique": len(set(ids)), "first": ids[0], "digest": digest.hexdigest(), "meanBytes": size / len(ids)}


def decode(broker, topic, major, minor):
    value = next(messages(broker, topic, 1, "confluent-kafka"))
    alert = deserialize_alert(value, schema=schema_of(int(major), int(minor)))
    return {"keys": sorted(alert), "id": alert.get("alertId", alert.get("diaSourceId"))}


def versions():
    root = os.path.join(os.path.dirname(lsst.alert.packet.__file__), "schema")
    found = []
    for path in sorted(glob.glob(os.path.join(root, "*", "*", "sample_data", "fakeAlert.avro"))):
        major, minor = path.split(os.sep)[-4:-2]
        found.append({"major": int(major), "minor": int(minor), "path": path})
    return sorted(found, key=lambda one: (one["major"], one["minor"]))


def read(path):
    digest, count = hashlib.sha256(), 0
    with open(path, "rb") as file:
        reader = fastavro.reader(file)
        codec, schema = reader.codec, reader.writer_schema
        for alert in reader:
            count += 1
            digest.update(str(alert["diaSource"]["diaSourceId"]).encode())
    return {"count": count, "codec": codec, "schema": schema["name"], "digest": digest.hexdigest()}


commands = {"consume": consume, "decode": decode, "versions": versions, "read": read}
print(json.dumps(commands[sys.argv[1]](*sys.argv[2:])))
