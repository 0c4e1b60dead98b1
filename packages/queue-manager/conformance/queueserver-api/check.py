"""bluesky-queueserver-api and qserver against a manager, which is stopped at the end. Arguments: control address, info
address, port of the 0MQ proxy that it publishes to. Prints one line a case and ends with "N passed, N failed"."""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time
import traceback

control, info, proxy_input = sys.argv[1:4]
from bluesky_queueserver_api import BFunc, BInst, BPlan
from bluesky_queueserver_api.zmq import REManagerAPI

import event_model

import every_method
from document_proxy import documents_of_proxy
from api_flavours import AsyncioFlavour, ThreadsFlavour
from qserver_runner import QServerRunner

rm = REManagerAPI(zmq_control_addr=control, zmq_info_addr=info)
passed = failed = 0


def case(name):
    def run(function):
        global passed, failed
        start = time.monotonic()
        try:
            function()
            passed += 1
            print(f"pass  {name} ({time.monotonic() - start:.1f} s)", flush=True)
        except Exception as ex:  # noqa: BLE001 - a failing case must not end the suite
            failed += 1
            print(f"FAIL  {name}: {type(ex).__name__}: {ex}")
            traceback.print_exc()

    return run


def refused(function, text):
    try:
        function()
    except REManagerAPI.RequestFailedError as ex:
        assert text in str(ex), str(ex)
    else:
        raise AssertionError("was not refused")


def until_running():
    deadline = time.time() + 10
    while rm.status(reload=True)["re_state"] != "running" and time.time() < deadline:
        time.sleep(0.02)


def until_no_tasks():
    deadline = time.time() + 10
    while rm.status(reload=True)["worker_background_tasks"] and time.time() < deadline:
        time.sleep(0.05)


def until_lists():
    """The demo's lists are made without an environment, a moment after the manager is there."""
    deadline = time.time() + 20
    while time.time() < deadline:
        try:
            if rm.plans_allowed()["plans_allowed"]:
                return
        except REManagerAPI.RequestTimeoutError:
            pass
        time.sleep(0.1)
    raise AssertionError("the manager has no plans")


until_lists()
answers = {}
for flavour in (ThreadsFlavour, AsyncioFlavour):
    # Waiting polls each second by default, which would be half of the time of this suite.
    api = flavour(zmq_control_addr=control, zmq_info_addr=info, status_polling_period=0.1)
    answers[flavour.name] = {}
    for function in every_method.cases:
        name = f"{flavour.name}: {function.__name__.replace('_', ' ')}"

        @case(name)
        def _():
            answers[flavour.name][function.__name__] = function(api)

    @case(f"{flavour.name}: every method was sent")
    def _():
        missing = every_method.METHODS - api.sent
        assert not missing, sorted(missing)

    api.close()


@case("threads and asyncio got the same answers")
def _():
    threads, coroutines = answers["threads"], answers["asyncio"]
    different = {name for name in threads if threads[name] != coroutines.get(name)}
    assert not different, {name: (threads[name], coroutines.get(name)) for name in different}


@case("status has what the API reads")
def _():
    status = rm.status()
    assert status["manager_state"] == "idle"
    assert status["msg"].startswith("RE Manager v")
    assert rm.ping()["status_uid"] == status["status_uid"]


@case("lists of plans and devices before the environment")
def _():
    plans = rm.plans_allowed()["plans_allowed"]
    assert "count" in plans and "scan" in plans, sorted(plans)
    devices = rm.devices_allowed()["devices_allowed"]
    assert "det1" in devices and "motor" in devices
    assert rm.plans_existing()["plans_existing"].keys() >= plans.keys()


@case("plan descriptions are understood by the package's own validation")
def _():
    from bluesky_queueserver import validate_plan

    plans = rm.plans_allowed()["plans_allowed"]
    devices = rm.devices_allowed()["devices_allowed"]
    good = {"name": "count", "args": [["det1", "det2"]], "kwargs": {"num": 2}}
    ok, msg = validate_plan(good, allowed_plans=plans, allowed_devices=devices)
    assert ok, msg
    ok, msg = validate_plan({**good, "kwargs": {"abc": 1}}, allowed_plans=plans, allowed_devices=devices)
    assert not ok and "abc" in msg, msg


@case("their validation and ours agree on a table of items")
def _():
    from bluesky_queueserver import validate_plan

    plans = rm.plans_allowed()["plans_allowed"]
    devices = rm.devices_allowed()["devices_allowed"]
    rows = [
        ([["det1"]], {}),
        ([["det1"]], {"num": 3}),
        ([["det1"]], {"num": 3.0}),
        ([["det1"]], {"num": 2.5}),
        ([["det1"]], {"num": "3"}),
        ([["det1"]], {"num": None}),
        ([["det1"]], {"num": True}),
        ([["det1"]], {"delay": 1}),
        ([["det1"]], {"delay": [1, 2.5]}),
        ([["det1"]], {"delay": "x"}),
        (["det1"], {}),
        ([[1]], {}),
        ([], {}),
        ([["det1"], 1, 2, 3, 4], {}),
        ([["det1"]], {"detectors": []}),
        ([["det1"]], {"md": {"a": 1}}),
        ([["det1"]], {"md": [1]}),
    ]
    for args, kwargs in rows:
        item = {"item_type": "plan", "name": "count", "args": args, "kwargs": kwargs}
        theirs, why = validate_plan(item, allowed_plans=plans, allowed_devices=devices)
        answer = rm.send_request(
            method="queue_item_add", params={"item": item, "user": "u", "user_group": "primary"}
        ) if theirs else None
        if answer is None:
            refused(lambda: rm.item_add(BPlan("count", *args, **kwargs)), "Plan validation failed")
        else:
            assert answer["success"], (args, kwargs, answer["msg"])
    rm.queue_clear()


@case("environment opens and is waited for")
def _():
    rm.environment_open()
    rm.wait_for_idle(timeout=30)
    assert rm.status(reload=True)["worker_environment_exists"] is True


@case("items are added, moved, updated, read and removed")
def _():
    first = rm.item_add(BPlan("count", ["det1"], num=1))["item"]
    second = rm.item_add(BPlan("count", ["det2"], num=2), pos="front")["item"]
    stop = rm.item_add(BInst("queue_stop"))["item"]
    assert [i["item_uid"] for i in rm.queue_get()["items"]] == [x["item_uid"] for x in (second, first, stop)]
    rm.item_move(uid=stop["item_uid"], before_uid=first["item_uid"])
    assert rm.item_get(pos=1)["item"]["name"] == "queue_stop"
    first["kwargs"]["num"] = 5
    assert rm.item_update(first)["item"]["kwargs"]["num"] == 5
    rm.item_move_batch(uids=[first["item_uid"], stop["item_uid"]], pos_dest="front")
    rm.item_remove_batch(uids=[stop["item_uid"]])
    rm.item_remove(pos="back")
    assert rm.queue_get()["items"][0]["item_uid"] == first["item_uid"]
    rm.queue_clear()


@case("a batch with a wrong plan is refused whole")
def _():
    refused(lambda: rm.item_add_batch([BPlan("count", ["det1"]), BPlan("nope")]), "validation of 1 out of 2")
    assert rm.queue_get()["items"] == []


@case("the queue runs and the history tells")
def _():
    rm.history_clear()
    rm.item_add_batch([BPlan("count", ["det1", "det2"], num=3), BPlan("scan", ["det"], "motor", -1, 1, 5)])
    rm.queue_start()
    rm.wait_for_idle(timeout=30)
    items = rm.history_get()["items"]
    assert [i["result"]["exit_status"] for i in items] == ["completed", "completed"], items
    assert all(len(i["result"]["run_uids"]) == 1 for i in items)


@case("a plan is paused, seen, and stopped")
def _():
    rm.item_add(BPlan("count", ["det1"], num=100, delay=0.1))
    rm.queue_start()
    until_running()
    rm.re_pause("immediate")
    rm.wait_for_idle_or_paused(timeout=10)
    assert rm.status(reload=True)["manager_state"] == "paused"
    assert rm.re_runs()["run_list"][0]["is_open"] is True
    rm.re_resume()
    until_running()
    rm.re_pause("deferred")
    rm.wait_for_idle_or_paused(timeout=10)
    rm.re_stop()
    rm.wait_for_idle(timeout=10)
    assert rm.history_get()["items"][-1]["result"]["exit_status"] == "stopped"


@case("a function is executed and its result read")
def _():
    task = rm.function_execute(BFunc("function_sleep", 0.1))["task_uid"]
    rm.wait_for_completed_task(task, timeout=10)
    result = rm.task_result(task)
    assert result["status"] == "completed" and result["result"]["success"], result


@case("modes, autostart, lock, permissions")
def _():
    rm.queue_mode_set(loop=True)
    assert rm.status(reload=True)["plan_queue_mode"]["loop"] is True
    rm.queue_mode_set(mode="default")
    rm.queue_autostart(True)
    rm.queue_autostart(False)
    rm.lock_key = "abc"
    rm.lock_all(note="conformance")
    assert rm.lock_info()["lock_info"]["queue"] is True
    rm.lock_key = None
    refused(lambda: rm.queue_clear(), "Invalid lock key")
    rm.lock_key = "abc"
    rm.unlock()
    permissions = rm.permissions_get()["user_group_permissions"]
    rm.permissions_set(permissions)
    rm.permissions_reload()
    assert rm.send_request(method="re_metadata")["re_metadata"]
    rm.config_get()


@case("the console and the status are streamed")
def _():
    rm.console_monitor.enable()
    rm.item_add(BPlan("count", ["det1"]))
    rm.queue_start()
    rm.wait_for_idle(timeout=10)
    time.sleep(1.2)
    text = rm.console_monitor.text()
    rm.console_monitor.disable()
    assert "Processing the next queue item" in text, text


@case("documents come through Bluesky's own 0MQ proxy and dispatcher")
def _():
    with documents_of_proxy(int(proxy_input)) as documents:
        rm.item_add(BPlan("scan", ["det1", "det2"], "motor", -1, 1, 3))
        rm.queue_start()
        rm.wait_for_idle(timeout=20)
        deadline = time.time() + 10
        while (not documents or documents[-1][0] != "stop") and time.time() < deadline:
            time.sleep(0.05)
    assert [name for name, _ in documents] == ["start", "descriptor", "event", "event", "event", "stop"], documents
    for name, document in documents:
        event_model.schema_validators[event_model.DocumentNames[name]].validate(document)
    first = documents[2][1]
    assert isinstance(first["time"], float) and first["data"]["motor"] == -1, first
    assert isinstance(documents[0][1]["scan_id"], int), documents[0]


@case("environment closes")
def _():
    rm.environment_close()
    rm.wait_for_idle(timeout=20)
    assert rm.status(reload=True)["worker_environment_exists"] is False
    refused(lambda: rm.queue_start(), "RE Worker environment does not exist.")


PAGE = pathlib.Path(__file__).resolve().parents[4] / "docs" / "coming-from" / "bluesky-queueserver.md"
# Lines after which the manager has something to do.
STARTS = re.compile(r"environment (open|update|close)|queue start|function execute")


@case("qserver of the Python package: every command line of docs/coming-from")
def _():
    program = os.path.join(os.path.dirname(sys.executable), "qserver")
    text = PAGE.read_text().split("## Commands of `qserver`")[1]
    lines = re.findall(r"^\$ (qserver .*)$", text[: text.index("\n## ")], re.MULTILINE)
    assert len(lines) > 50, len(lines)
    wrong = []
    environment = {**os.environ, "QSERVER_ZMQ_CONTROL_ADDRESS": control}
    done = subprocess.run([program, "status"], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "manager_state" in done.stdout, done
    runner = QServerRunner(environment)
    for line in lines:
        expected = int(found[1]) if (found := re.search(r"# exits with (\d)", line)) else 0
        code, output = runner.run(shlex.split(line, comments=True))
        if code != expected:
            wrong.append((line, code, output[-300:]))
        if STARTS.search(line) and expected == 0:
            rm.wait_for_idle(timeout=20)
            until_no_tasks()
    runner.close()
    assert not wrong, wrong


rm.close()
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
