"""Files of every kind larger than 8 GB, and a killed one, with h5py and h5dump. Arguments: node, write-large.ts, serve.ts, folder, gigabytes."""

import os
import pathlib
import subprocess
import sys

import h5py
import hdf5plugin
import numpy as np

node, program, folder, gigabytes = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), sys.argv[4]
passed = failed = 0


def case(name, check):
    global passed, failed
    try:
        result = check()
        assert result is None or bool(result), result
        passed += 1
    except Exception as error:  # each case reports for itself
        failed += 1
        print(f"FAIL {name}: {type(error).__name__} {error}")


def dump(path, *arguments):
    environment = {**os.environ, "HDF5_PLUGIN_PATH": hdf5plugin.PLUGIN_PATH}
    done = subprocess.run(["h5dump", *arguments, str(path)], capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr[-300:]
    return done.stdout


def large(layout, compression):
    name = f"{layout} {compression}"
    path = folder / "large.h5"
    images = int(subprocess.run([node, program, str(path), layout, compression, gigabytes], capture_output=True, text=True, check=True).stdout)
    size = path.stat().st_size
    try:
        case(f"{name}: {size / 1e9:.1f} GB", lambda: size > float(gigabytes) * 1e9 * 0.95)

        def values():
            with h5py.File(path) as f:
                data = f["det/data"]
                assert data.shape == (images, 512, 1024)
                for image in (0, 1, images // 2, images - 2, images - 1):
                    assert data[image, 0, 0] == image & 0xFFFF
                    assert (data[image].ravel()[1:] == data[0].ravel()[1:]).all()
                ids = f["det/image_id"][:] if layout == "f1" else f["det/metadata"]["image_id"]
                assert (ids == np.arange(images)).all()
        case(f"{name}: h5py", values)
        case(f"{name}: h5dump header", lambda: f"( {images}, 512, 1024 )" in dump(path, "-H", "-p"))
        last = images - 1
        case(f"{name}: h5dump value", lambda: f": {last & 0xFFFF}," in dump(path, "-d", "/det/data", "-s", f"{last},0,0", "-c", "1,1,4"))
    finally:
        path.unlink()


for kind in (("f1", "none"), ("f2", "none"), ("nexus", "none"), ("f1", "bslz4"), ("f2", "bslz4")):
    try:
        large(*kind)
    except Exception as error:  # a part that cannot go on is one failed case
        failed += 1
        print(f"FAIL {kind}: {type(error).__name__} {error}")
print(f"h5py {h5py.__version__}, HDF5 {h5py.version.hdf5_version}, {dump('', '--version').strip()}")
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
