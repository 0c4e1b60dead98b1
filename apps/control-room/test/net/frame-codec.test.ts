import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeRows } from '../../gallery/fake-server/encode-frame.ts'
import { decodeFrame, FrameError, toDoubles } from '../../src/net/frame-codec.ts'

const bytesOf = (hex: string): ArrayBuffer =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)).buffer

// Golden frames of the interface specification (binary frames, type 1 and type 2).
const imageHex =
  '4352463101008000070000000300000000b88756febc784200208856febc78422a0000000000000008000000040000000000000000000000080000000400000004000000020000000000000102000200000000000000000000000000000059400000000000ff7f4700000000004893400100000001000000000000000000000001017ffdfe00fffd'
const rowsJson =
  '{"kind":"rows","first":0,"arrays":[{"name":"x","dtype":"f64","shape":[2],"off":0},{"name":"n","dtype":"i32","shape":[2],"off":16}]}'
const rowsHex =
  '4352463102002800090000000100000000008056febc784200108056febc78428300000002000000' +
  Array.from(new TextEncoder().encode(rowsJson), (byte) => byte.toString(16).padStart(2, '0')).join('') +
  '0000000000' +
  '000000000000e03f000000000000f0bf0100000002000000'

test('the golden rows frame gives its columns, stream position and times', () => {
  const frame = decodeFrame(bytesOf(rowsHex))
  expect(bytesOf(rowsHex).byteLength).toBe(200)
  expect(frame).toMatchObject({
    kind: 'arrays',
    subscription: 9,
    seq: 1,
    sourceTimeMs: 1_700_000_000_000,
    sendTimeMs: 1_700_000_000_001,
  })
  if (frame.kind !== 'arrays') throw new Error('not arrays')
  expect(frame.meta['first']).toBe(0)
  expect(frame.columns.map(({ name, data }) => [name, ...toDoubles(data)])).toEqual([
    ['x', 0.5, -1],
    ['n', 1, 2],
  ])
})

test('the golden image frame gives its colour indices and statistics', () => {
  const frame = decodeFrame(bytesOf(imageHex))
  expect(frame).toMatchObject({
    kind: 'image',
    subscription: 7,
    seq: 3,
    frameNumber: 42n,
    source: { width: 8, height: 4 },
    columns: 4,
    rows: 2,
    lo: 0,
    hi: 100,
    min: 0,
    max: 65_535,
    sum: 1234,
    masked: 1,
    saturated: 1,
  })
  if (frame.kind !== 'image') throw new Error('not an image')
  expect([...frame.index]).toEqual([1, 1, 127, 253, 254, 0, 255, 253])
})

/** The golden image with one value under the pointer, two bins of a histogram and one region behind its pixels. */
function imageWithParts(): ArrayBuffer {
  const whole = new Uint8Array(136 + 16 + 8 + 64)
  whole.set(new Uint8Array(bytesOf(imageHex)))
  const view = new DataView(whole.buffer)
  view.setUint16(120, 1, true)
  view.setUint16(122, 1, true)
  view.setUint32(124, 2, true)
  view.setInt32(136, 5, true)
  view.setInt32(140, -1, true)
  view.setFloat32(144, 214, true)
  view.setUint32(152, 30, true)
  view.setUint32(156, 2, true)
  view.setUint32(160, 4, true)
  view.setUint32(164, 9, true)
  for (const [index, value] of [90, 10, 2.5].entries()) view.setFloat64(168 + index * 8, value, true)
  view.setFloat32(192, 7, true)
  view.setFloat32(196, 13, true)
  view.setFloat64(200, 3.5, true)
  view.setFloat64(208, 1.25, true)
  return whole.buffer
}

test('what lies behind the pixels of an image is read: pointer, histogram, regions', () => {
  const frame = decodeFrame(imageWithParts())
  if (frame.kind !== 'image') throw new Error('not an image')
  expect(frame.probe).toEqual({ x: 5, y: -1, side: 1, values: Float32Array.of(214) })
  expect([...frame.histogram]).toEqual([30, 2])
  expect(frame.rois).toEqual([{ id: 4, n: 9, sum: 90, mean: 10, std: 2.5, min: 7, max: 13, x: 3.5, y: 1.25 }])
  expect([...frame.index]).toEqual([1, 1, 127, 253, 254, 0, 255, 253])
})

test('an image that is cut anywhere is refused as a frame error', () => {
  const whole = new Uint8Array(imageWithParts())
  for (let length = 0; length < whole.length; length += 1)
    expect(() => decodeFrame(whole.slice(0, length).buffer), `${length} bytes`).toThrow(FrameError)
})

test('a histogram that claims more bins than any frame holds is refused', () => {
  for (const bins of [0x2000_0000, 0x8000_0000, 0xffff_ffff]) {
    const buffer = imageWithParts()
    new DataView(buffer).setUint32(124, bins, true)
    expect(() => decodeFrame(buffer)).toThrow(FrameError)
  }
})

test('changed bytes of an image either decode or are refused as a frame error', () => {
  const whole = new Uint8Array(imageWithParts())
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
      const changed = whole.slice()
      changed[at] = value
      try {
        decodeFrame(changed.buffer)
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError)
      }
    }),
    { numRuns: 500 },
  )
})

test('text columns and 64-bit integers are read', () => {
  const json =
    '{"kind":"rows","arrays":[{"name":"s","dtype":"str","shape":[2],"off":0},{"name":"t","dtype":"i64","shape":[1],"off":16}]}'
  const text = new TextEncoder().encode(json)
  const padded = (text.length + 7) & ~7
  const buffer = new ArrayBuffer(40 + padded + 24)
  const view = new DataView(buffer)
  view.setUint32(0, 0x31465243, true)
  view.setUint8(4, 2)
  view.setUint16(6, 40, true)
  view.setUint32(32, text.length, true)
  view.setUint32(36, 2, true)
  new Uint8Array(buffer).set(text, 40)
  for (const [i, offset] of [0, 1, 3].entries()) view.setUint32(40 + padded + i * 4, offset, true)
  new Uint8Array(buffer).set(new TextEncoder().encode('aµ'), 40 + padded + 12)
  view.setBigInt64(40 + padded + 16, 9_007_199_254_740_993n, true)
  const frame = decodeFrame(buffer)
  if (frame.kind !== 'arrays') throw new Error('not arrays')
  expect(frame.columns[0]?.data).toEqual(['a', 'µ'])
  expect(frame.columns[1]?.data).toEqual(new BigInt64Array([9_007_199_254_740_993n]))
})

test('every cut of a frame is refused with the place, never read beyond its end', () => {
  const whole = new Uint8Array(bytesOf(rowsHex))
  for (let length = 0; length < whole.length; length += 1)
    expect(() => decodeFrame(whole.slice(0, length).buffer)).toThrow(FrameError)
})

test('changed bytes either decode or are refused as a frame error', () => {
  const whole = new Uint8Array(
    encodeRows({ subscription: 1, seq: 1, meta: { stream: 'primary' } }, [
      ['x', new Float64Array([1, 2, 3])],
    ]),
  )
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
      const changed = whole.slice()
      changed[at] = value
      try {
        decodeFrame(changed.buffer)
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError)
      }
    }),
    { numRuns: 500 },
  )
})
