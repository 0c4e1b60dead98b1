import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHdf5Reader, type Node } from '@beamtime/hdf5'
import { afterAll, expect, test } from 'vitest'
import { gaussianVectors } from '../../src/geometry/gaussian-vectors.ts'
import { geometricScreen } from '../../src/geometry/geometric-screen.ts'
import { nexusFile } from '../../src/geometry/nexus-file.ts'
import { placePixels, type PlacedPixels } from '../../src/geometry/pixel-geometry.ts'
import { cylindricalNoise, gaussianNoise, uniformNumbers } from '../../src/geometry/position-noise.ts'
import { detectorGroups, readGeometry } from '../../src/geometry/read-geometry.ts'
import { pixelCount } from '../../src/event-histogram/pixel-places.ts'
import type { DetectorBank, GeometricView } from '../../src/instruments/instrument.ts'
import { instrumentNamed } from '../../src/instruments/registry.ts'
import { readGeometryFile } from '../../src/service/read-geometry-file.ts'
import { driver, events, last, logValue, numbers, sumOf } from '../core/core-driver.part.ts'
import { group, nexusFixture, smallBank, value } from './nexus-geometry.part.ts'

const translation = (along: readonly number[], depends_on: string, units = 'm') => ({
  transformation_type: 'translation',
  vector: Float64Array.from(along),
  depends_on,
  units,
})
const rotation = (about: readonly number[], depends_on: string, units = 'deg') => ({
  ...translation(about, depends_on, units),
  transformation_type: 'rotation',
})

/** One thread for all tests: it takes a while to start. */
const reader = createHdf5Reader()
afterAll(() => reader.close())

async function read(more: Readonly<Record<string, Node>>) {
  const { folder, path } = nexusFixture({ bank: smallBank(more) })
  try {
    const file = nexusFile(reader, path)
    const [found] = await detectorGroups(file)
    if (found === undefined) throw new Error('no detector')
    return await readGeometry(file, found)
  } finally {
    await folder.close()
  }
}

function placed(result: ReturnType<typeof placePixels>): PlacedPixels {
  if ('unplaced' in result) throw new Error(result.unplaced)
  return result
}

test('offsets along the dimensions of a bank are spread over its pixels, in m', async () => {
  const { ids, x, y, z, chain, cylinder } = await read({})
  expect([...ids]).toEqual([1, 2, 3, 4, 5, 6])
  expect([...x]).toEqual([-0.1, 0, 0.1, -0.1, 0, 0.1])
  expect([...y]).toEqual([-0.2, -0.2, -0.2, 0.2, 0.2, 0.2])
  expect([...z]).toEqual([0, 0, 0, 0, 0, 0])
  expect(chain).toEqual([])
  expect(cylinder).toBeNull()
})

test('a bank is placed by its chain: nearest first, by relative and absolute paths, offset before rotation', async () => {
  const geometry = await read({
    depends_on: value('transformations/turn'),
    transformations: group({
      turn: value(90, {
        ...rotation([0, 0, 1], 'out'),
        offset: Float64Array.of(10, 0, 0),
        offset_units: 'mm',
      }),
      out: value(2_000, translation([0, 0, 1], '/entry/instrument/bank/arm', 'mm')),
    }),
    arm: value(Math.PI, rotation([0, 1, 0], '.', 'rad')),
  })
  const { x, y, z } = placed(placePixels(geometry, () => null))
  // Pixel 1 at (-0.1, -0.2, 0): + 0.01 in x, a quarter turn about z, 2 m along z, half a turn about y.
  expect([x[0], y[0], z[0]].map((each) => Number(each?.toFixed(12)))).toEqual([-0.2, -0.09, -2])
})

test('the position of a motor replaces the value of the file; without any the bank has no place', async () => {
  const geometry = await read({
    depends_on: value('carriage'),
    carriage: group({ value: value(new Float64Array(0), { units: 'm' }) }, translation([0, 0, 1], '.')),
  })
  const path = '/entry/instrument/bank/carriage'
  expect(placePixels(geometry, () => null)).toEqual({ unplaced: path })
  expect([...placed(placePixels(geometry, (asked) => (asked === path ? 5 : null))).z]).toEqual(
    Array(6).fill(5),
  )
  const logged = await read({
    depends_on: value('carriage'),
    carriage: group(
      { value: value(Float64Array.of(1, 2, 3_000), { units: 'mm' }) },
      translation([0, 0, 1], '.'),
    ),
  })
  expect([...placed(placePixels(logged, () => null)).z]).toEqual(Array(6).fill(3))
})

test.each([
  ['a circle', { depends_on: value('a'), a: value(1, translation([0, 0, 1], 'a')) }, /circle/],
  [
    'an unknown unit',
    { depends_on: value('a'), a: value(1, translation([0, 0, 1], '.', 'furlong')) },
    /furlong/,
  ],
  ['no transformation', { depends_on: value('a'), a: value(1) }, /no translation or rotation/],
  ['offsets that do not fit', { x_pixel_offset: value(Float64Array.of(1, 2), { units: 'm' }) }, /shape/],
])('a bank with %s is refused with the reason', async (_, more, text) => {
  await expect(read(more)).rejects.toThrow(text)
})

test('the random stream of the noise is that of numpy, and its vectors those of the contract', () => {
  const draw = uniformNumbers()
  expect([draw(), draw(), draw()]).toEqual([0.9766997666981422, 0.3801957350196178, 0.9232462337639554])
  expect(gaussianVectors.length).toBe(3 * 107)
  const noise = gaussianNoise(0.004)
  expect(noise[0]).toBeCloseTo(-1.6038368053963015 * 0.004, 15)
  expect(noise[320]).toBeCloseTo(-0.6420360678269497 * 0.004, 15)
})

test('noise of a cylinder lies within it', () => {
  const noise = cylindricalNoise({ axis: [0, 0, 0.01], radius: [0.004, 0, 0] })
  for (let at = 0; at < noise.length; at += 3) {
    expect(Math.hypot(noise[at] ?? 0, noise[at + 1] ?? 0)).toBeLessThanOrEqual(0.004)
    expect(Math.abs(noise[at + 2] ?? 0)).toBeLessThanOrEqual(0.005)
  }
})

const view: GeometricView = {
  kind: 'geometric',
  projection: 'xy_plane',
  resolution: {
    bank: [
      ['y', 2],
      ['x', 3],
    ],
  },
  noise: { kind: 'gaussian', sigmaM: 1e-6 },
  flipX: [],
}
const bank: DetectorBank = { stream: 'bank', sources: [], firstId: 0, lastId: 7 }
const pixels = (z: number): PlacedPixels => ({
  ids: Int32Array.of(1, 2, 3, 4, 5, 6),
  x: Float64Array.of(-0.1, 0, 0.1, -0.1, 0, 0.1),
  y: Float64Array.of(-0.2, -0.2, -0.2, 0.2, 0.2, 0.2),
  z: new Float64Array(6).fill(z),
  cylinder: null,
})

test('a plane shows each pixel at its place in all replicas, ids without a place nowhere', () => {
  const screen = geometricScreen(view, bank, pixels(3))
  expect(screen?.tables.length).toBe(5)
  for (const table of screen?.tables ?? []) {
    expect(pixelCount(table)).toBe(8)
    expect([...table.fast]).toEqual([-1, 0, 1, 2, 3, 4, 5, -1])
  }
  expect(screen?.coords['x']?.unit).toBe('m')
  expect(screen?.coords['x']?.values.length).toBe(4)
  expect([...(screen?.weights() ?? [])].map((each) => Number(each.toFixed(9)))).toEqual(Array(6).fill(1))
})

test('a mirrored bank is seen from the other side', () => {
  const screen = geometricScreen({ ...view, flipX: ['bank'] }, bank, pixels(-3))
  expect([...(screen?.tables[0]?.fast ?? [])]).toEqual([-1, 2, 1, 0, 5, 4, 3, -1])
})

test('cylindrical noise without a cylinder gives no screen', () => {
  expect(geometricScreen({ ...view, noise: { kind: 'cylindrical' } }, bank, pixels(3))).toBeNull()
})

async function magic() {
  const { folder, path } = nexusFixture({
    magic_detector_a: smallBank({
      depends_on: value('transformations/detector_a_rotation'),
      transformations: group({
        detector_a_rotation: group(
          { value: value(new Float64Array(0), { units: 'deg' }) },
          rotation([0, 1, 0], 'out'),
        ),
        out: value(1, translation([0, 0, 1], '.')),
      }),
    }),
  })
  const geometricScreens = await readGeometryFile(path, instrumentNamed('magic'))
  const service = driver('magic', 'detector_data', { geometricScreens })
  return { folder, service, [Symbol.asyncDispose]: () => folder.close() }
}

test('a projection counts the events of the pixels in the file, and begins anew when its motor has moved', async () => {
  await using file = await magic()
  const { service } = file
  expect(service.start('detector_projection', 'magic_detector_a').answers).toMatchObject([
    { response: 'ACK' },
  ])
  service.send('magic_motion', logValue('detector_a_rotation', service.now(), 0))
  const data = (timeNs: bigint) =>
    [['magic_detector', events('magic_detector_a', timeNs, [1_000, 1_000, 1_000], [1, 6, 77])]] as const
  const first = service.run(4, data)
  const image = last(first, 'cumulative').array
  expect(image.signal.dims).toEqual(['y', 'arc_length'])
  expect(image.coords['arc_length']?.unit).toBe('m')
  const total = last(first, 'counts_total_cumulative').array
  expect(sumOf(image)).toBe(sumOf(total))
  expect(sumOf(total) % 2).toBe(0)
  expect(numbers(image).filter((count) => count > 0).length).toBeGreaterThanOrEqual(2)

  service.send('magic_motion', logValue('detector_a_rotation', service.now(), 10))
  const next = service.run(2, data)
  expect(sumOf(last(next, 'cumulative').array)).toBeLessThan(sumOf(total))
  expect(sumOf(last(next, 'cumulative').array)).toBe(sumOf(last(next, 'counts_total_cumulative').array))
})

test('a bank that the file does not have is refused by name, a file that cannot be read with its reason', async () => {
  await using file = await magic()
  const { folder, service } = file
  expect(service.start('detector_projection', 'magic_detector_b').answers).toMatchObject([
    { response: 'ACK' },
  ])
  service.send('magic_motion', logValue('detector_b_rotation', service.now(), 0))
  const told = service.run(3, (timeNs) => [
    ['magic_detector', events('magic_detector_b', timeNs, [1_000], [491_521])],
  ])
  expect(told.results).toEqual([])
  expect(told.status.at(-1)?.json).toMatch(/has no pixels of magic_detector_b/)
  const path = join(folder.path, 'text.nxs')
  writeFileSync(path, 'not a NeXus file')
  await expect(readGeometryFile(path, instrumentNamed('dream'))).rejects.toThrow(/LIVEDATA_REFUSED/)
})
