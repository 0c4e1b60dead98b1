import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WorkerHostError } from '../../src/error.ts'
import { decodeBridgeMessage } from '../../src/python-engine/bridge-messages.ts'

test('answers are told apart from events, and refusals from failures', () => {
  expect(decodeBridgeMessage({ id: 3, ok: true, result: { a: 1 } })).toEqual({
    kind: 'result',
    id: 3,
    result: { a: 1 },
  })
  expect(decodeBridgeMessage({ id: 3, ok: false, rejected: true, msg: 'busy', traceback: '' })).toEqual({
    kind: 'failure',
    id: 3,
    rejected: true,
    msg: 'busy',
    traceback: '',
  })
  expect(decodeBridgeMessage({ event: 'state', re_state: null, deferred: false })).toEqual({
    kind: 'state',
    reState: null,
    deferred: false,
  })
})

test('devices tell the part that is done', () => {
  const message = decodeBridgeMessage({
    event: 'devices',
    devices: [
      { name: 'motor', current: 1, initial: 0, target: 4, fraction: 0.9, done: false },
      { name: 'filter', fraction: 0.25, done: false },
      { name: 'shutter', done: true },
    ],
  })
  expect(message).toEqual({
    kind: 'devices',
    devices: [
      { name: 'motor', current: 1, initial: 0, target: 4, fraction: 0.25, done: false },
      { name: 'filter', fraction: 0.75, done: false },
      { name: 'shutter', done: true },
    ],
  })
})

test('what a plan has returned is there only if it returned something', () => {
  const end = { event: 'ended', state: 'completed', error: '', traceback: '' }
  expect(decodeBridgeMessage(end)).not.toHaveProperty('returnValue')
  expect(decodeBridgeMessage({ ...end, return_value: 5 })).toMatchObject({ returnValue: 5 })
})

const samples: readonly unknown[] = [
  { id: 1, ok: true, result: null },
  { event: 'hello', pid: 5, problem: { msg: 'a', traceback: 'b' } },
  { event: 'ended', state: 'failed', error: 'x', traceback: 'y' },
  { event: 'lists', existing_plans: {}, existing_devices: {} },
  { event: 'devices', devices: [{ name: 'm', current: 1 }] },
  { event: 'admit', number: 2 },
  { event: 'input', number: 2, prompt: '?' },
  { event: 'publishing', by_startup: true },
  { event: 'console', msg: 'hi' },
]

test('anything else is refused with an error of this package', () => {
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(...samples))
  const mutated = fc
    .tuple(fc.constantFrom(...samples), fc.string({ maxLength: 12 }), value)
    .map(([sample, key, to]) => {
      const keys = Object.keys(sample as object)
      return { ...(sample as object), [keys[key.length % keys.length] ?? key]: to }
    })
  fc.assert(
    fc.property(fc.oneof(value, mutated), (message) => {
      try {
        expect(decodeBridgeMessage(message)).toHaveProperty('kind')
      } catch (error) {
        expect(error).toBeInstanceOf(WorkerHostError)
      }
    }),
    { numRuns: 2000 },
  )
})
