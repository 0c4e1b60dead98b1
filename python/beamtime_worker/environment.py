"""The namespace of startup code: its plans and devices, and who may use them.

Everything that decides is done by the installed ``bluesky_queueserver``, so that a beamline gets what it had.
"""

from __future__ import annotations

import inspect
import logging
import threading
from typing import Any, Callable

from bluesky_queueserver.manager import profile_ops
from bluesky_queueserver.manager.config import profile_name_to_startup_dir
from bluesky_queueserver.manager.profile_tools import global_user_namespace

logger = logging.getLogger("bluesky_queueserver.manager.worker")


class Environment:
    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings
        self.namespace: dict[str, Any] = {}
        self.existing_plans: dict[str, Any] = {}
        self.existing_devices: dict[str, Any] = {}
        self._plans: dict[str, Any] = {}
        self._devices: dict[str, Any] = {}
        self._permissions: Any = settings.get("permissions")
        self._allowed: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
        self._allowed_lock = threading.Lock()

    def load(self) -> None:
        """Runs the startup code. Raises what it raises."""
        load = profile_ops.load_worker_startup_code
        self.namespace = _call_known(load, **self._source(), nspace=self.namespace, keep_re=True)
        # Releases before 0.0.22 made the engine themselves, so that startup code written for them has none.
        if "keep_re" in inspect.signature(load).parameters and "RE" not in self.namespace:
            self.namespace["RE"] = _made_engine()
        self.update_lists()
        global_user_namespace.set_user_namespace(user_ns=self.namespace, use_ipython=False)
        logger.info("Startup code was successfully loaded.")

    def update_lists(self) -> bool:
        """True when plans or devices are not what they were."""
        plans, devices, self._plans, self._devices = profile_ops.existing_plans_and_devices_from_nspace(
            nspace=self.namespace,
            max_depth=self._settings["device_max_depth"],
            ignore_invalid_plans=self._settings["ignore_invalid_plans"],
        )
        if plans == self.existing_plans and devices == self.existing_devices:
            return False
        self.existing_plans, self.existing_devices = plans, devices
        self._update_allowed()
        return True

    def set_permissions(self, permissions: Any) -> None:
        if permissions == self._permissions:
            return
        self._permissions = permissions
        self._update_allowed()

    def run_script(self, script: str, update_re: bool) -> None:
        profile_ops.load_script_into_existing_nspace(
            script=script,
            nspace=self.namespace,
            script_root_path=self._script_root(),
            update_re=update_re,
        )

    def prepare_plan(self, plan: dict[str, Any]) -> dict[str, Any]:
        """``callable``, ``args`` and ``kwargs`` with devices in the place of their names. Raises RuntimeError."""
        plan = {"user_group": "root", **plan}
        with self._allowed_lock:
            allowed_plans, allowed_devices = self._allowed
        if not self._permissions:
            allowed_plans = {plan["user_group"]: self.existing_plans}
            allowed_devices = {plan["user_group"]: self.existing_devices}
        return _call_known(
            profile_ops.prepare_plan,
            plan,
            plans_in_nspace=self._plans,
            devices_in_nspace=self._devices,
            allowed_plans=allowed_plans,
            allowed_devices=allowed_devices,
            nspace=self.namespace,
        )

    def prepare_function(self, call: dict[str, Any]) -> Callable[[], Any]:
        call = {"user_group": "root", **call}
        found = profile_ops.prepare_function(
            func_info=call, nspace=self.namespace, user_group_permissions=self._permissions or None
        )
        return lambda: found["callable"](*found["args"], **found["kwargs"])

    def _update_allowed(self) -> None:
        if not self._permissions:
            return
        # Whoever starts a plan now waits for the new lists.
        with self._allowed_lock:
            logger.info("Generating lists of allowed plans and devices")
            self._allowed = profile_ops.load_allowed_plans_and_devices(
                existing_plans=self.existing_plans,
                existing_devices=self.existing_devices,
                user_group_permissions=self._permissions,
            )

    def _script_root(self) -> str:
        """Where local imports of a script start. A module has no folder: then that of the IPython profile."""
        own = profile_ops.extract_script_root_path(**self._source())
        return own or self._settings["startup"].get("root") or profile_name_to_startup_dir(None, None)

    def _source(self) -> dict[str, Any]:
        kind, path = self._settings["startup"]["kind"], self._settings["startup"].get("path")
        if kind == "demo":
            kind, path = "dir", path or profile_ops.get_default_startup_dir()
        names = {"dir": "startup_dir", "module": "startup_module_name", "script": "startup_script_path"}
        return {name: path if kind == source else None for source, name in names.items()}


def _made_engine() -> Any:
    from bluesky import RunEngine
    from bluesky.callbacks.best_effort import BestEffortCallback
    from event_model import RunRouter

    def factory(_name: str, _document: Any) -> tuple[list[Any], list[Any]]:
        table = BestEffortCallback()
        table.disable_plots()
        return [table], []

    engine = RunEngine({})
    engine.subscribe(RunRouter([factory]))
    return engine


def _call_known(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Leaves out what an older release of the package does not take."""
    known = inspect.signature(function).parameters
    return function(*args, **{name: value for name, value in kwargs.items() if name in known})
