"""Runs every case on Python Bluesky and prints one JSON line for each: its documents and messages.

The plan calls come from plan-calls.json; the cases below have a twin of the same name in our-cases.ts.
"""

import asyncio
import json
import os
import sys

import bluesky.plan_stubs as bps
import bluesky.plans as bp
import bluesky.preprocessors as bpp
import numpy as np
from bluesky import Msg, RunEngine
from bluesky.run_engine import RunEngineInterrupted
from ophyd.sim import hw
from ophyd.status import Status

CASES = {}


def case(name):
    def keep(fn):
        CASES[name] = fn
        return fn

    return keep


class Recorder:
    def __init__(self):
        self.documents = []
        self.messages = []
        self.states = []
        self.error = False
        self.RE = RunEngine({}, context_managers=[])
        self.RE.subscribe(lambda name, doc: self.documents.append([name, json.loads(dumps(doc))]))
        self.RE.msg_hook = self.message
        self.RE.state_hook = lambda new, old: self.states.append(str(new))
        self.hw = hw()

    def message(self, msg):
        args = msg.args if msg.command == "set" else ()
        self.messages.append([msg.command, getattr(msg.obj, "name", None), [float(a) for a in args]])

    def run(self, plan, **md):
        try:
            return self.RE(plan, **md)
        except RunEngineInterrupted:
            return None
        except Exception:
            self.error = True
            return None

    def after(self, what, *args):
        try:
            return getattr(self.RE, what)(*args)
        except RunEngineInterrupted:
            return None
        except Exception:
            self.error = True
            return None


def default(value):
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    return repr(value)


def dumps(value):
    return json.dumps(value, default=default)


def resolve(value, devices):
    if isinstance(value, str) and value.startswith("@"):
        return getattr(devices, value[1:])
    if isinstance(value, list):
        return [resolve(v, devices) for v in value]
    if isinstance(value, dict):
        return {k: resolve(v, devices) for k, v in value.items()}
    return value


def plan_call(name, args, kwargs, before=None):
    def run(r):
        if before:
            motor, position = resolve(before, r.hw)
            r.RE(bps.mv(motor, position))
            r.documents.clear()
            r.messages.clear()
            r.states.clear()
        fn = getattr(bp, name, None) or getattr(bps, name)
        r.run(fn(*resolve(args, r.hw), **resolve(kwargs, r.hw)))

    return run


def points(r, between=None, num=3):
    """Three points; `between` yields messages after the second."""
    for i in range(num):
        yield Msg("checkpoint")
        yield Msg("set", r.hw.motor, i, group="g")
        yield Msg("wait", None, group="g")
        yield from bps.trigger_and_read([r.hw.det, r.hw.motor])
        if i == 1 and between is not None:
            yield from between()


@case("pause and resume")
def _(r):
    r.run(bpp.run_wrapper(points(r, bps.pause)))
    r.after("resume")


@case("pause and abort")
def _(r):
    r.run(bpp.run_wrapper(points(r, bps.pause)))
    r.after("abort")


@case("pause and stop")
def _(r):
    r.run(bpp.run_wrapper(points(r, bps.pause)))
    r.after("stop")


@case("pause and halt")
def _(r):
    r.run(bpp.run_wrapper(points(r, bps.pause)))
    r.after("halt")


@case("pause, resume, pause, abort")
def _(r):
    r.run(bpp.run_wrapper(points(r, bps.pause)))
    r.after("resume")
    r.run(bpp.stage_wrapper(bpp.run_wrapper(points(r, bps.pause)), [r.hw.det, r.hw.motor]))
    r.after("abort")


@case("deferred pause and resume")
def _(r):
    r.run(bpp.run_wrapper(points(r, bps.deferred_pause)))
    r.after("resume")


@case("pause without a checkpoint")
def _(r):
    def plan():
        yield Msg("clear_checkpoint")
        yield from bps.pause()

    r.run(bpp.run_wrapper(plan()))


@case("pause in the middle of an event")
def _(r):
    def plan():
        yield Msg("checkpoint")
        yield Msg("create", None, name="primary")
        yield Msg("read", r.hw.det)
        yield Msg("pause")
        yield Msg("read", r.hw.motor)
        yield Msg("save")

    r.run(bpp.run_wrapper(plan()))
    r.after("resume")


@case("pause where nothing may be repeated")
def _(r):
    def plan():
        yield Msg("checkpoint")
        yield Msg("null")
        yield Msg("rewindable", None, False)
        yield Msg("sleep", None, 0)
        yield Msg("pause")
        yield Msg("null")

    r.run(plan())
    r.after("resume")


@case("interruptions are recorded")
def _(r):
    r.RE.record_interruptions = True
    r.run(bpp.run_wrapper(points(r, bps.pause)))
    r.after("resume")


@case("error in a bare plan")
def _(r):
    def plan():
        yield Msg("open_run")
        raise RuntimeError("boom")

    r.run(plan())


@case("error inside a run")
def _(r):
    def plan():
        yield Msg("null")
        raise RuntimeError("boom")

    r.run(bpp.run_wrapper(plan()))


@case("unknown command inside a run")
def _(r):
    r.run(bpp.run_wrapper([Msg("nonsense")]))


@case("unknown command that the plan handles")
def _(r):
    def plan():
        try:
            yield Msg("nonsense")
        except KeyError:
            yield Msg("null")

    r.run(bpp.run_wrapper(plan()))


@case("failed status inside a run")
def _(r):
    class Bad:
        name = "bad"
        parent = None

        def set(self, value):
            st = Status()
            st.set_exception(RuntimeError("broken"))
            return st

    r.run(bpp.run_wrapper(bps.abs_set(Bad(), 1, wait=True)))


@case("a plan that ends with a run left open")
def _(r):
    r.run([Msg("open_run"), Msg("null")])


@case("two runs left open")
def _(r):
    r.run([Msg("open_run", run="a"), Msg("open_run", run="b"), Msg("null")])


@case("second open_run of the same key")
def _(r):
    r.run([Msg("open_run"), Msg("open_run")])


@case("close_run without a run")
def _(r):
    r.run([Msg("close_run")])


@case("save without create")
def _(r):
    r.run([Msg("open_run"), Msg("save")])


@case("checkpoint inside an event")
def _(r):
    r.run([Msg("open_run"), Msg("create", None, name="primary"), Msg("checkpoint")])


@case("create twice")
def _(r):
    r.run([Msg("open_run"), Msg("create", None, name="a"), Msg("create", None, name="b")])


@case("colliding keys")
def _(r):
    r.run(bpp.run_wrapper(bps.trigger_and_read([r.hw.det, r.hw.identical_det])))


@case("an event without readings")
def _(r):
    r.run(bpp.run_wrapper([Msg("create", None, name="primary"), Msg("save")]))


@case("a dropped event")
def _(r):
    r.run(bpp.run_wrapper(iter_plan([Msg("create", None, name="primary"), Msg("read", r.hw.det), Msg("drop")])))


@case("other objects in the same stream")
def _(r):
    def plan():
        yield from bps.trigger_and_read([r.hw.det])
        yield from bps.trigger_and_read([r.hw.motor])

    r.run(bpp.run_wrapper(plan()))


@case("two streams")
def _(r):
    def plan():
        for i in range(2):
            yield from bps.trigger_and_read([r.hw.det])
            yield from bps.trigger_and_read([r.hw.motor], name="second")

    r.run(bpp.run_wrapper(plan()))


@case("a declared stream")
def _(r):
    def plan():
        yield from bps.declare_stream(r.hw.det, r.hw.motor, name="primary")
        yield from bps.trigger_and_read([r.hw.det, r.hw.motor])

    r.run(bpp.run_wrapper(plan()))


@case("a declared stream that stays empty")
def _(r):
    r.run(bpp.run_wrapper(bps.declare_stream(r.hw.det, name="primary")))


@case("baseline")
def _(r):
    r.run(bpp.baseline_wrapper(bp.count([r.hw.det]), [r.hw.motor1, r.hw.sig]))


@case("monitor")
def _(r):
    r.run(bpp.monitor_during_wrapper(bp.count([r.hw.det]), [r.hw.sig]))


@case("fly during a run")
def _(r):
    r.run(bpp.fly_during_wrapper(bp.count([r.hw.det1]), [r.hw.flyer1]))


@case("supplemental data")
def _(r):
    sd = bpp.SupplementalData(baseline=[r.hw.motor1], monitors=[r.hw.sig], flyers=[r.hw.trivial_flyer])
    r.RE.preprocessors.append(sd)
    r.run(bp.count([r.hw.det]))


@case("two nested runs")
def _(r):
    @bpp.set_run_key_decorator("inner")
    @bpp.run_decorator(md={"which": "inner"})
    def inner():
        yield from bps.trigger_and_read([r.hw.det1])

    @bpp.set_run_key_decorator("outer")
    @bpp.run_decorator(md={"which": "outer"})
    def outer():
        yield from bps.trigger_and_read([r.hw.det])
        yield from inner()
        yield from bps.trigger_and_read([r.hw.det])

    r.run(outer())


@case("configure in the middle of a run")
def _(r):
    def plan():
        yield from bps.trigger_and_read([r.hw.det])
        yield Msg("configure", r.hw.det, {"sigma": 2})
        yield from bps.trigger_and_read([r.hw.det])

    r.run(bpp.run_wrapper(plan()))


@case("lazily staged")
def _(r):
    r.run(bpp.lazily_stage_wrapper(bpp.run_wrapper(bps.trigger_and_read([r.hw.det, r.hw.motor]))))


@case("metadata injected")
def _(r):
    r.run(bpp.inject_md_wrapper(bp.count([r.hw.det], md={"a": 1}), {"a": 2, "b": 3}))


@case("metadata of the call wins")
def _(r):
    r.RE.md["a"] = 0
    r.RE.md["c"] = 4
    r.run(bp.count([r.hw.det], md={"a": 1, "b": 1}), a=2)


@case("finalized after an error")
def _(r):
    def plan():
        yield Msg("null")
        raise RuntimeError("boom")

    r.run(bpp.finalize_wrapper(plan(), [Msg("sleep", None, 0)]))


@case("contingency that handles the error")
def _(r):
    def plan():
        yield Msg("null")
        raise RuntimeError("boom")

    def handle(e):
        yield Msg("sleep", None, 0)

    r.run(bpp.contingency_wrapper(plan(), except_plan=handle, auto_raise=False))


@case("contingency with everything")
def _(r):
    def part(n):
        def make(*args):
            yield Msg("sleep", None, n / 1000)

        return make

    r.run(bpp.contingency_wrapper(iter_plan([Msg("null")]), except_plan=part(1), else_plan=part(2), final_plan=part(3)))


def iter_plan(msgs):
    for msg in msgs:
        yield msg


@case("mutator with head and tail")
def _(r):
    def insert(msg):
        if msg.command != "null":
            return None, None

        def head():
            yield Msg("checkpoint")
            return (yield msg)

        def tail():
            yield Msg("sleep", None, 0)

        return head(), tail()

    r.run(bpp.plan_mutator(iter_plan([Msg("null"), Msg("checkpoint")]), insert))


@case("stubbed count inside a run")
def _(r):
    def plan():
        yield from bpp.stub_wrapper(bp.count([r.hw.det]))

    r.run(bpp.run_wrapper(plan()))


@case("relative wrapper around sets")
def _(r):
    r.RE(bps.mv(r.hw.motor, 5))
    r.messages.clear()
    r.states.clear()

    def plan():
        yield Msg("set", r.hw.motor, 1)
        yield Msg("set", r.hw.motor, 2)

    r.run(bpp.reset_positions_wrapper(bpp.relative_set_wrapper(plan())))


@case("per_step for one motor")
def _(r):
    def step(detectors, motor, step):
        yield Msg("checkpoint")
        yield from bps.mv(motor, step)
        yield from bps.trigger_and_read(list(detectors) + [motor])

    r.run(bp.scan([r.hw.det], r.hw.motor, 0, 1, 2, per_step=step))


@case("rewindable switched off")
def _(r):
    r.run(bpp.rewindable_wrapper(iter_plan([Msg("null")]), False))


@case("suspended during a sleep")
def _(r):
    def plan():
        for i in range(2):
            yield Msg("checkpoint")
            yield Msg("set", r.hw.motor, i, group="g")
            yield Msg("wait", None, group="g")
            yield Msg("sleep", None, 0.2)
            yield from bps.trigger_and_read([r.hw.det])

    def suspend():
        async def until():
            await asyncio.sleep(0.15)

        r.RE.request_suspend(until, pre_plan=[Msg("null")], post_plan=[Msg("null")], justification="beam is gone")

    r.RE.loop.call_later(0.1, suspend)
    r.run(bpp.run_wrapper(plan()))


@case("a group that is waited for twice")
def _(r):
    r.run([Msg("set", r.hw.motor, 1, group="a"), Msg("wait", None, group="a"), Msg("wait", None, group="a")])


@case("a run that is opened, closed and opened again")
def _(r):
    r.run([Msg("open_run"), Msg("close_run"), Msg("open_run"), Msg("close_run")])


@case("exit status and reason of close_run")
def _(r):
    r.run([Msg("open_run"), Msg("close_run", None, exit_status="abort", reason="because")])


@case("unmonitor what is not monitored")
def _(r):
    r.run([Msg("open_run"), Msg("unmonitor", r.hw.sig)])


@case("collect of an empty flyer")
def _(r):
    def plan():
        yield Msg("kickoff", r.hw.trivial_flyer, group="k")
        yield Msg("wait", None, group="k")
        yield Msg("complete", r.hw.trivial_flyer, group="c")
        yield Msg("wait", None, group="c")
        yield Msg("collect", r.hw.trivial_flyer)

    r.run(bpp.run_wrapper(plan()))


@case("kicked off and never collected")
def _(r):
    def plan():
        yield Msg("kickoff", r.hw.trivial_flyer, group="k")
        yield Msg("wait", None, group="k")

    r.run(bpp.run_wrapper(plan()))


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "plan-calls.json")) as f:
        for name, *call in json.load(f):
            CASES[name] = plan_call(*call)
    out = sys.stdout
    sys.stdout = open(os.devnull, "w")
    for name, fn in CASES.items():
        r = Recorder()
        try:
            fn(r)
        except Exception:
            r.error = True
        record = {
            "case": name,
            "documents": r.documents,
            "messages": r.messages,
            "states": r.states,
            "error": r.error,
        }
        out.write(dumps(record) + "\n")
        out.flush()
        r.RE.loop.call_soon_threadsafe(r.RE.loop.stop)


main()
