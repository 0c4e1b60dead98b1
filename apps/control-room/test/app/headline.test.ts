import type { LiveStatus, QueueItem } from '@beamtime/http-gateway/ui-types'
import { expect, test } from 'vitest'
import { headlineOf } from '../../src/app/headline.ts'
import { countText, endText, fractionOf } from '../../src/app/progress-text.ts'
import { reasonOf } from '../../src/pages/queue/failure-card.tsx'
import { itemsFromText } from '../../src/pages/queue/queue-menu.tsx'
import { resolvedTheme } from '../../src/stores/prefs-store.ts'
import { setZone } from '../../src/text/format-time.ts'

const reachable = { reachable: true, since: 0, lastSeen: 0 }
const failed: QueueItem = {
  item_type: 'plan',
  name: 'scan',
  item_uid: 'x',
  result: {
    exit_status: 'failed',
    run_uids: [],
    scan_ids: [],
    time_start: 0,
    time_stop: 1,
    msg: 'm',
    traceback: '',
  },
}
const keyOf = (status: Partial<LiveStatus>, front?: QueueItem): string =>
  headlineOf({ status: { manager: reachable, ...status }, isConnected: true, front }).key

test('one word says what is going on', () => {
  expect(keyOf({ manager_state: 'executing_queue', re_state: 'running' })).toBe('RUNNING')
  expect(keyOf({ manager_state: 'executing_queue', pause_pending: true })).toBe('PAUSING')
  expect(keyOf({ manager_state: 'paused' })).toBe('PAUSED')
  expect(keyOf({ manager_state: 'idle', worker_environment_exists: true })).toBe('IDLE')
  expect(keyOf({ manager_state: 'idle' })).toBe('CLOSED')
  expect(keyOf({ manager_state: 'creating_environment' })).toBe('OPENING')
})

test('a plan that came back failed is shown until it is dealt with, but not while another runs', () => {
  expect(keyOf({ manager_state: 'idle' }, failed)).toBe('FAILED')
  expect(keyOf({ manager_state: 'executing_queue' }, failed)).toBe('RUNNING')
})

test('nothing is called running while it cannot be known', () => {
  expect(
    headlineOf({
      status: { manager: reachable, manager_state: 'executing_queue' },
      isConnected: false,
      front: undefined,
    }).key,
  ).toBe('OFFLINE')
  expect(
    keyOf({ manager: { reachable: false, since: 0, lastSeen: 0 }, manager_state: 'executing_queue' }),
  ).toBe('NO_MANAGER')
})

test('progress says how far and until when, with a tilde while it rests on few points', () => {
  setZone('UTC')
  const progress = {
    item: 'x',
    plan: 'scan',
    n: 64,
    total: 101,
    started: 0,
    eta: 240_000,
    approximate: true,
    phase: 'running',
    devices: [],
  } as const
  const holder = { status: { manager: reachable, manager_state: 'executing_queue', progress } } as const
  expect(countText(holder)).toBe('64 / 101')
  expect(fractionOf(holder)).toBeCloseTo(0.634, 3)
  expect(endText(holder, 0).join('').replaceAll('\u00a0', ' ')).toBe('ends ~00:04 (~4 min)')
  expect(endText({ status: { ...holder.status, manager_state: 'paused' } }, 0)).toEqual(['', ''])
  expect(fractionOf({ status: null })).toBeNull()
})

test('the reason of a failure is its sentence, without the class of the error', () => {
  expect(reasonOf('Plan failed: TimeoutError: x did not reach 7.2 keV\nmore')).toBe('x did not reach 7.2 keV')
  expect(reasonOf('')).toBe('Plan failed')
})

test('pasted text is taken only when all of it are items', () => {
  expect(itemsFromText('{"name":"count","args":[["det"]],"item_uid":"old","result":{}}')).toEqual([
    { item_type: 'plan', name: 'count', args: [['det']] },
  ])
  expect(itemsFromText('[{"name":"count"},{"x":1}]')).toBeNull()
  expect(itemsFromText('nonsense')).toBeNull()
})

test('the automatic theme is dark in the evening and where the system asks for it', () => {
  const day = { prefersDark: false, prefersContrast: false, hour: 12 }
  expect(resolvedTheme('auto', day)).toBe('light')
  expect(resolvedTheme('auto', { ...day, hour: 19 })).toBe('dark')
  expect(resolvedTheme('auto', { ...day, prefersDark: true })).toBe('dark')
  expect(resolvedTheme('auto', { ...day, prefersContrast: true })).toBe('contrast')
  expect(resolvedTheme('light', { ...day, hour: 23 })).toBe('light')
})
