"""Writes the Avro vectors with fastavro (the package that Rubin's tools use). Run by hand: python make.py"""

import datetime
import decimal
import io
import json
import pathlib
import uuid

import fastavro

here = pathlib.Path(__file__).parent
schema = {
    "type": "record",
    "name": "Sample",
    "namespace": "test.v1",
    "fields": [
        {"name": "id", "type": "long"},
        {"name": "small", "type": "int"},
        {"name": "f", "type": "float"},
        {"name": "d", "type": "double"},
        {"name": "b", "type": "boolean"},
        {"name": "text", "type": "string"},
        {"name": "raw", "type": ["null", "bytes"], "default": None},
        {"name": "color", "type": {"type": "enum", "name": "Color", "symbols": ["red", "green"]}},
        {"name": "mark", "type": {"type": "fixed", "name": "Mark", "size": 4}},
        {"name": "list", "type": {"type": "array", "items": "double"}},
        {"name": "table", "type": {"type": "map", "values": "long"}},
        {
            "name": "children",
            "type": ["null", {"type": "array", "items": {"type": "record", "name": "Child", "fields": [
                {"name": "mjd", "type": "double"}, {"name": "n", "type": ["null", "long"]}]}}],
            "default": None,
        },
        {"name": "again", "type": ["null", "Child"], "default": None},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
        {"name": "key", "type": {"type": "string", "logicalType": "uuid"}},
    ],
}
parsed = fastavro.parse_schema(schema)


def sample(i):
    return {
        "id": 2**62 + i, "small": -i, "f": 1.5 * i, "d": 60000.25 + i, "b": i % 2 == 0, "text": "näme " * i,
        "raw": None if i == 0 else bytes(range(i % 256)) * 20, "color": ["red", "green"][i % 2], "mark": b"abcd",
        "list": [0.5 * k for k in range(i)], "table": {"k": -(2**53) - i},
        "children": None if i == 1 else [{"mjd": 59000.5 + k, "n": k if k else None} for k in range(i)],
        "again": {"mjd": 1.0, "n": None},
        "at": datetime.datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=datetime.timezone.utc),
        "day": datetime.date(1969, 12, 31), "price": decimal.Decimal("-12.34"),
        "key": uuid.UUID("01234567-89ab-cdef-0123-456789abcdef"),
    }


records = [sample(i) for i in range(5)]
for codec in ("null", "deflate", "snappy", "zstandard"):
    with open(here / f"{codec}.avro", "wb") as out:
        fastavro.writer(out, parsed, records, codec=codec, sync_interval=400)
datums = []
for record in records:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, parsed, record)
    datums.append(out.getvalue().hex())
expected = [
    {**r, "id": str(r["id"]), "raw": r["raw"] and r["raw"].hex(), "mark": r["mark"].hex(), "table": {"k": str(r["table"]["k"])},
     "at": "2026-01-31T12:00:00.123456Z", "day": "1969-12-31", "price": "-12.34", "key": str(r["key"])}
    for r in records
]
(here / "sample.json").write_text(json.dumps(
    {"source": f"fastavro {fastavro.__version__}", "schema": schema, "datums": datums, "values": expected}, indent=1))
