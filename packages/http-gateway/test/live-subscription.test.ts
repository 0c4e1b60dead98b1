import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LiveSubscription } from '../src/live/live-subscription.ts'
import { mergePatch } from '../src/live/merge-patch.ts'
import type { Outbox } from '../src/live/outbox.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

interface Sent {
  readonly k: string
  readonly seq: number
  readonly d: unknown
}

function subscription(): {
  readonly sub: LiveSubscription
  readonly sent: Sent[]
  readonly congest: (on: boolean) => void
} {
  const sent: Sent[] = []
  let congested = false
  let onClear: (() => void) | null = null
  const outbox: Outbox = {
    get congested() {
      return congested
    },
    text: (message) => void sent.push(message as Sent),
    binary: (bytes) => void sent.push({ k: 'frame', seq: 0, d: bytes.length }),
    whenClear: (callback) => {
      onClear = callback
    },
    close: () => undefined,
  }
  const user = { name: 'x', label: 'x', group: 'primary', kind: 'user' } as const
  return {
    sub: new LiveSubscription({ id: 1, connection: 'c', user, since: null, outbox }),
    sent,
    congest: (on) => {
      congested = on
      if (!on) onClear?.()
    },
  }
}

test('a state goes out at once, then at most every 50 ms with what changed', () => {
  const { sub, sent } = subscription()
  sub.snap({ a: 1, list: [1, 2] })
  vi.advanceTimersByTime(60)
  sub.state({ a: 2, list: [1, 2] })
  for (let n = 3; n < 10; n += 1) sub.state({ a: n, list: [1, 2] })
  expect(sent.map((one) => one.d)).toEqual([{ a: 1, list: [1, 2] }, { a: 2 }])
  vi.advanceTimersByTime(50)
  expect(sent.at(-1)).toMatchObject({ k: 'delta', seq: 3, d: { a: 9 } })
  sub.state({ a: 9, list: [1, 2] })
  vi.advanceTimersByTime(100)
  expect(sent).toHaveLength(3)
})

test('while the socket is full states go out once a second and events are counted, then told as a gap', () => {
  const { sub, sent, congest } = subscription()
  sub.snap({ a: 0 })
  congest(true)
  vi.advanceTimersByTime(100)
  sub.state({ a: 1 })
  vi.advanceTimersByTime(500)
  expect(sent).toHaveLength(1)
  vi.advanceTimersByTime(500)
  expect(sent.at(-1)).toMatchObject({ k: 'delta', d: { a: 1 } })
  sub.event('x')
  sub.event('y')
  expect(sub.frame(() => new Uint8Array(3))).toBe(false)
  expect(sent).toHaveLength(2)
  congest(false)
  expect(sent.at(-1)).toMatchObject({ k: 'gap', d: { dropped: 2 } })
  sub.event('z')
  expect(sent.at(-1)).toMatchObject({ k: 'event', d: 'z' })
  expect(sent.map((one) => one.seq)).toEqual([1, 2, 3, 4])
})

test('a closed subscription says nothing more', () => {
  const { sub, sent } = subscription()
  sub.snap({})
  sub.state({ a: 1 })
  sub.close()
  vi.advanceTimersByTime(1_000)
  sub.event(1)
  expect(sub.frame(() => new Uint8Array())).toBe(false)
  expect(sent).toHaveLength(1)
})

/** RFC 7396. */
function applyPatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const base = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {}
  const result: Record<string, unknown> = base
  for (const [key, value] of Object.entries(patch))
    if (value === null) delete result[key]
    else result[key] = applyPatch(result[key], value)
  return result
}

/** To a receiver of merge patches null and absent are one. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== null && one !== undefined)
      .map(([key, one]) => [key, withoutNulls(one)]),
  )
}

test('a patch makes the new state of the old one', () => {
  const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null), fc.array(fc.integer()))
  const state = fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.oneof(leaf, fc.dictionary(fc.constantFrom('x', 'y'), leaf)),
  )
  fc.assert(
    fc.property(state, state, (before, after) => {
      const patch = mergePatch(before, after)
      const made = patch === undefined ? before : applyPatch(withoutNulls(before), patch)
      expect(withoutNulls(made)).toEqual(withoutNulls(after))
    }),
  )
})
