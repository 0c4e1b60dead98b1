/** Fields of replies: each listed field is there whether the request succeeds or not (queueserver contract, 7). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  owner,
  planItem,
  startTestManager,
  testPermissions,
  type ManagerUnderTest,
} from '../manager-under-test.ts'

let manager: ManagerUnderTest

beforeAll(async () => {
  manager = await startTestManager({ queue: { permissions_reload: 'NEVER' } })
})

afterAll(async () => {
  await manager.close()
})

const count = planItem('count', { detectors: [] })
const bare: readonly string[] = []
const item = ['qsize', 'item']
const items = ['qsize', 'items']

/** Fields beside success and msg, and parameters that are taken; null where nothing can succeed here. */
const methods: readonly (readonly [
  method: string,
  params: Record<string, unknown> | null,
  fields: readonly string[],
])[] = [
  ['config_get', {}, ['config']],
  ['plans_allowed', { user_group: 'primary' }, ['plans_allowed', 'plans_allowed_uid']],
  ['devices_allowed', { user_group: 'primary' }, ['devices_allowed', 'devices_allowed_uid']],
  ['plans_existing', {}, ['plans_existing', 'plans_existing_uid']],
  ['devices_existing', {}, ['devices_existing', 'devices_existing_uid']],
  ['permissions_reload', { restore_permissions: false }, bare],
  ['permissions_get', {}, ['user_group_permissions']],
  ['permissions_set', { user_group_permissions: testPermissions }, bare],
  ['queue_mode_set', { mode: {} }, bare],
  ['queue_item_add', { item: count, ...owner }, item],
  ['queue_item_add_batch', { items: [count], ...owner }, [...items, 'results']],
  ['queue_get', {}, ['items', 'running_item', 'plan_queue_uid']],
  ['queue_item_update', null, item],
  ['queue_item_get', {}, ['item']],
  ['queue_item_move', { pos: 0, pos_dest: 0 }, item],
  ['queue_item_move_batch', { uids: [], pos_dest: 'front' }, items],
  ['queue_item_remove', {}, item],
  ['queue_item_remove_batch', { uids: [] }, items],
  ['queue_item_execute', null, item],
  ['queue_clear', {}, bare],
  ['history_get', {}, ['items', 'plan_history_uid']],
  ['history_clear', {}, bare],
  ['environment_close', null, bare],
  ['environment_destroy', null, bare],
  ['environment_update', null, ['task_uid']],
  ['script_upload', null, ['task_uid']],
  ['function_execute', null, ['item', 'task_uid']],
  ['task_status', { task_uid: 'x' }, ['task_uid', 'status']],
  ['task_result', { task_uid: 'x' }, ['task_uid', 'status', 'result']],
  ['queue_start', null, bare],
  ['queue_stop', null, bare],
  ['queue_stop_cancel', {}, bare],
  ['queue_autostart', { enable: false }, bare],
  ['kernel_interrupt', null, bare],
  ['re_pause', null, bare],
  ['re_resume', null, bare],
  ['re_stop', null, bare],
  ['re_abort', null, bare],
  ['re_halt', null, bare],
  ['re_runs', {}, ['run_list', 'run_list_uid']],
  ['re_metadata', null, ['re_metadata']],
  ['lock', { lock_key: 'k', user: 'u', queue: true }, ['lock_info', 'lock_info_uid']],
  ['lock_info', {}, ['lock_info', 'lock_info_uid']],
  ['unlock', { lock_key: 'k' }, ['lock_info', 'lock_info_uid']],
  ['manager_stop', null, bare],
  ['manager_test', null, bare],
]

function allFields(fields: readonly string[]): readonly string[] {
  return ['success', 'msg', ...fields].toSorted()
}

describe('fields of a reply', () => {
  test.each(methods.filter(([, params]) => params !== null))(
    '%s %j succeeds with %j',
    async (method, params, fields) => {
      const reply = await manager.call(method, params ?? {})
      expect(reply).toMatchObject({ success: true, msg: '' })
      expect(Object.keys(reply).toSorted()).toEqual(allFields(fields))
    },
  )

  test.each(methods.map(([method, , fields]) => [method, fields] as const))(
    '%s fails with %j too',
    async (method, fields) => {
      const reply = await manager.call(method, { nonsense: 1 })
      expect(reply).toMatchObject({ success: false, msg: expect.stringContaining('nonsense') })
      expect(Object.keys(reply).toSorted()).toEqual(allFields(fields))
    },
  )
})

test('a task that nobody knows is not found', async () => {
  expect(await manager.call('task_result', { task_uid: 'x' })).toEqual({
    success: true,
    msg: '',
    task_uid: 'x',
    status: 'not_found',
    result: {},
  })
  expect(await manager.call('task_status', { task_uid: ['x', 'y'] })).toMatchObject({
    status: { x: 'not_found', y: 'not_found' },
  })
})

test('where permissions are never read from the file a request to do so is refused', async () => {
  expect(await manager.call('permissions_reload')).toMatchObject({
    success: false,
    msg: "Error: Restoring user group permissions from disk is not allowed: RE Manager was started with option user_group_permissions_reload='NEVER'",
  })
})

test('history is cut to a number, or up to an item', async () => {
  await manager.open()
  const uids: string[] = []
  for (let times = 0; times < 4; times += 1) {
    const reply = await manager.call('queue_item_execute', { item: count, ...owner })
    uids.push(String((reply['item'] as { item_uid: string }).item_uid))
    await manager.until(
      'the end',
      (status) => status.manager_state === 'idle' && status.items_in_history > times,
    )
  }
  const left = async (): Promise<readonly string[]> => {
    const { items: entries } = (await manager.call('history_get')) as unknown as {
      items: readonly { item_uid: string }[]
    }
    return entries.map(({ item_uid }) => item_uid)
  }
  await manager.call('history_clear', { size: 10 })
  expect(await left()).toEqual(uids)
  await manager.call('history_clear', { size: 3 })
  expect(await left()).toEqual(uids.slice(1))
  await manager.call('history_clear', { item_uid: uids[2] })
  expect(await left()).toEqual(uids.slice(3))
  await manager.call('history_clear', { size: -1 })
  expect(await left()).toEqual([])
})

test('an environment that is being opened or closed refuses the same once more', async () => {
  await manager.call('environment_close')
  expect((await manager.call('environment_close')).msg).toMatch(
    /^Manager is already in the process of closing the RE Worker environment\.$|^RE Worker environment does not exist\.$/,
  )
  await manager.until('the close', (status) => status.manager_state === 'idle')
  const [opened, again, closing] = await Promise.all([
    manager.call('environment_open'),
    manager.call('environment_open'),
    manager.call('environment_close'),
  ])
  expect(opened).toMatchObject({ success: true, msg: '' })
  expect(again.msg).toBe('Manager is already in the process of creating the RE Worker environment.')
  expect(closing.msg).toBe('RE Worker environment does not exist.')
  await manager.until('the environment', (status) => status.worker_environment_exists)
})

test('a paused plan keeps environment and queue busy', async () => {
  await manager.until('idle', (status) => status.manager_state === 'idle')
  await manager.call('queue_item_execute', { item: planItem('waits'), ...owner })
  await manager.until('the plan', (status) => status.re_state === 'running')
  await manager.call('re_pause', { option: 'immediate' })
  await manager.until('the pause', (status) => status.manager_state === 'paused')
  const texts: readonly (readonly [string, string])[] = [
    ['environment_open', 'RE Worker environment already exists.'],
    ['environment_close', 'Manager state is not idle. Current state: paused'],
    ['queue_start', 'RE Manager is busy.'],
    ['queue_stop', 'Failed to pause the queue. Queue is not running. Manager state: MState.PAUSED'],
    [
      'environment_update',
      "Failed to start the task: RE Manager must be in idle state. Current state: 'paused'",
    ],
    ['re_pause', "Run engine can be paused only in 'running' state. Current state: 'paused'"],
  ]
  for (const [method, msg] of texts) expect(await manager.call(method)).toMatchObject({ success: false, msg })
  expect(await manager.call('re_runs')).toMatchObject({ success: true, run_list: [] })
  await manager.call('re_stop')
  await manager.until('the end', (status) => status.manager_state === 'idle')
})
