import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WindowBatcher } from '../../../src/core/batching/window-batcher.ts'
import type { BatchAction } from '../../../src/core/batching/batch.ts'
import type { StreamMessage } from '../../../src/core/stream-message.ts'

const T = 1_700_000_000_000_000_000n
const second = 1_000_000_000n
const pulse = 71_428_571n

function at(timeNs: bigint, stream = 'm1'): StreamMessage {
  return {
    kind: 'monitor-events',
    stream,
    timeNs,
    sizeBytes: 100,
    toa: new Int32Array(0),
    pixel: new Int32Array(0),
  }
}
function closes(actions: readonly BatchAction[]) {
  return actions.flatMap((action) => (action.kind === 'close' ? [action.batch] : []))
}
function delivered(actions: readonly BatchAction[]) {
  return actions.flatMap((action) => (action.kind === 'deliver' ? [action.message] : []))
}

/** Drives a batcher at real speed: message k of each stream comes at its own time. */
function stream(
  batcher: WindowBatcher,
  options: { from: bigint; seconds: number; streams?: string[]; hz?: number },
) {
  const { from, seconds, streams = ['m1'], hz = 14 } = options
  const actions: BatchAction[] = []
  let closeAt: number[] = []
  const period = BigInt(Math.trunc(1e9 / hz))
  for (let k = 0n; k * period < BigInt(seconds) * second; k++) {
    const timeNs = from + k * period
    const nowMs = Number(timeNs / 1_000_000n)
    for (const name of streams) {
      const made = batcher.add([at(timeNs, name)], nowMs)
      closeAt.push(...closes(made).map(() => nowMs))
      actions.push(...made)
    }
    actions.push(...batcher.tick(nowMs + 10))
  }
  return { actions, closeAt }
}

describe('windows of live data', () => {
  test('at 14 Hz a window closes every second and window ends are consecutive', () => {
    const batcher = new WindowBatcher()
    const { actions, closeAt } = stream(batcher, { from: T, seconds: 20, streams: ['m1', 'm2'] })
    const batches = closes(actions)
    expect(batches.length).toBeGreaterThanOrEqual(19)
    batches.slice(1).forEach((batch, index) => expect(batch.startNs).toBe(batches[index]?.endNs))
    batches.slice(1).forEach((batch) => expect(batch.endNs - batch.startNs).toBe(second))
    const late = closeAt.slice(3).map((time, index) => time - (closeAt[index + 2] ?? 0))
    for (const gap of late) expect(gap).toBeLessThan(1_100)
  })

  test('a window closes as soon as every stream reached its last slot', () => {
    const batcher = new WindowBatcher()
    stream(batcher, { from: T, seconds: 5, streams: ['fast', 'slow'] })
    const { actions } = stream(batcher, { from: T + 5n * second, seconds: 3, streams: ['fast', 'slow'] })
    for (const action of actions) {
      if (action.kind !== 'close') continue
      const before = delivered(actions.slice(0, actions.indexOf(action)))
      expect(before.some(({ timeNs }) => action.batch.endNs - timeNs <= pulse * 2n)).toBe(true)
    }
    expect(closes(actions).length).toBeGreaterThanOrEqual(2)
  })

  test('a stream that stopped no longer holds the window back', () => {
    const batcher = new WindowBatcher()
    stream(batcher, { from: T, seconds: 5, streams: ['m1', 'm2'] })
    const { closeAt } = stream(batcher, { from: T + 5n * second, seconds: 15, streams: ['m1'] })
    const gaps = closeAt.slice(1).map((time, index) => time - (closeAt[index] ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1_300)
    expect(Math.max(...gaps.slice(-5))).toBeLessThanOrEqual(1_100)
  })

  test('late messages join the open window and none is dropped', () => {
    const batcher = new WindowBatcher()
    stream(batcher, { from: T, seconds: 4 })
    const late = at(T - 3_600n * second)
    const actions = batcher.add([late], Number((T + 4n * second) / 1_000_000n))
    expect(delivered(actions)).toContain(late)
  })

  test.each([
    ['in the year 2200', 7_258_118_400n * second],
    ['100 s ahead', T + 104n * second],
    ['before 1970', -second],
    ['zero', 0n],
    ['the largest', 2n ** 63n - 1n],
    ['the smallest', -(2n ** 63n)],
  ])('messages with a time %s neither stall nor race the windows', (_, odd) => {
    const batcher = new WindowBatcher()
    const actions: BatchAction[] = []
    for (let k = 0n; k < 140n; k++) {
      const timeNs = T + k * pulse
      const nowMs = Number(timeNs / 1_000_000n)
      actions.push(...batcher.add([at(timeNs), at(odd, 'odd')], nowMs), ...batcher.tick(nowMs + 5))
    }
    const batches = closes(actions).filter(
      (batch) => batch.endNs > T - second && batch.endNs < T + 20n * second,
    )
    expect(batches.length).toBeGreaterThanOrEqual(7)
    expect(closes(actions).length).toBeLessThanOrEqual(14)
    expect(delivered(actions).filter(({ timeNs }) => timeNs === odd).length).toBeGreaterThanOrEqual(100)
  })

  test('a first message with an odd time does not decide where the windows are', () => {
    const batcher = new WindowBatcher()
    const nowMs = Number(T / 1_000_000n)
    batcher.add([at(T + 3_600n * second)], nowMs)
    batcher.tick(nowMs)
    const { actions } = stream(batcher, { from: T, seconds: 10 })
    const ends = closes(actions).map((batch) => batch.endNs)
    expect(ends.at(-1)).toBeGreaterThan(T + 8n * second)
    expect(ends.at(-1)).toBeLessThan(T + 11n * second)
  })

  test('after a pause of the beam the windows follow within two seconds', () => {
    const batcher = new WindowBatcher()
    stream(batcher, { from: T, seconds: 5 })
    const { actions, closeAt } = stream(batcher, { from: T + 65n * second, seconds: 5 })
    expect(closeAt.length + closes(actions).length).toBeGreaterThan(0)
    expect(closes(actions).at(-1)?.endNs).toBeGreaterThan(T + 67n * second)
    expect(closes(actions).length).toBeLessThanOrEqual(6)
  })

  test('when processing takes longer than the window, windows grow, and shrink again', () => {
    const batcher = new WindowBatcher()
    batcher.processed(1_200)
    batcher.processed(1_200)
    expect(batcher.intervalS()).toBeCloseTo(2, 2)
    batcher.processed(100)
    batcher.processed(100)
    batcher.processed(100)
    expect(batcher.intervalS()).toBeCloseTo(20 / 14, 2)
  })

  test('every message is delivered exactly once or waits, whatever the times are', () => {
    const time = fc.oneof(
      fc.bigInt(T, T + 60n * second),
      fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
      fc.constant(0n),
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(time, fc.constantFrom('a', 'b'), fc.nat(500)), { maxLength: 200 }),
        (rows) => {
          const batcher = new WindowBatcher({ maxWaitingBytes: 1_000 })
          let nowMs = Number(T / 1_000_000n)
          const actions: BatchAction[] = []
          const sent = rows.map(([timeNs, name, pauseMs]) => {
            const message = at(timeNs, name)
            nowMs += pauseMs
            actions.push(...batcher.add([message], nowMs), ...batcher.tick(nowMs))
            return message
          })
          const got = delivered(actions)
          expect(new Set(got).size).toBe(got.length)
          expect(got.length).toBeGreaterThanOrEqual(sent.length - 11)
          expect(closes(actions).length).toBeLessThanOrEqual(sent.length * 4 + 4)
          for (const batch of closes(actions)) expect(batch.endNs).toBeGreaterThan(batch.startNs)
        },
      ),
      { numRuns: 100 },
    )
  })
})
