"""Unit tests of std_daq_service with our services behind them: run_peer_tests.py SOURCE. The broker and Redis are on their usual ports."""

import os
import pathlib
import sys
import types
import unittest

source = pathlib.Path(sys.argv[1])
sys.path[:0] = [str(source), str(pathlib.Path(__file__).parent / "adapter")]
import epics_parts  # noqa: E402
import primary_service  # noqa: E402


def module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members)
    made.__path__ = []
    sys.modules[name] = made
    return made


sys.modules["std_daq_service.broker.primary_service"] = primary_service
module("std_daq_service.epics")
module(
    "std_daq_service.epics.buffer",
    start_epics_buffer=epics_parts.start_epics_buffer,
    PULSE_ID_NAME=epics_parts.PULSE_ID_NAME,
    EpicsReceiver=epics_parts.EpicsReceiver,
)
module("std_daq_service.epics.buffer.stats", EpicsBufferStats=epics_parts.EpicsBufferStats)
module(
    "std_daq_service.epics.writer.service",
    download_pv_data=epics_parts.internal,
    map_pv_data_to_pulse_id=epics_parts.internal,
    EpicsWriterService=epics_parts.EpicsWriterService,
)
module(
    "std_daq_service.epics.writer",
    EpicsH5Writer=epics_parts.internal,
    prepare_data_for_writing=epics_parts.internal,
)
names = ["test_broker_client", "test_broker_worker", "test_status_aggregator", "test_epics_buffer", "test_epics_writer"]
suite = unittest.defaultTestLoader.loadTestsFromNames([f"tests.{name}" for name in names])
result = unittest.TextTestRunner(verbosity=2, warnings="ignore").run(suite)
failing = [test for test, _ in result.failures + result.errors]
if failing:
    # Some tests give a program a second to start and connect, which a loaded machine misses.
    names = {test.id() for test in failing}
    print("again:", *sorted(names))
    again = unittest.TextTestRunner(verbosity=2, warnings="ignore").run(unittest.defaultTestLoader.loadTestsFromNames(sorted(names)))
    result.failures, result.errors = again.failures, again.errors
epics_parts.stop_receivers()
for test, reason in result.skipped:
    print(f"skipped {test.id()}: {reason}")
good = result.testsRun - len(result.failures) - len(result.errors) - len(result.skipped)
print(f"unit tests of std_daq_service: {good} passed, {len(result.failures) + len(result.errors)} failed, {len(result.skipped)} skipped")
sys.stdout.flush()
# Threads of the tests may still wait for a broker.
os._exit(0 if result.wasSuccessful() else 1)
