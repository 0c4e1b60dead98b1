import { expect, test } from 'vitest'
import { Lateness } from '../../src/play/lateness.ts'

test('percentiles are those of the messages, to a tenth of a millisecond', () => {
  const lateness = new Lateness()
  for (let ms = 1; ms <= 100; ms++) lateness.add(ms, 10)
  expect(lateness.summary()).toEqual({ meanMs: 50.5, p50Ms: 50, p99Ms: 99, maxMs: 100 })
})

test('early counts as on time, and what is later than 10 s is in the maximum', () => {
  const lateness = new Lateness()
  lateness.add(-5, 1)
  lateness.add(60_000, 1)
  expect(lateness.summary()).toMatchObject({ p50Ms: 0, p99Ms: 10_000, maxMs: 60_000 })
})

test('a window ends when it is read', () => {
  const lateness = new Lateness()
  lateness.add(4, 3)
  lateness.add(8, 1)
  expect(lateness.takeWindow()).toEqual({ meanMs: 5, maxMs: 8 })
  expect(lateness.takeWindow()).toEqual({ meanMs: 0, maxMs: 0 })
})
