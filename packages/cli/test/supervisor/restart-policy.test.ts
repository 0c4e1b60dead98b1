import { expect, test } from 'vitest'
import {
  decideRestart,
  defaultRestartPolicy,
  immediateRestartPolicy,
} from '../../src/supervisor/restart-policy.ts'

test('delays double from 0.25 s to 30 s', () => {
  const delays: number[] = []
  let attempt = 0
  for (let n = 0; n < 10; n++) {
    const decision = decideRestart({ exitCode: 1, livedMs: 10, attempt }, defaultRestartPolicy)
    if (decision.kind === 'give-up') throw new Error('gave up')
    delays.push(decision.delayMs)
    attempt = decision.attempt
  }
  expect(delays).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
})

test('after a minute of life the count starts anew', () => {
  expect(decideRestart({ exitCode: null, livedMs: 60_000, attempt: 7 }, defaultRestartPolicy)).toEqual({
    kind: 'restart',
    delayMs: 250,
    attempt: 1,
  })
})

test('a manager is back at once, the second time after a pause', () => {
  expect(decideRestart({ exitCode: null, livedMs: 10, attempt: 0 }, immediateRestartPolicy)).toMatchObject({
    delayMs: 0,
  })
  expect(decideRestart({ exitCode: null, livedMs: 10, attempt: 1 }, immediateRestartPolicy)).toMatchObject({
    delayMs: 500,
  })
})

test('a wrong configuration is not tried again', () => {
  expect(decideRestart({ exitCode: 78, livedMs: 10, attempt: 0 }, defaultRestartPolicy)).toEqual({
    kind: 'give-up',
    reason: 'configuration',
  })
})

test('a service that ends by itself without an error is restarted as well', () => {
  expect(decideRestart({ exitCode: 0, livedMs: 10, attempt: 0 }, defaultRestartPolicy).kind).toBe('restart')
})
