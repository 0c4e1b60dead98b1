"""Entry: connects to the host, takes over the console, works until told to end."""

from __future__ import annotations

import faulthandler
import json
import os
import platform
import signal
import socket
import sys
from typing import Any

from .console import capture_console
from .documents import DocumentChannel
from .link import Link
from .tasks import failure


def main(arguments: list[str]) -> int:
    if arguments == ["--describe"]:
        print(json.dumps(describe()))
        return 0
    control, documents_path = arguments
    faulthandler.enable()
    # The manager signals the whole group; the host ends the plan first and then this process.
    signal.signal(signal.SIGTERM, lambda *_: None)
    link = Link(_connect(control))
    documents = DocumentChannel(_connect(documents_path))
    capture_console(link)
    os.register_at_fork(after_in_child=documents.abandon)
    problem = _import_problem()
    link.send({"event": "hello", "pid": os.getpid(), "problem": problem})
    if problem is None:
        from .worker import Worker

        Worker(link, documents).run()
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    link.close()
    return 0


def describe() -> dict[str, Any]:
    """Versions of the packages and where the demo lies, null for what is not there."""
    found: dict[str, Any] = {"python": platform.python_version(), "executable": sys.executable}
    for name in ("bluesky", "bluesky_queueserver", "ophyd", "ophyd_async", "databroker", "tiled"):
        found[name] = _version(name)
    problem = _import_problem()
    found["problem"] = None if problem is None else problem["msg"]
    found["demo"] = None
    if problem is None:
        from bluesky_queueserver.manager.profile_ops import get_default_startup_dir

        found["demo"] = get_default_startup_dir()
    return found


def _version(package: str) -> str | None:
    from importlib import metadata

    try:
        return metadata.version(package.replace("_", "-"))
    except metadata.PackageNotFoundError:
        return None


def _import_problem() -> dict[str, Any] | None:
    try:
        import bluesky.run_engine  # noqa: F401
        import bluesky_queueserver.manager.profile_ops  # noqa: F401
        import msgpack  # noqa: F401
        from bluesky_queueserver.manager.logging_setup import setup_loggers
    except BaseException as error:
        told = failure(error)
        told["msg"] = f"The packages bluesky and bluesky_queueserver cannot be imported by {sys.executable}: {error}"
        return told
    from .worker import prepare_loop

    prepare_loop()
    setup_loggers(name="bluesky_queueserver", log_level=os.environ.get("BEAMTIME_WORKER_LOG_LEVEL", "INFO"))
    return None


def _connect(path: str) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.connect(path)
    return sock

