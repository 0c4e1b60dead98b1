import { encodeAreaImage } from '@beamtime/stream-formats'
import { describe, expect, test } from 'vitest'
import type { DataArray } from '../../src/data/data-array.ts'
import { placeTable } from '../../src/event-histogram/pixel-places.ts'
import { random } from '../../src/fakes/random.ts'
import type { DetectorViewEntry, Layout, LogicalView } from '../../src/instruments/instrument.ts'
import { instruments } from '../../src/instruments/registry.ts'
import { regionsMessage } from '../../src/view/command-messages.ts'
import { dataArray, driver, events, last, logValue, numbers, sumOf } from '../core/core-driver.part.ts'

const topic = 'dummy_detector'

/** Of the regions of a result. */
function indices(array: DataArray): number[] {
  return Array.from((array.coords['roi']?.values ?? []) as ArrayLike<number>)
}

/** Index along each dimension of a pixel, by division. */
function placeOf(id: number, fold: Layout): Map<string, number> {
  const place = new Map<string, number>()
  let rest = id
  for (const [dim, length] of fold.toReversed()) {
    place.set(dim, rest % length)
    rest = Math.floor(rest / length)
  }
  return place
}

const logicalViews = Object.values(instruments).flatMap((instrument) =>
  instrument.detectorViews.flatMap((entry) =>
    entry.sources.flatMap((source) => {
      const view = viewOf(entry, source)
      const bank = instrument.detectors.find(({ stream }) => stream === source)
      return view === null || bank === undefined
        ? []
        : [{ name: `${instrument.name} ${entry.name} ${source}`, instrument, entry, source, view, bank }]
    }),
  ),
)

function viewOf({ view }: DetectorViewEntry, source: string): LogicalView | null {
  if ('kind' in view) return view.kind === 'logical' ? (view as LogicalView) : null
  return (view as Record<string, LogicalView>)[source] ?? null
}

describe.each(logicalViews)('the view $name', ({ instrument, entry, source, view, bank }) => {
  test('shows every event at the place that its pixel id divides into', { timeout: 60_000 }, () => {
    const service = driver(instrument.name, 'detector_data')
    service.start(entry.name, source, { toa_edges: { num_bins: 1 } })
    const pick = random(11)
    const ids: number[] = []
    const pixels = bank.lastId - bank.firstId + 1
    const told = service.run(0.3, (timeNs) => {
      const some = Array.from({ length: 40 }, () => bank.firstId + Math.floor(pick.unit() * pixels))
      ids.push(...some)
      return [
        [
          `${instrument.name}_detector`,
          events(
            source,
            timeNs,
            some.map(() => 1_000),
            some,
          ),
        ],
      ]
    })
    const { array } = last(told, 'cumulative')
    const counted = sumOf(array)
    const shape = view.screen.map(([, from]) =>
      from.reduce((all, dim) => all * (new Map(view.fold).get(dim) ?? 0), 1),
    )
    expect(array.signal.shape).toEqual(shape)
    expect(array.signal.dims).toEqual(view.screen.map(([dim]) => dim))
    const expected = new Map<number, number>()
    let taken = 0
    for (const id of ids) {
      if (taken === counted) break
      const place = placeOf(id - bank.firstId, view.fold)
      if (Object.entries(view.select ?? {}).some(([dim, only]) => place.get(dim) !== only)) continue
      taken += 1
      const at = view.screen.reduce((flat, [, from], axis) => {
        const along = from.reduce(
          (index, dim) => index * (new Map(view.fold).get(dim) ?? 0) + (place.get(dim) ?? 0),
          0,
        )
        return flat * (shape[axis] ?? 1) + along
      }, 0)
      expected.set(at, (expected.get(at) ?? 0) + 1)
    }
    const values = array.signal.values as Float64Array
    for (const [at, count] of expected) expect(values[at]).toBe(count)
    expect(counted).toBeGreaterThan(view.select === undefined ? 39 : -1)
  })
})

describe('detector views', () => {
  const params = { toa_edges: { start: 0, stop: 100, num_bins: 10, unit: 'us' } }
  const feed = (timeNs: bigint) =>
    [[topic, events('panel_0', timeNs, [5_000, 15_000, 15_000, 95_000, -1], [1, 2, 130, 16_384, 7])]] as const

  test('regions give spectra of exactly their pixels, rectangles before polygons', () => {
    const service = driver('dummy', 'detector_data')
    service.start('panel_0_xy', 'panel_0', params)
    const region = (kind: 'rectangles' | 'polygons', items: { index: number; x: number[]; y: number[] }[]) =>
      service.roi(
        regionsMessage({
          source: 'panel_0',
          jobNumber: 'number',
          regions: { kind, unitX: null, unitY: null, items },
        }),
      )
    region('polygons', [{ index: 4, x: [-1, 10, 10, -1], y: [-1, -1, 10, 10] }])
    region('rectangles', [
      { index: 1, x: [1, 3], y: [0, 2] },
      { index: 0, x: [0, 1], y: [0, 1] },
    ])
    const told = service.run(3, feed)
    const { array } = last(told, 'roi_spectra_current')
    expect(indices(array)).toEqual([0, 1, 4])
    const n = sumOf(last(told, 'counts_total').array) / 4
    const rows = [0, 1, 2].map((row) =>
      numbers(array)
        .slice(row * 10, row * 10 + 10)
        .map((count) => count / n),
    )
    expect(rows[0]?.slice(0, 3)).toEqual([1, 0, 0])
    expect(rows[1]?.slice(0, 3)).toEqual([0, 2, 0])
    expect(rows[2]?.slice(0, 3)).toEqual([1, 2, 0])
    region('rectangles', [])
    const later = service.run(2, feed)
    expect(last(later, 'roi_rectangle').array.signal.shape).toEqual([0])
    expect(indices(last(later, 'roi_spectra_cumulative').array)).toEqual([4])
  })

  test('a request with one index per rectangle, as another client writes it, is read too', () => {
    const service = driver('dummy', 'detector_data')
    service.start('panel_0_xy', 'panel_0', params)
    service.roi(
      dataArray('panel_0/number/roi_rectangle', 0n, [
        { name: 'signal', unit: 'dimensionless', axes: ['bounds'], values: Int32Array.of(1, 1) },
        { name: 'x', unit: null, axes: ['bounds'], values: Float64Array.of(0, 128) },
        { name: 'y', unit: null, axes: ['bounds'], values: Float64Array.of(0, 128) },
        { name: 'roi_index', unit: 'dimensionless', axes: ['bounds'], values: Int32Array.of(3, 3) },
      ]),
    )
    const told = service.run(3, feed)
    expect(indices(last(told, 'roi_spectra_current').array)).toEqual([3])
    expect(sumOf(last(told, 'roi_spectra_current').array)).toBe(sumOf(last(told, 'counts_total').array))
  })

  test('the range restricts the image, and the totals go on', () => {
    const service = driver('dummy', 'detector_data')
    service.start('panel_0_xy', 'panel_0', {
      ...params,
      toa_range: { enabled: true, start: 10, stop: 20, unit: 'us' },
    })
    const told = service.run(3, feed)
    const total = sumOf(last(told, 'counts_total_cumulative').array)
    expect(sumOf(last(told, 'cumulative').array)).toBe(total / 2)
    expect(sumOf(last(told, 'counts_in_toa_range_cumulative').array)).toBe(total / 2)
  })

  test('weighting divides by the pixels of a screen pixel', () => {
    const service = driver('odin', 'detector_data')
    service.start('odin_detector_xy', 'timepix3', {
      toa_edges: { num_bins: 1 },
      pixel_weighting: { enabled: true, method: 'pixel_number' },
    })
    const told = service.run(0.3, (timeNs) => [['odin_detector', events('timepix3', timeNs, [1_000], [1])]])
    expect(sumOf(last(told, 'cumulative').array)).toBe(
      sumOf(last(told, 'counts_total_cumulative').array) / 64,
    )
  })

  test('a reset begins anew with the next data', () => {
    const service = driver('dummy', 'detector_data')
    service.start('panel_0_xy', 'panel_0', params)
    service.run(4, feed)
    service.command({ kind: 'job_command', action: 'reset', workflow_id: 'dummy/panel_0_xy/1' })
    const after = service.run(3, feed)
    const [first] = after.results.filter(({ name }) => name['output_name'] === 'counts_total_cumulative')
    const [window] = after.results.filter(({ name }) => name['output_name'] === 'counts_total')
    expect(first?.array.signal.values[0]).toBe(window?.array.signal.values[0])
  })

  test('a histogram that does not fit the memory is refused with the sizes', () => {
    const service = driver('dummy', 'detector_data', { maxBytes: 1_000_000 })
    const [answer] = service.start('panel_0_xy', 'panel_0', { toa_edges: { num_bins: 10_000 } }).answers
    expect(answer).toMatchObject({ response: 'ERR' })
    expect(answer?.['message']).toMatch(/takes \d+ MiB and 1 MiB are free/)
  })

  test('a geometric view without its geometry is refused with the reason', () => {
    const service = driver('dream', 'detector_data')
    const [answer] = service.start('detector_projection', 'mantle_detector').answers
    expect(answer).toMatchObject({ response: 'ERR' })
    expect(answer?.['message']).toMatch(/places of the pixels/)
  })

  test('data before a value of the motor that they depend on do not count', () => {
    const service = driver('magic', 'detector_data', {
      geometricScreens: (_, bank) => ({
        dims: ['y', 'arc_length'],
        shape: [1, 1],
        placeCount: 1,
        tables: [placeTable(bank.firstId, new Int32Array(bank.lastId - bank.firstId + 1))],
        weights: () => Float64Array.of(1),
        coords: {},
      }),
    })
    service.start('detector_projection', 'magic_detector_a')
    const data = (timeNs: bigint) =>
      [['magic_detector', events('magic_detector_a', timeNs, [1_000], [1])]] as const
    const before = service.run(3, data)
    expect(before.results).toEqual([])
    const waiting = before.status.findLast(({ serviceId }) => serviceId.startsWith('magic_detector_a:'))
    expect(waiting?.json).toContain(
      '"state":"pending_context","warning":"Waiting for context streams: detector_a_rotation"',
    )
    service.send('magic_motion', logValue('detector_a_rotation', service.now(), 12))
    const after = service.run(3, data)
    expect(sumOf(last(after, 'counts_total_cumulative').array)).toBeGreaterThan(10)
    expect(sumOf(last(after, 'counts_total_cumulative').array)).toBeLessThanOrEqual(14 * 4)
  })

  test('frames of a camera add up', () => {
    const service = driver('dummy', 'detector_data')
    service.start('area_panel_xy', 'area_panel')
    const frame = (timeNs: bigint) =>
      encodeAreaImage({
        source_name: 'area_panel',
        id: 1,
        timestamp: timeNs,
        shape: [2, 3],
        values: Uint16Array.of(1, 2, 3, 4, 5, 60_000),
      })
    const told = service.run(3, (timeNs) => [['dummy_area_detector', frame(timeNs)]])
    const { array } = last(told, 'cumulative')
    const [one = 0] = numbers(array)
    expect(numbers(array)).toEqual([1, 2, 3, 4, 5, 60_000].map((value) => value * one))
    expect(array.signal).toMatchObject({ dims: ['dim_0', 'dim_1'], shape: [2, 3], unit: 'dimensionless' })
    expect(array.signal.values).toBeInstanceOf(Int32Array)
  })
})
