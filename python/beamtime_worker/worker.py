"""Takes requests of the host in one thread and runs plans and tasks in the main thread."""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import threading
import time
from typing import Any, Callable

from .documents import DocumentChannel
from .link import Link
from .tasks import failure, run_in_thread, run_task

logger = logging.getLogger("bluesky_queueserver.manager.worker")

# How long a plan may clean up when the host is gone, seconds.
ORPHAN_S = 10.0

Job = Callable[[], None]


class Rejected(RuntimeError):
    """The request does not fit the state; nothing has happened."""


class Worker:
    def __init__(self, link: Link, documents: DocumentChannel) -> None:
        self._link = link
        self._documents = documents
        # None ends the main thread.
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._environment: Any = None
        self._binding: Any = None
        self._settings: dict[str, Any] = {}
        self._busy = False
        self._topic_owner = False
        self._operations: dict[str, Callable[[dict[str, Any]], Any]] = {
            "start_plan": self._start_plan,
            "request_pause": self._request_pause,
            "continue_plan": self._continue_plan,
            "metadata": self._metadata,
        }

    # ------------------------------------------------------------------ main thread

    def run(self) -> None:
        """Works until the host closes."""
        threading.Thread(target=self._listen, name="beamtime requests", daemon=True).start()
        while True:
            job = self._jobs.get()
            if job is None:
                return
            job()

    def _open(self, settings: dict[str, Any]) -> dict[str, Any]:
        from .environment import Environment

        self._settings = settings
        self._environment = Environment(settings)
        self._environment.load()
        self._use_engine()
        self._look_for_publishers()
        return {**self._lists(), "re_state": self._re_state()}

    def _use_engine(self) -> None:
        from .engine import EngineBinding

        engine = self._environment.namespace.get("RE")
        if self._binding is not None and self._binding.engine is not engine:
            self._binding.release()
            self._binding = None
            logger.info("Run Engine instance ('RE') was replaced.")
        if engine is not None and self._binding is None:
            self._binding = EngineBinding(engine, self._link, self._documents, self._settings)

    def _look_for_publishers(self) -> None:
        from .publishers import publishes_to

        engine = self._environment.namespace.get("RE")
        owner = engine is not None and publishes_to(engine, self._settings["topic"])
        if owner != self._topic_owner:
            self._topic_owner = owner
            self._link.send({"event": "publishing", "by_startup": owner})

    def _load_script(self, request: dict[str, Any]) -> None:
        environment = self._environment
        environment.run_script(request["script"], request["update_re"])
        if request["update_re"]:
            self._use_engine()
            self._tell_state()
        self._look_for_publishers()
        if request["update_lists"] and environment.update_lists():
            self._link.send({"event": "lists", **self._lists()})
        logger.info("The script was successfully executed in RE environment")

    def _lists(self) -> dict[str, Any]:
        environment = self._environment
        return {"existing_plans": environment.existing_plans, "existing_devices": environment.existing_devices}

    # ------------------------------------------------------------------ thread of requests

    def _listen(self) -> None:
        self._link.read(self._handle)
        self._end_orphan()

    def _handle(self, request: dict[str, Any]) -> None:
        op, number = request["op"], request["id"]
        if op == "open":
            self._jobs.put(lambda: run_task(self._link, number, lambda: self._open(request["settings"])))
        elif op == "load_script":
            self._run(request, lambda: self._load_script(request))
        elif op == "execute_function":
            self._run(request, lambda: self._environment.prepare_function(request["call"])())
        elif op == "set_permissions":
            # Computing the lists may take long, and a pause must not wait for it.
            permissions = request["permissions"]
            run_in_thread(self._link, number, lambda: self._environment.set_permissions(permissions), None)
        elif op == "answer":
            if self._binding is not None:
                self._binding.answer(request["number"], request.get("error"), request.get("value"))
        elif op == "close":
            self._jobs.put(None)
        else:
            self._answer(number, lambda: self._operations[op](request))

    def _answer(self, number: int, work: Callable[[], Any]) -> None:
        try:
            result = work()
        except Rejected as error:
            self._link.send({"id": number, "ok": False, "rejected": True, "msg": str(error), "traceback": ""})
        except Exception as error:
            self._link.send({"id": number, **failure(error)})
        else:
            self._link.send({"id": number, "ok": True, "result": result})

    def _run(self, request: dict[str, Any], work: Callable[[], Any]) -> None:
        if request["background"]:
            loop = getattr(self._binding.engine, "loop", None) if self._binding is not None else None
            run_in_thread(self._link, request["id"], work, loop)
        else:
            self._jobs.put(lambda: run_task(self._link, request["id"], work))

    def _start_plan(self, request: dict[str, Any]) -> None:
        binding = self._required_binding()
        if self._busy:
            raise Rejected("A plan is already running.")
        self._busy = True
        plan, metadata = request["plan"], request["metadata"]

        def make() -> Any:
            try:
                prepared = self._environment.prepare_plan(plan)
                return prepared["callable"](*prepared["args"], **prepared["kwargs"])
            except Exception as error:
                logger.exception(error)
                text = f"Error occurred while processing plan parameters or starting the plan: {error}"
                raise RuntimeError(text) from error

        def job() -> None:
            logger.info("Starting a plan '%s'.", plan["name"])
            self._tell_end(binding.run(make, metadata))

        self._jobs.put(job)

    def _continue_plan(self, request: dict[str, Any]) -> None:
        binding = self._required_binding()
        option, reason = request["option"], request.get("reason", "")
        if binding.state == "paused":

            def job() -> None:
                logger.info("Run Engine: %s", option)
                self._tell_end(binding.resume(option, reason))

            self._jobs.put(job)
        elif option == "resume" or not self._busy:
            raise Rejected(f"Run Engine must be in 'paused' state to continue. The state is {binding.state!r}")
        else:
            binding.end_running(option, reason)

    def _tell_end(self, message: dict[str, Any]) -> None:
        # First ready for the next plan, then said to be.
        self._busy = message["event"] == "paused"
        self._link.send(message)

    def _request_pause(self, request: dict[str, Any]) -> None:
        logger.info("Pausing Run Engine ...")
        self._required_binding().request_pause(request["option"] == "deferred")

    def _metadata(self, _request: dict[str, Any]) -> dict[str, Any]:
        if self._binding is None:
            raise RuntimeError("Run Engine does not exist in worker environment")
        return self._binding.metadata()

    def _required_binding(self) -> Any:
        if self._binding is None:
            raise Rejected("Run Engine is not found in the RE Worker environment.")
        return self._binding

    def _re_state(self) -> str | None:
        return None if self._binding is None else self._binding.state

    def _tell_state(self) -> None:
        deferred = self._binding is not None and self._binding.deferred
        self._link.send({"event": "state", "re_state": self._re_state(), "deferred": deferred})

    # ------------------------------------------------------------------ end

    def _end_orphan(self) -> None:
        """The host is gone: nobody can reach this process any more. A plan gets the time to stop its motors."""
        self._documents.abandon()
        self._link.abandon()
        if self._busy:
            try:
                self._continue_plan({"option": "abort", "reason": "the worker host is gone"})
                deadline = time.monotonic() + ORPHAN_S
                while self._busy and time.monotonic() < deadline:
                    time.sleep(0.02)
            finally:
                os._exit(1)
        os._exit(1)


def prepare_loop() -> None:
    """The main thread's event loop is that of Bluesky, as startup code expects."""
    from bluesky.run_engine import get_bluesky_event_loop

    asyncio.set_event_loop(get_bluesky_event_loop() or asyncio.new_event_loop())
