"""The example of BlueskyConsumer's own documentation, on a topic of documents; argv: server, topic, group."""

import sys

from bluesky_kafka import BlueskyConsumer

bluesky_consumer = BlueskyConsumer(
    topics=[sys.argv[2]],
    bootstrap_servers=sys.argv[1],
    group_id=sys.argv[3],
    consumer_config={
        "auto.offset.reset": "latest"  # consume messages published after this consumer starts
    },
    process_document=lambda consumer, topic, name, doc: print(name, doc, flush=True),
)
bluesky_consumer.start()
