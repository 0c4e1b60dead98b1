/** What happens to plan and queue at each outcome, in each mode (queueserver contract, 6.3 and 6.5); more in plan-flow.test.ts. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StatusObject } from '../../src/index.ts'
import { owner, planItem, startTestManager, type ManagerUnderTest } from '../manager-under-test.ts'

let manager: ManagerUnderTest

beforeEach(async () => {
  manager = await startTestManager()
  await manager.open()
})

afterEach(async () => {
  await manager.close()
})

async function add(...names: readonly string[]): Promise<void> {
  const items = names.map((name) =>
    name === 'queue_stop'
      ? { item_type: 'instruction', name }
      : planItem(name, name === 'count' ? { detectors: [] } : {}),
  )
  expect(await manager.call('queue_item_add_batch', { items, ...owner })).toMatchObject({ success: true })
}

async function run(): Promise<StatusObject> {
  await manager.call('queue_start')
  return await manager.until('the end', (status) => status.manager_state === 'idle')
}

async function untilRunning(): Promise<void> {
  await manager.until('the plan to run', (status) => status.re_state === 'running')
}

async function pauseAndEnd(method: string): Promise<StatusObject> {
  await manager.call('re_pause', { option: 'immediate' })
  await manager.until('the pause', (status) => status.manager_state === 'paused')
  await manager.call(method)
  return await manager.until('the end', (status) => status.manager_state === 'idle')
}

async function endPlan(): Promise<void> {
  const item = { item_type: 'function', name: 'finish' }
  await manager.call('function_execute', { item, run_in_background: true, ...owner })
}

async function names(method: 'queue_get' | 'history_get'): Promise<readonly unknown[]> {
  const { items } = (await manager.call(method)) as unknown as {
    items: readonly { name: string; result?: { exit_status: string } }[]
  }
  return items.map(({ name, result }) => (method === 'queue_get' ? name : `${name} ${result?.exit_status}`))
}

describe('in loop mode', () => {
  beforeEach(async () => {
    await manager.call('queue_mode_set', { mode: { loop: true } })
  })

  test('a stopped plan comes back at the end, an aborted one at the front', async () => {
    await add('waits', 'count')
    await manager.call('queue_start')
    await untilRunning()
    await pauseAndEnd('re_stop')
    expect(await names('queue_get')).toEqual(['count', 'waits'])
    await manager.call('queue_item_move', { pos: 'back', pos_dest: 'front' })
    await manager.call('queue_start')
    await untilRunning()
    await pauseAndEnd('re_abort')
    expect(await names('queue_get')).toEqual(['waits', 'count'])
    expect(await names('history_get')).toEqual(['waits stopped', 'waits aborted'])
  })

  test('a failed plan whose failure is ignored comes back at the end without its result', async () => {
    await manager.call('queue_mode_set', { mode: { ignore_failures: true } })
    await add('fails', 'queue_stop')
    await run()
    expect(await names('queue_get')).toEqual(['fails', 'queue_stop'])
    const { items } = (await manager.call('queue_get')) as unknown as { items: readonly object[] }
    expect(items[0]).not.toHaveProperty('result')
    expect(await names('history_get')).toEqual(['fails failed'])
  })

  test('an executed plan does not come back', async () => {
    await manager.call('queue_item_execute', { item: planItem('count', { detectors: [] }), ...owner })
    await manager.until(
      'the end',
      (status) => status.manager_state === 'idle' && status.items_in_history === 1,
    )
    expect(await names('queue_get')).toEqual([])
  })
})

test('the instruction to stop goes from the queue, never to history, and switches autostart off', async () => {
  await add('count', 'queue_stop', 'count')
  await manager.call('queue_autostart', { enable: true })
  const idle = await manager.until(
    'the stop',
    (status) => status.manager_state === 'idle' && status.items_in_history === 1,
  )
  expect(idle.queue_autostart_enabled).toBe(false)
  expect(await names('queue_get')).toEqual(['count'])
  expect(await names('history_get')).toEqual(['count completed'])
})

test('a mode changes only what is named, and default resets it', async () => {
  const mode = async (): Promise<unknown> => (await manager.status()).plan_queue_mode
  await manager.call('queue_mode_set', { mode: { loop: true } })
  await manager.call('queue_mode_set', { mode: {} })
  await manager.call('queue_mode_set', { mode: { ignore_failures: true } })
  expect(await mode()).toEqual({ loop: true, ignore_failures: true })
  await manager.call('queue_mode_set', { mode: 'default' })
  expect(await mode()).toEqual({ loop: false, ignore_failures: false })
})

test.each([
  ['re_stop', false],
  ['re_abort', false],
  ['re_halt', false],
])('%s switches autostart off', async (method) => {
  await add('waits')
  await manager.call('queue_autostart', { enable: true })
  await untilRunning()
  expect(await pauseAndEnd(method)).toMatchObject({ queue_autostart_enabled: false })
})

test('a stop that takes effect switches autostart off, a cancelled one does not', async () => {
  await add('waits', 'waits', 'count')
  await manager.call('queue_autostart', { enable: true })
  await untilRunning()
  await manager.call('queue_stop')
  await manager.call('queue_stop_cancel')
  await endPlan()
  await manager.until(
    'the second plan',
    (status) => status.items_in_history === 1 && status.re_state === 'running',
  )
  expect(await manager.status()).toMatchObject({ queue_autostart_enabled: true })
  await manager.call('queue_stop')
  await endPlan()
  const idle = await manager.until('the stop', (status) => status.manager_state === 'idle')
  expect(idle).toMatchObject({ queue_autostart_enabled: false, items_in_queue: 1 })
})

test('a deferred pause that finds no checkpoint leaves autostart on', async () => {
  await add('waits')
  await manager.call('queue_autostart', { enable: true })
  await untilRunning()
  await manager.call('re_pause', { option: 'deferred' })
  await endPlan()
  const idle = await manager.until('idle', (status) => status.manager_state === 'idle')
  expect(idle).toMatchObject({ queue_autostart_enabled: true, pause_pending: false })
})

test('autostart begins with the environment', async () => {
  await manager.call('environment_close')
  await manager.until(
    'the close',
    (status) => !status.worker_environment_exists && status.manager_state === 'idle',
  )
  await manager.call('queue_autostart', { enable: true })
  await add('count')
  await manager.call('environment_open')
  const idle = await manager.until(
    'the plan',
    (status) => status.items_in_history === 1 && status.manager_state === 'idle',
  )
  expect(idle).toMatchObject({ items_in_queue: 0, queue_autostart_enabled: true })
})

test('a history entry has the fields of the contract and no others', async () => {
  await add('count', 'fails')
  await run()
  const { items } = (await manager.call('history_get')) as unknown as {
    items: readonly { result: Record<string, unknown> }[]
  }
  for (const entry of items) {
    expect(Object.keys(entry).filter((key) => key !== 'kwargs')).toEqual([
      'item_type',
      'name',
      'user',
      'user_group',
      'item_uid',
      'result',
    ])
    expect(Object.keys(entry.result)).toEqual([
      'exit_status',
      'run_uids',
      'scan_ids',
      'time_start',
      'time_stop',
      'msg',
      'traceback',
    ])
    expect(entry.result['msg']).not.toContain('Traceback')
    expect(Number(entry.result['time_stop'])).toBeGreaterThanOrEqual(Number(entry.result['time_start']))
  }
})
