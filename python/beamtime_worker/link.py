"""Newline-delimited JSON to and from the worker host."""

from __future__ import annotations

import json
import math
import queue
import socket
import threading
import time
from typing import Any, Callable

# A thread that prints waits while this many messages are unsent, so that a busy host cannot fill the memory of the plan.
CONGESTED_MESSAGES = 1024


class Link:
    """Sends in the order of ``send`` and never blocks for long; ``send`` may be called from signal handlers."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._closed = False
        self._writer = threading.Thread(target=self._write, name="beamtime link", daemon=True)
        self._writer.start()

    def send(self, message: dict[str, Any]) -> None:
        """Queues one message. What JSON cannot hold as a number becomes null."""
        self._lines.put(to_json(message))

    def wait_for_room(self) -> None:
        while self._lines.qsize() > CONGESTED_MESSAGES and not self._closed:
            time.sleep(0.002)

    def read(self, handle: Callable[[dict[str, Any]], None]) -> None:
        """Calls ``handle`` for each message until the host is gone."""
        try:
            with self._socket.makefile("r", encoding="utf-8", newline="\n") as lines:
                for line in lines:
                    handle(json.loads(line))
        except OSError:
            return

    def close(self) -> None:
        """Sends what is queued, then closes."""
        self._lines.put(None)
        self._writer.join(5)
        self.abandon()

    def abandon(self) -> None:
        self._closed = True
        self._socket.close()

    def _write(self) -> None:
        while True:
            line = self._lines.get()
            if line is None:
                return
            lines = [line]
            size = len(line)
            ending = False
            while size < 65536:
                try:
                    following = self._lines.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    ending = True
                    break
                lines.append(following)
                size += len(following)
            try:
                self._socket.sendall("".join(lines).encode("utf-8"))
            except OSError:
                self._closed = True
            if ending:
                return


def to_json(message: Any) -> str:
    try:
        return json.dumps(message, allow_nan=False) + "\n"
    except ValueError:
        return json.dumps(without_nan(message), allow_nan=False) + "\n"


def without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_nan(item) for item in value]
    return value
