"""Scripts and functions, in the main thread or in one of their own."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import traceback
from typing import Any, Callable

from .link import Link

logger = logging.getLogger("bluesky_queueserver.manager.worker")




def run_task(link: Link, number: int, work: Callable[[], Any]) -> None:
    """Runs the work and answers the request."""
    try:
        value = work()
        try:
            json.dumps(value)
        except Exception as error:
            raise ValueError(f"Task result can not be serialized as JSON: {error}") from error
    except BaseException as error:
        link.send({"id": number, **failure(error)})
    else:
        link.send({"id": number, "ok": True, "result": value})


def run_in_thread(link: Link, number: int, work: Callable[[], Any], loop: Any) -> None:
    def run() -> None:
        # Devices of a thread find the engine's loop as they do in the main thread.
        if loop is not None:
            asyncio.set_event_loop(loop)
        run_task(link, number, work)

    threading.Thread(target=run, name=f"beamtime task {number}", daemon=True).start()


def failure(error: BaseException) -> dict[str, Any]:
    """The part of an answer that says what went wrong. Errors of startup code carry a traceback of their own."""
    own = getattr(error, "tb", None)
    text = own if isinstance(own, str) else "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return {"ok": False, "msg": str(error), "traceback": text}
