"""What the checks of the service image share: podman, waiting, a client of the broker, an IOC."""

import json
import pathlib
import random
import subprocess
import time
import uuid

import pika
from pcaspy import Driver, SimpleServer

image = "localhost/beamtime-daq"


class Report:
    """Counts cases; each one reports for itself."""

    def __init__(self):
        self.passed = self.failed = 0

    def case(self, name, check):
        try:
            result = check()
            assert result is None or bool(result), result
            self.passed += 1
        except Exception as error:
            self.failed += 1
            print(f"FAIL {name}: {type(error).__name__} {str(error)[:600]}")


def wait_for(predicate, seconds=30, what="the condition"):
    end = time.time() + seconds
    while time.time() < end:
        value = predicate()
        if value:
            return value
        time.sleep(0.1)
    raise TimeoutError(what)


def podman(*arguments, cwd=None, seconds=120):
    return subprocess.run(["podman", *map(str, arguments)], capture_output=True, text=True, timeout=seconds, cwd=cwd)


def options(mounts, environment):
    environment = {"EPICS_CA_ADDR_LIST": "127.0.0.1", "EPICS_CA_AUTO_ADDR_LIST": "NO", **environment}
    lent = [f"--volume={source}:{target}" for target, source in mounts.items()]
    return ["--net=host", *lent, *[f"--env={key}={value}" for key, value in environment.items()]]


def once(*command, mounts=None, workdir="/std_daq_service", **environment):
    """`docker run --rm`: what the command said and its exit code."""
    return podman("run", "--rm", f"--workdir={workdir}", *options(mounts or {}, environment), image, *command)


class Container:
    """`docker run -d`: a service that runs until it is stopped."""

    def __init__(self, name, *command, mounts=None, of=image, **environment):
        self.name = name
        started = podman("run", "--detach", f"--name={name}", *options(mounts or {}, environment), of, *command)
        assert started.returncode == 0, started.stderr

    def log(self):
        told = podman("logs", self.name)
        return told.stdout + told.stderr

    def said(self, text, seconds=40):
        return wait_for(lambda: text in self.log(), seconds, f"{text} in the log of {self.name}: {self.log()[-800:]}")

    def run(self, *command):
        """`docker exec`."""
        return podman("exec", self.name, *command)

    def stop(self):
        """`docker stop`: the exit code, and an error where it had to be killed."""
        podman("stop", "--time=20", self.name)
        code = int(podman("inspect", "--format={{.State.ExitCode}}", self.name).stdout)
        podman("rm", self.name)
        return code


class Client:
    """A user of services, written with pika."""

    def __init__(self):
        self.channel = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1")).channel()
        for name, kind in (("request", "topic"), ("kill", "topic"), ("status", "fanout")):
            self.channel.exchange_declare(name, kind)
        self.queue = self.channel.queue_declare("", exclusive=True).method.queue
        self.channel.queue_bind(self.queue, "status")

    def send(self, tag, request):
        request_id = str(uuid.uuid4())
        self.channel.basic_publish("request", tag, json.dumps(request), pika.BasicProperties(correlation_id=request_id, headers={}))
        return request_id

    def ended(self, request_id, seconds=40):
        def take():
            _, properties, _ = self.channel.basic_get(self.queue, auto_ack=True)
            if properties and properties.correlation_id == request_id and properties.headers["action"] != "request_start":
                return properties.headers
        return wait_for(take, seconds, "the end of the request")


def ioc():
    """The PVs of deploy/daq/redis_configs/debug.buffer.json."""

    class Pulses(Driver):
        pulse = 0

        def read(self, reason):
            if reason == "pulse_id":
                self.pulse += 1
                return self.pulse
            if reason == "pv_2":
                return "String test"
            return [random.random() for _ in range(10)] if reason == "pv_3" else random.random()

    server = SimpleServer()
    server.createPV("ioc:", {"pulse_id": {"scan": 0.05}, "pv_1": {"scan": 0.2}, "pv_2": {"scan": 1, "type": "string"}, "pv_3": {"scan": 0.2, "count": 10}})
    driver = Pulses()
    assert driver
    while True:
        server.process(0.02)


def folder_in(parent, name, **files):
    place = pathlib.Path(parent) / name
    place.mkdir()
    for file, text in files.items():
        (place / f"{file}.json").write_text(text if isinstance(text, str) else json.dumps(text))
    return place
