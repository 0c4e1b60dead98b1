"""Documents on their way to the host.

frame   u32 number  u32 length  payload        payload = msgpack of [name, document], big-endian lengths
answer  u32 number  u8 status   u32 length  text in UTF-8
status  0 taken, 1 taken, ask before going on behind the next checkpoint, 2 refused for the reason in text

``send`` returns when the host has the document in its spool: nothing that a plan has emitted is lost when a process dies.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Mapping
from typing import Any

MAX_BYTES = 256 * 1024 * 1024
HOLD, REFUSED = 1, 2

_frame = struct.Struct(">II")
_answer = struct.Struct(">IBI")

# Only these are frequent, and their keys come from the descriptor.
_frequent = frozenset(("event", "event_page", "datum", "datum_page", "stream_datum"))


class DocumentRefused(RuntimeError):
    """The host did not take a document; the plan fails with its words."""


class DocumentChannel:
    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._lock = threading.Lock()
        self._number = 0
        self._open = True
        self.hold = False
        """The host wants to be asked before the plan goes on behind its next checkpoint."""

    def send(self, name: str, document: Any) -> None:
        """Raises DocumentRefused. Without a host documents vanish: the plan is being ended."""
        payload = encode(name, document)
        if len(payload) > MAX_BYTES:
            raise DocumentRefused(f"A document '{name}' of {len(payload)} bytes is too large: the limit is {MAX_BYTES}")
        with self._lock:
            if not self._open:
                return
            self._number = number = (self._number + 1) % 0x100000000
            try:
                self._socket.sendall(_frame.pack(number, len(payload)))
                self._socket.sendall(payload)
                status, text = self._answer_to(number)
            except OSError:
                self._open = False
                return
        self.hold = status == HOLD
        if status == REFUSED:
            raise DocumentRefused(text)

    def abandon(self) -> None:
        self._open = False
        self._socket.close()

    def _answer_to(self, number: int) -> tuple[int, str]:
        # An exception thrown into this thread may have left the answer to an earlier document unread.
        while True:
            answered, status, length = _answer.unpack(self._receive(_answer.size))
            text = self._receive(length).decode() if length else ""
            if answered == number:
                return status, text

    def _receive(self, length: int) -> bytes:
        received = bytearray()
        while len(received) < length:
            piece = self._socket.recv(length - len(received))
            if not piece:
                raise ConnectionError("the host is gone")
            received += piece
        return bytes(received)


def encode(name: str, document: Any) -> bytes:
    """Arrays as msgpack-numpy writes them, everything else plainly: never numpy scalars, never pickle."""
    import msgpack

    body = document if name in _frequent else with_text_keys(document)
    try:
        return msgpack.packb([name, body], default=plain, use_bin_type=True)
    except OverflowError:
        return msgpack.packb([name, with_small_integers(body)], default=plain, use_bin_type=True)


def plain(value: Any) -> Any:
    """Stands in for what msgpack does not know."""
    import numpy

    if isinstance(value, numpy.ndarray):
        return _array(value)
    if isinstance(value, numpy.generic):
        item = value.item()
        return float(item) if isinstance(item, numpy.generic) else item
    if isinstance(value, complex):
        return {b"complex": True, b"data": repr(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=repr)
    if hasattr(value, "__array__"):
        return _array(numpy.asarray(value))
    return str(value)


def _array(array: Any) -> Any:
    if array.ndim == 0:
        return array.item()
    if array.dtype.kind in "OUSMm":
        return array.astype(str).tolist() if array.dtype.kind in "Mm" else array.tolist()
    structured = array.dtype.kind == "V"
    return {
        b"nd": True,
        b"type": array.dtype.descr if structured else array.dtype.str,
        b"kind": b"V" if structured else b"",
        b"shape": list(array.shape),
        b"data": array.tobytes(),
    }


def with_text_keys(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): with_text_keys(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [with_text_keys(item) for item in value]
    return value


def with_small_integers(value: Any) -> Any:
    """msgpack ends at 64 bits; a larger integer goes as a float."""
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return float(value)
    if isinstance(value, Mapping):
        return {key: with_small_integers(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [with_small_integers(item) for item in value]
    return value
