"""Kafka and FlatBuffers as real clients speak them: confluent-kafka, ess-streaming-data-types."""

import json
import time
import uuid

import confluent_kafka
import numpy as np
from streaming_data_types import deserialise_da00, deserialise_ev44, deserialise_f144, deserialise_x5f2
from streaming_data_types.dataarray_da00 import Variable, serialise_da00


class Tap:
    """Every message of some topics since it was opened, read without joining a group, as the peers' consumers do."""

    def __init__(self, address, topics):
        self.consumer = confluent_kafka.Consumer(
            {
                'bootstrap.servers': address,
                'group.id': f'tap_{uuid.uuid4()}',
                'auto.offset.reset': 'latest',
                'enable.auto.commit': True,
                'fetch.max.bytes': 200_000_000,
                'message.max.bytes': 104_857_600,
                'log_level': 1,
            }
        )
        assigned = []
        for topic in topics:
            metadata = self.consumer.list_topics(topic, timeout=10).topics[topic]
            for partition in metadata.partitions:
                at = confluent_kafka.TopicPartition(topic, partition)
                _, high = self.consumer.get_watermark_offsets(at, timeout=10)
                assigned.append(confluent_kafka.TopicPartition(topic, partition, high))
        self.consumer.assign(assigned)
        self.messages = {topic: [] for topic in topics}

    def poll(self, seconds=0.2):
        end = time.time() + seconds
        while time.time() < end:
            for message in self.consumer.consume(1000, timeout=0.05):
                if message.error() is None:
                    self.messages[message.topic()].append(message.value())

    def until(self, predicate, seconds=20, what='a message'):
        end = time.time() + seconds
        while time.time() < end:
            self.poll(0.1)
            value = predicate()
            if value:
                return value
        raise TimeoutError(what)

    def close(self):
        self.consumer.close()


class Producer:
    def __init__(self, address):
        self.producer = confluent_kafka.Producer(
            {'bootstrap.servers': address, 'message.max.bytes': 100_971_520, 'log_level': 1}
        )

    def send(self, topic, value):
        self.producer.produce(topic, value=value)
        self.producer.flush(10)


class Result:
    """One result message, read by the reference decoder."""

    def __init__(self, payload):
        self.payload = payload
        self.message = deserialise_da00(payload)
        name = json.loads(self.message.source_name) if self.message.source_name.startswith('{') else {}
        self.output = name.get('output_name', self.message.source_name)
        self.source = name.get('job_id', {}).get('source_name')
        self.job = name.get('job_id', {}).get('job_number')
        self.workflow = name.get('workflow_id')
        self.variables = {variable.name: variable for variable in self.message.data}

    def values(self, name='signal'):
        variable = self.variables[name]
        return np.asarray(variable.data).reshape(tuple(variable.shape)) if len(variable.shape) else np.asarray(variable.data)

    def time(self, name):
        return int(np.asarray(self.variables[name].data).reshape(-1)[0])


def results(payloads, output=None, source=None, job=None):
    found = [Result(payload) for payload in payloads]
    return [
        each
        for each in found
        if (output is None or each.output == output)
        and (source is None or each.source == source)
        and (job is None or each.job == job)
    ]


class Events:
    """All events of a source in tapped messages: pulse times, times of arrival, pixels."""

    def __init__(self, payloads, source):
        self.pulses, self.toa, self.pixel = [], [], []
        for payload in payloads:
            if payload[4:8] != b'ev44':
                continue
            message = deserialise_ev44(payload)
            if message.source_name != source:
                continue
            self.pulses.append(int(message.reference_time[-1]))
            self.toa.append(np.asarray(message.time_of_flight, dtype=np.int64))
            self.pixel.append(np.asarray(message.pixel_id, dtype=np.int64))

    def before(self, time_ns):
        chosen = [k for k, pulse in enumerate(self.pulses) if pulse < time_ns]
        none = np.zeros(0, dtype=np.int64)
        return (
            np.concatenate([none] + [self.toa[k] for k in chosen]),
            np.concatenate([none] + [self.pixel[k] for k in chosen]),
        )


def start_command(instrument, workflow, source, job, message, params=None, identifier=None):
    return json.dumps(
        {
            'kind': 'workflow_config',
            'identifier': identifier or {'instrument': instrument, 'name': workflow, 'version': 1},
            'message_id': message,
            'job_id': {'source_name': source, 'job_number': job},
            'schedule': {'start_time': None, 'end_time': None},
            'aux_source_names': {},
            'params': params or {},
        }
    ).encode()


def roi_request(source, job, kind, items):
    dim = 'bounds' if kind == 'roi_rectangle' else 'vertex'
    x = np.array([value for _, xs, _ in items for value in xs], dtype='float64')
    y = np.array([value for _, _, ys in items for value in ys], dtype='float64')
    index = np.array([i for i, xs, _ in items for _ in xs], dtype='int32')
    return serialise_da00(
        source_name=f'{source}/{job}/{kind}',
        timestamp_ns=0,
        data=[
            Variable(name='signal', unit='dimensionless', axes=[dim], data=np.ones(len(x), dtype='int32')),
            Variable(name='x', axes=[dim], data=x),
            Variable(name='y', axes=[dim], data=y),
            Variable(name='roi_index', unit='dimensionless', axes=[dim], data=index),
        ],
    )


def statuses(payloads):
    return [(status.service_id, json.loads(status.status_json)) for status in map(deserialise_x5f2, payloads)]


__all__ = ['deserialise_f144']
