"""Finds out whether startup code publishes documents to a topic by itself."""

from __future__ import annotations

import functools
import inspect
import types
import weakref
from typing import Any, Iterator

MAX_OBJECTS = 400
MAX_DEPTH = 4

# Looked into for a topic; anything else of a callback's own class is looked into as well.
_opaque = (str, bytes, int, float, bool, type(None), type, types.ModuleType)


def publishes_to(engine: Any, topic: str) -> bool:
    """True when a callback of the engine, or what it refers to, holds the name of the topic: a publisher of
    ``bluesky_kafka`` does, and the wrappers that facilities put around one."""
    registry = getattr(getattr(engine, "dispatcher", None), "cb_registry", None)
    callbacks = getattr(registry, "callbacks", {})
    seen: set[int] = set()
    for by_id in list(callbacks.values()):
        for callback in list(by_id.values()):
            if _mentions(callback, topic, seen, 0):
                return True
    return False


def _mentions(value: Any, topic: str, seen: set[int], depth: int) -> bool:
    if isinstance(value, str):
        return value == topic
    if depth > MAX_DEPTH or len(seen) >= MAX_OBJECTS or isinstance(value, _opaque) or id(value) in seen:
        return False
    seen.add(id(value))
    return any(_mentions(part, topic, seen, depth + 1) for part in _parts(value))


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, weakref.ref):
        yield value()
        return
    if isinstance(value, functools.partial):
        yield from (value.func, *value.args, *value.keywords.values())
        return
    if isinstance(value, types.MethodType):
        yield value.__self__
        return
    if isinstance(value, types.FunctionType):
        for cell in value.__closure__ or ():
            try:
                yield cell.cell_contents
            except ValueError:
                continue
        yield from (value.__defaults__ or ())
        return
    if isinstance(value, (list, tuple, set)):
        yield from list(value)[:20]
        return
    if isinstance(value, dict):
        yield from list(value.values())[:20]
        return
    if inspect.isbuiltin(value):
        return
    try:
        yield from list(vars(value).values())[:60]
    except TypeError:
        return
