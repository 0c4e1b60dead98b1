"""Our programs and services with real clients: pika, redis-py, pcaspy, h5py. check_services.py FOLDER; broker and Redis on their usual ports."""

import json
import multiprocessing
import os
import pathlib
import random
import subprocess
import sys
import time
import uuid

import epics as pyepics
import h5py
import numpy as np
import pika
import requests
from pcaspy import Driver, SimpleServer
from redis import Redis

folder = pathlib.Path(sys.argv[1]) / "services"
folder.mkdir()
node, beamtime, std_daq = os.environ["OUR_NODE"], os.environ["OUR_BEAMTIME"], os.environ["OUR_STD_DAQ"]
redis = Redis(decode_responses=True)
passed = failed = 0
children = []


def case(name, check):
    global passed, failed
    try:
        result = check()
        assert result is None or bool(result), result
        passed += 1
    except Exception as error:  # each case reports for itself
        failed += 1
        print(f"FAIL {name}: {type(error).__name__} {error}")


def wait_for(predicate, seconds=20, what="the condition"):
    end = time.time() + seconds
    while time.time() < end:
        value = predicate()
        if value:
            return value
        time.sleep(0.05)
    raise TimeoutError(what)


def program(name, *arguments):
    return [node, std_daq, name, *map(str, arguments)]


def service(*arguments):
    return [node, beamtime, "daq", "service", *map(str, arguments)]


def start(command, log, cwd=None, **environment):
    output = open(folder / f"{log}.log", "w")
    child = subprocess.Popen(command, stdout=output, stderr=output, cwd=cwd or folder, env={**os.environ, **environment})
    children.append(child)
    return child


def said(log, text, seconds=20):
    return wait_for(lambda: text in (folder / f"{log}.log").read_text(), seconds, f"{text} in {log}.log")


def end(child):
    child.terminate()
    return child.wait(15)


def run(command, cwd=None, **environment):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=cwd or folder, env={**os.environ, **environment})


class Client:
    """A user of services, written with pika."""

    def __init__(self):
        self.connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1"))
        self.channel = self.connection.channel()
        for name, kind in (("request", "topic"), ("kill", "topic"), ("status", "fanout")):
            self.channel.exchange_declare(name, kind)
        self.queue = self.channel.queue_declare("", exclusive=True).method.queue
        self.channel.queue_bind(self.queue, "status")

    def send(self, tag, request):
        request_id = str(uuid.uuid4())
        properties = pika.BasicProperties(correlation_id=request_id, headers={})
        self.channel.basic_publish("request", tag, json.dumps(request), properties)
        return request_id

    def kill(self, tag, request_id):
        self.channel.basic_publish("kill", tag, "", pika.BasicProperties(correlation_id=request_id, headers={}))

    def status(self, seconds=20):
        def take():
            _, properties, body = self.channel.basic_get(self.queue, auto_ack=True)
            return properties and (properties.correlation_id, properties.headers, json.loads(body))
        return wait_for(take, seconds, "a status")

    def ended(self, request_id, seconds=30):
        while True:
            status_id, headers, _ = self.status(seconds)
            if status_id == request_id and headers["action"] != "request_start":
                return headers


def broker_tools():
    client = Client()
    watch = start(program("std_daq_monitor"), "monitor")
    gathered = start(program("std_daq_monitor", "--agg"), "monitor-agg")
    said("monitor", "Connected. Waiting for messages.")
    said("monitor-agg", "Connected.")
    noop = start(service("noop", "--service_name", "lab.noop"), "noop")
    said("noop", "service.started")
    request = folder / "request.json"
    request.write_text('{"output_file": "/tmp/one.h5", "n_images": 1}')
    sent = run(program("std_daq_request", "lab.noop", request))
    case("std_daq_request ends with 0", lambda: sent.returncode == 0)
    request_id = sent.stdout.strip()
    first, second = client.status(), client.status()
    case("start and success as pika sees them", lambda: [s[1] for s in (first, second)] == [
        {"action": "request_start", "source": "lab.noop", "message": None},
        {"action": "request_success", "source": "lab.noop", "message": None}])
    case("statuses carry the id and the request", lambda: all(s[0] == request_id and s[2]["n_images"] == 1 for s in (first, second)))
    short = f"[{request_id[:4]}..{request_id[-4:]}]"
    case("std_daq_monitor", lambda: said("monitor", f"{short} \x1b[32mlab.noop\x1b[0m \x1b[32mrequest_success /tmp/one.h5"))
    case("std_daq_monitor --agg", lambda: said("monitor-agg", f"{short} [\x1b[30m\x1b[42m+\x1b[0m] \x1b[32mlab.noop"))
    case("a request of no JSON fails with the reason", lambda: bad_request(client))
    case("a service ends on SIGTERM with 0", lambda: end(noop) == 0)
    case("std_daq_monitor ends on SIGTERM with 0", lambda: end(watch) == 0 and end(gathered) == 0)
    case("no broker: the variable is named", lambda: "BROKER_HOST" in run(service("noop"), BROKER_HOST="127.0.0.1:1").stderr)
    case("no Redis: the variable is named", lambda: "REDIS_HOST" in run(service("writer"), REDIS_PORT="1").stderr)


def bad_request(client):
    client.channel.basic_publish("request", "lab.noop", "{no", pika.BasicProperties(correlation_id="bad", headers={}))
    status_id, headers, _ = client.status()
    assert (status_id, headers["action"]) == ("bad", "request_fail") and "not JSON" in headers["message"], headers


def own_services():
    client = Client()
    for kind in ("primary", "postprocessing", "background"):
        made = run([node, beamtime, "daq", "service", "new", f"lab.{kind}", "--kind", kind, "--primary", "lab.primary"])
        case(f"service new --kind {kind}", lambda: made.returncode == 0)
    case("its files", lambda: {p.name for p in (folder / "lab.primary").iterdir()} == {"service.ts", "config.json", "README.md", "Dockerfile", "request.json"})
    running = [start(service("run", "service.ts", "--service_name", f"lab.{kind}", *more), kind, folder / f"lab.{kind}")
               for kind, more in (("primary", ["--delay_ms", "300"]), ("postprocessing", []), ("background", []))]
    for kind in ("primary", "postprocessing", "background"):
        said(kind, "service.started")
    request_id = client.send("lab.primary", {"what": "first"})
    case("the primary service answers", lambda: client.ended(request_id)["message"] == f"done {request_id}")
    case("the postprocessing service follows", lambda: client.ended(request_id) == {
        "action": "request_success", "source": "lab.postprocessing", "message": f"seen done {request_id}"})
    killed = client.send("lab.primary", {"what": "killed"})
    client.status()
    client.kill("lab.primary", killed)
    case("a kill ends it", lambda: client.ended(killed)["action"] == "request_fail")
    case("and its follower", lambda: client.ended(killed)["message"] == "Primary service lab.primary failure. ")
    case("the background service is alive", lambda: said("background", "alive"))
    case("all end on SIGTERM", lambda: [end(child) for child in running] == [0, 0, 0])


def containers():
    push = folder / "redis_configs"
    push.mkdir()
    (push / "lab.buffer.json").write_text('{"pv_list": ["ioc:pv_1"]}')
    (push / "lab.other.json").write_text('{"a": 1}')
    done = run([node, beamtime, "daq", "config", "push", str(push)])
    case("config push", lambda: done.stdout.split() == ["config.lab.buffer", "config.lab.other"])
    case("pushed text", lambda: json.loads(redis.get("config.lab.other")) == {"a": 1})
    (push / "broken.json").write_text("{")
    case("config push names the broken file", lambda: "broken.json" in run([node, beamtime, "daq", "config", "push", str(push)]).stderr)

    def inside(name, **files):
        place = folder / f"container-{name}"
        place.mkdir()
        for file, text in files.items():
            (place / f"{file}.json").write_text(text)
        return place

    def container(*command):
        return [node, beamtime, "daq", "container", *command]

    place = inside("redis")
    child = start(container("buffer", "--perf_log", str(place / "perf.log")), "container", place, SERVICE_NAME="lab.buffer")
    said("container", "epics-buffer.started")
    case("config from Redis", lambda: json.loads((place / "config.json").read_text()) == {"pv_list": ["ioc:pv_1"]})
    case("status in Redis", lambda: redis.hgetall("status.lab.buffer")["service_name"] == "lab.buffer" and 0 < redis.ttl("status.lab.buffer") <= 15)
    case("config in the status", lambda: json.loads(redis.hget("status.lab.buffer", "config"))["pv_list"] == ["ioc:pv_1"])
    case("container ends with 0", lambda: end(child) == 0)
    case("status is gone", lambda: not redis.exists("status.lab.buffer"))
    mounted = inside("file", config='{"from": "file"}')
    case("a mounted config.json wins", lambda: run(container("true"), mounted, SERVICE_NAME="lab.other").returncode == 0
         and json.loads((mounted / "config.json").read_text()) == {"from": "file"})
    empty = inside("empty")
    case("no config is {}", lambda: run(container("true"), empty, SERVICE_NAME="lab.unknown").returncode == 0 and json.loads((empty / "config.json").read_text()) == {})
    case("exit code of the command", lambda: run(container("false"), empty, SERVICE_NAME="x").returncode == 1)
    case("SERVICE_NAME is required", lambda: "SERVICE_NAME not defined" in run(container("true"), empty, SERVICE_NAME="").stderr)
    case("REDIS_SKIP needs neither", lambda: run(container("true"), empty, SERVICE_NAME="", REDIS_SKIP="true", REDIS_PORT="1").returncode == 0)


def ioc():
    class Pulses(Driver):
        def __init__(self):
            super().__init__()
            self.pulse = 0

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


def epics():
    for store in ("redis", "sqlite"):
        epics_store(store)


def epics_store(store):
    redis.flushall()
    process = multiprocessing.Process(target=ioc)
    process.start()
    client = Client()
    names = ["ioc:pv_1", "ioc:pv_2", "ioc:pv_3", "ioc:missing"]
    config = folder / "buffer.json"
    config.write_text(json.dumps({"pulse_id_pv": "ioc:pulse_id", "pv_list": names}))
    more = [] if store == "redis" else ["--store", folder / "buffer.sqlite"]
    perf = folder / f"perf-{store}.log"
    buffer = start(service("buffer", "--service_name", "lab.buffer", "--json_config_file", config, "--perf_log", perf, *more), f"buffer-{store}")
    writer = start(service("writer", "--service_name", "lab.writer", *more), f"writer-{store}")
    validator = start(service("validator", "lab.writer"), f"validator-{store}")
    said(f"writer-{store}", "service.started")
    said(f"validator-{store}", "broker.connected")
    now = wait_for(lambda: pyepics.caget("ioc:pulse_id"), 30, "the IOC")
    wait_for(lambda: (pyepics.caget("ioc:pulse_id") or 0) > now + 100, 60, "pulses")
    first, last = int(now) + 30, int(now) + 70
    if store == "redis":
        pulse = run(program("std_daq_current_pulse_id"))
        case("std_daq_current_pulse_id", lambda: int(pulse.stdout) > 20)
        entry = redis.xrevrange("pulse_id", count=1)[0][1]
        case("pulse entries", lambda: set(entry) == {"buffer_timestamp", "epics_timestamp"} and len(entry["buffer_timestamp"]) == 19)
        raw = Redis().xrevrange("ioc:pv_3", count=1)[0][1]
        case("entry of an array", lambda: raw[b"type"] == b"f8" and np.frombuffer(raw[b"value"], "f8").shape == (10,) and raw[b"shape"] == b"\x0a\0\0\0" and raw[b"connected"] == b"1")
        oldest = Redis().xrange("ioc:pv_1", count=1)[0][1]
        case("the first entry is a disconnection", lambda: oldest[b"connected"] == b"0" and oldest[b"value"] == b"")
        case("a missing PV has one entry", lambda: redis.xlen("ioc:missing") == 1)
    output = folder / f"epics-{store}.h5"
    run_log = folder / f"run-{store}.log"
    request = {"start_pulse_id": first, "stop_pulse_id": last, "channels": names, "output_file": str(output), "run_log_file": str(run_log),
               "metadata": {"general/user": "17502", "general/instrument": "alvra"}}
    written = client.ended(client.send("lab.writer", request))
    case(f"epics write ({store})", lambda: written["action"] == "request_success")

    def contents():
        with h5py.File(output) as f:
            for pv in names[:3]:
                group = f["data"][pv]
                n = len(group["data"])
                assert n >= (1 if pv == "ioc:pv_2" else 2) and all(group[name].shape == (n, 1) for name in ("timestamp", "pulse_id", "connected", "status")), pv
                assert set(f[pv]) == {"value", "data", "timestamp", "pulse_id", "connected", "status"}
                assert (f[pv]["value"][:] == group["data"][:]).all()
            doubles, strings, wave = (f["data"][pv]["data"] for pv in names[:3])
            assert doubles.shape[1:] == (1,) and wave.shape[1:] == (10,) and strings[0, 0] == b"String test", (doubles.shape, wave.shape)
            pulses = f["data/ioc:pv_1/pulse_id"][:, 0]
            assert pulses.dtype == np.uint64 and (np.diff(pulses.astype(int)) > 0).all() and (pulses[0] == 0 or first - 15 < pulses[0] <= first) and first <= pulses[1] < first + 15 and last - 5 < pulses[-1] < last + 15, (first, last, pulses)
            assert f["data/ioc:pv_1/status"][0, 0] in (b"NO_ALARM", b"UDF"), f["data/ioc:pv_1/status"][0, 0]
            assert list(f["ioc:missing"]) == [] and f["general/user"][()] == b"17502"
    case(f"epics file in h5py ({store})", contents)
    case(f"run log ({store})", lambda: wait_for(lambda: run_log.exists() and "Point count" in run_log.read_text() and "completed in" in run_log.read_text()))
    far = client.ended(client.send("lab.writer", {**request, "start_pulse_id": 10**6, "stop_pulse_id": 10**6, "output_file": str(folder / "no.h5")}))
    case(f"pulses that are far away ({store})", lambda: far["action"] == "request_fail" and ("too far away" in far["message"] or "Cannot map" in far["message"]))
    missing = client.ended(client.send("lab.writer", {"channels": []}))
    case(f"missing fields ({store})", lambda: missing["message"] == "Invalid request from broker. Missing required fields.")
    case(f"failure in the run log ({store})", lambda: wait_for(lambda: "failed. Error:" in run_log.read_text()))
    process.terminate()
    process.join()
    if store == "redis":
        case("a lost IOC is one more disconnection", lambda: wait_for(lambda: Redis().xrevrange("ioc:pv_1", count=1)[0][1][b"connected"] == b"0", 60))
    case(f"statistics ({store})", lambda: wait_for(lambda: perf.exists() and perf.read_text().startswith("epics_buffer,service_name=lab.buffer n_events="), 15))
    case(f"epics services end with 0 ({store})", lambda: [end(child) for child in (buffer, writer, validator)] == [0, 0, 0])


def detector():
    redis.flushall()
    client = Client()
    config = {"detector_name": "det", "detector_type": "jungfrau-raw", "n_modules": 1, "bit_depth": 16, "image_pixel_width": 1024,
              "image_pixel_height": 512, "start_udp_port": 50020, "module_positions": {}}
    path = folder / "det.json"
    path.write_text(json.dumps(config))
    data = folder / "data"
    service_process = start(program("std_daq_rest", path, "--rest_port", 5000, "--redis_url", "127.0.0.1:6379", "--data", data), "rest", BROKER_HOST="127.0.0.1")
    wait_for(lambda: "face=rest" in (folder / "rest.log").read_text())
    simulator = start(program("std_daq_udp_simulator", path, "127.0.0.1", "--rate", 20), "simulator")
    said("simulator", "Listening on port 5001.")
    case("simulator status", lambda: requests.get("http://127.0.0.1:5001/status").json()["simulator"]["status"] == "READY")
    case("simulator start", lambda: requests.post("http://127.0.0.1:5001/start").json()["simulator"]["status"] == "STREAMING")
    deployed = folder / "configs"
    deployer = start(program("std_daq_config_deployer", path, "server-1", "--config_folder", deployed), "deployer")
    checker = start(program("std_daq_file_validator", path), "file-validator")
    said("deployer", "waiting")
    said("file-validator", "waiting")
    said("rest", "broker.connected")
    time.sleep(1)  # the followers look at the streams from now on
    one = folder / "one.h5"
    written = client.ended(client.send("det", {"output_file": str(one), "n_images": 5, "user_id": 0}))
    case("G0: a request over the broker writes a file", lambda: written == {"action": "request_success", "source": "det", "message": str(one)})

    def file(path, images):
        with h5py.File(path) as f:
            assert f["det/data"].shape[0] == images and f["det/data"][0].max() > 1000
    case("its file", lambda: file(one, 5))
    two = folder / "two.h5"
    long = client.send("det", {"output_file": str(two), "n_images": 100000})
    client.status()
    wait_for(lambda: json.loads(redis.xrevrange("daq:status", count=1)[0][1]["json"])["acquisition"]["stats"]["n_write_completed"] >= 5)
    case("daq:status tells of it", lambda: json.loads(redis.xrevrange("daq:status", count=1)[0][1]["json"])["state"] == "WRITING")
    client.kill("det", long)
    case("a killed write is a success with what there is", lambda: client.ended(long)["action"] == "request_success")
    refused = client.ended(client.send("det", {"output_file": "relative.h5", "n_images": 1}))
    case("a bad request fails with its key", lambda: refused["action"] == "request_fail" and "output_file" in refused["message"])
    agent = start(service("writer_agent", "agent", "eiger", "--api_url", "http://127.0.0.1:5000"), "agent")
    said("agent", "service.started")
    three = folder / "three.h5"
    answer = client.ended(client.send("eiger", {"output_file": str(three), "n_images": 3}))
    case("writer_agent writes over REST", lambda: answer == {"action": "request_success", "source": "agent", "message": str(three)})
    four = client.send("eiger", {"output_file": str(folder / "four.h5"), "n_images": 100000})
    client.status()
    time.sleep(0.5)
    client.kill("eiger", four)
    case("writer_agent is killed", lambda: client.ended(four)["action"] == "request_success")
    streams(path, deployed)
    for name in ("std_cli_get_status", "std_cli_get_config", "std_cli_get_stats", "std_cli_get_deploy_status"):
        case(f"our {name}", lambda: isinstance(json.loads(run(program(name)).stdout), dict))
    case("our std_cli_write_sync", lambda: json.loads(run(program("std_cli_write_sync", folder / "five.h5", 3)).stdout)["acquisition"]["message"] == "Completed.")
    case("our std_cli_write_async", lambda: json.loads(run(program("std_cli_write_async", folder / "six.h5", 10000)).stdout)["state"] == "WRITING")
    case("our std_cli_write_stop", lambda: json.loads(run(program("std_cli_write_stop")).stdout)["state"] == "READY")
    case("our std_cli_get_logs", lambda: len(json.loads(run(program("std_cli_get_logs", "-n", 2)).stdout)) == 2)
    changes = folder / "changes.json"
    changes.write_text('{"module_sync_queue_size": 77}')
    case("our std_cli_set_config", lambda: json.loads(run(program("std_cli_set_config", changes)).stdout)["module_sync_queue_size"] == 77)
    case("simulator stop", lambda: requests.post("http://127.0.0.1:5001/stop").json()["simulator"]["stats"]["n_generated_images"] > 20)
    case("programs of the detector end with 0", lambda: [end(child) for child in (agent, checker, deployer, simulator, service_process)] == [0] * 5)


def streams(path, deployed):
    case("daq:stat", lambda: set(json.loads(redis.xrevrange("daq:stat", count=1)[0][1]["json"])) == {"detector", "writer"})
    case("daq:config", lambda: json.loads(redis.xrevrange("daq:config", count=1)[0][1]["json"])["detector_name"] == "det")
    runs = wait_for(lambda: redis.xrange("daq:log"))
    case("daq:log", lambda: json.loads(runs[0][1]["json"])["state"] == "FINISHED")
    report = wait_for(lambda: redis.xrange(f"daq:log:{runs[0][0]}"))
    case("std_daq_file_validator", lambda: json.loads(report[0][1]["json"])["report"]["n_images"] == 5 and json.loads(report[0][1]["json"])["report"]["readable"])
    wanted = {**json.loads(path.read_text()), "module_sync_queue_size": 66}
    entry = redis.xadd("daq:config", {"json": json.dumps(wanted)})
    case("a configuration through Redis is in force", lambda: wait_for(
        lambda: requests.get("http://127.0.0.1:5000/daq/config").json()["config"]["module_sync_queue_size"] == 66))
    case("std_daq_config_deployer answers", lambda: wait_for(
        lambda: [fields["message"] for _, fields in redis.xrange(f"daq:config:{entry}") if fields["server_name"] == "server-1"] == ["Deploying", "Done"]))
    case("and writes the file", lambda: json.loads((deployed / "det.json").read_text())["module_sync_queue_size"] == 66)
    bad = redis.xadd("daq:config", {"json": '{"detector_name": "det", "detector_type": 3}'})
    case("a bad one is refused with its key", lambda: wait_for(
        lambda: any("Error" in fields["message"] and "n_modules" in fields["message"] for _, fields in redis.xrange(f"daq:config:{bad}"))))
    wait_for(lambda: requests.get("http://127.0.0.1:5000/daq/stats").json()["stats"]["detector"]["images_per_second"] > 0)


for part in (broker_tools, own_services, containers, epics, detector):
    try:
        part()
    except Exception as error:  # a part that cannot go on is one failed case
        failed += 1
        print(f"FAIL {part.__name__}: {type(error).__name__} {error}")
    for child in children:
        if child.poll() is None:
            child.kill()
print(f"services: {passed} passed, {failed} failed (pika {pika.__version__}, h5py {h5py.__version__})")
if failed:
    for log in sorted(folder.glob("*.log")):
        print(f"--- {log.name}\n{log.read_text()[-1500:]}")
sys.exit(failed > 0)
