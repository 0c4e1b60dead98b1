"""Every method of a manager's API once, through bluesky-queueserver-api. The cases are run by each flavour of the client;
what a case returns is what they have to agree on."""
import time

from bluesky_queueserver_api import BFunc, BInst, BPlan

#: What has to be sent by the end of the run.
METHODS = set(
    """ping status config_get plans_allowed devices_allowed plans_existing devices_existing permissions_reload
    permissions_get permissions_set queue_get queue_mode_set queue_item_add queue_item_add_batch queue_item_update
    queue_item_get queue_item_remove queue_item_remove_batch queue_item_move queue_item_move_batch queue_item_execute
    queue_clear history_get history_clear environment_open environment_close environment_destroy environment_update
    script_upload function_execute task_status task_result queue_start queue_stop queue_stop_cancel queue_autostart
    kernel_interrupt re_pause re_resume re_stop re_abort re_halt re_runs re_metadata lock lock_info unlock manager_stop
    manager_kill manager_test""".split()
)

cases = []


def case(function):
    cases.append(function)
    return function


def statuses(api):
    return [item["result"]["exit_status"] for item in api.history_get()["items"]]


def names(reply):
    return [(item["name"], item.get("kwargs")) for item in reply["items"]]


def until(api, predicate, what):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        status = api.status(reload=True)
        if predicate(status):
            return status
        time.sleep(0.02)
    raise AssertionError(f"waited for {what}: {status}")


def paused(api, option="immediate"):
    """Starts a long plan and pauses it."""
    api.queue_clear()
    api.item_add(BPlan("count", ["det1"], num=1000, delay=0.05))
    api.queue_start()
    until(api, lambda now: now["re_state"] == "running", "a running plan")
    api.re_pause(option)
    until(api, lambda now: now["manager_state"] == "paused", "a paused plan")


def ended(api):
    until(api, lambda now: now["manager_state"] == "idle", "an idle manager")


@case
def the_manager_answers(api):
    assert api.send_request(method="ping")["status_uid"] == api.status(reload=True)["status_uid"]
    return sorted(api.status()), api.config_get()["config"]["ip_connect_info"]


@case
def lists_and_permissions(api):
    before = api.permissions_get()["user_group_permissions"]
    fewer = {"user_groups": {**before["user_groups"], "primary": {"allowed_plans": ["count"], "allowed_devices": ["det1"]}}}
    api.permissions_set(fewer)
    seen = [sorted(api.plans_allowed()["plans_allowed"]), sorted(api.devices_allowed()["devices_allowed"])]
    api.permissions_reload(restore_plans_devices=True)
    assert api.permissions_get()["user_group_permissions"] == before
    everything = [sorted(api.plans_existing()["plans_existing"]), sorted(api.devices_existing()["devices_existing"])]
    assert seen == [["count"], ["det1"]], seen
    return everything


@case
def the_environment_opens_and_is_updated(api):
    api.environment_open()
    api.wait_for_idle(timeout=30)
    answers = []
    for background in (False, True):
        task = api.environment_update(run_in_background=background)["task_uid"]
        api.wait_for_completed_task(task, timeout=20)
        result = api.task_result(task)
        answers.append([result["status"], result["result"]["success"], result["result"]["msg"]])
    return answers


@case
def the_queue_is_edited(api):
    api.queue_clear()
    first = api.item_add(BPlan("count", ["det1"], num=1))["item"]
    api.item_add_batch([BPlan("count", ["det1"], num=n) for n in (2, 3, 4)] + [BInst("queue_stop")])
    api.item_update({**first, "kwargs": {"num": 10}}, replace=True)
    queue = [api.queue_get()["items"]]
    uids = [item["item_uid"] for item in queue[0]]
    assert uids[0] != first["item_uid"]
    api.item_move(pos="back", pos_dest="front")
    api.item_move_batch(uids=[uids[3], uids[2]], before_uid=uids[0], reorder=True)
    order = names(api.queue_get())
    got = api.item_get(uid=uids[2])["item"]["kwargs"]
    api.item_remove(uid=uids[4])
    api.item_remove_batch(uids=uids[:2])
    return order, got, names(api.queue_get())


@case
def refusals_have_the_same_words(api):
    requests = [
        ("queue_item_add", {"item": {"item_type": "plan", "name": "nope"}, "user": "u", "user_group": "primary"}),
        ("queue_item_get", {"pos": 50}),
        ("queue_item_move", {"pos": 0}),
        ("queue_mode_set", {"mode": {"x": True}}),
        ("queue_autostart", {}),
        ("re_resume", {}),
        ("queue_stop", {}),
        ("history_clear", {"size": "ab"}),
        ("environment_open", {"x": 1}),
        ("task_status", {"task_uid": 10}),
        ("lock", {"user": "u", "queue": True}),
        ("manager_stop", {"option": "nope"}),
        ("manager_test", {"test_name": "unknown_name"}),
    ]
    return [api.refusal(method=method, params=params) for method, params in requests]


@case
def the_kernel_is_not_there_to_interrupt(api):
    return api.refusal(method="kernel_interrupt", params={"interrupt_plan": True})


@case
def plans_run_and_stop_where_told(api):
    api.queue_clear()
    api.history_clear()
    api.queue_mode_set(loop=True)
    api.queue_mode_set(mode="default")
    api.item_execute(BPlan("count", ["det1"]))
    ended(api)
    api.item_add_batch([BPlan("count", ["det1"], num=5, delay=0.1), BPlan("count", ["det1"])])
    api.queue_start()
    api.queue_stop()
    pending = api.status(reload=True)["queue_stop_pending"]
    api.queue_stop_cancel()
    api.queue_stop()
    ended(api)
    left = len(api.queue_get()["items"])
    api.queue_autostart(True)
    until(api, lambda now: now["items_in_queue"] == 0 and now["manager_state"] == "idle", "autostart")
    api.queue_autostart(False)
    return pending, left, statuses(api)


@case
def a_paused_plan_ends_in_each_way(api):
    api.history_clear()
    runs = []
    for end in ("re_stop", "re_abort", "re_halt"):
        paused(api)
        runs.append([run["is_open"] for run in api.re_runs("open")["run_list"]])
        getattr(api, end)()
        ended(api)
    paused(api, "deferred")
    api.re_resume()
    until(api, lambda now: now["re_state"] == "running", "a resumed plan")
    api.environment_destroy()
    until(api, lambda now: now["worker_environment_state"] == "closed" and now["manager_state"] == "idle", "no worker")
    api.queue_clear()
    return runs, statuses(api), api.history_get()["items"][-1]["result"]["msg"]


@case
def functions_scripts_and_metadata(api):
    api.environment_open()
    api.wait_for_idle(timeout=30)
    requests = [
        lambda: api.function_execute(BFunc("function_sleep", 0.01)),
        lambda: api.script_upload("export function twice(x) { return [x, x] }\nexport const answer = 42"),
        lambda: api.script_upload("throw new Error('wrong on purpose')", run_in_background=True),
    ]
    tasks, answers = [], []
    for request in requests:
        task = request()["task_uid"]
        tasks.append(task)
        api.wait_for_completed_task(task, timeout=20)
        result = api.task_result(task)["result"]
        answers.append([result["success"], result["msg"], sorted(result["return_value"] or [])])
    status = api.task_status(tasks)["status"]
    metadata = api.send_request(method="re_metadata")["re_metadata"]
    return answers, sorted(status.values()), metadata["metadata_key"]


@case
def locks(api):
    api.lock_key = "abc"
    api.lock(environment=True, queue=True, note="conformance")
    held = api.lock_info()["lock_info"]
    refusal = api.refusal(method="queue_clear", params={})
    api.send_lock_key(True)
    api.queue_clear()
    api.send_lock_key(False)
    api.unlock()
    api.lock_key = None
    return [held[key] for key in ("environment", "queue", "note", "emergency_lock_key_is_set")], refusal.split(" at ")[0]


@case
def the_environment_closes(api):
    api.environment_close()
    api.wait_for_idle(timeout=20)
    return api.status(reload=True)["worker_environment_exists"]


@case
def a_killed_manager_is_back_with_its_queue(api):
    api.queue_clear()
    api.item_add(BPlan("count", ["det1"], num=7))
    try:
        api.send_request(method="manager_kill")
    except api.timeout_error:
        pass
    else:
        raise AssertionError("manager_kill was answered")
    until_there = time.monotonic() + 20
    while True:
        try:
            queue = names(api.queue_get())
            break
        except api.timeout_error:
            assert time.monotonic() < until_there, "the manager does not come back"
    api.queue_clear()
    return queue
