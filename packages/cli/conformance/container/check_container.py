"""The service image as the standard DAQ's is used. check_container.py ROOT FOLDER; broker and Redis on their usual ports."""

import json
import multiprocessing
import os
import pathlib
import subprocess
import sys

import epics
import h5py
import requests
import yaml
from redis import Redis

from podman import Client, Container, Report, folder_in, image, ioc, once, podman, wait_for

root, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
configs = root / "deploy/daq/redis_configs"
buffer_config = json.loads((configs / "debug.buffer.json").read_text())
in_image = "/std_daq_service/config.json"
redis = Redis(decode_responses=True)
report = Report()
case = report.case


def programs():
    """Every program of package.json stands in the image under its name."""
    names = list(json.loads((root / "package.json").read_text())["bin"])
    script = 'for name in "$@"; do command -v "$name" >/dev/null || echo "$name"; done'
    missing = podman("run", "--rm", "--entrypoint=sh", image, "-c", script, "sh", *names)
    case(f"{len(names)} programs by name", lambda: (missing.returncode, missing.stdout) == (0, "") or missing.stdout)
    stages = [name for name in names if name.startswith("std_")]
    script = 'for name in "$@"; do "$name" --help 2>&1 | grep -qi usage || echo "$name"; done'
    silent = podman("run", "--rm", "--entrypoint=sh", image, "-c", script, "sh", *stages, seconds=300)
    case(f"{len(stages)} std_* programs start and tell their usage", lambda: (silent.returncode, silent.stdout) == (0, "") or silent.stdout)
    case("one Node, that of the image", lambda: once("sh", "-c", "ls /opt/beamtime/node_modules/node", REDIS_SKIP="true").returncode != 0)


def settings():
    """config.json, Redis and the variables, before anything runs."""
    pushed = once("beamtime", "daq", "config", "push", "/configs", mounts={"/configs": configs}, REDIS_SKIP="true")
    case("config push", lambda: pushed.stdout.split() == ["config.debug.buffer"] or pushed.stderr)
    case("what was pushed", lambda: json.loads(redis.get("config.debug.buffer")) == buffer_config)
    case("config of Redis", lambda: json.loads(once("cat", in_image, SERVICE_NAME="debug.buffer").stdout) == buffer_config)
    case("no config is {}", lambda: once("cat", in_image, SERVICE_NAME="lab.unknown").stdout.strip() == "{}")
    mounted = folder_in(folder, "mounted", config={"from": "file"}, broken="{")
    given = {in_image: mounted / "config.json"}
    case("a mounted config.json wins", lambda: json.loads(once("cat", in_image, mounts=given, SERVICE_NAME="debug.buffer").stdout) == {"from": "file"})
    broken = once("buffer", mounts={in_image: mounted / "broken.json"}, SERVICE_NAME="debug.buffer")
    case("a broken config.json is named", lambda: broken.returncode == 1 and "config.json" in broken.stderr)
    nameless = once("buffer")
    case("SERVICE_NAME is required", lambda: nameless.returncode == 1 and "SERVICE_NAME not defined" in nameless.stderr)
    case("REDIS_SKIP asks no Redis", lambda: once("true", REDIS_SKIP="true", REDIS_HOST="127.0.0.1", REDIS_PORT="1").returncode == 0)
    nowhere = once("true", SERVICE_NAME="x", REDIS_PORT="1")
    case("no Redis: the variable is named", lambda: nowhere.returncode == 1 and "REDIS_HOST" in nowhere.stderr)
    case("exit code of the command", lambda: once("sh", "-c", "exit 3", SERVICE_NAME="x").returncode == 3)


def noop():
    client = Client()
    service = Container("noop", SERVICE_NAME="lab.noop", REDIS_SKIP="true", REDIS_PORT="1", BROKER_HOST="127.0.0.1")
    service.said("service.started")
    case("noop is what runs without a command", lambda: client.ended(client.send("lab.noop", {}))["action"] == "request_success")
    case("it ends with 0 when it is stopped", lambda: service.stop() == 0)


def epics_services():
    """The command line of the seed's page, then a file of what was buffered."""
    redis.flushall()
    process = multiprocessing.Process(target=ioc)
    process.start()
    client = Client()
    data = folder_in(folder, "data")
    buffer = Container("buffer", "buffer", mounts={in_image: configs / "debug.buffer.json"}, SERVICE_NAME="debug.buffer")
    writer = Container("writer", "writer", mounts={"/data": data}, SERVICE_NAME="debug.writer")
    validator = Container("validator", "validator", "debug.writer", mounts={"/data": data}, SERVICE_NAME="debug.validator")
    buffer.said("epics-buffer.started")
    writer.said("service.started")
    validator.said("broker.connected")
    status = wait_for(lambda: redis.hgetall("status.debug.buffer"))
    case("status in Redis", lambda: status["service_name"] == "debug.buffer" and json.loads(status["config"]) == buffer_config)
    case("it is kept alive", lambda: 0 < redis.ttl("status.debug.buffer") <= 15)
    first = int(wait_for(lambda: epics.caget("ioc:pulse_id"), 30, "the IOC")) + 20
    wait_for(lambda: (epics.caget("ioc:pulse_id") or 0) > first + 60, 60, "pulses")
    case("values are in Redis", lambda: all(redis.xlen(name) > 1 for name in ("pulse_id", "ioc:pv_1", "ioc:pv_2", "ioc:pv_3")))
    case("docker exec std_daq_current_pulse_id", lambda: int(buffer.run("std_daq_current_pulse_id").stdout) >= first)
    request = {"start_pulse_id": first, "stop_pulse_id": first + 40, "channels": buffer_config["pv_list"], "output_file": "/data/epics.h5",
               "run_log_file": "/data/run.log", "metadata": {}}
    case("a write request", lambda: client.ended(client.send("debug.writer", request))["action"] == "request_success")

    def contents():
        with h5py.File(data / "epics.h5") as f:
            assert len(f["data/ioc:pv_1/data"]) >= 3 and f["data/ioc:pv_3/data"].shape[1:] == (10,)
            assert f["data/ioc:pv_2/data"][0, 0] == b"String test"
    case("its file in h5py", contents)
    case("the validator writes the run log", lambda: wait_for(lambda: (data / "run.log").exists() and "Point count" in (data / "run.log").read_text()))
    case("statistics of the buffer", lambda: wait_for(lambda: "epics_buffer,service_name=debug.buffer" in buffer.run("cat", "/var/log/std-daq/perf.log").stdout, 20))
    case("they end with 0 when they are stopped", lambda: [service.stop() for service in (buffer, writer, validator)] == [0, 0, 0])
    case("then no status is left", lambda: not redis.keys("status.*"))
    process.terminate()
    process.join()


def detector():
    """REST service, simulator and writer agent, each in its container."""
    client = Client()
    data = folder_in(folder, "images", det={"detector_name": "det", "detector_type": "jungfrau-raw", "n_modules": 1, "bit_depth": 16, "image_pixel_width": 1024,
                                            "image_pixel_height": 512, "start_udp_port": 50020, "module_positions": {}})
    skip = {"mounts": {"/data": data}, "REDIS_SKIP": "true"}
    rest = Container("rest", "std_daq_rest", "/data/det.json", "--rest_port", "5000", "--data", "/data", **skip)
    rest.said("face=rest")
    simulator = Container("simulator", "std_daq_udp_simulator", "/data/det.json", "127.0.0.1", "--rate", "20", **skip)
    simulator.said("Listening on port 5001.")
    agent = Container("agent", "writer_agent", "agent", "det", **skip)
    agent.said("service.started")
    requests.post("http://127.0.0.1:5001/start", timeout=10)
    wait_for(lambda: requests.get("http://127.0.0.1:5000/daq/stats", timeout=10).json()["stats"]["detector"]["images_per_second"] > 0, 30, "images")
    answer = client.ended(client.send("det", {"output_file": "/data/one.h5", "n_images": 10}))
    case("writer_agent writes packets of the simulator", lambda: answer == {"action": "request_success", "source": "agent", "message": "/data/one.h5"})

    def contents():
        with h5py.File(data / "one.h5") as f:
            assert f["det/data"].shape == (10, 512, 1024) and f["det/data"][9].max() > 1000
    case("its file in h5py", contents)
    case("docker exec std_cli_get_status", lambda: json.loads(rest.run("std_cli_get_status").stdout)["acquisition"]["stats"]["n_write_completed"] == 10)
    case("they end with 0 when they are stopped", lambda: [service.stop() for service in (agent, simulator, rest)] == [0, 0, 0])


def own_service():
    """A service of a user, made and built into an image of its own, as its README says."""
    client = Client()
    place = folder_in(folder, "services")
    made = once("beamtime", "daq", "service", "new", "lab.first", "--kind", "primary", mounts={"/services": place}, workdir="/services", REDIS_SKIP="true")
    case("service new", lambda: made.returncode == 0 or made.stderr)
    built = podman("build", "--quiet", "-t", "lab.first", ".", cwd=place / "lab.first")
    case("its Dockerfile", lambda: built.returncode == 0 or built.stderr)
    service = Container("first", of="localhost/lab.first", SERVICE_NAME="lab.first", REDIS_SKIP="true")
    service.said("service.started")
    request_id = client.send("lab.first", {})
    case("it answers", lambda: client.ended(request_id)["message"] == f"done {request_id}")
    case("it ends with 0 when it is stopped", lambda: service.stop() == 0)


def compose_file(file, *profiles):
    """The services of a compose file as podman-compose understands it."""
    told = podman_compose(file, *[word for profile in profiles for word in ("--profile", profile)], "config")
    assert told.returncode == 0, told.stderr
    return yaml.safe_load(told.stdout)


def podman_compose(file, *command):
    """`docker compose`."""
    return subprocess.run(["podman-compose", "-f", root / file, *command], capture_output=True, text=True, timeout=120, env={**os.environ, "DATA": str(folder / "data")})


def compose():
    daq = "deploy/daq/docker-compose.yml"
    services = compose_file(daq)["services"]
    case("services of the compose file", lambda: set(services) == {"redis", "rabbitmq", "buffer", "writer"})
    redis.flushall()
    redis.set("config.debug.buffer", json.dumps(buffer_config))
    up = podman_compose(daq, "up", "--detach", "--no-deps", "buffer", "writer")
    case("compose up", lambda: up.returncode == 0 or up.stderr)
    case("buffer and writer are alive in Redis", lambda: wait_for(lambda: set(redis.keys("status.*")) == {"status.debug.buffer", "status.debug.writer"}))
    down = podman_compose(daq, "down")
    case("compose down", lambda: down.returncode == 0 and not redis.keys("status.*") or down.stderr)
    monitoring = pathlib.Path("deploy/monitoring/docker-compose.yml")
    services = compose_file(monitoring, "monitoring", "influx")["services"]
    case("services of monitoring", lambda: set(services) == {"prometheus", "grafana", "influxdb"})
    mounts = [volume.split(":")[0] for service in services.values() for volume in service["volumes"] if volume.startswith(".")]
    case("what it mounts is there", lambda: len(mounts) == 3 and all((root / monitoring.parent / mount).exists() for mount in mounts))


for part in (programs, settings, noop, epics_services, detector, own_service, compose):
    try:
        part()
    except Exception as error:  # a part that cannot go on is one failed case
        report.failed += 1
        print(f"FAIL {part.__name__}: {type(error).__name__} {str(error)[:1200]}")
    podman("rm", "--all", "--force", "--time=2")
for process in multiprocessing.active_children():
    process.kill()
print(f"container: {report.passed} passed, {report.failed} failed ({podman('--version').stdout.strip()}, h5py {h5py.__version__})")
sys.exit(report.failed > 0)
