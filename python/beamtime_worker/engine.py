"""What the host needs to hear from a Bluesky RunEngine and to tell it."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
import traceback
from typing import Any, Callable, Iterator

from bluesky_queueserver.manager.plan_monitoring import CallbackRegisterRun, RunList

from .documents import DocumentChannel
from .link import Link

logger = logging.getLogger("bluesky_queueserver.manager.worker")

DEVICES_EVERY_S = 0.05
MAX_RETURN_CHARACTERS = 1024 * 1024


class EngineBinding:
    """Follows one RunEngine; ``release`` gives it back as it was."""

    def __init__(self, engine: Any, link: Link, documents: DocumentChannel, settings: dict[str, Any]) -> None:
        self.engine = engine
        self._link = link
        self._documents = documents
        self._settings = settings
        self._undo: list[Callable[[], None]] = []
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._asked = 0
        self._ending: str | None = None
        self._runs = RunList()
        self._register_run = CallbackRegisterRun(run_list=self._runs)
        self._devices: dict[int, dict[str, Any]] = {}
        self._devices_told_at = 0.0
        self._attach()

    # ------------------------------------------------------------------ state

    @property
    def state(self) -> str | None:
        try:
            return str(self.engine.state)
        except Exception:
            return None

    @property
    def deferred(self) -> bool:
        try:
            return self.state != "idle" and bool(self.engine.deferred_pause_requested)
        except Exception:
            return False

    def tell_state(self) -> None:
        self._link.send({"event": "state", "re_state": self.state, "deferred": self.deferred})

    def metadata(self) -> dict[str, Any]:
        if not hasattr(self.engine, "md"):
            raise AttributeError("Run Engine does not have a metadata attribute")
        try:
            metadata = dict(self.engine.md)
        except Exception as error:
            raise RuntimeError(f"Failed to convert Run Engine metadata to dictionary: {error}") from error
        try:
            json.dumps(metadata)
        except Exception as error:
            raise RuntimeError(f"Failed to serialize RE metadata with JSON: {error}") from error
        return metadata

    # ------------------------------------------------------------------ plans; in the main thread

    def run(self, make_plan: Callable[[], Any], metadata: dict[str, Any]) -> dict[str, Any]:
        """Runs a plan to its end or pause. Returns what the host is to be told."""
        self._ending = None
        self._runs.clear()
        self._runs.enable()
        returned: list[Any] = []
        # The generator stays the engine's plan, so that plan_name and plan_type of the run are not changed.
        keep = _keep_return(returned)
        preprocessors = getattr(self.engine, "preprocessors", None)

        def start() -> None:
            plan = make_plan()
            if self.state == "panicked":
                raise RuntimeError(
                    "Run Engine is in the 'panicked' state. The environment must be "
                    "closed and opened again before plans could be executed."
                )
            if preprocessors is not None:
                preprocessors.append(keep)
            try:
                self.engine(plan, {"all": [self._register_run]}, **metadata)
            finally:
                if preprocessors is not None and keep in preprocessors:
                    preprocessors.remove(keep)

        return self._follow(start, "completed", returned)

    def resume(self, option: str, reason: str) -> dict[str, Any]:
        """Goes on with a paused plan or ends it. Returns what the host is to be told."""
        call = {
            "resume": self.engine.resume,
            "stop": self.engine.stop,
            "abort": lambda: self.engine.abort(reason=reason),
            "halt": self.engine.halt,
        }[option]
        states = {"resume": "completed", "stop": "stopped", "abort": "aborted", "halt": "halted"}
        return self._follow(call, states[option], [])

    def _follow(self, call: Callable[[], Any], state: str, returned: list[Any]) -> dict[str, Any]:
        try:
            call()
        except BaseException as error:
            if self.state == "paused":
                self.tell_state()
                return {"event": "paused"}
            if self._ending is not None:
                outcome = {"state": self._ending, "error": "", "traceback": ""}
            else:
                outcome = {"state": "failed", "error": str(error), "traceback": traceback.format_exc()}
        else:
            outcome = {"state": self._ending or state, "error": "", "traceback": ""}
            if returned and _is_plain(returned[0]):
                outcome["return_value"] = returned[0]
        self._runs.disable()
        self.tell_state()
        logger.info("The plan was exited. Plan state: %s", outcome["state"])
        return {"event": "ended", **outcome}

    # ------------------------------------------------------------------ control; in any thread, never blocking

    def request_pause(self, deferred: bool) -> None:
        # The call waits for the engine's loop, which a plan may hold.
        def request() -> None:
            try:
                self.engine.request_pause(defer=deferred)
            except Exception as error:
                logger.warning("The plan can not be paused: %s", error)
            self.tell_state()

        threading.Thread(target=request, name="beamtime pause", daemon=True).start()

    def end_running(self, option: str, reason: str) -> None:
        """Ends a plan that is not paused."""
        self._ending = {"stop": "stopped", "abort": "aborted", "halt": "halted"}[option]
        kwargs = {"reason": reason} if option == "abort" else {}

        def end() -> None:
            try:
                getattr(self.engine, option)(**kwargs)
            except Exception as error:
                logger.warning("The plan can not be ended: %s", error)

        threading.Thread(target=end, name="beamtime end", daemon=True).start()

    def answer(self, number: int, error: str | None, value: Any) -> None:
        """The host has answered a question of the engine."""
        future = self._answers.pop(number, None)
        if future is None:
            return

        def settle() -> None:
            if future.done():
                return
            if error is None:
                future.set_result(value)
            else:
                future.set_exception(RuntimeError(error))

        future.get_loop().call_soon_threadsafe(settle)

    # ------------------------------------------------------------------ hooks

    def release(self) -> None:
        for undo in reversed(self._undo):
            undo()
        self._undo.clear()

    def _attach(self) -> None:
        engine = self.engine
        if not callable(getattr(getattr(engine, "dispatcher", None), "process", None)):
            return
        if self._settings.get("record_interruptions"):
            engine.record_interruptions = True
        self._take_documents()
        self._publish_to_proxy()
        self._chain("state_hook", lambda *_: self.tell_state())
        self._chain("waiting_hook", self._waiting)
        self._replace_command("checkpoint", self._checkpoint)
        self._replace_command("open_run", self._open_run)
        self._replace_command("input", self._input)

    def _take_documents(self) -> None:
        """Before all subscribers: a callback that fails must not keep a document from the bus."""
        dispatcher = self.engine.dispatcher
        process = dispatcher.process

        def publish(name: Any, document: Any) -> Any:
            self._documents.send(getattr(name, "name", name), document)
            return process(name, document)

        dispatcher.process = publish

        def undo() -> None:
            if dispatcher.process is publish:
                del dispatcher.process

        self._undo.append(undo)

    def _publish_to_proxy(self) -> None:
        address = self._settings.get("zmq_proxy")
        if not address:
            return
        from bluesky.callbacks.zmq import Publisher

        token = self.engine.subscribe(Publisher(address))
        self._undo.append(lambda: self.engine.unsubscribe(token))
        logger.info("Documents are published to the 0MQ proxy at %s.", address)

    def _chain(self, hook: str, ours: Callable[..., None]) -> None:
        theirs = getattr(self.engine, hook, None)

        def both(*args: Any) -> None:
            if theirs is not None:
                theirs(*args)
            ours(*args)

        setattr(self.engine, hook, both)

        def undo() -> None:
            if getattr(self.engine, hook) is both:
                setattr(self.engine, hook, theirs)

        self._undo.append(undo)

    def _replace_command(self, name: str, ours: Callable[..., Any]) -> None:
        registry = getattr(self.engine, "_command_registry", {})
        theirs = registry.get(name)
        if theirs is None:
            return

        async def command(msg: Any) -> Any:
            return await ours(theirs, msg)

        self.engine.register_command(name, command)

        def undo() -> None:
            if registry.get(name) is command:
                self.engine.register_command(name, theirs)

        self._undo.append(undo)

    async def _checkpoint(self, theirs: Any, msg: Any) -> Any:
        result = await theirs(msg)
        if self._documents.hold:
            self._documents.hold = False
            await self._ask({"event": "admit"})
        return result

    async def _open_run(self, theirs: Any, msg: Any) -> Any:
        # Below everything that plan, request and the engine's own metadata say.
        md = self.engine.md
        extra = {key: value for key, value in self._settings["metadata"].items() if key not in md}
        return await theirs(msg._replace(kwargs={**extra, **msg.kwargs}))

    async def _input(self, _theirs: Any, msg: Any) -> Any:
        return await self._ask({"event": "input", "prompt": str(msg.kwargs.get("prompt", ""))})

    async def _ask(self, question: dict[str, Any]) -> Any:
        self._asked += 1
        number = self._asked
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[number] = future
        self._link.send({**question, "number": number})
        try:
            return await future
        finally:
            self._answers.pop(number, None)

    def _waiting(self, statuses: Any = None) -> None:
        had = bool(self._devices)
        watched: dict[int, dict[str, Any]] = {}
        self._devices = watched
        for key, status in enumerate(statuses or ()):
            watch = getattr(status, "watch", None)
            if watch is None or getattr(status, "done", False):
                continue
            try:
                watch(self._watcher(watched, key, status))
            except Exception:
                logger.debug("A status can not be watched", exc_info=True)
        if had:
            self._tell_devices(watched)

    def _watcher(self, watched: dict[int, dict[str, Any]], key: int, status: Any) -> Callable[..., None]:
        def update(**progress: Any) -> None:
            if self._devices is not watched or progress.get("name") is None:
                return
            watched[key] = {**_numbers(progress), "name": str(progress["name"]), "done": bool(status.done)}
            if time.monotonic() - self._devices_told_at >= DEVICES_EVERY_S or status.done:
                self._tell_devices(watched)

        return update

    def _tell_devices(self, watched: dict[int, dict[str, Any]]) -> None:
        self._devices_told_at = time.monotonic()
        self._link.send({"event": "devices", "devices": list(watched.values())})


def _numbers(progress: dict[str, Any]) -> dict[str, Any]:
    """The part of a status update that the host knows, as plain numbers."""
    found: dict[str, Any] = {}
    for key in ("current", "initial", "target", "fraction", "precision", "time_elapsed", "time_remaining"):
        try:
            found[key] = float(progress[key])
        except (KeyError, TypeError, ValueError):
            continue
    if isinstance(progress.get("unit"), str):
        found["unit"] = progress["unit"]
    return found


def _keep_return(returned: list[Any]) -> Callable[[Any], Iterator[Any]]:
    def keep(plan: Any) -> Iterator[Any]:
        value = yield from plan
        returned.append(value)
        return value

    return keep


def _is_plain(value: Any) -> bool:
    """JSON gives it back as it is. A status or device among it would come back as something else."""
    if value is None:
        return False
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return len(text) <= MAX_RETURN_CHARACTERS
