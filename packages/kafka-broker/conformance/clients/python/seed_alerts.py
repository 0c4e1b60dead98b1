"""The consumer of the alert simulator's README; argv: server, topic. It ends when no alert came for ten seconds.

Two words differ from the page: `deserialize_alert` takes bytes, so the value of the message is passed and not the message, and
it reads with the newest schema unless told, so it is told the one of the sample.
"""

import sys

import lsst.alert.packet
import lsst.alert.stream.serialization
import pykafka

schema = lsst.alert.packet.Schema.from_file(lsst.alert.packet.get_schema_path(7, 4) + "/lsst.v7_4.alert.avsc")

client = pykafka.KafkaClient(hosts=sys.argv[1])
topic = client.topics[sys.argv[2]]

# Note that alert messages are quite large, so you must explicitly permit very large messages:
consumer = topic.get_simple_consumer(
    fetch_message_max_bytes=10000000,
    auto_offset_reset=pykafka.common.OffsetType.EARLIEST,
    consumer_timeout_ms=10_000,
)

for raw_msg in consumer:
    alert = lsst.alert.stream.serialization.deserialize_alert(raw_msg.value, schema.definition)
    print(alert["alertId"], flush=True)
