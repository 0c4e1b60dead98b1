"""Runs the steps of one Python client and prints one JSON line a step: how the others of conformance/clients do it."""

import json
import sys
import time

ORDER = (
    "create,list,none,gzip,snappy,lz4,zstd,consume,group,rebalance,seek offset,seek time,delete".split(",")
)
CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
SENT = [f"{i} {'v' * i}" for i in range(300)]

server, client, prefix = sys.argv[1:4]


class Unsupported(Exception):
    """The client does not have this, whatever the server."""


def equal(actual, expected, what):
    if actual != expected:
        raise AssertionError(f"{what}: {str(actual)[:120]} instead of {str(expected)[:120]}")


def until(what, is_true, seconds=30):
    deadline = time.time() + seconds
    while not is_true():
        if time.time() > deadline:
            raise AssertionError(f"not after {seconds} s: {what}")
        time.sleep(0.1)


def run(version, steps):
    for name in ORDER:
        try:
            step = steps[name]
            if isinstance(step, str):
                raise Unsupported(step)
            step()
            outcome = {"kind": "pass"}
        except Unsupported as error:
            outcome = {"kind": "unsupported", "reason": str(error)}
        except Exception as error:  # noqa: BLE001 - any failure is a result
            outcome = {"kind": "fail", "reason": f"{type(error).__name__}: {error}"[:300]}
        line = {"client": client, "version": version, "name": name, "outcome": outcome}
        print(json.dumps(line), flush=True)
