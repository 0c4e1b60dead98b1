import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createJsonLineReader, encodeJsonLine } from '../src/json-lines.ts'

test('values come out whole however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ maxDepth: 3 })), fc.integer({ min: 1, max: 40 }), (values, size) => {
      const bytes = Buffer.from(values.map((value) => encodeJsonLine(value)).join(''))
      const reader = createJsonLineReader(1_000_000)
      const found: unknown[] = []
      for (let at = 0; at < bytes.byteLength; at += size) {
        const { values: some, problem } = reader.push(bytes.subarray(at, at + size))
        expect(problem).toBeNull()
        found.push(...some)
      }
      expect(JSON.stringify(found)).toBe(JSON.stringify(values))
    }),
  )
})

test('a line above the limit is refused before it is complete', () => {
  const reader = createJsonLineReader(10)
  expect(reader.push(Buffer.from('"12345')).problem).toBeNull()
  expect(reader.push(Buffer.from('67890')).problem).toBe('too-long')
  expect(reader.push(Buffer.from('\n1\n'))).toEqual({ values: [], problem: 'too-long' })
})

test('what is not JSON ends the reading, values before it count', () => {
  expect(createJsonLineReader(100).push(Buffer.from('1\n{x\n2\n'))).toEqual({
    values: [1],
    problem: 'malformed',
  })
  expect(createJsonLineReader(100).push(Buffer.from([0x22, 0xff, 0x22, 0x0a])).problem).toBe('malformed')
})

test('any bytes give values or a problem, never an exception', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (pieces) => {
      const reader = createJsonLineReader(64)
      for (const piece of pieces)
        expect(reader.push(piece).values.length).toBeLessThanOrEqual(piece.byteLength)
    }),
  )
})
