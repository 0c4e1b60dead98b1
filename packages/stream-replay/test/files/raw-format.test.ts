import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeRaw, RawReader } from '../../src/files/raw-format.ts'

const bytes = fc.option(fc.uint8Array({ maxLength: 50 }))
const messages = fc.array(
  fc.record({
    partition: fc.nat(1_000),
    timestampMs: fc.integer({ min: 0, max: 2 ** 41 }),
    key: bytes,
    value: bytes,
    headers: fc.array(fc.record({ key: fc.string(), value: bytes }), { maxLength: 3 }),
  }),
  { maxLength: 5 },
)

test('messages come back however the bytes are cut into pieces', () => {
  fc.assert(
    fc.property(messages, fc.integer({ min: 1, max: 64 }), (wanted, size) => {
      const all = Buffer.concat(wanted.map(encodeRaw))
      const reader = new RawReader()
      const found: unknown[] = []
      for (let at = 0; at < all.length; at += size)
        for (const message of reader.push(all.subarray(at, at + size)))
          found.push(Buffer.from(encodeRaw(message)).toString('hex'))
      reader.end()
      expect(found).toEqual(wanted.map((message) => encodeRaw(message).toString('hex')))
    }),
  )
})

test('whatever the bytes are, reading ends with messages or one error, and takes no memory that they only announce', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (given) => {
      const reader = new RawReader()
      try {
        Array.from(reader.push(given))
        reader.end()
      } catch (error) {
        expect(error).toMatchObject({ code: 'REPLAY_FORMAT_UNKNOWN' })
      }
    }),
    { numRuns: 2_000 },
  )
  const huge = Buffer.alloc(28)
  huge.writeUInt32BE(0x7fff_ffff)
  expect(() => Array.from(new RawReader().push(huge))).toThrow('2147483647')
})
