"""Images of one service to another one on another host, written there by the ordinary writer and read with h5py. The other host is a network
namespace behind a pair of virtual cables; without the rights for that, a second loopback address."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import h5py
import numpy as np
from std_daq_client import StdDaqClient

node, serve, folder = sys.argv[1:4]
folder = pathlib.Path(folder)
passed = failed = 0
JUNGFRAU = dict(detector_type="jungfrau-raw", n_modules=2, bit_depth=16, image_pixel_width=1024, image_pixel_height=1024)
POSITIONS = {"0": [0, 0, 1023, 511], "1": [0, 512, 1023, 1023]}


def case(name, check):
    global passed, failed
    try:
        result = check()
        assert result is None or bool(result), result
        passed += 1
    except Exception as error:  # each case reports for itself
        failed += 1
        print(f"FAIL {name}: {type(error).__name__} {error}")


def wait_for(predicate, seconds=30, what="the condition"):
    end = time.time() + seconds
    while time.time() < end:
        value = predicate()
        if value:
            return value
        time.sleep(0.05)
    raise TimeoutError(what)


class Hosts:
    """Addresses of two hosts, and how a program is started on the second one."""

    def __init__(self):
        self.name = f"btdaq{os.getpid()}"
        number = os.getpid() % 250
        self.near, self.far, self.prefix = f"10.231.{number}.1", f"10.231.{number}.2", ["ip", "netns", "exec", self.name]
        self.cable = f"bt{os.getpid() % 100000}"
        steps = [
            f"ip netns add {self.name}",
            f"ip link add {self.cable}a type veth peer name {self.cable}b",
            f"ip link set {self.cable}b netns {self.name}",
            f"ip addr add {self.near}/24 dev {self.cable}a",
            f"ip link set {self.cable}a up",
            f"ip netns exec {self.name} ip addr add {self.far}/24 dev {self.cable}b",
            f"ip netns exec {self.name} ip link set {self.cable}b up",
            f"ip netns exec {self.name} ip link set lo up",
        ]
        self.isNamespace = all(subprocess.run(step.split(), capture_output=True).returncode == 0 for step in steps)
        if not self.isNamespace:
            self.close()
            self.near, self.far, self.prefix = "127.0.0.1", "127.0.0.2", []

    def close(self):
        for step in (f"ip link del {self.cable}a", f"ip netns del {self.name}"):
            try:
                subprocess.run(step.split(), capture_output=True)
            except FileNotFoundError:
                pass


class Service:
    def __init__(self, name, host, prefix=(), **table):
        self.data = folder / name
        self.data.mkdir(parents=True, exist_ok=True)
        base = dict(
            detector_name="det", **JUNGFRAU, module_positions=POSITIONS, start_udp_port=0, udp_host="127.0.0.1", rest=f"{host}:0", websocket="",
            frame_timeout_ms=1000, sync_timeout_ms=10000, ram_buffer={"export": "off", "ring_mb": 256},
        )
        base.update(table)
        base["stream"] = {"ipc_directory": "", **table.get("stream", {})}
        path = self.data / "table.json"
        path.write_text(json.dumps(base))
        self.process = subprocess.Popen([*prefix, node, serve, str(self.data), str(path)], stdout=subprocess.PIPE, text=True)
        self.rest = json.loads(self.process.stdout.readline())["rest"]
        self.client = StdDaqClient(url_base=self.rest)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def read(path):
    with h5py.File(path) as f:
        return f["det/image_id"][:].astype(int), f["det/data"][:], f["det/status"][:]


def free_port(host):
    with socket.socket() as s:
        s.bind((host, 0))
        return s.getsockname()[1]


def replicate(hosts, name, **mode):
    near = far = None
    # Parts take ports that follow each other.
    address = f"tcp://{hosts.near}:{free_port(hosts.near)}"
    try:
        near = Service(f"{name}-near", "127.0.0.1", stream={"send_address": address}, simulator={"enabled": True, "auto_start": True, "rate_hz": 30}, **mode)
        far = Service(f"{name}-far", hosts.far, hosts.prefix, stream={"receive_address": address}, **mode)
        wait_for(lambda: far.client.get_stats()["detector"]["images_per_second"] > 5, what="images at the other host")
        here, there = str(near.data / "run.h5"), str(far.data / "run.h5")
        near.client.start_writer_async({"output_file": here, "n_images": 400})
        case(f"{name}: the ordinary writer of the other host", lambda: far.client.start_writer_sync({"output_file": there, "n_images": 100})["acquisition"]["message"] == "Completed.")
        near.client.stop_writer()

        def equal():
            ids, images, states = read(there)
            original_ids, originals, _ = read(here)
            assert len(ids) == 100 and (states == 0).all()
            assert (np.diff(ids) == 1).all(), "images were lost on the way"
            where = {image: at for at, image in enumerate(original_ids)}
            shared = [image for image in ids if image in where]
            assert len(shared) > 50
            assert all((images[at] == originals[where[image]]).all() for at, image in enumerate(ids) if image in where)
        case(f"{name}: same images on both hosts", equal)

        def survives():
            far.process.send_signal(signal.SIGKILL)
            far.process.wait()
            again = Service(f"{name}-again", hosts.far, hosts.prefix, stream={"receive_address": address}, **mode)
            try:
                wait_for(lambda: again.client.get_stats()["detector"]["images_per_second"] > 5)
                path = str(again.data / "run.h5")
                again.client.start_writer_sync({"output_file": path, "n_images": 20})
                assert (np.diff(read(path)[0]) == 1).all()
            finally:
                again.stop()
        case(f"{name}: the other host is killed and comes back", survives)
    finally:
        for service in (near, far):
            if service is not None and service.process.poll() is None:
                service.stop()


hosts = Hosts()
try:
    for part in (
        lambda: replicate(hosts, "parts", use_all_forwarders=True, max_number_of_forwarders_spawned=3),
        lambda: replicate(hosts, "whole", sender_sends_full_images=True, max_number_of_forwarders_spawned=2),
    ):
        try:
            part()
        except Exception as error:  # a part that cannot go on is one failed case
            failed += 1
            print(f"FAIL replication: {type(error).__name__} {error}")
finally:
    hosts.close()
print("second host: " + ("a network namespace" if hosts.isNamespace else "a second loopback address"))
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
