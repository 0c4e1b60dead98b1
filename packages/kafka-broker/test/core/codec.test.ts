import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteReader } from '../../src/core/byte-reader.ts'
import { ByteWriter } from '../../src/core/byte-writer.ts'
import {
  array,
  int32,
  int64,
  message,
  nullableString,
  string,
  struct,
  taggedStruct,
  uuid,
} from '../../src/core/codec.ts'
import { ProtocolError } from '../../src/core/protocol-error.ts'

function bytesOf(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter()
  write(writer)
  return writer.bytes()
}

const example = message(
  { key: 999, versions: [0, 3], flexibleFrom: 2 },
  {
    name: string(),
    note: nullableString({ from: 1, default: null }),
    count: int32({ to: 1, default: 7 }),
    items: array(
      struct({ id: uuid({ from: 2, default: '00000000-0000-0000-0000-000000000000' }), size: int64() }),
    ),
    extra: taggedStruct({ a: int32() }, { tag: 0 }),
  },
)

test('a field outside of its versions reads as its default and is not written', () => {
  const bytes = bytesOf((w) => example.encode(w, { name: 'n', items: [{ size: 1 }] }, 0))
  expect(Buffer.from(bytes).toString('hex')).toBe('00016e' + '00000007' + '00000001' + '0000000000000001')
  expect(example.decode(new ByteReader(bytes), 0)).toMatchObject({
    name: 'n',
    note: null,
    count: 7,
    extra: null,
  })
})

test('a flexible version has compact lengths and tagged fields after every struct', () => {
  const item = { id: '00000000-0000-0000-0000-00000000000a', size: 5 }
  const bytes = bytesOf((w) => example.encode(w, { name: 'n', items: [item], extra: { a: 3 } }, 2))
  const hex =
    '026e' +
    '00' +
    '02' +
    '0000000000000000000000000000000a' +
    '0000000000000005' +
    '00' +
    '01' +
    '00' +
    '05' +
    '00000003' +
    '00'
  expect(Buffer.from(bytes).toString('hex')).toBe(hex)
  expect(example.decode(new ByteReader(bytes), 2)).toMatchObject({ items: [item], extra: { a: 3 } })
})

test('an array that claims more elements than there are bytes is refused before anything is built', () => {
  const bytes = Uint8Array.of(0, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff)
  expect(() => example.decode(new ByteReader(bytes), 0)).toThrow(ProtocolError)
})

test('null where a value is required is refused', () => {
  expect(() => example.decode(new ByteReader(Uint8Array.of(0xff, 0xff)), 0)).toThrow(ProtocolError)
})

test('integers survive writing and reading', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.integer(), fc.nat(), (long, int, unsigned) => {
      const reader = new ByteReader(
        bytesOf((w) => {
          w.int64(long)
          w.varint(int)
          w.uvarint(unsigned)
          w.varlong(Math.trunc(long / 4))
        }),
      )
      expect([reader.int64(), reader.varint(), reader.uvarint()]).toEqual([long, int, unsigned])
      expect(reader.varlong()).toBe(Math.trunc(long / 4) + 0)
    }),
  )
})

test('64-bit integers beyond what a number holds saturate', () => {
  const of = (value: bigint): number => {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setBigInt64(0, value)
    return new ByteReader(bytes).int64()
  }
  expect(of(2n ** 63n - 1n)).toBe(Number.MAX_SAFE_INTEGER)
  expect(of(-(2n ** 63n))).toBe(Number.MIN_SAFE_INTEGER)
  expect(of(-1n)).toBe(-1)
})

test('varints longer than they may be are refused', () => {
  expect(() => new ByteReader(new Uint8Array(11).fill(0x80)).uvarint()).toThrow(ProtocolError)
  expect(() => new ByteReader(new Uint8Array(11).fill(0x80)).varlong()).toThrow(ProtocolError)
})

test('arbitrary bytes are either decoded or refused with a ProtocolError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 0, max: 3 }), (bytes, version) => {
      try {
        example.decode(new ByteReader(bytes), version)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
  )
})
