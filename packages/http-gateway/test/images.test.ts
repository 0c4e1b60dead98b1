import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { waitFor } from '@beamtime/service-kit/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ImageFrames } from '../src/detectors/image-frame.ts'
import { ImageStack, stackOf } from '../src/detectors/image-stack.ts'
import { maskedImage, statisticsOf, type SourceImage } from '../src/detectors/pixels.ts'
import { clipRegion, reduceImage } from '../src/detectors/reduce-image.ts'
import { roiStatistics } from '../src/detectors/roi-statistics.ts'
import { indexIn, indexTable } from '../src/detectors/scaling.ts'
import { framesRequest } from '../src/detectors/view-request.ts'
import type { ImageView } from '../src/ui-types.ts'
import { startFixture, type Fixture } from './gateway-fixture.ts'

const ramp: SourceImage = {
  id: 42,
  width: 8,
  height: 4,
  pixels: Uint16Array.from({ length: 32 }, (_, index) => index),
  atMs: 1_700_000_000_123,
}
const plain: ImageView = {
  det: 'd',
  view: null,
  out: { w: 8, h: 4 },
  fps: 30,
  scale: 'linear',
  lo: 0,
  hi: 31,
  auto: 'off',
  reduce: 'max',
  rois: [],
  probe: null,
  hist: false,
  mode: 'latest',
  run: '',
  image: 0,
  mask: true,
  profiles: false,
  values: false,
}
const address = { subscription: 7, seq: 3, sentMs: 1_700_000_000_130, wasSkipped: false }

test('values become colour indices as the contract says', () => {
  const index = indexIn({ scale: 'linear', lo: 0, hi: 100 }, 65_535)
  expect([-5, 0, 50, 100, 101, Number.NaN, 65_535, 99.9].map(index)).toEqual([
    1, 1, 127, 253, 254, 0, 255, 253,
  ])
  for (const scale of ['linear', 'log', 'sqrt', 'asinh'] as const) {
    const table = indexTable({ scale, lo: 0, hi: 4_000 }, 65_535)
    expect(table[0]).toBe(1)
    expect(table[4_000]).toBe(253)
    expect(table.subarray(0, 4_001).every((one, at) => at === 0 || one >= (table[at - 1] ?? 0))).toBe(true)
  }
})

test('a frame is laid out as the page reads it', () => {
  const view = {
    ...plain,
    hist: true,
    probe: { x: 1, y: 1 },
    rois: [
      {
        id: 5,
        kind: 'rect',
        pts: [
          [0, 0],
          [2, 2],
        ],
      },
    ],
  } as const
  const { bytes } = new ImageFrames(ramp).frame(view, null, address)
  const out = new DataView(bytes.buffer)
  expect(Buffer.from(bytes.subarray(0, 4)).toString()).toBe('CRF1')
  expect([out.getUint8(4), out.getUint16(6, true), out.getUint32(8, true), out.getUint32(12, true)]).toEqual([
    1, 128, 7, 3,
  ])
  expect(out.getBigUint64(32, true)).toBe(42n)
  expect(Array.from({ length: 8 }, (_, at) => out.getUint32(40 + at * 4, true))).toEqual([
    8, 4, 0, 0, 8, 4, 8, 4,
  ])
  expect([out.getFloat32(96, true), out.getFloat32(100, true), out.getFloat64(104, true)]).toEqual([
    0, 31, 496,
  ])
  expect([bytes[128], bytes[128 + 31]]).toEqual([1, 253])
  const probe = 128 + 32
  expect([out.getInt32(probe, true), out.getFloat32(probe + 8 + (8 * 17 + 8) * 4, true)]).toEqual([1, 9])
  const histogram = probe + 8 + 17 * 17 * 4 + 4
  const counts = Array.from({ length: 256 }, (_, at) => out.getUint32(histogram + at * 4, true))
  expect(counts.reduce((sum, one) => sum + one, 0)).toBe(31)
  const roi = histogram + 1_024
  expect([out.getUint32(roi, true), out.getUint32(roi + 4, true), out.getFloat64(roi + 8, true)]).toEqual([
    5, 4, 18,
  ])
  expect(bytes.length).toBe(roi + 64)
})

test('binning by the largest value keeps single bright pixels, whatever the region', () => {
  fc.assert(
    fc.property(
      fc.record({
        x: fc.integer({ min: -3, max: 70 }),
        y: fc.nat(60),
        w: fc.integer({ min: 1, max: 90 }),
        h: fc.integer({ min: 1, max: 90 }),
      }),
      fc.record({ w: fc.integer({ min: 1, max: 64 }), h: fc.integer({ min: 1, max: 64 }) }),
      fc.nat(64 * 48 - 1),
      (wanted, out, bright) => {
        const pixels = new Uint16Array(64 * 48)
        pixels[bright] = 1_000
        const image = { id: 1, width: 64, height: 48, pixels, atMs: 0 }
        const region = clipRegion(wanted, image)
        const { columns, rows, binX, pixels: reduced } = reduceImage(image, { region, out, reduction: 'max' })
        expect(reduced).toHaveLength(columns * rows)
        expect(columns * binX).toBeLessThanOrEqual(region.w)
        const [x, y] = [(bright % 64) - region.x, Math.floor(bright / 64) - region.y]
        const isShown = x >= 0 && y >= 0 && x < columns * binX && y < rows * binX
        expect(Math.max(...(reduced as Uint16Array))).toBe(isShown ? 1_000 : 0)
      },
    ),
  )
})

test('the largest value of each bin is the one that a plain search finds, of every type, without what is masked', () => {
  const types = [Uint16Array, Float32Array, Int32Array, Uint8Array] as const
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      fc.record({ width: fc.integer({ min: 1, max: 23 }), height: fc.integer({ min: 1, max: 19 }) }),
      fc.record({
        x: fc.nat(22),
        y: fc.nat(18),
        w: fc.integer({ min: 1, max: 23 }),
        h: fc.integer({ min: 1, max: 19 }),
      }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer(),
      (type, size, wanted, out, seed) => {
        const value = (at: number): number => (((at + 1) * (seed | 1)) >>> 3) % 251
        const isMasked = (at: number): boolean => type === Float32Array && value(at) % 3 === 0
        const pixels = new type(
          Array.from({ length: size.width * size.height }, (_, at) =>
            isMasked(at) ? Number.NaN : value(at),
          ),
        )
        const image = { ...ramp, ...size, pixels }
        const region = clipRegion(wanted, image)
        const {
          columns,
          rows,
          binX: bin,
          pixels: found,
        } = reduceImage(image, {
          region,
          out: { w: out, h: out },
          reduction: 'max',
        })
        const plainly = Array.from({ length: columns * rows }, (_, to) => {
          const [left, top] = [region.x + (to % columns) * bin, region.y + Math.floor(to / columns) * bin]
          const inside = Array.from({ length: bin * bin }, (__, at) =>
            Number(pixels[(top + Math.floor(at / bin)) * size.width + left + (at % bin)]),
          ).filter((one) => !Number.isNaN(one))
          return inside.length === 0 ? Number.NaN : Math.max(...inside)
        })
        expect([...found]).toEqual(plainly)
      },
    ),
  )
})

test('statistics count masked and saturated pixels and find quantiles of any type', () => {
  const counted = statisticsOf(Uint16Array.of(5, 1, 65_535, 3, 3))
  expect(counted).toMatchObject({ min: 1, max: 65_535, sum: 65_547, masked: 0, saturated: 1 })
  expect(counted.quantile(0.5)).toBe(3)
  const sampled = statisticsOf(Float32Array.of(5, Number.NaN, 1, 3))
  expect(sampled).toMatchObject({ min: 1, max: 5, sum: 9, masked: 1, saturated: 0 })
  expect(sampled.quantile(0.5)).toBe(3)
})

test('masked pixels are left out of colours and statistics, and what is saturated stays so', () => {
  const pixels = Uint16Array.of(5, 9, 65_535, 1, 7, 3)
  const image = maskedImage({ ...ramp, width: 3, height: 2, pixels }, Uint8Array.of(0, 1, 0, 0, 255, 0))
  const frames = new ImageFrames(image)
  expect(frames.statistics).toMatchObject({ min: 1, max: 65_535, masked: 2, saturated: 1 })
  const { bytes } = frames.frame({ ...plain, out: { w: 3, h: 2 }, hi: 5 }, null, address)
  expect([...bytes.subarray(128, 134)]).toEqual([253, 0, 255, 51, 0, 152])
})

test('images are summed so many at a time, and the first ones are seen as they come', () => {
  const of = (...values: number[]): SourceImage => ({
    ...ramp,
    width: values.length,
    height: 1,
    pixels: Uint16Array.from(values),
  })
  const seen = (mode: string, images: readonly SourceImage[]): (readonly number[] | null)[] => {
    const stack = new ImageStack(stackOf(mode) ?? { how: 'sum', images: 1 })
    return images.map((image) => (stack.take(image) ? [...(stack.shown?.pixels ?? [])] : null))
  }
  const five = [of(1, 9), of(2, 8), of(3, 7), of(4, 6), of(5, 65_535)]
  expect(seen('sum 2', five)).toEqual([[1, 9], [3, 17], null, [7, 13], null])
  expect(seen('mean 2', five)[1]).toEqual([1.5, 8.5])
  expect(seen('max 2', five)[3]).toEqual([4, 7])
  // Another size begins anew.
  expect(seen('sum 2', [of(1, 2), of(1, 2), of(7)])[2]).toEqual([7])
  const bright = new ImageStack({ how: 'sum', images: 2 })
  for (let time = 0; time < 2; time += 1) bright.take(of(65_535, 1))
  expect(new ImageFrames(bright.shown ?? ramp).statistics).toMatchObject({ saturated: 1, sum: 131_072 })
})

test('a mode that is none is the newest image', () => {
  for (const mode of ['sum', 'sum 0', 'sum 99999', 'sum -1', 'min 3', 'sum 1e3', ''])
    expect(stackOf(mode)).toBeNull()
  const request = (mode: unknown): unknown =>
    (framesRequest(JSON.stringify({ op: 'view', id: 1, view: { det: 'd', mode } })) as { view: ImageView })
      .view.mode
  expect([request('sum 10'), request('sum x'), request('recorded'), request(7)]).toEqual([
    'sum 10',
    'latest',
    'recorded',
    'latest',
  ])
})

test('regions of every kind have the statistics of their pixels', () => {
  const all = roiStatistics(ramp, {
    id: 1,
    kind: 'rect',
    pts: [
      [0, 0],
      [8, 4],
    ],
  })
  expect(all).toMatchObject({ n: 32, sum: 496, mean: 15.5, min: 0, max: 31 })
  expect(all.x).toBeCloseTo(3.84, 2)
  expect(
    roiStatistics(ramp, {
      id: 2,
      kind: 'ellipse',
      pts: [
        [0, 0],
        [4, 4],
      ],
    }).n,
  ).toBe(12)
  expect(
    roiStatistics(ramp, {
      id: 3,
      kind: 'line',
      pts: [
        [0, 0],
        [7, 0],
      ],
    }),
  ).toMatchObject({ sum: 28, max: 7 })
  const triangle = {
    id: 4,
    kind: 'polygon',
    pts: [
      [0, 0],
      [4, 0],
      [0, 4],
    ],
  } as const
  expect(roiStatistics(ramp, triangle).n).toBe(6)
})

test('no text makes the reader of requests fail', () => {
  fc.assert(fc.property(fc.string(), (text) => framesRequest(text) === null || true))
  fc.assert(
    fc.property(fc.jsonValue(), (view) => {
      const read = framesRequest(JSON.stringify({ op: 'view', id: 1, view }))
      if (read?.op === 'view') {
        expect(read.view.fps).toBeGreaterThan(0)
        expect(read.view.out.w).toBeGreaterThanOrEqual(1)
      }
    }),
  )
})

const described = { 'x-image-shape': '4,8', 'x-image-type': 'uint16', 'x-mask-version': '7' }
let detector: Server
let gateway: Fixture
let imageId = 1
/** The newest image that the gateway says it has. */
let hasId = 0

beforeAll(async () => {
  detector = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://detector')
    const json = (value: unknown): void => void response.end(JSON.stringify(value))
    if (pathname === '/plan/describe') return json({ shape: [4, 8], dtype: 'u16' })
    if (pathname === '/writer/status') {
      const stats = { n_write_requested: 8, n_write_completed: 6 }
      return json({ writer: { state: 'WRITING', acquisition: { stats } } })
    }
    if (pathname === '/daq/stats')
      return json({ stats: { detector: { images_per_second: 10, bytes_per_second: 640 } } })
    if (pathname === '/daq/losses')
      return json({
        ports: [{ module: 0, packetsLost: 3 }],
        images: { good: 9, missing: 1 },
        masked_pixels: 4,
        ring_slots: 20,
        free_bytes: 5e9,
      })
    if (pathname === '/daq/mask')
      return void response.writeHead(200).end(Uint8Array.from({ length: 32 }, (_, at) => (at < 4 ? 1 : 0)))
    if (pathname.startsWith('/daq/recorded/')) {
      const index = Number(pathname.split('/').at(-1))
      if (index >= 3) return json({ status: 'error', message: 'There is no such image.' })
      response.writeHead(200, { ...described, 'x-image-id': index })
      return void response.end(Buffer.from(new Uint16Array(32).fill(index).buffer))
    }
    if (searchParams.has('id')) return void response.writeHead(204).end()
    hasId = Number(searchParams.get('after'))
    if (searchParams.get('after') === String(imageId)) return void response.writeHead(204).end()
    response.writeHead(200, { ...described, 'x-image-id': imageId, 'x-image-time-ms': Date.now() })
    response.end(Buffer.from((ramp.pixels as Uint16Array).buffer))
  })
  await new Promise<void>((resolve) => detector.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(detector.address() as AddressInfo).port}`
  gateway = await startFixture({ config: { detectors: [{ id: 'jungfrau', url, isSimulated: true }] } })
})

afterAll(async () => {
  await gateway.close()
  await new Promise((resolve) => detector.close(resolve))
})

test('a detector tells its size, rates, losses and writer', async () => {
  const [info] = (await (await gateway.get('/api/detectors')).json()) as { id: string; state: unknown }[]
  expect(info).toMatchObject({
    id: 'jungfrau',
    state: {
      width: 8,
      height: 4,
      imagesPerSecond: 10,
      images: 10,
      packetsLost: 3,
      maskedPixels: 4,
      bufferShare: 0.1,
      diskFreeBytes: 5e9,
      writer: { state: 'WRITING', file: null, written: 6 },
    },
  })
  const socket = await gateway.socket('/api/ui/ws')
  socket.send({ op: 'sub', id: 1, ch: 'detector', args: { id: 'jungfrau' } })
  await socket.next((message) => message['k'] === 'snap' && message['id'] === 1)
})

test('a view gets each new image while it acknowledges, and a changed view is drawn at once', async () => {
  const socket = await gateway.socket('/api/ui/frames')
  const view = { ...plain, det: 'jungfrau' }
  socket.send({ op: 'view', id: 1, view })
  await waitFor(() => socket.frames.length === 1)
  imageId++
  await waitFor(() => socket.frames.length === 2)
  // Two are not acknowledged: the third has to wait.
  imageId++
  await waitFor(() => hasId === imageId)
  expect(socket.frames).toHaveLength(2)
  socket.send({ op: 'ack', id: 1, seq: 2 })
  await waitFor(() => socket.frames.length === 3)
  expect(socket.frames[2]?.readUInt8(5)).toBe(1)
  socket.send({ op: 'ack', id: 1, seq: 3 })
  socket.send({ op: 'view', id: 1, view: { ...view, hi: 100 } })
  await waitFor(() => socket.frames.length === 4)
  expect(socket.frames[3]?.readDoubleLE(88)).toBe(100)
  socket.send({ op: 'view', id: 2, view: { ...view, det: 'absent' } })
  await socket.next((message) => message['k'] === 'err' && message['id'] === 2)
})

test('a view steps through recorded images, and the mask of the detector is taken or left', async () => {
  const socket = await gateway.socket('/api/ui/frames')
  const view = { ...plain, det: 'jungfrau', mode: 'recorded', run: '1-0', image: 2 } as const
  const shown = (): readonly number[] => {
    const frame = socket.frames.at(-1)
    return [frame?.readUInt8(5) ?? -1, Number(frame?.readBigUInt64LE(32)), frame?.readUInt32LE(112) ?? -1]
  }
  const ask = async (changed: Partial<ImageView>): Promise<readonly number[]> => {
    const before = socket.frames.length
    socket.send({ op: 'view', id: 1, view: { ...view, ...changed } })
    await waitFor(() => socket.frames.length > before)
    socket.send({ op: 'ack', id: 1, seq: 0 })
    return shown()
  }
  expect(await ask({})).toEqual([4, 2, 4])
  expect(await ask({ mask: false })).toEqual([4, 2, 0])
  expect(await ask({ image: 1 })).toEqual([4, 1, 4])
  socket.send({ op: 'view', id: 1, view: { ...view, image: 3 } })
  await socket.next((message) => message['k'] === 'err' && message['text'] === 'There is no such image.')
  socket.send({ op: 'view', id: 1, view: { ...view, mode: 'held', image: 5 } })
  await socket.next((message) => message['k'] === 'err' && String(message['text']).includes('no longer'))
})

test('masked counts have the colours and the histogram of the same values without a table', () => {
  const counts = Uint16Array.from({ length: 32 }, (_, at) => (at * 37) % 101)
  const mask = Uint8Array.from({ length: 32 }, (_, at) => (at % 5 === 0 ? 1 : 0))
  const masked = maskedImage({ ...ramp, pixels: counts }, mask)
  expect(masked.areCounts).toBe(true)
  for (const scale of ['linear', 'log', 'sqrt', 'asinh'] as const)
    for (const auto of ['off', 'p1-99'] as const) {
      const view = { ...plain, scale, auto, lo: 10, hi: 80, hist: true }
      const looked = new ImageFrames(masked).frame(view, null, address)
      const reckoned = new ImageFrames({ ...masked, areCounts: false }).frame(
        { ...view, auto: 'off', lo: looked.range.lo, hi: looked.range.hi },
        null,
        address,
      )
      expect(Buffer.from(looked.bytes).equals(Buffer.from(reckoned.bytes))).toBe(true)
    }
})

test('a sum of masked counts is no count', () => {
  const masked = maskedImage({ ...ramp, pixels: new Uint16Array(32).fill(60_000) }, new Uint8Array(32))
  const { bytes } = new ImageFrames(masked).frame(
    { ...plain, out: { w: 4, h: 2 }, reduce: 'sum', hi: 240_000 },
    null,
    address,
  )
  expect([...bytes.subarray(128, 136)]).toEqual(Array(8).fill(255))
})

test('what is asked of an image of the past while two are not acknowledged comes with the acknowledgement', async () => {
  const socket = await gateway.socket('/api/ui/frames')
  const view = { ...plain, det: 'jungfrau', mode: 'recorded', run: '1-0', image: 2 } as const
  const ask = (hi: number): void => socket.send({ op: 'view', id: 1, view: { ...view, hi } })
  ask(10)
  await waitFor(() => socket.frames.length === 1)
  ask(20)
  await waitFor(() => socket.frames.length === 2)
  ask(30)
  socket.send({ op: 'ack', id: 1, seq: 1 })
  await waitFor(() => socket.frames.length === 3)
  expect(socket.frames[2]?.readDoubleLE(88)).toBe(30)
})
