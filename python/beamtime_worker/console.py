"""What Python code prints goes to the host in the order in which it was written, one message a write."""

from __future__ import annotations

import io
import os
import sys
import time
from typing import Any

from .link import Link

PIECE_CHARACTERS = 64 * 1024


class ConsoleStream(io.TextIOBase):
    """Stands for ``sys.stdout`` and ``sys.stderr``."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link

    def write(self, text: str) -> int:
        text = str(text)
        for start in range(0, len(text), PIECE_CHARACTERS):
            piece = text[start : start + PIECE_CHARACTERS]
            self._link.send({"event": "console", "time": time.time(), "msg": piece})
            self._link.wait_for_room()
        return len(text)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return 1

    @property
    def buffer(self) -> Any:
        return sys.__stdout__.buffer


def capture_console(link: Link) -> None:
    """From now on prints go through the link. What C code and child processes write to the descriptors 1 and 2
    comes to the host by a pipe, both in one, so that their order holds."""
    os.dup2(1, 2)
    stream = ConsoleStream(link)
    sys.stdout = sys.stderr = stream
    _silence_colorama()

    def in_fork() -> None:
        # A forked process has no thread that sends, and the host must see it when its parent is gone.
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        link.abandon()

    os.register_at_fork(after_in_child=in_fork)


def _silence_colorama() -> None:
    """It replaces the streams, which would take the console away from us."""
    try:
        import colorama
    except ImportError:
        return
    colorama.init = colorama.reinit = lambda *_, **__: None
