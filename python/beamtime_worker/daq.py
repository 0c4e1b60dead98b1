"""Detectors of the platform's DAQ for Bluesky plans: images go to HDF5 files, documents say where.

In a startup file:  from beamtime_worker.daq import platform_detectors; globals().update(platform_detectors())
or by hand:         from beamtime_worker.daq import DaqDetector; jungfrau = DaqDetector("jungfrau", url="http://127.0.0.1:5000")
"""

import json
import os
import threading
import urllib.error
import urllib.parse
import urllib.request
import uuid

_NUMPY_TYPES = {"u8": "|u1", "u16": "<u2", "u32": "<u4", "f32": "<f4", "i16": "<i2", "i32": "<i4"}


class DaqError(RuntimeError):
    """The DAQ service refused or does not answer."""


class DaqStatus:
    """A status as Bluesky waits for: finished by a thread of its own."""

    def __init__(self, work, name):
        self._lock = threading.Lock()
        self._callbacks = []
        self._exception = None
        self.done = False
        self.success = False
        threading.Thread(target=self._run, args=(work,), name=name, daemon=True).start()

    def _run(self, work):
        try:
            work()
        except Exception as error:  # it fails the status
            self._exception = error
        with self._lock:
            self.success = self._exception is None
            self.done = True
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback(self)

    def add_callback(self, callback):
        with self._lock:
            if not self.done:
                self._callbacks.append(callback)
                return
        callback(self)

    def exception(self, timeout=0.0):
        return self._exception


class DaqDetector:
    """The detector of a DAQ service: `stage` opens a file, each `trigger` records the next images, `unstage` closes it."""

    parent = None

    def __init__(self, name, *, url, images_per_point=1, timeout=10.0):
        self.name = name
        self.hints = {"fields": []}  # an image is no number to plot
        self._url = url
        self._images = images_per_point
        self._timeout = timeout
        self._file = None

    def __repr__(self):
        return f"DaqDetector({self.name!r}, url={self._url!r})"

    def _call(self, path, body=None, timeout=10.0):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(urllib.parse.urljoin(self._url, path), data, {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                answer = json.load(response)
        except (OSError, ValueError) as error:
            raise DaqError(f"the DAQ service at {self._url} does not answer {path}: {error}") from error
        if answer.get("status") != "ok":
            raise DaqError(answer.get("message", f"{path} was refused"))
        return answer

    def describe(self):
        image = self._call("/plan/describe")
        return {
            self.name: {
                "source": f"daq:{image['detector']}",
                "dtype": "array",
                "dtype_numpy": _NUMPY_TYPES.get(image["dtype"], "<u2"),
                "shape": [self._images, *image["shape"]],
                "external": "STREAM:",
            }
        }

    def read(self):
        # The pixels are in the file; collect_asset_docs announces them.
        return {}

    def describe_configuration(self):
        return {}

    def read_configuration(self):
        return {}

    def stage(self):
        self.unstage()
        armed = self._call("/plan/arm", {"file_name": f"{self.name}-{uuid.uuid4()}.h5"})
        self._file = {"path": armed["path"], "dataset": armed["dataset"], "uid": str(uuid.uuid4()), "points": 0, "announced": 0}
        return [self]

    def unstage(self):
        if self._file is not None:
            self._file = None
            self._call("/plan/disarm", {}, timeout=60.0)
        return [self]

    def stop(self, *, success=False):
        self.unstage()

    def trigger(self):
        def record():
            opened = self._file
            if opened is None:
                raise DaqError(f"{self.name} was triggered before it was staged")
            body = {"images": self._images, "timeout_ms": round(self._timeout * 1000)}
            self._call("/plan/trigger", body, timeout=self._timeout + 5.0)
            opened["points"] += 1

        return DaqStatus(record, f"{self.name}-trigger")

    def get_index(self):
        return 0 if self._file is None else self._file["points"]

    def collect_asset_docs(self, index=None):
        opened = self._file
        if opened is None:
            return
        stop = opened["points"] if index is None else min(index, opened["points"])
        start = opened["announced"]
        if stop <= start:
            return
        if start == 0:
            yield "stream_resource", {
                "uid": opened["uid"],
                "data_key": self.name,
                "mimetype": "application/x-hdf5",
                "uri": "file://localhost" + urllib.parse.quote(opened["path"]),
                "parameters": {"dataset": opened["dataset"], "chunk_shape": (self._images,)},
            }
        yield "stream_datum", {
            "uid": f"{opened['uid']}/{start}",
            "stream_resource": opened["uid"],
            "descriptor": "",
            "indices": {"start": start, "stop": stop},
            "seq_nums": {"start": 0, "stop": 0},
        }
        opened["announced"] = stop


def platform_detectors(environ=os.environ):
    """Detectors of the platform that runs this worker, by name; empty outside of a platform."""
    addresses = json.loads(environ.get("BEAMTIME_DAQ_URLS") or "{}")
    return {name: DaqDetector(name, url=url) for name, url in addresses.items()}
