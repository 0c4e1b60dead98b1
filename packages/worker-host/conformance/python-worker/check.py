"""The Python worker under the real manager, store and broker. Arguments: node, root of the repository, [names of cases].
Prints one line a case and ends with "N passed, N failed"."""

import atexit
import os
import signal
import sys
import time
import traceback

import numpy
from beamline import TOPIC, Beamline, until
from bluesky_queueserver_api import BFunc, BPlan

node, root, *wanted = sys.argv[1:]
line = Beamline(node, root)
# Also when the preparations fail.
atexit.register(line.close)
passed = failed = 0


def case(name):
    def run(function):
        global passed, failed
        if wanted and not any(word in name for word in wanted):
            return
        try:
            function()
            passed += 1
            print(f"pass  {name}", flush=True)
        except Exception as error:  # noqa: BLE001 - a failing case must not end the suite
            failed += 1
            print(f"FAIL  {name}: {type(error).__name__}: {error}", flush=True)
            traceback.print_exc()

    return run


def status():
    return line.rm.status(reload=True)


def open_environment():
    if not status()["worker_environment_exists"]:
        line.rm.environment_open()
    line.rm.wait_for_idle(timeout=60)
    assert status()["worker_environment_exists"], line.rm.config_get()


def close_environment():
    line.rm.environment_close()
    line.rm.wait_for_idle(timeout=30)


def running():
    until("a running plan", lambda: status()["re_state"] == "running")


def run_item(item):
    """Runs one plan and returns its history entry."""
    line.rm.item_execute(item)
    line.rm.wait_for_idle(timeout=60)
    return line.rm.history_get()["items"][-1]


def wait_state(state):
    until(f"manager state {state}", lambda: status()["manager_state"] == state)


def run_task(answer):
    return line.rm.wait_for_completed_task(answer["task_uid"], timeout=30) and line.rm.task_result(answer["task_uid"])["result"]


def upload(script, **options):
    result = run_task(line.rm.script_upload(script, **options))
    assert result["success"], result
    return result


def as_root(request):
    """Functions of uploaded scripts are not allowed for anybody else."""
    group, line.rm.user_group = line.rm.user_group, "root"
    try:
        return request()
    finally:
        line.rm.user_group = group


def metadata():
    return line.rm.send_request(method="re_metadata")["re_metadata"]


def quiet(function):
    try:
        return function()
    except Exception:
        return None


def collect_console():
    found = []
    try:
        while True:
            found.append(line.rm.console_monitor.next_msg(timeout=0.5)["msg"])
    except line.rm.RequestTimeoutError:
        return "".join(found)


line.configure()
line.start("broker")
line.start("store")
line.start_manager()


@case("the environment opens with the demo profile and its lists are those of the package")
def _():
    from bluesky_queueserver.manager.profile_ops import (
        existing_plans_and_devices_from_nspace,
        get_default_startup_dir,
        load_worker_startup_code,
    )

    open_environment()
    with open(os.devnull, "w") as nothing:
        stdout, sys.stdout = sys.stdout, nothing
        try:
            namespace = load_worker_startup_code(startup_dir=get_default_startup_dir())
        finally:
            sys.stdout = stdout
    plans, devices, _, _ = existing_plans_and_devices_from_nspace(nspace=namespace)
    assert line.rm.plans_existing()["plans_existing"] == plans
    assert line.rm.devices_existing()["devices_existing"] == devices
    console = collect_console()
    assert "Loading file" in console and "RE Environment is ready" in console, console


@case("count and scan run, are in the history, on Kafka and in the store")
def _():
    open_environment()
    line.rm.item_add_batch([BPlan("count", ["det1", "det2"], num=3), BPlan("scan", ["det"], "motor", -1, 1, 5)])
    line.rm.queue_start()
    line.rm.wait_for_idle(timeout=60)
    first, second = line.rm.history_get()["items"][-2:]
    for item in (first, second):
        assert item["result"]["exit_status"] == "completed", item
        assert item["result"]["traceback"] == ""
    uid = second["result"]["run_uids"][0]
    documents = line.documents_when_stopped(uid)
    assert [name for name, _ in documents] == ["start", "descriptor", *["event"] * 5, "stop"]
    start, event, stop = documents[0][1], documents[2][1], documents[-1][1]
    assert start["plan_name"] == "scan" and start["plan_type"] == "generator"
    assert start["queue_item_uid"] == second["item_uid"] and start["scan_id"] == second["result"]["scan_ids"][0]
    assert type(start["time"]) is float and type(start["num_points"]) is int
    assert type(event["seq_num"]) is int and all(type(v) is float for v in event["timestamps"].values())
    assert type(event["data"]["det"]) is float and event["data"]["motor"] == -1
    assert stop["exit_status"] == "success" and stop["num_events"] == {"primary": 5}
    until("the store", lambda: uid in line.beamtime("runs", "list", "--json"))


@case("arrays, numpy scalars and odd metadata arrive with their types")
def _():
    open_environment()
    upload(
        """
import numpy as np, time
from ophyd import Device, Component, Signal
class ArrayDevice:
    name = "arrays"; parent = None
    def read(self):
        return {key: {"value": value, "timestamp": time.time()} for key, value in self.values().items()}
    def values(self):
        return {
            "image": np.arange(6, dtype="<u2").reshape(2, 3),
            "strided": np.arange(12, dtype="<f4").reshape(3, 4)[:, ::2],
            "text": np.array(["a", "bc"]), "f32": np.float32(0.5), "i8": np.int8(-3), "flag": np.bool_(True),
            "whole": 5.0, "list": [1, 2.5], "big": 2**62,
        }
    def describe(self):
        kinds = {"f32": "number", "i8": "integer", "flag": "boolean", "whole": "number", "big": "integer"}
        return {k: {"dtype": kinds.get(k, "array"), "shape": list(np.shape(v)), "source": "x"} for k, v in self.values().items()}
    def read_configuration(self): return {}
    def describe_configuration(self): return {}
    def trigger(self):
        from ophyd.sim import NullStatus
        return NullStatus()
arrays = ArrayDevice()
def odd_metadata(detectors):
    yield from count(detectors, md={"energy": 7.0, "pair": (1, 2.0), "numbers": {"f": np.float64(2), "i": np.int64(3)},
        "scale": np.array([1.0, 2.0]), "set": {"x"}, "where": __import__("pathlib").Path("/a")})
"""
    )
    entry = run_item(BPlan("odd_metadata", ["arrays"]))
    assert entry["result"]["exit_status"] == "completed", entry["result"]["traceback"]
    documents = line.documents_when_stopped(entry["result"]["run_uids"][0])
    start = documents[0][1]
    assert type(start["energy"]) is float and start["pair"] == [1, 2.0] and type(start["pair"][1]) is float
    assert type(start["numbers"]["f"]) is float and type(start["numbers"]["i"]) is int
    assert start["scale"].tolist() == [1.0, 2.0] and start["set"] == ["x"] and start["where"] == "/a"
    data = next(document for name, document in documents if name == "event")["data"]
    assert data["image"].dtype == numpy.dtype("<u2") and data["image"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert data["strided"].tolist() == [[0, 2], [4, 6], [8, 10]] and data["text"] == ["a", "bc"]
    assert type(data["f32"]) is float and data["i8"] == -3 and type(data["i8"]) is int and data["flag"] is True
    assert type(data["whole"]) is float and data["list"] == [1, 2.5] and data["big"] == 2**62


@case("pause, resume, stop, abort and halt")
def _():
    open_environment()
    for option, action, expected in (
        ("deferred", "resume", "completed"),
        ("immediate", "resume", "completed"),
        ("immediate", "stop", "stopped"),
        ("deferred", "abort", "aborted"),
        ("immediate", "halt", "halted"),
    ):
        line.rm.item_execute(BPlan("count", ["det1"], num=6, delay=0.2))
        running()
        # Before its first checkpoint a plan can not be resumed.
        until("an open run", lambda: line.rm.re_runs()["run_list"])
        time.sleep(0.2)
        line.rm.re_pause(option)
        wait_state("paused")
        assert status()["re_state"] == "paused" and status()["worker_environment_state"] == "idle"
        assert [run["is_open"] for run in line.rm.re_runs()["run_list"]] == [True]
        getattr(line.rm, f"re_{action}")()
        line.rm.wait_for_idle(timeout=30)
        entry = line.rm.history_get()["items"][-1]
        assert entry["result"]["exit_status"] == expected, (option, action, entry["result"])
        assert status()["re_state"] == "idle"
        documents = line.documents_when_stopped(entry["result"]["run_uids"][0])
        assert documents[-1][1]["exit_status"] == ("success" if expected in ("completed", "stopped") else "abort")
        if expected == "completed":
            events = {document["seq_num"] for name, document in documents if name == "event"}
            assert events == {1, 2, 3, 4, 5, 6}


@case("a pause of a plan that blocks the engine's loop neither blocks the control path nor is lost")
def _():
    open_environment()
    upload("import time\ndef stuck():\n    yield from null()\n    time.sleep(2)\n    yield from bps.checkpoint()\n    yield from bps.sleep(30)\n")
    line.rm.item_execute(BPlan("stuck"))
    running()
    time.sleep(0.2)
    began = time.monotonic()
    line.rm.re_pause("immediate")
    for _ in range(20):
        assert status()["re_state"] == "running"
    assert time.monotonic() - began < 1.0, time.monotonic() - began
    wait_state("paused")
    line.rm.re_abort()
    line.rm.wait_for_idle(timeout=30)


@case("a failing plan and wrong parameters give text and traceback, the plan's return value is kept")
def _():
    open_environment()
    upload(
        """
def broken():
    yield from mv(motor, 1)
    raise ValueError("no beam today")
def answer():
    yield from null()
    return {"found": 42}
def picky(a):
    raise RuntimeError("not a generator")
    yield
"""
    )
    entry = run_item(BPlan("broken"))["result"]
    assert entry["exit_status"] == "failed" and entry["msg"] == "Plan failed: no beam today", entry
    assert entry["traceback"].rstrip().endswith("ValueError: no beam today") and "in broken" in entry["traceback"]
    entry = run_item(BPlan("answer"))["result"]
    assert entry["exit_status"] == "completed" and entry.get("return_value") == {"found": 42}, entry


@case("functions in foreground and background, scripts, update of the environment")
def _():
    open_environment()
    result = run_task(line.rm.function_execute(BFunc("function_sleep", 0.1)))
    assert result["success"] and result["return_value"] == {"success": True, "time": 0.1}, result
    line.rm.item_execute(BPlan("count", ["det1"], num=5, delay=0.2))
    running()
    result = run_task(line.rm.function_execute(BFunc("clear_buffer"), run_in_background=True))
    assert result["success"], result
    line.rm.wait_for_idle(timeout=30)
    result = run_task(line.rm.function_execute(BFunc("pop_buffer_element")))
    assert not result["success"] and "pop from empty list" in result["msg"] and "IndexError" in result["traceback"]
    result = run_task(line.rm.script_upload("new_device = Device(name='new_device')\n1 / 0\n"))
    assert not result["success"] and "Failed to execute stript: division by zero" in result["msg"], result
    assert "new_device" not in line.rm.devices_existing()["devices_existing"]
    run_task(line.rm.environment_update())
    assert "new_device" in line.rm.devices_existing()["devices_existing"]
    result = run_task(line.rm.script_upload("def gives_object():\n    return object()\n"))
    result = run_task(as_root(lambda: line.rm.function_execute(BFunc("gives_object"))))
    assert not result["success"] and "can not be serialized as JSON" in result["msg"], result


@case("a new RE takes over with update_re, and its documents are published")
def _():
    open_environment()
    upload("RE = RunEngine({'second': True})\n", update_re=False)
    assert "second" not in metadata()
    upload("RE = RunEngine({'second': True})\n", update_re=True)
    assert metadata()["second"] is True
    entry = run_item(BPlan("count", ["det1"]))
    documents = line.documents_when_stopped(entry["result"]["run_uids"][0])
    assert documents[0][1]["second"] is True and len(documents) == 4
    close_environment()


@case("prints, errors, child processes and log lines are on the console in order")
def _():
    open_environment()
    collect_console()
    upload(
        """
import logging, subprocess, sys
def speak():
    print("one"); print("two", file=sys.stderr); print("three", end="")
    sys.stdout.write("\\r\\x1b[Afour\\n"); subprocess.run(["echo", "from a child"]); return 1
"""
    )
    run_task(as_root(lambda: line.rm.function_execute(BFunc("speak"))))
    console = collect_console()
    assert "one\ntwo\nthree\r\x1b[Afour\n" in console, console
    assert "from a child\n" in console


@case("kill -9 of the manager does not disturb a plan, and its end is reported")
def _():
    open_environment()
    line.rm.item_add(BPlan("count", ["det1"], num=40, delay=0.2))
    line.rm.item_add(BPlan("count", ["det2"], num=2))
    line.rm.queue_start()
    running()
    child = line.child_pid()
    line.kill("manager")
    line.rm.close()
    time.sleep(0.5)
    line.start_manager()
    assert line.child_pid() == child
    assert status()["manager_state"] == "executing_queue", status()
    line.rm.wait_for_idle(timeout=30)
    first, second = line.rm.history_get()["items"][-2:]
    assert [first["result"]["exit_status"], second["result"]["exit_status"]] == ["completed"] * 2
    documents = line.documents_when_stopped(first["result"]["run_uids"][0])
    assert [document["seq_num"] for name, document in documents if name == "event"] == list(range(1, 41))


@case("kill -9 of the broker during a plan loses and doubles nothing")
def _():
    open_environment()
    line.rm.item_execute(BPlan("count", ["det1"], num=30, delay=0.1))
    running()
    time.sleep(0.5)
    line.kill("broker")
    time.sleep(1)
    line.start("broker")
    line.rm.wait_for_idle(timeout=30)
    entry = line.rm.history_get()["items"][-1]
    assert entry["result"]["exit_status"] == "completed"
    documents = until("the broker", lambda: quiet(lambda: line.documents_when_stopped(entry["result"]["run_uids"][0])))
    assert [document["seq_num"] for name, document in documents if name == "event"] == list(range(1, 31))


def _killed(pid_of):
    open_environment()
    line.rm.queue_clear()
    line.rm.item_add(BPlan("count", ["det1"], num=100, delay=0.05))
    line.rm.queue_start()
    running()
    until("an open run", lambda: line.rm.re_runs()["run_list"])
    uid = line.rm.re_runs()["run_list"][0]["uid"]
    time.sleep(0.5)
    began = time.monotonic()
    os.kill(pid_of(), signal.SIGKILL)
    line.rm.wait_for_idle(timeout=30)
    took = time.monotonic() - began
    assert took < 3, took
    assert status()["worker_environment_exists"] is False and status()["items_in_queue"] == 1
    result = line.rm.history_get()["items"][-1]["result"]
    assert result["exit_status"] == "failed" and "RE Worker process terminated unexpectedly" in result["msg"], result
    line.rm.queue_clear()
    return uid


@case("kill -9 of the Python process is noticed at once: environment closed, plan back, run closed")
def _():
    uid = _killed(line.child_pid)
    documents = line.documents_when_stopped(uid)
    stop = documents[-1][1]
    assert stop["exit_status"] == "fail" and stop["reason"] == "process died", stop
    assert stop["num_events"]["primary"] == len([name for name, _ in documents if name == "event"])


@case("kill -9 of the worker host ends the Python process, and the next host closes the run")
def _():
    open_environment()
    child = line.child_pid()
    uid = _killed(line.host_pid)
    until("the end of the Python process", lambda: not os.path.exists(f"/proc/{child}"), timeout=15)
    open_environment()
    documents = line.documents_when_stopped(uid)
    assert documents[-1][1]["reason"] == "process died"
    assert documents[-1][1]["num_events"]["primary"] == len([name for name, _ in documents if name == "event"])


@case("SIGTERM drains: the plan is ended and its stop document written")
def _():
    open_environment()
    line.rm.item_add(BPlan("count", ["det1"], num=1000, delay=0.1))
    line.rm.queue_start()
    running()
    until("an open run", lambda: line.rm.re_runs()["run_list"])
    uid = line.rm.re_runs()["run_list"][0]["uid"]
    child = line.child_pid()
    time.sleep(0.5)
    line.stop_manager()
    assert not os.path.exists(f"/proc/{child}")
    documents = line.documents_when_stopped(uid)
    assert documents[-1][1]["exit_status"] == "abort", documents[-1]
    line.start_manager()
    line.rm.queue_clear()


def _restart(**queue):
    line.stop_manager()
    line.configure(**queue)
    line.start_manager()


@case("behind a wrapper that closes descriptors and dies of SIGTERM a plan is drained all the same")
def _():
    wrapper = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"
    _restart(python=[sys.executable, "-c", wrapper, sys.executable])
    open_environment()
    entry = run_item(BPlan("count", ["det1"]))
    assert entry["result"]["exit_status"] == "completed"
    line.rm.item_add(BPlan("count", ["det1"], num=1000, delay=0.1))
    line.rm.queue_start()
    running()
    until("an open run", lambda: line.rm.re_runs()["run_list"])
    uid = line.rm.re_runs()["run_list"][0]["uid"]
    line.stop_manager()
    assert line.documents_when_stopped(uid)[-1][1]["exit_status"] == "abort"
    line.start_manager()
    line.rm.queue_clear()


def _startup(name, code):
    folder = line.folder / name
    folder.mkdir()
    (folder / "00-first.py").write_text(code)
    return str(folder)


PUBLISHER = """
from bluesky import RunEngine
from bluesky.plans import count
from ophyd.sim import det
from bluesky_kafka import Publisher
RE = RunEngine()
publisher = Publisher(topic={topic!r}, bootstrap_servers={servers!r}, key="startup", flush_on_stop_doc=True)
def publish_safely(name, doc):
    publisher(name, doc)
RE.subscribe(publish_safely)
"""


@case("startup code that publishes to the topic by itself: the sink stands back and says so")
def _():
    _restart(startup_dir=_startup("publishes", PUBLISHER.format(topic=TOPIC, servers=line.broker)))
    open_environment()
    assert "stands back" in collect_console()
    entry = run_item(BPlan("count", ["det"], num=2))
    documents = line.documents_when_stopped(entry["result"]["run_uids"][0])
    assert [name for name, _ in documents] == ["start", "descriptor", "event", "event", "stop"]
    close_environment()
    _restart(startup_dir=_startup("elsewhere", PUBLISHER.format(topic="another.topic", servers=line.broker)))
    open_environment()
    entry = run_item(BPlan("count", ["det"], num=2))
    documents = line.documents_when_stopped(entry["result"]["run_uids"][0])
    assert [name for name, _ in documents] == ["start", "descriptor", "event", "event", "stop"]
    close_environment()


@case("a failing startup file and missing packages are told in config_get and on the console")
def _():
    _restart(startup_dir=_startup("broken", "import os\nno_such_name\n"))
    line.rm.environment_open()
    line.rm.wait_for_idle(timeout=30)
    assert status()["worker_environment_exists"] is False
    error = line.rm.config_get()["config"]["last_startup_error"]
    assert "00-first.py" in error["msg"] and "NameError" in error["traceback"], error
    assert "NameError: name 'no_such_name' is not defined" in collect_console()
    _restart(python=["/usr/bin/env", "python3", "-I", "-S"])
    line.rm.environment_open()
    line.rm.wait_for_idle(timeout=30)
    error = line.rm.config_get()["config"]["last_startup_error"]
    assert "cannot be imported" in error["msg"] and "ModuleNotFoundError" in error["traceback"], error
    _restart(python="/nowhere/python")
    line.rm.environment_open()
    line.rm.wait_for_idle(timeout=30)
    error = line.rm.config_get()["config"]["last_startup_error"]
    assert "/nowhere/python" in error["msg"] and "ENOENT" in error["msg"], error


@case("script and module sources, working directory and environment variables")
def _():
    code = "import os\nfrom bluesky import RunEngine\nfrom bluesky.plans import count\nfrom ophyd.sim import det\nRE = RunEngine()\ndef where():\n    return [os.getcwd(), os.environ.get('BEAMLINE')]\n"
    folder = _startup("sources", code)
    with open(os.path.join(folder, "my_startup_module.py"), "w") as module:
        module.write(code)
    permissions = os.path.join(line.folder, "permissions.yaml")
    with open(permissions, "w") as file:
        allowed = "    allowed_plans: [null]\n    allowed_devices: [null]\n    allowed_functions: [null]\n"
        file.write(f"user_groups:\n  root:\n{allowed}  primary:\n{allowed}")
    script = os.path.join(folder, "00-first.py")
    for source in ({"startup_script": script}, {"startup_module": "my_startup_module"}):
        line.stop_manager()
        line.configure(cwd=str(line.folder), permissions=permissions, **source)
        with open(line.folder / "beamtime.toml", "a") as file:
            file.write(f'[queue.main.env]\nBEAMLINE = "9-ID"\nPYTHONPATH = "{folder}"\n')
        line.start_manager()
        open_environment()
        result = run_task(line.rm.function_execute(BFunc("where")))
        assert result["return_value"] == [str(line.folder), "9-ID"], result
        assert run_item(BPlan("count", ["det"]))["result"]["exit_status"] == "completed"
        close_environment()


line.stop_manager()
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
