"""Compares the answers of two managers. Arguments: files of answers.py, theirs and ours; "native" when ours come from the
native worker: then what the demo's code says and is may differ, but not the form of the answers."""
import json
import re
import sys

UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
CLOCK = re.compile(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d")
TIMES = {"time", "time_start", "time_stop"}
# Whole sentences of Python libraries and paths of this machine.
LOOSE = {"traceback"}


MEANT = [
    ("queue_item_add", "too many positional arguments\nPlan: {'item_type': 'plan', 'name': 'count', 'args': 'det1'", "they take a text for a list of letters"),
    ("queue_item_add", "argument after ** must be a mapping", "the words of a Python library"),
    ("queue_item_add_batch", "object is not iterable", "the words of Python"),
    ("queue_item_get", "{uid}", "their text forgets the uid"),
    ("lock", "{note!r}", "their text forgets the note"),
    ("permissions_set", "Failed validating", "they show the schema as well"),
]


class SameUids:
    """Which uid of theirs is which of ours: bound where both appear first, and the same ever after."""

    def __init__(self):
        self._ours = {}
        self._theirs = {}

    def same(self, theirs, ours):
        known, back = self._ours.get(theirs), self._theirs.get(ours)
        # Bound anew after a difference, so that one is not told a hundred times.
        self._ours[theirs], self._theirs[ours] = ours, theirs
        return known in (None, ours) and back in (None, theirs)


def plain(value, key=None):
    """The answer without what differs between any two runs."""
    if key in TIMES and isinstance(value, (int, float)):
        return "time"
    if key in LOOSE and isinstance(value, str):
        return "text" if value else ""
    if isinstance(value, dict):
        return {name: plain(item, name) for name, item in value.items() if not is_extra(name, value)}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return CLOCK.sub("clock", value) if isinstance(value, str) else value


def is_extra(name, owner):
    """What we say more: the last error of the startup code, and in the history what a plan returned."""
    return name == "last_startup_error" or (name == "return_value" and "exit_status" in owner)


def is_meant(request, theirs, ours):
    """Why these two differ, None when there is no reason. Only the words may: everything else has to be the same."""
    a, b = ({**reply, "msg": ""} for reply in (theirs, ours))
    if json.dumps(a) != json.dumps(b):
        return None
    return next((why for method, words, why in MEANT if method == request["method"] and words in theirs["msg"]), None)


# What the startup code and its language decide.
OF_THE_WORKER = {"plans_existing", "devices_existing", "plans_allowed", "devices_allowed", "user_group_permissions", "re_metadata"}


def formal(value, key=None):
    """Only the form of what the worker's language decides."""
    if key in OF_THE_WORKER and isinstance(value, dict):
        return bool(value)
    if key == "msg" and value.startswith("Error occurred while executing"):
        return value.split(":")[0]
    if isinstance(value, dict):
        return {name: formal(item, name) for name, item in value.items()}
    return [formal(item) for item in value] if isinstance(value, list) else value


def answers(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


theirs, ours = answers(sys.argv[1]), answers(sys.argv[2])
is_native = sys.argv[3:] == ["native"]
passed = failed = meant = 0
uids = SameUids()
for left, right in zip(theirs, ours, strict=True):
    request, their_reply, our_reply = left["request"], plain(left["reply"]), plain(right["reply"])
    if is_native:
        their_reply, our_reply = formal(their_reply), formal(our_reply)
    # As texts with the order of keys, which clients show.
    a, b = json.dumps(their_reply), json.dumps(our_reply)
    wrong = [pair for pair in zip(UID.findall(a), UID.findall(b)) if not uids.same(*pair)]
    if UID.sub("uid", a) == UID.sub("uid", b) and not wrong:
        passed += 1
    elif isinstance(request, dict) and (why := is_meant(request, their_reply, our_reply)):
        meant += 1
        print(f"meant {why}: {json.dumps(request)[:120]}")
    else:
        failed += 1
        print(f"FAIL  {json.dumps(request)[:200]}\n  theirs {a[:1200]}\n  ours   {b[:1200]}")
print(f"{meant} differ in their words and are meant to")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
