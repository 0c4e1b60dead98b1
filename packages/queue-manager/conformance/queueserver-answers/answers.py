"""Gives all steps to a manager and writes its answers as JSON, a line a request. Arguments: python or native, the
manager's command."""
import json
import subprocess
import sys
import time

import zmq

from steps import CLOSE, IDLE, OPEN, PAUSED, RUNNING, SCRIPTS, envelopes, steps

worker, *command = sys.argv[1:]
manager = subprocess.Popen([*command, "--redis-name-prefix=qs_answers", "--console-output=OFF", "--silent"])
socket = zmq.Context.instance().socket(zmq.REQ)
socket.setsockopt(zmq.LINGER, 0)
socket.connect("tcp://localhost:60615")
names = {}
last = {}


def call(body):
    socket.send_json(body)
    if not socket.poll(30_000):
        raise TimeoutError(f"no answer to {body}")
    return socket.recv_json()


def status():
    return call({"method": "status"})


def until(what, predicate):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        now = status()
        if predicate(now):
            return
        time.sleep(0.05)
    raise TimeoutError(f"{what}: {now}")


def idle(now):
    return now["manager_state"] == "idle" and now["worker_background_tasks"] == 0


def filled_in(value):
    if isinstance(value, str) and value.startswith("$"):
        return names[value[1:]]
    if isinstance(value, str) and value.startswith("#"):
        return SCRIPTS[worker][value[1:]]
    if isinstance(value, list):
        return [filled_in(item) for item in value]
    if isinstance(value, dict):
        return {key: filled_in(item) for key, item in value.items()}
    return value


def wait(word):
    if word == OPEN:
        call({"method": "environment_open"})
        until(word, lambda now: idle(now) and now["worker_environment_exists"])
    elif word == CLOSE:
        call({"method": "environment_close"})
        until(word, lambda now: idle(now) and not now["worker_environment_exists"])
    elif word == IDLE:
        time.sleep(0.1)
        until(word, idle)
        time.sleep(0.6)  # the Python manager notices the end of a background task by its next look
        until(word, idle)
    elif word == RUNNING:
        until(word, lambda now: now["re_state"] == "running")
    elif word == PAUSED:
        until(word, lambda now: now["manager_state"] == "paused")


def show(request, reply):
    print(json.dumps({"request": request, "reply": reply}), flush=True)


until("start", idle)
while not call({"method": "plans_existing"})["plans_existing"]:
    time.sleep(0.1)  # lists of the native demo are made a moment after the first start
for body in envelopes:
    show(body, call(body))
for step in steps:
    if isinstance(step, str):
        wait(step)
    elif step[0] == "as":
        names[step[1]] = last.get("task_uid") or last["item"]["item_uid"]
    else:
        method, params = step
        last = call({"method": method, "params": filled_in(params)})
        show({"method": method, "params": params}, last)
call({"method": "manager_stop"})
manager.wait(20)
