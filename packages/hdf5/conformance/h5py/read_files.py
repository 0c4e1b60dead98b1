"""Reads what write-files.ts wrote with h5py and compares every value. Prints a line a case and the totals."""

import sys

import h5py
import hdf5plugin  # noqa: F401  registers filter 32008
import numpy as np

folder, killed = sys.argv[1], sys.argv[2] == "kill"
passed = failed = 0


def case(name, check):
    global passed, failed
    try:
        assert check() in (None, True)
        passed += 1
    except Exception as error:  # each case reports for itself
        failed += 1
        print(f"FAIL {name}: {type(error).__name__} {error}")


f = h5py.File(f"{folder}/all.h5", "r")
d = f["det"]
case("text attributes", lambda: f.attrs["NX_class"] == "NXroot" and list(f.attrs["texts"]) == ["a", "bb", ""])
case("number attributes", lambda: f.attrs["whole"] == 3 and f.attrs["real"] == 2.5 and list(f.attrs["array"]) == [1, 2, 3])
case("contiguous length", lambda: d["data"].shape == ((100, 4, 6) if killed else (37, 4, 6)))
case("contiguous values", lambda: all((d["data"][i].ravel() == i * 100 + np.arange(24)).all() for i in range(37)))
case("contiguous u64", lambda: (d["image_id"][:37] == 1000 + np.arange(37)).all())
case("chunked length", lambda: d["chunked"].shape == (9999, 4, 6) and d["chunked"].maxshape == (None, 4, 6))
case("chunked values, index of three levels", lambda: (d["chunked"][:] == np.arange(9999)[:, None, None]).all())
case("several frames a chunk", lambda: d["grown"].shape == (20002, 4, 6) and d["grown"].chunks == (4, 4, 6))
case("index that grows at the end", lambda: (d["grown"][:] == np.arange(20002)[:, None, None]).all())
case("compressed length", lambda: d["compressed"].shape == (130, 33, 77))
pixels = np.arange(33 * 77, dtype=np.int64)
case("compressed values", lambda: all((d["compressed"][i].ravel() == pixels * (i + 1) % 70000).all() for i in range(130)))
case("large frames", lambda: (d["large"][:12] == np.arange(12)[:, None, None]).all())
case("large frames in chunks", lambda: d["large_chunks"].shape == (12, 256, 512) and (d["large_chunks"][:] == np.arange(12)[:, None, None]).all())
case("compound", lambda: d["metadata"].shape == (30,) and tuple(d["metadata"][29]) == (29, 1029))
case("text values", lambda: d["text"][()].decode() == "hällo" and [t.decode() for t in d["texts"][:]] == ["x", "yy"])
case("matrix", lambda: d["matrix"][:].tolist() == [[1, 2], [3, 4]])
case("hard and soft links", lambda: f["entry/data"].shape == f["entry/soft"].shape == d["data"].shape)
case("external link", lambda: f["entry/external"][0] == 7)
case("virtual dataset", lambda: f["virtual"][18, 0, :2].tolist() == [900, 901] and f["virtual"][1].max() == 0)
case("group of 5,000", lambda: len(h5py.File(f"{folder}/many.h5")) == 5000)
print(f"h5py {h5py.__version__}, HDF5 {h5py.version.hdf5_version}, {'killed' if killed else 'finished'} file")
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
