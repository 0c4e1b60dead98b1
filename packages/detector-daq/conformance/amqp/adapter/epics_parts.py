"""Stands where the Python service has its EPICS buffer and writer: our programs do the work."""

import json
import os
import subprocess
import tempfile
import threading
import time
import unittest
import uuid

import pika
from redis import Redis

PULSE_ID_NAME = "pulse_id"


def our_program(name, config, *arguments):
    folder = tempfile.mkdtemp()
    with open(f"{folder}/config.json", "w") as file:
        json.dump(config, file)
    command = [os.environ["OUR_NODE"], os.environ["OUR_BEAMTIME"], "daq", "service", name, "--log_level", "ERROR"]
    return command + ["--json_config_file", f"{folder}/config.json", *arguments]


def start_epics_buffer(service_name, redis_host, pv_names, pulse_id_pv=None):
    config = {"pv_list": pv_names, "pulse_id_pv": pulse_id_pv}
    command = our_program("buffer", config, "--service_name", service_name, "--perf_log", tempfile.mktemp())
    os.environ["REDIS_HOST"] = redis_host
    os.execv(command[0], command)


receivers = []


class EpicsReceiver:
    """Tells every entry that our buffer keeps, as long as the test program runs."""

    def __init__(self, pv_names, change_callback):
        redis = Redis()
        redis.delete(*pv_names)
        command = our_program("buffer", {"pv_list": pv_names}, "--perf_log", tempfile.mktemp())
        process = subprocess.Popen(command)

        def follow():
            last = {name: "0" for name in pv_names}
            while process.poll() is None:
                for name, entries in redis.xread(last, block=200) or []:
                    for entry_id, fields in entries:
                        last[name.decode()] = entry_id
                        change = {key.decode(): value for key, value in fields.items()}
                        change_callback(name.decode(), {**change, "connected": int(change["connected"])})

        threading.Thread(target=follow, daemon=True).start()
        receivers.append(process)


def stop_receivers():
    for process in receivers:
        process.terminate()


class EpicsWriterService:
    """Sends the request to our writer over the broker and waits for its end."""

    def __init__(self, redis_host):
        self.name = f"writer.{uuid.uuid4()}"
        os.environ["REDIS_HOST"] = redis_host
        command = our_program("writer", {}, "--service_name", self.name)
        self.process = subprocess.Popen(command)

    def on_request(self, _request_id, request):
        connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1"))
        channel = connection.channel()
        channel.exchange_declare("request", "topic")
        channel.exchange_declare("status", "fanout")
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(queue, "status")
        body = json.dumps({**request, "output_file": os.path.abspath(request["output_file"])})
        properties = pika.BasicProperties(correlation_id=str(uuid.uuid4()), headers={})
        channel.basic_publish("request", self.name, body, properties)
        end = time.time() + 20
        while time.time() < end:
            _, status, _ = channel.basic_get(queue, auto_ack=True)
            if status is None:
                time.sleep(0.05)
                continue
            if status.correlation_id != properties.correlation_id or status.headers["action"] == "request_start":
                continue
            self.process.terminate()
            self.process.wait(10)
            connection.close()
            if status.headers["action"] == "request_fail":
                raise RuntimeError(status.headers["message"])
            return
        raise TimeoutError("our writer did not end")


def internal(*_arguments, **_more):
    raise unittest.SkipTest("a function inside of the Python program; ours has its own tests")


class EpicsBufferStats:
    def __init__(self, *_arguments):
        internal()
