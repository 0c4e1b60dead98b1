"""Projections of detectors beside essreduce: geometry.py FOLDER NODE. Prints a line a bank, then "N passed, N failed".

Writes NeXus files, has essreduce (with scippnexus) compute where pixels and their noisy replicas are on the screen, and compares
each place and each edge with those of our service. Pixels within rounding of an edge may be in the neighbour.
"""

import json
import pathlib
import subprocess
import sys
import types

import h5py
import numpy as np
import scipp as sc
import scippnexus as snx
from ess.reduce.live import raw

folder, node = sys.argv[1:3]
here = pathlib.Path(__file__).parent
rng = np.random.default_rng(7)


def field(group, name, values, **attributes):
    made = group.create_dataset(name, data=values)
    for key, value in attributes.items():
        made.attrs[key] = value
    return made


def transformation(group, name, value, kind, vector, depends_on, units, **more):
    return field(group, name, value, transformation_type=kind, vector=np.array(vector, float), depends_on=depends_on, units=units, **more)


def detector(entry, name, ids, offsets, units='m'):
    group = entry.create_group(f'instrument/{name}')
    group.attrs['NX_class'] = 'NXdetector'
    group.attrs['signal'] = 'data'
    group.attrs['axes'] = [f'dim_{at}' for at in range(ids.ndim)]
    field(group, 'data', np.zeros(ids.shape))
    field(group, 'detector_number', ids.astype('int32'))
    for axis, values in zip('xyz', offsets, strict=True):
        field(group, f'{axis}_pixel_offset', values, units=units)
    group.create_group('transformations').attrs['NX_class'] = 'NXtransformations'
    return group


def mantle(entry):
    """A ring of pixels about the beam, shifted and turned by two rotations with an offset."""
    phi, z = np.meshgrid(np.linspace(-3, 3, 90), np.linspace(-0.6, 0.6, 70), indexing='ij')
    ids = 229_377 + np.arange(phi.size).reshape(phi.shape)
    r = 1.1 + 0.02 * rng.random(phi.shape)
    group = detector(entry, 'mantle_detector', ids, (1000 * r * np.cos(phi), 1000 * r * np.sin(phi), 1000 * z), 'mm')
    chain = group['transformations']
    transformation(chain, 'turn', 3.5, 'rotation', [0, 0, 1], 'tilt', 'deg', offset=np.array([0.001, 0.0, 0.02]), offset_units='m')
    transformation(chain, 'tilt', 0.01, 'rotation', [0, 1, 0], 'shift', 'rad')
    transformation(chain, 'shift', 12.0, 'translation', [0, 0, 1], '.', 'mm')
    field(group, 'depends_on', 'transformations/turn')


def endcap(entry):
    """Backward: all pixels upstream of the sample; x and y along the dimensions of the detector."""
    x, y = np.meshgrid(np.linspace(-0.5, 0.52, 60), np.linspace(-0.4, 0.41, 55))
    ids = 71_681 + np.arange(x.size).reshape(x.shape)
    z = 0.02 * rng.random(x.shape)
    group = detector(entry, 'endcap_backward_detector', ids, (x, y, z))
    transformation(group['transformations'], 'place', -1.3, 'translation', [0, 0, 1], '.', 'm')
    field(group, 'depends_on', '/entry/instrument/endcap_backward_detector/transformations/place')


def tubes(entry):
    """Cylinders along x, whose noise follows their axis after the rotation of the bank."""
    x, y = np.meshgrid(np.linspace(-0.5, 0.5, 80), np.linspace(-0.45, 0.45, 40))
    ids = 802_817 + np.arange(x.size).reshape(x.shape)
    group = detector(entry, 'loki_detector_1', ids, (x, y, np.zeros(x.shape)))
    transformation(group['transformations'], 'roll', 20.0, 'rotation', [0, 0, 1], 'distance', 'deg')
    transformation(group['transformations'], 'distance', 5.0, 'translation', [0, 0, 1], '.', 'm')
    field(group, 'depends_on', 'transformations/roll')
    shape = group.create_group('pixel_shape')
    shape.attrs['NX_class'] = 'NXcylindrical_geometry'
    field(shape, 'vertices', np.array([[-0.006, 0, 0], [-0.006, 0.004, 0], [0.006, 0, 0]]), units='m')
    field(shape, 'cylinders', np.array([[0, 1, 2]], dtype='int32'))


def upright(entry):
    """About the vertical axis; the bank is turned by a motor, whose log has the angle."""
    phi, y = np.meshgrid(np.linspace(-0.5, 2.2, 100), np.linspace(-0.5, 0.5, 64), indexing='ij')
    ids = 1 + np.arange(phi.size).reshape(phi.shape)
    group = detector(entry, 'magic_detector_a', ids, (0.9 * np.sin(phi), y, 0.9 * np.cos(phi)))
    transformation(group['transformations'], 'detector_a_rotation', 7.0, 'rotation', [0, 1, 0], '.', 'deg')
    field(group, 'depends_on', 'transformations/detector_a_rotation')


banks = [
    ('dream', 'mantle_detector', mantle, 'cylinder_mantle_z', {'arc_length': 80, 'z': 320}, 0.004, False),
    ('dream', 'endcap_backward_detector', endcap, 'xy_plane', {'y': 240, 'x': 160}, 0.004, False),
    ('loki', 'loki_detector_1', tubes, 'xy_plane', {'y': 36, 'x': 108}, 'cylindrical', True),
    ('magic', 'magic_detector_a', upright, 'cylinder_mantle_y', {'y': 128, 'arc_length': 120}, 0.002, False),
]


def theirs(path, name, projection, resolution, noise, flip):
    with snx.File(path) as file:
        group = file[f'entry/instrument/{name}']
        loaded = snx.compute_positions(group[...], store_transform='transform')
        detector_number = loaded['detector_number'].values if 'detector_number' in loaded else None
        data = loaded['data'] if 'data' in loaded else loaded
        position = data['position'] if isinstance(data, sc.DataGroup) else data.coords['position']
        transform = types.SimpleNamespace(value=loaded['transform'])
        if detector_number is None:
            detector_number = data.coords['detector_number'].values
        shape = loaded['pixel_shape'] if noise == 'cylindrical' else None
    empty = sc.DataArray(sc.zeros(sizes=position.sizes), coords={'position': position})
    if noise == 'cylindrical':
        vectors = raw.position_noise_for_cylindrical_pixel(
            axis=raw.pixel_cylinder_axis(shape, transform), radius=raw.pixel_cylinder_radius(shape, transform)
        )
    else:
        vectors = raw.gaussian_position_noise(sc.scalar(noise, unit='m'))
    noisy = raw.position_with_noisy_replicas(detector=empty, position_noise=vectors, replicas=4)
    if projection == 'xy_plane':
        coords = raw.make_xy_plane_coords(noisy)
    else:
        coords = raw.make_cylinder_mantle_coords(noisy, axis=projection[-1])
    if flip:
        coords['x'] = -coords['x']
    edges = {dim: coords[dim].hist({dim: size}).coords[dim].values for dim, size in resolution.items()}
    values = {dim: coords[dim].values.reshape(5, -1) for dim in resolution}
    return detector_number.ravel(), values, edges


def check(instrument, name, write, projection, resolution, noise, flip):
    path = f'{folder}/{name}.nxs'
    with h5py.File(path, 'w') as file:
        file.attrs['NX_class'] = 'NXroot'
        entry = file.create_group('entry')
        entry.attrs['NX_class'] = 'NXentry'
        entry.create_group('instrument').attrs['NX_class'] = 'NXinstrument'
        write(entry)
    ids, values, edges = theirs(path, name, projection, resolution, noise, flip)
    program = here / 'geometry-screens.ts'
    ours = json.loads(subprocess.run([node, str(program), path, instrument, name], check=True, capture_output=True, text=True).stdout)
    assert ours['dims'] == list(resolution), ours['dims']
    for dim in resolution:
        np.testing.assert_allclose(ours['edges'][dim], edges[dim], rtol=1e-11, atol=1e-12)
    near = different = 0
    for replica, table in enumerate(ours['tables']):
        place = np.zeros(len(ids), dtype=int)
        for dim, size in resolution.items():
            place = place * size + np.clip(np.searchsorted(edges[dim], values[dim][replica], 'right') - 1, 0, size - 1)
        got = np.array(table)[ids - ours['firstId']]
        for at in np.flatnonzero(got != place):
            distance = min(np.abs(edges[dim] - values[dim][replica][at]).min() for dim in resolution)
            near += distance < 1e-9
            different += distance >= 1e-9
    assert different == 0, f'{different} pixels are elsewhere'
    outside = np.ones(len(ours['tables'][0]), dtype=bool)
    outside[ids - ours['firstId']] = False
    assert (np.array(ours['tables'][0])[outside] == -1).all()
    print(f'ok   {instrument} {name}: {len(ids)} pixels in 5 replicas on {projection}, {near} within rounding of an edge')


passed = failed = 0
for bank in banks:
    try:
        check(*bank)
        passed += 1
    except Exception as error:  # each bank reports for itself
        failed += 1
        print(f'FAIL {bank[0]} {bank[1]}: {type(error).__name__} {error}')
        if isinstance(error, subprocess.CalledProcessError):
            print(error.stderr)
print(f'{passed} passed, {failed} failed')
sys.exit(failed > 0)
