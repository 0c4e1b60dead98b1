"""The platform as processes of its own, driven with the libraries of the peers."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgpack
import msgpack_numpy
from bluesky_queueserver_api.zmq import REManagerAPI
from confluent_kafka import Consumer, TopicPartition

TOPIC = "demo.bluesky.documents"


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def until(what, condition, timeout=30.0):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited {timeout} s for {what}")


class Beamline:
    """Broker, store and one queue manager with the Python worker."""

    def __init__(self, node, root):
        self._command = [node, str(Path(root) / "bin" / "beamtime.mjs")]
        self._folder = tempfile.TemporaryDirectory(prefix="python-worker-")
        self.folder = Path(self._folder.name)
        self.broker = f"127.0.0.1:{free_port()}"
        self._control = f"tcp://127.0.0.1:{free_port()}"
        self._info = f"tcp://127.0.0.1:{free_port()}"
        self._registry = free_port()
        self._processes = {}
        self.rm = None

    def configure(self, **queue):
        keys = {
            "control": self._control,
            "info": self._info,
            "worker": "python",
            "python": sys.executable,
            "print_console_output": True,
            **queue,
        }
        lines = [
            '[facility]\ninstrument = "Demo"\ninstrument_id = "demo"',
            f'[broker]\nlisten = "{self.broker}"',
            f'[registry]\nlisten = "127.0.0.1:{self._registry}"',
            '[ops]\nshutdown_s = 10',
            "[queue.main]",
            *(f"{key} = {json.dumps(value)}" for key, value in keys.items()),
        ]
        (self.folder / "beamtime.toml").write_text("\n".join(lines) + "\n")

    def start(self, role, *arguments):
        log = open(self.folder / f"{role}.log", "ab")
        self._processes[role] = subprocess.Popen(
            [*self._command, role, *arguments, "--data", str(self.folder / "data"), "--config", self.folder / "beamtime.toml"],
            stdout=log,
            stderr=log,
            cwd=self.folder,
        )

    def start_manager(self):
        self.start("manager", "main")
        self.rm = REManagerAPI(zmq_control_addr=self._control, zmq_info_addr=self._info)
        self.rm.console_monitor.enable()
        try:
            until("the manager", self.answers)
        except AssertionError:
            sys.stderr.write((self.folder / "manager.log").read_text()[-2000:])
            raise
        # Subscribed before anything is printed that a case looks for.
        time.sleep(0.3)

    def answers(self):
        try:
            return self.rm.status(reload=True)
        except Exception:
            return None

    def kill(self, role, how=signal.SIGKILL):
        process = self._processes[role]
        process.send_signal(how)
        return process.wait(30)

    def stop_manager(self):
        self.kill("manager", signal.SIGTERM)
        self.rm.close()

    def close(self):
        for role in ("manager", "store", "broker"):
            process = self._processes.get(role)
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
        self._folder.cleanup()

    # ------------------------------------------------------------------ worker

    def worker_pids(self):
        """Host and its Python child."""
        host = child = None
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            line = b" ".join(words).decode(errors="replace")
            if str(self.folder) not in line:
                continue
            if "run_worker.py" in line:
                child = int(entry.name)
            elif "worker-main" in line or "worker@main" in line or "worker-host" in line:
                host = int(entry.name)
        return host, child

    def child_pid(self):
        return until("the Python process", lambda: self.worker_pids()[1])

    def host_pid(self):
        status = Path(f"/proc/{self.child_pid()}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:")))

    # ------------------------------------------------------------------ documents

    def documents(self, run_uid=None):
        """Everything on the topic, of one run if its uid is given."""
        consumer = Consumer({"bootstrap.servers": self.broker, "group.id": "check", "enable.auto.commit": False})
        place = TopicPartition(TOPIC, 0, 0)
        try:
            low, high = consumer.get_watermark_offsets(place, timeout=10)
            consumer.assign([TopicPartition(TOPIC, 0, low)])
            found = []
            count = low
            while count < high:
                message = consumer.poll(10)
                assert message is not None and message.error() is None, message and message.error()
                count = message.offset() + 1
                found.append(tuple(msgpack.unpackb(message.value(), object_hook=msgpack_numpy.decode)))
        finally:
            consumer.close()
        return found if run_uid is None else of_run(found, run_uid)

    def documents_when_stopped(self, run_uid):
        def stopped():
            found = self.documents(run_uid)
            return found if any(name == "stop" for name, _ in found) else None

        return until("the stop document", stopped)

    def beamtime(self, *arguments):
        done = subprocess.run(
            [*self._command, *arguments, "--data", str(self.folder / "data"), "--config", self.folder / "beamtime.toml"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def of_run(documents, run_uid):
    descriptors = set()
    found = []
    for name, document in documents:
        if name == "start":
            mine = document["uid"] == run_uid
        elif name == "descriptor":
            mine = document["run_start"] == run_uid
            if mine:
                descriptors.add(document["uid"])
        elif name == "stop":
            mine = document["run_start"] == run_uid
        else:
            mine = document.get("descriptor") in descriptors or document.get("run_start") == run_uid
        if mine:
            found.append((name, document))
    return found
