"""The plans of the soak for the Python worker: each execution leaves lines in a file."""

import os

import bluesky.plan_stubs as bps
from bluesky import RunEngine

RE = RunEngine({})

_failed_once = set()


def _leave_mark(what, name):
    with open(os.environ["SOAK_MARKS"], "a") as marks:
        marks.write(f"{what} {name}\n")


def mark(key: str, seconds: float = 0):
    _leave_mark("begin", key)
    if seconds > 0:
        yield from bps.sleep(seconds / 2)
        yield from bps.checkpoint()
        yield from bps.sleep(seconds / 2)
    yield from bps.null()
    _leave_mark("end", key)
    return key


def mark_run(key: str):
    _leave_mark("begin", key)
    yield from bps.open_run()
    yield from bps.checkpoint()
    yield from bps.close_run()
    _leave_mark("end", key)
    return key


def mark_and_fail(key: str):
    """Fails the first time that it runs in an environment."""
    _leave_mark("begin", key)
    yield from bps.sleep(0.01)
    if key not in _failed_once:
        _failed_once.add(key)
        raise RuntimeError("as ordered")
    _leave_mark("end", key)


def answer(value):
    return value + 1
