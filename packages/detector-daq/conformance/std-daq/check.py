"""Real clients against our service: std_daq_client and its commands, pyzmq, h5py with its plugins, numpy as oracle."""

import json
import os
import pathlib
import random
import signal
import socket
import struct
import subprocess
import sys
import time

import h5py
import hdf5plugin  # noqa: F401  registers filter 32008
import numpy as np
import requests
import zmq
from std_daq_client import StdDaqAdminException, StdDaqClient

node, serve, folder, captures = sys.argv[1:5]
kills = int(sys.argv[5]) if len(sys.argv) > 5 else 10
folder = pathlib.Path(folder)
passed = failed = 0

POSITIONS = {"0": [0, 0, 513, 255], "1": [516, 0, 1029, 255], "2": [0, 513, 513, 258], "3": [516, 513, 1029, 258]}
JUNGFRAU = dict(detector_type="jungfrau-raw", n_modules=1, bit_depth=16, image_pixel_width=1024, image_pixel_height=512)
EIGER = dict(detector_type="eiger", n_modules=4, bit_depth=32, image_pixel_width=1030, image_pixel_height=514, module_positions=POSITIONS)


def case(name, check):
    global passed, failed
    try:
        result = check()
        assert result is None or bool(result), result
        passed += 1
    except Exception as error:  # each case reports for itself
        failed += 1
        print(f"FAIL {name}: {type(error).__name__} {error}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(predicate, seconds=20, what="the condition"):
    end = time.time() + seconds
    while time.time() < end:
        value = predicate()
        if value:
            return value
        time.sleep(0.02)
    raise TimeoutError(what)


class Service:
    """One detector in its own process."""

    def __init__(self, name, **table):
        self.data = folder / name
        (self.data / "shm").mkdir(parents=True, exist_ok=True)
        self.live = free_port()
        base = dict(
            detector_name="det", start_udp_port=0, udp_host="127.0.0.1", rest="127.0.0.1:0", websocket="127.0.0.1:0",
            frame_timeout_ms=1000, live_stream_configs={f"tcp://127.0.0.1:{self.live}": {"type": "forward"}},
            stream={"ipc_directory": str(self.data)},
            ram_buffer={"export": "on-demand", "shm_directory": str(self.data / "shm"), "cleanup": True},
            simulator={"enabled": True, "auto_start": table.pop("auto_start", True), "rate_hz": table.pop("rate_hz", 20)},
        )
        base.update(table)
        path = self.data / "table.json"
        path.write_text(json.dumps(base))
        self.process = subprocess.Popen([node, serve, str(self.data), str(path)], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.urls = json.loads(line)
        self.rest = self.urls["rest"]
        self.client = StdDaqClient(url_base=self.rest)

    def ports(self):
        return [port["udp_port"] for port in requests.get(self.rest + "/daq/losses", timeout=5).json()["ports"]]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def command(service, name, *args):
    tool = pathlib.Path(sys.executable).parent / name
    done = subprocess.run([tool, *args, "-b", service.rest], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-300:]
    return json.loads(done.stdout)


def spot(path, images):
    """Every picture of the simulated JUNGFRAU is different and none is empty."""
    with h5py.File(path) as f:
        data = f["det/data"]
        assert data.shape == (images, 512, 1024), data.shape
        assert all(data[i].max() > 1000 and data[i].min() >= 100 for i in range(images))
        assert not (data[0] == data[1]).all()
    return True


def clients():
    s = Service("clients", **JUNGFRAU)
    c = s.client
    one = str(s.data / "one.h5")
    case("get_config", lambda: c.get_config()["detector_name"] == "det")
    case("get_status", lambda: c.get_status()["state"] == "READY")
    case("start_writer_sync", lambda: c.start_writer_sync({"output_file": one, "n_images": 10})["acquisition"]["state"] == "FINISHED")
    case("file of a synchronous write", lambda: spot(one, 10))

    def ids():
        with h5py.File(one) as f:
            assert (np.diff(f["det/image_id"][:].astype(int)) == 1).all()
            assert (f["det/status"][:] == 0).all() and f["det/status"].dtype == np.uint64
    case("image_id and status beside the images", ids)
    two = str(s.data / "two.h5")
    case("start_writer_async", lambda: c.start_writer_async({"output_file": two, "n_images": 100000})["state"] == "WRITING")
    wait_for(lambda: c.get_status()["acquisition"]["stats"]["n_write_completed"] >= 10)

    def grows():
        with h5py.File(two) as f:
            assert f["det/data"].shape == (100000, 512, 1024) and f["det/data"][5].max() > 1000
    case("a file opens while it grows", grows)
    case("a busy writer refuses", lambda: refused(lambda: c.start_writer_async({"output_file": str(s.data / "x.h5"), "n_images": 1})))
    case("stop_writer", lambda: c.stop_writer()["acquisition"]["message"] == "Interrupted.")

    def cut():
        with h5py.File(two) as f:
            n = len(f["det/data"])
            assert 10 <= n < 1000 and len(f["det/image_id"]) == n == len(f["det/status"])
    case("a stopped file is cut to what was written", cut)
    case("set_config", lambda: c.set_config({"module_sync_queue_size": 60})["module_sync_queue_size"] == 60)
    case("set_config refuses with the key", lambda: "bit_depth" in refused(lambda: c.set_config({"bit_depth": 12})))
    case("get_stats", lambda: set(c.get_stats()) == {"detector", "writer"})
    case("get_deployment_status", lambda: c.get_deployment_status()["status"] == "SUCCESS")
    case("get_logs", lambda: requests.get(s.rest + "/daq/logs/2", timeout=5).json()["status"] == "ok")
    # The published client forgets to fill the number into its address and gets 404 from its own server as well.
    three = str(s.data / "three.h5")
    wait_for(lambda: c.get_stats()["detector"]["images_per_second"] > 0)
    case("std_cli_get_config", lambda: command(s, "std_cli_get_config")["bit_depth"] == 16)
    case("std_cli_get_status", lambda: command(s, "std_cli_get_status")["state"] == "READY")
    case("std_cli_get_stats", lambda: "writer" in command(s, "std_cli_get_stats"))
    case("std_cli_get_deploy_status", lambda: command(s, "std_cli_get_deploy_status")["status"] == "SUCCESS")
    case("std_cli_write_sync", lambda: command(s, "std_cli_write_sync", three, "5")["acquisition"]["message"] == "Completed.")
    case("std_cli_write_async", lambda: command(s, "std_cli_write_async", str(s.data / "four.h5"), "100000")["state"] == "WRITING")
    case("std_cli_write_stop", lambda: command(s, "std_cli_write_stop")["state"] == "READY")
    changes = s.data / "changes.json"
    changes.write_text('{"module_sync_queue_size": 61}')
    case("std_cli_set_config", lambda: command(s, "std_cli_set_config", str(changes))["module_sync_queue_size"] == 61)
    wait_for(lambda: c.get_stats()["detector"]["images_per_second"] > 0)
    streams(s)
    s.stop()


def refused(call):
    try:
        call()
    except StdDaqAdminException as error:
        return str(error)
    return ""


def streams(s):
    context = zmq.Context()
    viewer = context.socket(zmq.SUB)
    viewer.connect(f"tcp://127.0.0.1:{s.live}")
    viewer.setsockopt(zmq.SUBSCRIBE, b"")
    viewer.RCVTIMEO = 10000

    def array():
        header, pixels = viewer.recv_multipart()
        parsed = json.loads(header)
        image = np.frombuffer(pixels, dtype=parsed["type"]).reshape(parsed["shape"])
        assert header.decode() == '{"htype":"array-1.0", "shape":[512,1024], "type":"uint16", "frame":%d}' % parsed["frame"]
        assert image.max() > 1000
    case("a viewer sees array-1.0", array)
    metadata = context.socket(zmq.SUB)
    metadata.connect(f"ipc://{s.data}/det-image")
    metadata.setsockopt(zmq.SUBSCRIBE, b"")
    metadata.RCVTIMEO = 10000

    def mirrored():
        for _ in range(3):
            message = metadata.recv()
        assert message[0] == 8 and len(message) < 512
        image_id, at, shift = 0, 1, 0
        while True:
            image_id |= (message[at] & 0x7F) << shift
            shift += 7
            at += 1
            if message[at - 1] < 0x80:
                break
        memory = np.memmap(s.data / "shm" / "det-image", dtype=np.uint16, mode="r", offset=(image_id % 1000) * 1048576, shape=(512, 1024))
        assert memory.max() > 1000
        assert (s.data / "shm" / "det-image").stat().st_size == 500 * 2097152
    case("pixels lie in the shared memory file before their metadata comes", mirrored)
    viewer.close(0)
    metadata.close(0)
    context.term()


def compressed():
    s = Service("compressed", **JUNGFRAU, writer={"compression": "bslz4"})
    path = str(s.data / "packed.h5")
    case("compressed write", lambda: s.client.start_writer_sync({"output_file": path, "n_images": 10})["acquisition"]["message"] == "Completed.")
    case("compressed file", lambda: spot(path, 10))

    def filtered():
        with h5py.File(path) as f:
            data = f["det/data"]
            assert data.chunks == (1, 512, 1024) and "32008" in data._filters
            assert os.path.getsize(path) < 8 * 1048576
    case("filter 32008", filtered)
    s.stop()


def several_writers():
    s = Service("several", **JUNGFRAU, number_of_writers=3)
    path = str(s.data / "master.h5")
    case("three writers", lambda: s.client.start_writer_sync({"output_file": path, "n_images": 11})["acquisition"]["stats"]["n_write_completed"] == 11)
    case("virtual file", lambda: spot(path, 11))

    def order():
        with h5py.File(path) as f:
            assert f["det/data"].is_virtual and (np.diff(f["det/image_id"][:].astype(int)) == 1).all()
    case("images of all writers in order", order)
    s.stop()


def nexus():
    s = Service("nexus", **JUNGFRAU, h5={"layout": "nexus"})
    path = str(s.data / "nexus.h5")
    case("nexus write", lambda: s.client.start_writer_sync({"output_file": path, "n_images": 3})["state"] == "READY")

    def tree():
        with h5py.File(path) as f:
            assert f.attrs["default"] == "entry" and f["entry"].attrs["NX_class"] == "NXentry"
            assert f["entry/data/data"].shape == (3, 512, 1024) and f["det"].attrs["NX_class"] == "NXdetector"
            assert f["det/metadata"].dtype.names == ("image_id", "status") and (f["det/metadata"]["status"] == 1).all()
    case("nexus tree", tree)
    s.stop()


def records(path):
    raw = pathlib.Path(path).read_bytes()
    at = 0
    while at < len(raw):
        (length,) = struct.unpack_from("<Q", raw, at)
        yield raw[at + 8 : at + 8 + length]
        at += 8 + length


def eiger_captures():
    if not os.path.exists(f"{captures}/50020.dat"):
        print(f"skipped: no EIGER captures in {captures}")
        return
    s = Service("eiger", **EIGER, auto_start=False, sync_timeout_ms=10000, frame_timeout_ms=10000)
    path = str(s.data / "eiger.h5")
    ports = s.ports()
    packets = [list(records(f"{captures}/{50020 + m}.dat")) for m in range(4)]
    s.client.start_writer_async({"output_file": path, "n_images": 5})
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for number in range(640):
        for module in range(4):
            out.sendto(packets[module][number], ("127.0.0.1", ports[module]))
        if number % 8 == 0:
            time.sleep(0.002)
    case("five captured images are written", lambda: wait_for(lambda: s.client.get_status()["acquisition"]["message"] == "Completed."))
    expected = np.zeros((5, 514, 1030), np.uint32)
    for module, (x0, y0, _x1, y1) in ((int(k), v) for k, v in POSITIONS.items()):
        for frame in range(5):
            rows = np.concatenate([np.frombuffer(p[48:], "<u4") for p in packets[module][frame * 128 : frame * 128 + 128]]).reshape(256, 512)
            if y1 < y0:
                rows, y0_ = rows[::-1], y1
            else:
                y0_ = y0
            expected[frame, y0_ : y0_ + 256, x0 : x0 + 256] = rows[:, :256]
            expected[frame, y0_ : y0_ + 256, x0 + 258 : x0 + 514] = rows[:, 256:]

    def equal():
        with h5py.File(path) as f:
            assert f["det/image_id"][:].tolist() == [29512, 29513, 29514, 29515, 29516]
            assert (f["det/status"][:] == 0).all() and (f["det/data"][:] == expected).all()
    case("captured images equal the numpy assembly", equal)
    s.stop()


def killed():
    rng = random.Random(7)
    for number in range(kills):
        layout = ["plain", "packed"][number % 2]
        extra = {} if layout == "plain" else {"writer": {"compression": "bslz4"}}
        s = Service(f"kill{number}", **JUNGFRAU, **extra, rate_hz=40)
        path = str(s.data / "killed.h5")
        s.client.start_writer_async({"output_file": path, "n_images": 100000})
        time.sleep(rng.uniform(0.05, 1.5))
        done = s.client.get_status()["acquisition"]["stats"]["n_write_completed"]
        s.process.send_signal(signal.SIGKILL)
        s.process.wait()

        def readable():
            with h5py.File(path) as f:
                data = f["det/data"]
                assert len(data) >= done, (len(data), done)
                assert all(data[i].max() > 1000 for i in range(done))
                assert (np.diff(f["det/image_id"][:done].astype(int)) == 1).all()
        case(f"{layout} file after SIGKILL {number} with {done} images", readable)
        path = pathlib.Path(path)
        path.unlink(missing_ok=True)


for part in (clients, compressed, several_writers, nexus, eiger_captures, killed):
    try:
        part()
    except Exception as error:  # a part that cannot go on is one failed case
        failed += 1
        print(f"FAIL {part.__name__}: {type(error).__name__} {error}")
print(f"h5py {h5py.__version__}, HDF5 {h5py.version.hdf5_version}, pyzmq {zmq.__version__}")
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
