"""Rates of another client against a running IOC, one JSON line: measure_client.py pyepics|caproto PREFIX SECONDS."""

import json
import os
import sys
import time


def rate(seconds, work):
    work()
    started = time.perf_counter()
    count = 0
    while time.perf_counter() - started < seconds:
        for _ in range(50):
            work()
        count += 50
    return count / (time.perf_counter() - started)


def pyepics(prefix, seconds):
    from epicscorelibs.path import get_lib

    os.environ["PYEPICS_LIBCA"] = get_lib("ca")
    import epics

    pv = epics.PV(prefix + "out", auto_monitor=False)
    pv.wait_for_connection(5)
    wave = epics.PV(prefix + "doubles", auto_monitor=False)
    wave.wait_for_connection(5)
    gets = rate(seconds, lambda: pv.get(use_monitor=False, as_string=False))
    puts = rate(seconds, lambda: pv.put(1.0, wait=True))
    waves = rate(seconds / 2, lambda: wave.get(use_monitor=False))
    seen = [0]
    watched = epics.PV(prefix + "out", callback=lambda **kw: seen.__setitem__(0, seen[0] + 1), auto_monitor=True)
    watched.wait_for_connection(5)
    started = time.perf_counter()
    sent = 0
    while time.perf_counter() - started < seconds:
        for _ in range(50):
            pv.put(float(sent))
            sent += 1
        epics.poll(1e-6, 1e-6)
    time.sleep(0.2)
    return {"gets": gets, "putCallbacks": puts, "waveformGets": waves, "updates": seen[0] / (time.perf_counter() - started)}


def caproto(prefix, seconds):
    from caproto.threading.client import Context

    context = Context()
    pv, wave = context.get_pvs(prefix + "out", prefix + "doubles")
    pv.wait_for_connection(timeout=5)
    wave.wait_for_connection(timeout=5)
    gets = rate(seconds, lambda: pv.read(data_type="time"))
    puts = rate(seconds, lambda: pv.write(1.0, wait=True))
    waves = rate(seconds / 2, lambda: wave.read(data_type="time"))
    seen = [0]
    subscription = pv.subscribe(data_type="time")
    token = lambda sub, response: seen.__setitem__(0, seen[0] + 1)  # noqa: E731
    subscription.add_callback(token)
    started = time.perf_counter()
    sent = 0
    while time.perf_counter() - started < seconds:
        pv.write(float(sent), wait=False)
        sent += 1
        if sent % 200 == 0:
            pv.read()
    time.sleep(0.2)
    return {"gets": gets, "putCallbacks": puts, "waveformGets": waves, "updates": seen[0] / (time.perf_counter() - started)}


print(json.dumps({"pyepics": pyepics, "caproto": caproto}[sys.argv[1]](sys.argv[2], float(sys.argv[3]))), flush=True)
os._exit(0)
