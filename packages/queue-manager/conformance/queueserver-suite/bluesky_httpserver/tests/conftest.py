"""The fixtures that the tests of bluesky-queueserver-api take from the HTTP server's package. They start our gateway.

Environment: SUITE_BEAMTIME, the path of the program `beamtime`.
"""
import contextlib
import os
import socket
import subprocess
import time
import urllib.request

import pytest

API_KEY_FOR_TESTS = "APIKEYFORTESTS"
START_S = 20


class Gateway:
    def __init__(self, folder, host, port, api_key):
        self._url = f"http://{host}:{port}"
        self._host = "127.0.0.1" if host == "localhost" else host
        self._port = port
        settings = {
            "HTTP__LISTEN": f"{self._host}:{port}",
            "HTTP__MANAGER__CONTROL": os.environ.get("QSERVER_ZMQ_CONTROL_ADDRESS") or "tcp://localhost:60615",
            "HTTP__MANAGER__INFO": os.environ.get("QSERVER_ZMQ_INFO_ADDRESS") or "tcp://localhost:60625",
            "HTTP__MANAGER__ENCODING": os.environ.get("USE_ZMQ_ENCODING") or "json",
            "HTTP__MANAGER__PUBLIC_KEY": os.environ.get("QSERVER_ZMQ_PUBLIC_KEY") or "",
            "HTTP__AUTH__SINGLE_USER_KEY": api_key,
        }
        environment = {**os.environ, **{f"BEAMTIME__{name}": value for name, value in settings.items()}}
        self._process = subprocess.Popen(
            [os.environ["SUITE_BEAMTIME"], "gateway", "--data", str(folder)],
            env=environment,
            stdout=subprocess.DEVNULL,
        )

    def wait(self):
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"the gateway ended with code {self._process.returncode}")
            if self._is_listening():
                with urllib.request.urlopen(f"{self._url}/healthz", timeout=5):
                    return
            time.sleep(0.05)
        raise TimeoutError("the gateway does not answer")

    def _is_listening(self):
        """Looks by hand: on loopback a connection to a free port may meet itself, and would then keep the port."""
        with socket.socket() as probe:
            try:
                probe.connect((self._host, self._port))
                return probe.getsockname() != probe.getpeername()
            except OSError:
                return False

    def close(self):
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def _gateways(tmp_path_factory):
    """A function that starts gateways; they are ended with the context."""
    started = []

    def start(http_server_host="localhost", http_server_port=60610, api_key=API_KEY_FOR_TESTS):
        gateway = Gateway(tmp_path_factory.mktemp("gateway"), http_server_host, http_server_port, api_key)
        started.append(gateway)
        gateway.wait()

    try:
        yield start
    finally:
        for gateway in started:
            gateway.close()


@pytest.fixture
def fastapi_server_fs(tmp_path_factory):
    """Starts gateways on demand."""
    with _gateways(tmp_path_factory) as start:
        yield start


@pytest.fixture
def fastapi_server(request, tmp_path_factory):
    """A gateway, where the case speaks HTTP."""
    with _gateways(tmp_path_factory) as start:
        callspec = getattr(request.node, "callspec", None)
        if callspec is None or callspec.params.get("protocol", "HTTP") == "HTTP":
            start()
        yield


def setup_server_with_config_file(**_):
    pytest.skip("the case configures the Python HTTP server with its own YAML file")
