"""pytest plugin of tools/peers/queueserver-suite.sh: a table of the outcomes, a line a test file, at the end of the run."""
import os
import sys
import threading
from collections import Counter, defaultdict

import pytest

# Since 0.0.25 the package's `re_manager` needs it, and the tests of bluesky-queueserver-api do not import it.
from bluesky_queueserver.manager.tests.common import re_manager_factory  # noqa: F401

outcomes = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    key = (item.module.__name__.rpartition(".")[2], item.name)
    if report.failed:
        outcomes[key] = "failed"
    elif report.skipped or report.when == "call":
        outcomes.setdefault(key, "skipped" if report.skipped else "passed")
    return report


def pytest_terminal_summary(terminalreporter):
    files = defaultdict(Counter)
    for (file, _), outcome in outcomes.items():
        files[file][outcome] += 1
    total = sum(files.values(), Counter())
    write = terminalreporter.write_line
    write(f"{'file':32} {'cases':>6} {'passed':>6} {'failed':>6} {'skipped':>7} {'passed of run':>14}")
    for name, counts in [*files.items(), ("total", total)]:
        run = counts["passed"] + counts["failed"]
        share = f"{100 * counts['passed'] / run:.1f} %" if run else "-"
        cells = f"{run + counts['skipped']:6} {counts['passed']:6} {counts['failed']:6} {counts['skipped']:7}"
        write(f"{name:32} {cells} {share:>14}")
    for (file, name), outcome in outcomes.items():
        if outcome == "failed":
            write(f"FAILED {file}::{name}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    session.config.suite_exit = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    """Cases of the suites that fail leave threads which read for ever; Python would wait for them."""
    left = [one for one in threading.enumerate() if one is not threading.main_thread() and not one.daemon]
    if left:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(getattr(config, "suite_exit", 1))
