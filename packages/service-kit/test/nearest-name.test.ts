import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearestName } from '../src/index.ts'

test.each([
  ['lisen', 'listen'],
  ['LISTEN', 'listen'],
  ['segment', 'segment_bytes'],
  ['retention_hour', 'retention_hours'],
])('%s is taken for %s', (wanted, found) => {
  expect(nearestName(wanted, ['listen', 'segment_bytes', 'retention_hours'])).toBe(found)
})

test('a name that is like none gives nothing', () => {
  expect(nearestName('xyzzy', ['listen', 'segment_bytes'])).toBeNull()
  expect(nearestName('a'.repeat(10_000), ['listen'])).toBeNull()
})

test('a known name is nearest to itself', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), {
        minLength: 1,
        selector: (s) => s.toLowerCase(),
      }),
      (names) => {
        for (const name of names) expect(nearestName(name, [name])).toBe(name)
      },
    ),
  )
})
