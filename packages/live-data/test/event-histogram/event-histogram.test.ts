import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pixelHistogram, plainPixelHistogram } from '../../src/event-histogram/pixel-histogram.ts'
import { binEdges, binRange, timeBins } from '../../src/event-histogram/time-bins.ts'
import { wholeNanoseconds } from '../../src/workflows/time-parameters.ts'
import { plainTimeHistogram, timeHistogram } from '../../src/event-histogram/time-histogram.ts'

const int32 = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.integer({ min: -10, max: 100_000_000 }),
  fc.constantFrom(714_300, 714_299, 71_430_000, 71_429_999, 0, -1, 2 ** 31 - 1, -(2 ** 31)),
)
const edges = fc
  .record({
    start: fc.double({ min: 0.001, max: 1e8, noNaN: true }),
    width: fc.double({ min: 1, max: 5e9, noNaN: true }),
    count: fc.integer({ min: 1, max: 300 }),
    scale: fc.constantFrom('linear' as const, 'log' as const),
  })
  .map(({ start, width, count, scale }) => binEdges({ start, stop: start + width, count, scale }))

/** One event at a time, by the definition. */
function binOf(time: number, all: Float64Array): number {
  for (let k = 0; k + 1 < all.length; k++) if (time >= (all[k] ?? 0) && time < (all[k + 1] ?? 0)) return k
  return -1
}

describe('time bins', () => {
  test('hold their lower edge and not their upper one, for every integer time', () => {
    fc.assert(
      fc.property(edges, fc.array(int32, { maxLength: 50 }), (all, times) => {
        const histogram = plainTimeHistogram(timeBins(all))
        const expected = new Uint32Array(all.length - 1)
        for (const time of times) {
          const bin = binOf(time, all)
          if (bin >= 0) expected[bin] = (expected[bin] ?? 0) + 1
        }
        expect(histogram.add(Int32Array.from(times))).toBe(expected.reduce((sum, each) => sum + each, 0))
        expect([...histogram.counts]).toEqual([...expected])
      }),
    )
  })

  test('the default bins are found by a product, which is then right for every integer time', () => {
    const all = binEdges({ start: 0, stop: 71.43, count: 100, scale: 'linear' }).map((edge) =>
      wholeNanoseconds(edge * 1e6),
    )
    const { formula } = timeBins(all)
    expect(formula).not.toBeNull()
    const { offset = 0, scale = 0 } = formula ?? {}
    for (let k = 0; k < 100; k++)
      for (const time of [714_300 * k, 714_300 * (k + 1) - 1])
        expect(Math.trunc((time + offset) * scale)).toBe(k)
    expect(timeBins(binEdges({ start: 1, stop: 1e6, count: 100, scale: 'log' })).formula).toBeNull()
  })

  test('linear edges are evenly spaced and end exactly', () => {
    const all = binEdges({ start: 0, stop: 71.43, count: 100, scale: 'linear' })
    expect(all.length).toBe(101)
    expect(all[100]).toBe(71.43)
    expect(all[50]).toBeCloseTo(35.715, 12)
  })

  test('logarithmic edges have a constant ratio', () => {
    const all = binEdges({ start: 1, stop: 1_000, count: 3, scale: 'log' })
    expect([...all].map((edge) => Math.round(edge))).toEqual([1, 10, 100, 1_000])
  })

  test('a range takes the bins that contain its ends', () => {
    const all = Float64Array.of(0, 1, 2, 3, 4)
    expect(binRange(all, { start: 0.5, stop: 2.5 })).toEqual([0, 3])
    expect(binRange(all, { start: 1, stop: 2 })).toEqual([1, 2])
    expect(binRange(all, { start: -5, stop: 9 })).toEqual([0, 4])
    expect(binRange(all, { start: 7, stop: 9 })).toEqual([4, 4])
  })
})

describe('WebAssembly kernels', () => {
  test('count times like the reference', () => {
    fc.assert(
      fc.property(edges, fc.array(int32, { maxLength: 400 }), (all, times) => {
        const bins = timeBins(all)
        const plain = plainTimeHistogram(bins)
        const simd = timeHistogram(bins)
        const toa = Int32Array.from(times)
        expect(simd.add(toa)).toBe(plain.add(toa))
        expect([...simd.counts]).toEqual([...plain.counts])
      }),
    )
  })

  test('count and fold pixels like the reference', () => {
    const pixel = fc.oneof(fc.integer({ min: -3, max: 40 }), fc.constantFrom(2 ** 31 - 1, -(2 ** 31)))
    fc.assert(
      fc.property(
        edges.filter((all) => all.length < 40),
        fc.array(fc.tuple(int32, pixel), { maxLength: 300 }),
        fc.integer({ min: -5, max: 5 }),
        (all, events, firstId) => {
          const bins = timeBins(all)
          const places = Int32Array.from({ length: 30 }, (_, k) => (k % 7 === 6 ? -1 : k % 6))
          const shape = { placeCount: 6, bins, tables: [{ firstId, places }] }
          const plain = plainPixelHistogram(shape)
          const simd = pixelHistogram(shape)
          const vectors = {
            toa: Int32Array.from(events, ([time]) => time),
            pixel: Int32Array.from(events, ([, id]) => id),
          }
          for (let round = 0; round < 2; round++) {
            expect(simd.add(vectors, 0)).toBe(plain.add(vectors, 0))
            const some = Int32Array.of(0, 3, 5)
            expect([...simd.windowSpectrum(some)]).toEqual([...plain.windowSpectrum(some)])
            const range = [Math.min(1, bins.count - 1), bins.count] as const
            expect([...simd.fold(range)]).toEqual([...plain.fold(range)])
            expect([...simd.cumulative()]).toEqual([...plain.cumulative()])
            expect(simd.windowSpectrum(some).every((count) => count === 0)).toBe(true)
          }
        },
      ),
    )
  })

  test('count like the reference where a few cells take nearly all events', () => {
    const bins = timeBins(binEdges({ start: 0, stop: 100, count: 40, scale: 'linear' }))
    const shape = { placeCount: 3, bins, tables: [{ firstId: 1, places: Int32Array.of(0, 1, 2) }] }
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.integer({ min: 0, max: 99 }),
            fc.integer({ min: 1, max: 3 }),
            fc.integer({ min: 1, max: 700 }),
          ),
        ),
        fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 21, max: 40 })),
        (hits, range) => {
          const plain = plainPixelHistogram(shape)
          const simd = pixelHistogram(shape)
          for (const [time, id, times] of hits) {
            const vectors = { toa: new Int32Array(times).fill(time), pixel: new Int32Array(times).fill(id) }
            expect(simd.add(vectors, 0)).toBe(plain.add(vectors, 0))
          }
          expect([...simd.fold(range)]).toEqual([...plain.fold(range)])
          expect([...simd.cumulative()]).toEqual([...plain.cumulative()])
          const exact = new Float64Array(120)
          for (const [time, id, times] of hits) {
            const cell = (id - 1) * 40 + Math.floor(time / 2.5)
            exact[cell] = (exact[cell] ?? 0) + times
          }
          expect([...simd.cumulative()]).toEqual([...exact])
        },
      ),
    )
  })

  test('more events than fit at once are all counted', () => {
    const bins = timeBins(binEdges({ start: 0, stop: 100, count: 10, scale: 'linear' }))
    const histogram = pixelHistogram({
      placeCount: 1,
      bins,
      tables: [{ firstId: 1, places: Int32Array.of(0) }],
    })
    const toa = new Int32Array(50_000).fill(15)
    expect(histogram.add({ toa, pixel: new Int32Array(50_000).fill(1) }, 0)).toBe(50_000)
    expect(histogram.windowSpectrum(Int32Array.of(0))[1]).toBe(50_000)
    expect([...histogram.fold([1, 10])]).toEqual([50_000])
    expect(histogram.cumulative()[1]).toBe(50_000)
    expect(histogram.windowSpectrum(Int32Array.of(0))[1]).toBe(0)
  })

  test('a bin that could overflow goes on as a wider number', () => {
    const bins = timeBins(binEdges({ start: 0, stop: 100, count: 1, scale: 'linear' }))
    const tables = [{ firstId: 1, places: Int32Array.of(0, 1) }]
    const histogram = pixelHistogram({ placeCount: 2, bins, tables, largestCount: 10 })
    const six = { toa: new Int32Array(6), pixel: Int32Array.of(1, 1, 1, 1, 2, 2) }
    const kinds = [1, 2, 3].map(() => {
      histogram.add(six, 0)
      histogram.fold([0, 1])
      return histogram.cumulative().constructor
    })
    expect([...histogram.cumulative()]).toEqual([12, 6])
    expect(kinds).toEqual([Uint32Array, Uint32Array, Float64Array])
  })
})
