import { ad00, ev44 } from '@beamtime/stream-formats'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fakeDetectors } from '../../src/fakes/fake-detectors.ts'
import { fakeMonitors } from '../../src/fakes/fake-monitors.ts'
import { instrumentNamed } from '../../src/instruments/registry.ts'
import { dataArray, driver, events, last, logValue, second, sumOf, T } from './core-driver.part.ts'

const monitors = 'dummy_beam_monitor'
const year2200 = 7_258_118_400n * second

function without(fields: Partial<Parameters<typeof ev44.encode>[0]>, source = 'panel_0'): Uint8Array {
  return ev44.encode({
    source_name: source,
    message_id: 0n,
    reference_time: BigInt64Array.of(T),
    reference_time_index: Int32Array.of(0),
    time_of_flight: Int32Array.of(1_000, 2_000, 3_000, 4_000),
    pixel_id: Int32Array.of(1, 2, 3, 4),
    ...fields,
  })
}

const anything: [string, (timeNs: bigint) => Uint8Array][] = [
  ['1024 bytes that are no FlatBuffer', () => new Uint8Array(1_024).fill(0xa5)],
  ['an empty value', () => new Uint8Array(0)],
  ['7 bytes', () => new Uint8Array(7)],
  ['a message cut to 12 bytes', (timeNs) => events('panel_0', timeNs, [1]).slice(0, 12)],
  ['a log value', (timeNs) => logValue('panel_0', timeNs, 1)],
  ['an unmapped source', (timeNs) => events('somebody', timeNs, [1])],
  [
    'events without vectors',
    (timeNs) =>
      without({
        reference_time: BigInt64Array.of(timeNs),
        time_of_flight: new Int32Array(0),
        pixel_id: new Int32Array(0),
      }),
  ],
  [
    'half as many pixels as times',
    (timeNs) => without({ reference_time: BigInt64Array.of(timeNs), pixel_id: Int32Array.of(1, 2) }),
  ],
  ['a time in the year 2200', () => without({ reference_time: BigInt64Array.of(year2200) })],
  ['a time before 1970', () => without({ reference_time: BigInt64Array.of(-1n) })],
  ['the smallest time', () => without({ reference_time: BigInt64Array.of(-(2n ** 63n)) })],
  ['the largest time', () => without({ reference_time: BigInt64Array.of(2n ** 63n - 1n) })],
  [
    'no pulse time',
    () => without({ reference_time: new BigInt64Array(0), reference_time_index: new Int32Array(0) }),
  ],
  [
    'several pulses',
    (timeNs) =>
      without({
        reference_time: BigInt64Array.of(timeNs, timeNs + 1n),
        reference_time_index: Int32Array.of(0, 2),
      }),
  ],
  [
    'a histogram with times of 32 bits',
    (timeNs) =>
      dataArray('panel_0', timeNs, [
        { name: 'signal', unit: 'counts', axes: ['x'], values: Float64Array.of(1) },
        { name: 'reference_time', unit: 'ns', axes: ['reference_time'], values: Int32Array.of(1) },
      ]),
  ],
  [
    'an image of another shape than its data',
    (timeNs) =>
      ad00.encode({
        source_name: 'area_panel',
        id: 0,
        timestamp: timeNs,
        dimensions: BigInt64Array.of(9n, 9n),
        data_type: 3,
        data: new Uint8Array(2),
        attributes: [],
      }),
  ],
]

describe.each(anything)('after %s', (_, make) => {
  test('the next good events of a detector still give results', () => {
    const service = driver('dummy', 'detector_data')
    service.start('panel_0_xy', 'panel_0')
    const before = service.run(3, (timeNs) => [['dummy_detector', events('panel_0', timeNs, [1_000], [5])]])
    service.send('dummy_detector', make(service.now()))
    const after = service.run(6, (timeNs) => [['dummy_detector', events('panel_0', timeNs, [1_000], [5])]])
    expect(sumOf(last(after, 'cumulative').array)).toBeGreaterThanOrEqual(
      sumOf(last(before, 'cumulative').array) + 50,
    )
    expect(
      new Set(after.results.map(({ array }) => array.coords['time']?.values[0])).size,
    ).toBeGreaterThanOrEqual(4)
    expect(last(after, 'cumulative').array.coords['time']?.values[0]).toBeLessThan(service.now() + second)
  })

  test('the next good events of a monitor still give results', () => {
    const service = driver('dummy', 'monitor_data')
    service.start('monitor_histogram', 'monitor1')
    service.run(3, (timeNs) => [[monitors, events('monitor1', timeNs, [1_000])]])
    const after = service.run(6, (timeNs) => [
      [monitors, make(timeNs)],
      [monitors, events('monitor1', timeNs, [1_000])],
    ])
    expect(sumOf(last(after, 'counts_total_cumulative').array)).toBeGreaterThanOrEqual(80)
  })
})

test('changed bytes of good messages never end a service', () => {
  const monitor = fakeMonitors('dummy', { mode: 'ev44', monitors: 1, rate: 20 })
  const histogram = fakeMonitors('dummy', { mode: 'da00', monitors: 1, rate: 20 })
  const detector = fakeDetectors(instrumentNamed('dummy'), { rate: 20 })
  const camera = fakeDetectors(
    {
      ...instrumentNamed('dummy'),
      areaDetectors: [{ stream: 'area_panel', sources: [], fakeShape: [4, 4] }],
    },
    { mode: 'ad00' },
  )
  const services = [
    driver('dummy', 'monitor_data'),
    driver('dummy', 'detector_data'),
    driver('dummy', 'data_reduction'),
  ]
  services[0]?.start('monitor_histogram', 'monitor1')
  services[1]?.start('panel_0_xy', 'panel_0')
  services[1]?.start('area_panel_xy', 'area_panel')
  services[2]?.start('total_counts', 'panel_0')
  fc.assert(
    fc.property(
      fc.constantFrom(monitor, histogram, detector, camera),
      fc.array(fc.tuple(fc.nat(65_535), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      fc.nat(4_000),
      (source, changes, length) => {
        const [record] = source.at(T, 0)
        const bytes = Buffer.from(record?.value ?? [])
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        for (const service of services) {
          service.send(record?.topic ?? '', bytes)
          service.send(record?.topic ?? '', bytes.subarray(0, length))
        }
      },
    ),
    { numRuns: 2_000 },
  )
  const [service] = services
  const after = service?.run(14, (timeNs) => [[monitors, events('monitor1', timeNs, [1_000])]])
  expect(after?.results.length).toBeGreaterThan(0)
})
