"""A plan of Python's Bluesky takes images with our DAQ through python/beamtime_worker/daq.py; its documents and the file agree."""

import json
import os
import pathlib
import subprocess
import sys

node, serve, folder, root = sys.argv[1:5]
sys.path.insert(0, os.path.join(root, "python"))

from beamtime_worker.daq import DaqDetector, DaqError, platform_detectors  # noqa: E402
from bluesky import RunEngine  # noqa: E402
from bluesky.plans import count  # noqa: E402
from bluesky.utils import FailedStatus  # noqa: E402
from event_model import DocumentNames, schema_validators  # noqa: E402

passed = failed = 0


def case(name, check):
    global passed, failed
    try:
        result = check()
        assert result is None or bool(result), result
        passed += 1
    except Exception as error:  # each case reports for itself
        failed += 1
        print(f"FAIL {name}: {type(error).__name__} {error}")


folder = pathlib.Path(folder)
table = dict(
    detector_name="det", detector_type="jungfrau-raw", n_modules=1, bit_depth=16, image_pixel_width=1024, image_pixel_height=512,
    start_udp_port=0, udp_host="127.0.0.1", rest="127.0.0.1:0", websocket="", stream={"ipc_directory": ""},
    ram_buffer={"export": "off", "ring_mb": 64}, simulator={"enabled": True, "auto_start": True, "rate_hz": 30},
)
(folder / "table.json").write_text(json.dumps(table))
service = subprocess.Popen([node, serve, str(folder), str(folder / "table.json")], stdout=subprocess.PIPE, text=True)
try:
    url = json.loads(service.stdout.readline())["rest"]
    detector = platform_detectors({"BEAMTIME_DAQ_URLS": json.dumps({"jungfrau": url})})["jungfrau"]
    documents = []
    engine = RunEngine()
    engine.subscribe(lambda name, doc: documents.append((name, doc)))

    def run():
        engine(count([detector], 10))
    case("a plan of ten points", run)

    def named(wanted):
        return [doc for name, doc in documents if name == wanted]

    def valid():
        for name, doc in documents:
            schema_validators[DocumentNames[name]].validate(doc)
    case("every document is valid", valid)
    case("ten events", lambda: len(named("event")) == 10)
    case("one resource", lambda: len(named("stream_resource")) == 1)
    case("datums without holes", lambda: [d["indices"]["start"] for d in named("stream_datum")] == list(range(10)))
    case("sequence numbers", lambda: [d["seq_nums"]["start"] for d in named("stream_datum")] == list(range(1, 11)))
    case("success", lambda: named("stop")[0]["exit_status"] == "success")

    def in_file():
        path = pathlib.Path(named("stream_resource")[0]["uri"].removeprefix("file://localhost"))
        dumped = subprocess.run(["h5dump", "-H", str(path)], capture_output=True, text=True)
        assert path.stat().st_size > 10 * 1048576
        assert dumped.returncode == 0 and "( 10, 512, 1024 )" in dumped.stdout, dumped.stdout
    case("images in the file", in_file)

    def refused():
        lost = DaqDetector("lost", url="http://127.0.0.1:9")
        try:
            engine(count([lost]))
        except (DaqError, FailedStatus) as error:
            return "127.0.0.1:9" in str(error) or "127.0.0.1:9" in str(error.__cause__)
    case("a service that is not there fails the plan with its address", refused)
finally:
    service.terminate()
    service.wait(20)
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
