"""Finds out whether startup code publishes documents to a topic by itself."""

from __future__ import annotations

import functools
import types
import weakref
from typing import Any, Iterator

MAX_OBJECTS = 400
MAX_DEPTH = 4

_opaque = (str, bytes, int, float, bool, type(None), type, types.ModuleType)


def publishes_to(engine: Any, topic: str) -> bool:
    """True when a callback of the engine, or something that it refers to, is a publisher of this topic or makes one:
    publishers of ``bluesky_kafka`` and the wrappers that facilities put around them."""
    registry = getattr(getattr(engine, "dispatcher", None), "cb_registry", None)
    callbacks = getattr(registry, "callbacks", {})
    search = _Search(topic)
    return any(search.reaches(callback) for by_id in list(callbacks.values()) for callback in list(by_id.values()))


class _Search:
    def __init__(self, topic: str) -> None:
        self._topic = topic
        # Kept alive, so that an id is not given to another object.
        self._seen: dict[int, Any] = {}

    def reaches(self, value: Any, depth: int = 0) -> bool:
        if depth > MAX_DEPTH or isinstance(value, _opaque):
            return False
        if len(self._seen) >= MAX_OBJECTS or id(value) in self._seen:
            return False
        self._seen[id(value)] = value
        if isinstance(value, types.FunctionType):
            names = _names_of(value)
            if self._makes_publisher(value, names):
                return True
            return any(self.reaches(item, depth + 1) for item in names.values())
        if self._is_publisher(value):
            return True
        return any(self.reaches(part, depth + 1) for part in _parts(value))

    def _is_publisher(self, value: Any) -> bool:
        try:
            attributes = vars(value)
        except TypeError:
            return False
        if not self._has_topic(attributes):
            return False
        return "kafka" in type(value).__module__ or any("produce" in name or "publish" in name for name in dir(value))

    def _makes_publisher(self, function: types.FunctionType, names: dict[str, Any]) -> bool:
        words = " ".join((*function.__code__.co_names, *function.__code__.co_freevars)).lower()
        return self._has_topic(names) and ("publisher" in words or "producer" in words)

    def _has_topic(self, names: dict[str, Any]) -> bool:
        return any("topic" in name and isinstance(value, str) and value == self._topic for name, value in names.items())


def _names_of(function: types.FunctionType) -> dict[str, Any]:
    """What the function's code refers to outside of itself."""
    code = function.__code__
    found = {name: function.__globals__[name] for name in code.co_names if name in function.__globals__}
    for name, cell in zip(code.co_freevars, function.__closure__ or ()):
        try:
            found[name] = cell.cell_contents
        except ValueError:
            continue
    return found


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, weakref.ref):
        yield value()
    elif isinstance(value, functools.partial):
        yield from (value.func, *value.args, *value.keywords.values())
    elif isinstance(value, types.MethodType):
        yield from (value.__self__, value.__func__)
    elif isinstance(value, (list, tuple, set)):
        yield from list(value)[:20]
    elif isinstance(value, dict):
        yield from list(value.values())[:20]
    else:
        try:
            yield from list(vars(value).values())[:60]
        except TypeError:
            return
