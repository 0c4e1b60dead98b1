/** Tasks and locks (queueserver contract, 8 and 9); more of both in contract-texts.test.ts. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { owner, planItem, startTestManager, type ManagerUnderTest } from '../manager-under-test.ts'

let manager: ManagerUnderTest

beforeAll(async () => {
  manager = await startTestManager()
  await manager.open()
})

afterAll(async () => {
  await manager.close()
})

function call(name: string, ...args: readonly unknown[]): Record<string, unknown> {
  return { item: { item_type: 'function', name, args }, ...owner }
}

describe('a background task', () => {
  test('runs beside a plan, changes nothing but its number, and leaves a result', async () => {
    await manager.call('queue_item_execute', { item: planItem('waits'), ...owner })
    await manager.until('the plan', (status) => status.re_state === 'running')
    const started = await manager.call('function_execute', {
      ...call('function_sleep', 0.2),
      run_in_background: true,
    })
    const running = await manager.until('the task', (status) => status.worker_background_tasks === 1)
    expect(running).toMatchObject({
      manager_state: 'executing_queue',
      worker_environment_state: 'executing_plan',
    })
    expect(await manager.call('task_result', { task_uid: started['task_uid'] })).toMatchObject({
      status: 'running',
      result: { run_in_background: true },
    })
    const done = await manager.until('the result', (status) => status.worker_background_tasks === 0)
    expect(done).toMatchObject({ manager_state: 'executing_queue', re_state: 'running' })
    expect(await manager.call('task_status', { task_uid: started['task_uid'] })).toMatchObject({
      status: 'completed',
    })
    await manager.call('function_execute', { ...call('finish'), run_in_background: true })
    await manager.until('the end', (status) => status.manager_state === 'idle')
  })
})

describe('a foreground task', () => {
  test('keeps the manager from starting a plan, and is over when the manager is idle', async () => {
    const started = await manager.call('function_execute', call('function_sleep', 0.1))
    expect(await manager.status()).toMatchObject({ manager_state: 'executing_task' })
    expect((await manager.call('queue_start')).msg).toBe('RE Manager is busy.')
    await manager.until('idle', (status) => status.manager_state === 'idle')
    expect(await manager.call('task_result', { task_uid: started['task_uid'] })).toMatchObject({
      status: 'completed',
    })
  })

  test('that runs when the environment is destroyed is forgotten', async () => {
    const started = await manager.call('function_execute', call('function_sleep', 30))
    await manager.call('environment_destroy')
    await manager.until('idle', (status) => status.manager_state === 'idle')
    expect(await manager.call('task_status', { task_uid: started['task_uid'] })).toMatchObject({
      status: 'not_found',
    })
    await manager.open()
  })
})

describe('a locked manager', () => {
  const queueMethods = [
    'queue_item_add',
    'queue_item_add_batch',
    'queue_item_update',
    'queue_item_remove',
    'queue_item_remove_batch',
    'queue_item_move',
    'queue_item_move_batch',
    'queue_clear',
    'queue_mode_set',
    'history_clear',
    'permissions_set',
    'permissions_reload',
  ]
  const environmentMethods = [
    'environment_open',
    'environment_close',
    'environment_destroy',
    'environment_update',
    'script_upload',
    'function_execute',
    'queue_start',
    'queue_stop',
    'queue_stop_cancel',
    'queue_autostart',
    'queue_item_execute',
    'kernel_interrupt',
    're_pause',
    're_resume',
    're_stop',
    're_abort',
    're_halt',
  ]
  const readers = [
    'config_get',
    'plans_existing',
    'devices_existing',
    'permissions_get',
    'queue_get',
    'history_get',
    'lock_info',
    're_runs',
    're_metadata',
  ]

  afterEach(async () => {
    await manager.call('unlock', { lock_key: 'k' })
  })

  async function lock(what: { queue?: boolean; environment?: boolean }): Promise<void> {
    expect(await manager.call('lock', { lock_key: 'k', user: 'Ada', ...what })).toMatchObject({
      success: true,
    })
  }

  async function isLocked(method: string): Promise<boolean> {
    return (await manager.call(method)).msg.includes('Invalid lock key: \nRE Manager is locked by Ada at ')
  }

  test('by the queue refuses what changes it, and nothing else', async () => {
    await lock({ queue: true })
    for (const method of queueMethods) expect([method, await isLocked(method)]).toEqual([method, true])
    for (const method of ['queue_stop_cancel', ...readers])
      expect([method, await isLocked(method)]).toEqual([method, false])
  })

  test('by the environment refuses what concerns that, and nothing else', async () => {
    await lock({ environment: true })
    for (const method of environmentMethods) expect([method, await isLocked(method)]).toEqual([method, true])
    for (const method of ['history_clear', ...readers])
      expect([method, await isLocked(method)]).toEqual([method, false])
  })

  test('is locked anew with the same key, and tells when and by whom', async () => {
    await lock({ queue: true })
    const again = await manager.call('lock', {
      lock_key: 'k',
      user: 'Bob',
      note: 'later',
      environment: true,
    })
    expect(again).toMatchObject({
      success: true,
      lock_info: {
        environment: true,
        queue: false,
        user: 'Bob',
        note: 'later',
        emergency_lock_key_is_set: false,
      },
    })
    expect(Object.keys(again['lock_info'] as object).toSorted()).toEqual(
      ['environment', 'queue', 'user', 'time', 'note', 'time_str', 'emergency_lock_key_is_set'].toSorted(),
    )
  })

  test('takes any key once it is unlocked', async () => {
    expect(await manager.call('queue_mode_set', { mode: {}, lock_key: 'whatever' })).toMatchObject({
      success: true,
    })
    expect(await manager.call('queue_mode_set', { mode: {}, lock_key: null })).toMatchObject({
      success: true,
    })
    expect(await manager.call('unlock', { lock_key: 'whatever' })).toMatchObject({ success: true })
  })
})
