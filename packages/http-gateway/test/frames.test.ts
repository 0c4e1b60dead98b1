import { expect, test } from 'vitest'
import { encodeArraysFrame } from '../src/frames.ts'

test('the rows frame has the bytes of the contract', () => {
  const frame = encodeArraysFrame({
    subscription: 9,
    seq: 1,
    sourceMs: 1_700_000_000_000,
    sentMs: 1_700_000_000_001,
    header: { kind: 'rows', first: 0 },
    arrays: [
      { name: 'x', values: new Float64Array([0.5, -1]) },
      { name: 'n', values: new Int32Array([1, 2]) },
    ],
  })
  const json =
    '{"kind":"rows","first":0,"arrays":[{"name":"x","dtype":"f64","shape":[2],"off":0},{"name":"n","dtype":"i32","shape":[2],"off":16}]}'
  expect(json.length).toBe(131)
  expect(frame.byteLength).toBe(200)
  expect(Buffer.from(frame).toString('hex')).toBe(
    '4352463102002800090000000100000000008056febc784200108056febc78428300000002000000' +
      Buffer.from(json).toString('hex') +
      '0000000000' +
      '000000000000e03f000000000000f0bf0100000002000000',
  )
})

test('arrays of every kind start at multiples of 8 and keep their values', () => {
  const frame = encodeArraysFrame({
    subscription: 1,
    seq: 2,
    sourceMs: 1,
    sentMs: 2,
    header: { kind: 'rows', stream: 'primary', first: 5 },
    arrays: [
      { name: 's', values: ['a', 'größer', ''] },
      { name: 'u', values: new Uint8Array([1, 2, 3]), unit: 'counts' },
      { name: 'b', values: new BigInt64Array([-1n]) },
      { name: 'm', values: new Uint16Array([1, 2, 3, 4]), shape: [2, 2] },
    ],
  })
  const view = new DataView(frame.buffer)
  const jsonBytes = view.getUint32(32, true)
  const header = JSON.parse(new TextDecoder().decode(frame.subarray(40, 40 + jsonBytes))) as {
    arrays: { name: string; off: number; dtype: string; shape: number[]; unit?: string }[]
  }
  const start = 40 + Math.ceil(jsonBytes / 8) * 8
  expect(header.arrays.map((one) => [one.name, one.dtype, one.shape, one.off % 8])).toEqual([
    ['s', 'str', [3], 0],
    ['u', 'u8', [3], 0],
    ['b', 'i64', [1], 0],
    ['m', 'u16', [2, 2], 0],
  ])
  const strings = start + (header.arrays[0]?.off ?? 0)
  const offsets = [0, 1, 2, 3].map((at) => view.getUint32(strings + 4 * at, true))
  expect(offsets).toEqual([0, 1, 9, 9])
  expect(new TextDecoder().decode(frame.subarray(strings + 16 + 1, strings + 16 + 9))).toBe('größer')
  expect(view.getBigInt64(start + (header.arrays[2]?.off ?? 0), true)).toBe(-1n)
  expect(frame.byteLength).toBe(start + (header.arrays[3]?.off ?? 0) + 8)
})
