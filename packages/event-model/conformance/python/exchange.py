"""Exchanges documents with our event model and compares; prints each failure and "N passed, N failed" at the end."""

import copy
import json
import random
import subprocess
import sys

import event_model
import msgpack
import msgpack_numpy
import numpy as np
from event_model import DocumentNames, compose_run, schema_validators

msgpack_numpy.patch()
node = sys.argv[1:]
passed = failed = 0


def check(what, ok, detail=""):
    global passed, failed
    if ok:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {what}: {detail}"[:2000])


def plain(value):
    """What JSON shows: arrays as lists, numpy scalars as values, NaN and infinities as null."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.longdouble):
        return float(value)
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, complex):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("latin1")
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value


def valid(name, doc):
    try:
        schema_validators[getattr(DocumentNames, name)].validate(doc)
        return True
    except Exception:
        return False


# 1. What we compose: valid for Python, bytes mean what the JSON says, floats stay floats.
ours = subprocess.run([*node, "compose"], capture_output=True, text=True, check=True).stdout.splitlines()
composed = [json.loads(line) for line in ours]
for entry in composed:
    name, doc = msgpack.unpackb(bytes.fromhex(entry["hex"]))
    check(f"{name}: name", name == entry["name"])
    check(f"{name}: bytes equal JSON", plain(doc) == entry["doc"], f"{plain(doc)} {entry['doc']}")
    schema = getattr(DocumentNames, name)
    error = next(iter(schema_validators[schema].iter_errors(doc)), None)
    check(f"{name}: valid in Python", error is None, error)
    if name == "event":
        check("event: floats", all(type(v) is float for v in [doc["time"], doc["data"]["x"], *doc["timestamps"].values()]))
        check("event: integers", type(doc["seq_num"]) is int and type(doc["data"]["n"]) is int)

# 2. What Python composes, numpy included: valid for us, equal after decoding, equal after encoding again.
run = compose_run(metadata={"scan_id": 1, "sample": "dirt", "scalar": np.int32(5), "flag": np.bool_(True),
                            "z": 1 + 2j, "big": 2**60, "negative": -(2**40), "text": "ä\n", "none": None, "nan": float("nan")})
keys = {k: {"dtype": "array", "shape": [None], "source": "s"} for k in
        ["f4", "f8", "f2", "i1", "u1", "i8", "bool", "text", "bytes", "complex", "record", "be", "cube", "empty", "longdouble"]}
bundle = run.compose_descriptor(name="primary", data_keys=keys)
arrays = {
    "f4": np.array([1.5, np.nan], "<f4"), "f8": np.array([0.1, -0.0, np.inf]), "f2": np.array([1, 2.5], "<f2"),
    "i1": np.array([-1, 2], "i1"), "u1": np.array([0, 255], "u1"), "i8": np.array([2**60, -1]),
    "bool": np.array([[True, False]]), "text": np.array(["a", "äß"]), "bytes": np.array([b"ab", b"c"]),
    "complex": np.array([1 + 2j, -1j]), "record": np.array([(1, 2.5), (3, 4.5)], [("a", "<i4"), ("b", "<f8")]),
    "be": np.array([[1, 2], [3, 4]], ">i4"), "cube": np.arange(24).reshape(2, 3, 4).astype("<u2"),
    "empty": np.zeros((0, 3)), "longdouble": np.array([1.5, -2.25], np.longdouble),
}
stamps = {k: 1.0 for k in keys}
resource = run.compose_resource(spec="S", root="/", resource_path="p", resource_kwargs={})
stream = run.compose_stream_resource(mimetype="m", uri="file://localhost/x", data_key="f4", parameters={})
python = [
    ("start", run.start_doc), ("descriptor", bundle.descriptor_doc), ("resource", resource.resource_doc),
    ("datum", resource.compose_datum(datum_kwargs={"i": 0})), ("datum_page", resource.compose_datum_page(datum_kwargs={"i": [1, 2]})),
    ("stream_resource", stream.stream_resource_doc),
    ("stream_datum", stream.compose_stream_datum(indices={"start": 0, "stop": 1}, descriptor=bundle.descriptor_doc)),
    ("event", bundle.compose_event(data=arrays, timestamps=stamps)),
    ("event_page", bundle.compose_event_page(data={k: [v] for k, v in arrays.items()}, timestamps={k: [1.0] for k in keys}, seq_num=[2])),
    ("stop", run.compose_stop()),
]


def ask(requests):
    text = "".join(json.dumps(request) + "\n" for request in requests)
    result = subprocess.run([*node, "check"], input=text, capture_output=True, text=True)
    if result.returncode != 0:
        print(result.stderr[-2000:])
        sys.exit("our half failed")
    return [json.loads(line) for line in result.stdout.splitlines()]


answers = ask([{"hex": msgpack.packb((name, doc)).hex(), "name": name, "doc": None} for name, doc in python])
for (name, doc), answer in zip(python, answers, strict=True):
    expected = plain(doc)
    for key in expected if name != "event" else expected["data"]:
        ours_value = answer["doc"]["data"][key] if name == "event" else answer["doc"][key]
        theirs = expected["data"][key] if name == "event" else expected[key]
        check(f"{name} from Python: {key}", ours_value == theirs, f"{ours_value} {theirs}")
    again_name, again = msgpack.unpackb(bytes.fromhex(answer["hex"]))
    check(f"{name} encoded again", again_name == name and plain(again) == expected, f"{plain(again)} {expected}")

# 3. The same verdict on thousands of damaged documents.
random.seed(1)
values = [None, True, 0, 1, 1.5, "x", "", [], [1], ["x"], [[1]], {}, {"a": 1}, {"a.b": 1}, {"a": {"b/c": 1}}, {"x": [1]}, "NXmotor", "<f8", "ABC:", {"low": 1, "high": None}]
names = ["uid", "time", "seq_num", "a.b", "a/b", "extra", "hints", "data", "dtype", "shape", "external", "limits", "fields", "x"]
requests = []
sources = [(entry["name"], entry["doc"]) for entry in composed]


def containers(value):
    yield value
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, (dict, list)) and item:
            yield from containers(item)


for _ in range(4000):
    name, doc = random.choice(sources)
    doc = copy.deepcopy(doc)
    target = random.choice(list(containers(doc)))
    kind = random.random()
    if isinstance(target, list):
        target[random.randrange(len(target))] = random.choice(values)
    elif kind < 0.3 and target:
        del target[random.choice(list(target))]
    elif kind < 0.7 and target:
        target[random.choice(list(target))] = random.choice(values)
    else:
        target[random.choice(names)] = random.choice(values)
    requests.append({"name": name, "doc": doc})
stricter = 0
for request, answer in zip(requests, ask(requests), strict=True):
    theirs = valid(request["name"], request["doc"])
    # We check the hints of each object too, where Python's schema by mistake looks at the top only.
    if theirs and not answer["valid"] and request["name"] == "descriptor" and "hints" in request["doc"]:
        without = {k: v for k, v in request["doc"].items() if k != "hints"}
        if ask([{"name": "descriptor", "doc": without}])[0]["valid"]:
            stricter += 1
            continue
    check(f"verdict on {request['name']}", theirs == answer["valid"], f"Python {theirs}: {json.dumps(request['doc'])}")

print(f"event-model {event_model.__version__}: {stricter} descriptors with bad object hints refused by us alone")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
