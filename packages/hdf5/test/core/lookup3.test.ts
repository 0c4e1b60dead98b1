import { expect, test } from 'vitest'
import { lookup3 } from '../../src/core/lookup3.ts'

// Values printed by the driver of the published lookup3.c (driver5) for initial value 0.
test('the checksum gives the published values', () => {
  expect(lookup3(new Uint8Array(0))).toBe(0xdeadbeef)
  expect(lookup3(new TextEncoder().encode('Four score and seven years ago'))).toBe(0x17770551)
})
