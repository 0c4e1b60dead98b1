import type { HistoryItem, QueueItem } from '@beamtime/queue-client'
import { expect, test } from 'vitest'
import { createEstimates } from '../src/queue/estimates.ts'
import { planPoints } from '../src/queue/plan-points.ts'
import { createPointClock, progressOf, queueEtaOf } from '../src/queue/progress.ts'
import { baseStatus } from './fake-link.ts'

function count(num: number, uid = 'u'): QueueItem {
  return { item_type: 'plan', name: 'count', item_uid: uid, args: [['det']], kwargs: { num } }
}
function took(seconds: number, item: QueueItem, status: 'completed' | 'failed' = 'completed'): HistoryItem {
  const times = { time_start: 100, time_stop: 100 + seconds }
  return {
    ...item,
    result: { exit_status: status, run_uids: [], scan_ids: [], msg: '', traceback: '', ...times },
  }
}
const nowMs = 1_000_000_000_000

test('standard plans know their points', () => {
  expect(planPoints(count(7))).toBe(7)
  expect(planPoints({ name: 'scan', args: [['det'], 'motor', -1, 1], kwargs: { num: 21 } })).toBe(21)
  expect(planPoints({ name: 'grid_scan', args: [['det'], 'm1', 0, 1, 3, 'm2', 0, 1, 4], kwargs: {} })).toBe(
    12,
  )
  expect(planPoints({ name: 'my_plan', args: [], kwargs: {} })).toBeNull()
  expect(planPoints({ name: 'scan', args: [], kwargs: { nonsense: 1 } })).toBeNull()
})

test('an item takes what the last five of its kind took, else its points times the time of a point', () => {
  const estimates = createEstimates(planPoints)
  expect(estimates.estimate(count(10))).toEqual({ points: 10, from: 'points' })
  for (const seconds of [100, 10, 10, 10, 10, 10]) estimates.learn(took(seconds, count(10)))
  estimates.learn(took(1, count(10), 'failed'))
  expect(estimates.estimate(count(10))).toEqual({ points: 10, seconds: 10, from: 'history' })
  expect(estimates.estimate(count(20))).toEqual({ points: 20, seconds: 20, from: 'points' })
  expect(estimates.estimate({ item_type: 'instruction', name: 'queue_stop' })).toBeNull()
  const custom = { ...count(1), name: 'my_plan' }
  expect(estimates.estimate(custom)).toBeNull()
  estimates.learn(took(7, custom))
  expect(estimates.estimate(custom)).toEqual({ seconds: 7, from: 'history' })
})

test('the end follows from the rate of the last points and stands still between them', () => {
  const clock = createPointClock()
  for (let n = 1; n <= 20; n += 1) clock.saw('u', n, nowMs + n * 2_000)
  const input = {
    status: { ...baseStatus, manager_state: 'executing_queue', re_state: 'running' } as const,
    item: { ...count(50), properties: { time_start: nowMs / 1_000 } },
    points: { n: 20, total: 50, started: 0, devices: [] },
    secondsPerPoint: clock.secondsPerPoint(),
    lastPointMs: clock.lastPointMs(),
    estimates: createEstimates(planPoints),
    nowMs: nowMs + 40_500,
  }
  expect(progressOf(input)).toMatchObject({
    n: 20,
    total: 50,
    fraction: 0.4,
    eta: nowMs + 40_000 + 60_000,
    pointSeconds: 2,
    approximate: false,
    phase: 'running',
  })
  expect(progressOf({ ...input, nowMs: nowMs + 41_500 }).eta).toBe(nowMs + 100_000)
  expect(progressOf({ ...input, status: { ...input.status, manager_state: 'paused' } })).toMatchObject({
    phase: 'paused',
    eta: null,
  })
  expect(progressOf({ ...input, status: { ...input.status, pause_pending: true } }).phase).toBe('pausing')
})

test('a new item starts a new rate', () => {
  const clock = createPointClock()
  clock.saw('a', 1, 0)
  clock.saw('a', 2, 1_000)
  expect(clock.secondsPerPoint()).toBe(1)
  clock.saw('b', 1, 5_000)
  expect(clock.secondsPerPoint()).toBeNull()
})

test('the queue ends after all that can be estimated, and says what cannot', () => {
  const estimates = createEstimates(planPoints)
  estimates.learn(took(10, count(10)))
  const items = [
    count(10),
    count(20),
    { ...count(1), name: 'my_plan' },
    { ...count(1), item_type: 'instruction' as const },
  ]
  expect(queueEtaOf({ items, progress: null, estimates, nowMs })).toEqual({
    until: nowMs + 30_000,
    seconds: 30,
    unknown: 1,
    approximate: true,
  })
  expect(queueEtaOf({ items: [], progress: null, estimates, nowMs })).toBeNull()
})
