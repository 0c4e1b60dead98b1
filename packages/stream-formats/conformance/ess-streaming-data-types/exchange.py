"""Writes a message of every schema, has ours read and write it, and compares what the reference reader sees in both.

Usage: exchange.py NODE EXCHANGE_TS
"""

import dataclasses
import datetime
import importlib.metadata
import os
import subprocess
import sys
import tempfile

import numpy as np
import streaming_data_types as sdt
from streaming_data_types.alarm_al00 import Severity
from streaming_data_types.area_detector_ad00 import Attribute
from streaming_data_types.dataarray_da00 import Variable
from streaming_data_types.epics_connection_ep01 import ConnectionInfo
from streaming_data_types.fbschemas.action_response_answ.ActionOutcome import ActionOutcome
from streaming_data_types.fbschemas.action_response_answ.ActionType import ActionType
from streaming_data_types.fbschemas.forwarder_config_update_fc00.UpdateType import UpdateType
from streaming_data_types.forwarder_config_update_fc00 import Protocol, StreamInfo
from streaming_data_types.run_start_pl72 import DetectorSpectrumMap

T = 1700000000000000000
write = sdt.SERIALISERS
rng = np.random.default_rng(7)
events = rng.integers(0, 2**31 - 1, 1000, dtype=np.int32)
when = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
histogram = {
    "source": "h", "timestamp": T, "current_shape": [5], "last_metadata_timestamp": T,
    "dim_metadata": [{"length": 5, "unit": "m", "label": "x", "bin_boundaries": np.arange(6, dtype=np.float64)}],
    "data": np.arange(5, dtype=np.float64), "errors": np.arange(5, dtype=np.float64), "info": "i",
}
messages = {
    "ev44": lambda: write["ev44"]("d", 7, np.array([T, T + 1]), np.array([0, 500], dtype=np.int32), events, events[::-1].copy()),
    "an44": lambda: write["an44"]("d", 7, np.array([T]), np.array([0], dtype=np.int32), events, events, np.arange(1000, dtype=np.int16)),
    "ev42": lambda: write["ev42"]("d", 7, T, events, events),
    "ev43": lambda: write["ev43"]("d", 7, np.array([T]), np.array([0]), events, events),
    "da00": lambda: write["da00"]("d", T, [
        Variable(name="signal", unit="counts", label="L", axes=["y", "x"], shape=(2, 3), data=np.arange(6, dtype=np.float64).reshape(2, 3)),
        Variable(name="x", unit="ms", axes=["x"], shape=(3,), data=np.arange(3, dtype=np.int16)),
        Variable(name="n", axes=[], shape=(), data=np.array(5, dtype=np.int64)),
        Variable(name="t", axes=[], shape=(), data="text"),
    ]),
    "ad00": lambda: write["ad00"]("cam", 3, T, np.arange(12, dtype=np.uint16).reshape(3, 4), [Attribute("a", "b", "c", 1.5)]),
    "ADAr": lambda: write["ADAr"]("cam", 3, when, np.arange(12, dtype=np.float32).reshape(3, 4)),
    **{f"f144-{np.dtype(t).name}": (lambda t=t: write["f144"]("pv", np.array(3, dtype=t), T)) for t in "bBhHiIqQfd"},
    **{f"f144-array-{np.dtype(t).name}": (lambda t=t: write["f144"]("pv", np.arange(5, dtype=t), T)) for t in "bBhHiIqQfd"},
    "f142": lambda: write["f142"](1.5, "pv", T, 3, 1),
    "al00": lambda: write["al00"]("pv", T, Severity.MAJOR, "hot"),
    "ep01": lambda: write["ep01"](T, ConnectionInfo.CONNECTED, "pv", "svc"),
    "ep00": lambda: write["ep00"](T, 1, "pv", "svc"),
    "hs00": lambda: write["hs00"](histogram),
    "hs01": lambda: write["hs01"](histogram),
    "x5f2": lambda: write["x5f2"]("n", "1", "id", "host", 42, 2000, "{}"),
    "pl72": lambda: write["pl72"]("job", "f.nxs", 1700000000000, 1700000001000, "r", "{}", "s", "inst", "b", "{}",
                                  DetectorSpectrumMap(np.arange(3), np.arange(3), 3), "c"),
    "6s4t": lambda: write["6s4t"]("job", "r", "s", "c", 1700000001000),
    "answ": lambda: write["answ"]("s", "j", "c", ActionType.SetStopTime, ActionOutcome.Failure, "m", 400, when),
    "wrdn": lambda: write["wrdn"]("s", "j", True, "f", "{}", "m"),
    "fc00": lambda: write["fc00"](UpdateType.ADD, [StreamInfo("PV", "f144", "t", Protocol.Protocol.CA, 2)]),
    "se00": lambda: write["se00"]("n", 1, T, 10, 5, np.arange(9, dtype=np.float32), value_timestamps=np.arange(9)),
    "senv": lambda: write["senv"]("n", 1, when, 10, 5, np.arange(9, dtype=np.uint16)),
    "tdct": lambda: write["tdct"]("ch", np.array([T, T + 5]), 3),
    "json": lambda: write["json"]('{"a": 1}'),
}


def same(a, b):
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.array_equal(np.asarray(a), np.asarray(b)) and np.asarray(a).dtype == np.asarray(b).dtype
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if dataclasses.is_dataclass(a) or (hasattr(a, "__dict__") and type(a).__module__.startswith("streaming")):
        return same(vars(a), vars(b))
    return a == b


passed = failed = 0
skipped = []
with tempfile.TemporaryDirectory() as theirs, tempfile.TemporaryDirectory() as ours:
    for name, make in messages.items():
        try:
            data = make()
        except Exception as error:  # the reference writer itself cannot make it with this numpy
            skipped.append(f"{name} ({type(error).__name__}: {error})")
            continue
        with open(os.path.join(theirs, name), "wb") as file:
            file.write(data)
    subprocess.run([sys.argv[1], sys.argv[2], theirs, ours], check=True)
    for name in sorted(os.listdir(theirs)):
        read = sdt.DESERIALISERS[name.split("-")[0]]
        try:
            with open(os.path.join(theirs, name), "rb") as a, open(os.path.join(ours, name), "rb") as b:
                assert same(read(a.read()), read(b.read())), "values differ"
            passed += 1
        except Exception as error:
            failed += 1
            print(f"FAIL {name}: {type(error).__name__} {error}")
for line in skipped:
    print(f"not made by the reference writer: {line}")
print(f"ess-streaming-data-types {importlib.metadata.version('ess-streaming-data-types')}, numpy {np.__version__}")
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
