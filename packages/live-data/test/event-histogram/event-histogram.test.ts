import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pixelHistogram, plainPixelHistogram } from '../../src/event-histogram/pixel-histogram.ts'
import { nowhere, placeTable } from '../../src/event-histogram/pixel-places.ts'
import { binEdges, binRange, timeBins } from '../../src/event-histogram/time-bins.ts'
import { random } from '../../src/fakes/random.ts'
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

  test('count times into thousands of bins like the reference', () => {
    const bins = timeBins(binEdges({ start: 0, stop: 71_430_000, count: 5_000, scale: 'linear' }))
    const plain = plainTimeHistogram(bins)
    const simd = timeHistogram(bins)
    const toa = Int32Array.from({ length: 20_003 }, (_, at) => at * 3_571 - 5)
    for (let round = 0; round < 2; round++) expect(simd.add(toa)).toBe(plain.add(toa))
    expect(bins.formula).not.toBeNull()
    expect(simd.counts).toEqual(plain.counts)
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
          const shape = { placeCount: 6, bins, tables: [placeTable(firstId, places)] }
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

  test.each([0, 1e9])(
    'count many events over many cells like the reference, sorted from %d cells on',
    (sortedFrom) => {
      const numbers = random(5)
      const bins = timeBins(binEdges({ start: 0, stop: 100, count: 50, scale: 'linear' }))
      const places = 4_000
      const tables = [
        placeTable(
          1,
          Int32Array.from({ length: places }, (_, at) => (at * 7) % places),
        ),
      ]
      const plain = plainPixelHistogram({ placeCount: places, bins, tables })
      const simd = pixelHistogram({ placeCount: places, bins, tables, sortedFrom })
      for (let round = 0; round < 3; round++) {
        for (const length of [3, 70_000, 16_384]) {
          const toa = Int32Array.from({ length }, () => 110 * numbers.unit() - 5)
          // Half of the events is in one pixel.
          const pixel = Int32Array.from({ length }, (_, at) =>
            at % 2 === 0 ? 5 : 1 + places * numbers.unit(),
          )
          expect(simd.add({ toa, pixel }, 0)).toBe(plain.add({ toa, pixel }, 0))
        }
        const some = Int32Array.of(0, 28, 3_999)
        expect(simd.windowSpectrum(some)).toEqual(plain.windowSpectrum(some))
        if (round === 1) for (const each of [simd, plain]) each.clear()
        expect(simd.fold([5, 45])).toEqual(plain.fold([5, 45]))
        expect(simd.cumulative()).toEqual(plain.cumulative())
      }
      expect(plain.cumulative().some((count) => count > 256)).toBe(true)
    },
  )

  test('no carry is lost when all cells of several blocks pass 255 at once', () => {
    const cells = 5 * 65_536
    const bins = timeBins(Float64Array.of(0, 1))
    const tables = [
      placeTable(
        0,
        Int32Array.from({ length: cells }, (_, at) => at),
      ),
    ]
    const histogram = pixelHistogram({ placeCount: cells, bins, tables, sortedFrom: 0 })
    // 8 192 cells of each block, in turn.
    const lit = Int32Array.from({ length: 5 * 8_192 }, (_, at) => (at % 5) * 65_536 + Math.floor(at / 5))
    const toa = new Int32Array(lit.length)
    for (let round = 0; round < 256; round++) histogram.add({ toa, pixel: lit }, 0)
    const image = histogram.fold([0, 1])
    expect(lit.every((cell) => image[cell] === 256)).toBe(true)
    expect(image.reduce((sum, count) => sum + count, 0)).toBe(256 * lit.length)
  })

  test('find places by parts of an id as by one table of all of them', () => {
    const place = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(nowhere))
    const part = (lengths: readonly number[]) =>
      fc.constantFrom(...lengths).chain((n) => fc.array(place, { minLength: n, maxLength: n }))
    fc.assert(
      fc.property(
        part([1, 2, 3, 7]),
        part([1, 4, 5, 8, 13]),
        edges.filter((all) => all.length < 40),
        fc.array(fc.tuple(int32, fc.integer({ min: -3, max: 100 })), { maxLength: 200 }),
        (slow, fast, all, events) => {
          const bins = timeBins(all)
          const whole = slow.flatMap((row) => fast.map((column) => row + column))
          const vectors = {
            toa: Int32Array.from(events, ([time]) => time),
            pixel: Int32Array.from(events, ([, id]) => id),
          }
          const parts = { firstId: 2, slow: Int32Array.from(slow), fast: Int32Array.from(fast) }
          const tables = [
            placeTable(
              2,
              Int32Array.from(whole, (each) => Math.max(-1, each)),
            ),
            parts,
          ]
          const shape = { placeCount: 19, bins, tables }
          const byTable = plainPixelHistogram(shape)
          for (const histogram of [plainPixelHistogram(shape), pixelHistogram(shape)]) {
            byTable.clear()
            expect(histogram.add(vectors, 1)).toBe(byTable.add(vectors, 0))
            byTable.fold([0, bins.count])
            histogram.fold([0, bins.count])
            expect([...histogram.cumulative()]).toEqual([...byTable.cumulative()])
          }
        },
      ),
    )
  })

  test('find the row of every pixel of a large detector whose rows are no power of two', () => {
    const bins = timeBins(Float64Array.of(0, 10))
    const [rows, columns] = [40_009, 4_099]
    const slow = Int32Array.from({ length: rows }, (_, row) => row % 1_000)
    const parts = { firstId: -5, slow, fast: new Int32Array(columns) }
    const histogram = pixelHistogram({ placeCount: 1_000, bins, tables: [parts] })
    const some = [0, 1, 999, 1_000, 12_345, rows - 2, rows - 1]
    for (const row of some)
      for (const column of [0, columns - 1]) {
        const pixel = new Int32Array(4).fill(row * columns + column - 5)
        expect(histogram.add({ toa: new Int32Array(4), pixel }, 0)).toBe(4)
        expect(histogram.fold([0, 1])[row % 1_000]).toBe(4)
      }
  })

  test('count like the reference where a few cells take nearly all events', () => {
    const bins = timeBins(binEdges({ start: 0, stop: 100, count: 40, scale: 'linear' }))
    const shape = { placeCount: 3, bins, tables: [placeTable(1, Int32Array.of(0, 1, 2))] }
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
      tables: [placeTable(1, Int32Array.of(0))],
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
    const tables = [placeTable(1, Int32Array.of(0, 1))]
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
