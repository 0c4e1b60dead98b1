"""The same counting with numpy and with scipp, on the events of a file: peer_kernels.py FILE PLACES BINS EVENTS ROUNDS."""

import json
import sys
import time

import numpy as np

path, places, bins, events, rounds = sys.argv[1], *map(int, sys.argv[2:6])
raw = np.fromfile(path, dtype=np.int32)
toa, pixel = raw[:events], raw[events : 2 * events]
end = 71_430_000


def best_of(work):
    best, counted = float('inf'), 0
    for _ in range(rounds):
        start = time.perf_counter()
        counted = work()
        best = min(best, time.perf_counter() - start)
    return {'eventsPerS': events / best, 'counted': int(counted)}


def with_numpy():
    inside = (toa >= 0) & (toa < end)
    cell = (pixel[inside].astype(np.int64) - 1) * bins + (toa[inside] * (bins / end)).astype(np.int64)
    return np.bincount(cell, minlength=places * bins).sum()


figures = {'numpy': best_of(with_numpy)}
try:
    import scipp as sc

    edges = sc.linspace('event_time_offset', 0.0, float(end), bins + 1, unit='ns')
    numbers = sc.arange('detector_number', 1, places + 1, dtype='int32', unit=None)

    def with_scipp():
        table = sc.DataArray(
            sc.ones(sizes={'event': events}, unit='counts', dtype='float32'),
            coords={
                'event_time_offset': sc.array(dims=['event'], values=toa, unit='ns').to(dtype='float64'),
                'detector_number': sc.array(dims=['event'], values=pixel, unit=None),
            },
        )
        if places == 1:
            return table.hist(event_time_offset=edges).sum().value
        return table.group(numbers).hist(event_time_offset=edges).sum().value

    figures['scipp'] = best_of(with_scipp)
except ImportError:
    pass
print(json.dumps(figures))
