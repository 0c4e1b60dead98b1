import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fastestChecksum } from '../../src/checksum.ts'
import { crc32c } from '../../src/core/crc32c.ts'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)

test('the check value of the Castagnoli polynomial comes out', () => {
  expect(crc32c(ascii('123456789'))).toBe(0xe306_9283)
})

test('the vectors of RFC 3720 come out', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a91_36aa)
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8_ab43)
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd_794e)
})

test('a checksum can go on where another ended', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, at) => {
      expect(crc32c(bytes.subarray(at), crc32c(bytes.subarray(0, at)))).toBe(crc32c(bytes))
    }),
  )
})

test('the native checksum, where there is one, is the same', () => {
  const native = fastestChecksum()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      expect(native(bytes)).toBe(crc32c(bytes))
    }),
  )
})
