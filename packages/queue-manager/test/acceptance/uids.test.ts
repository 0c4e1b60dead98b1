/** Which uids of the status each request renews (queueserver contract, 6.6): clients read again what has a new one. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  owner,
  planItem,
  startTestManager,
  testPermissions,
  type ManagerUnderTest,
} from '../manager-under-test.ts'

const uids = [
  'run_list_uid',
  'plan_queue_uid',
  'plan_history_uid',
  'devices_existing_uid',
  'plans_existing_uid',
  'devices_allowed_uid',
  'plans_allowed_uid',
  'task_results_uid',
  'lock_info_uid',
] as const

const queue = 'plan_queue_uid'
const history = 'plan_history_uid'
const runs = 'run_list_uid'
const tasks = 'task_results_uid'
const allowed = ['devices_allowed_uid', 'plans_allowed_uid'] as const
const count = planItem('count', { detectors: [] })
const lock = { lock_key: 'k', user: 'Ada', queue: true }
const extra = { ...testPermissions.user_groups, extra: {} }

type Step = readonly [method: string, params: Record<string, unknown>, renewed: readonly string[]]

/** One after the other, on a manager without environment that has an empty queue. */
const closed: readonly Step[] = [
  ['queue_clear', {}, [queue]],
  ['history_clear', {}, [history]],
  ['history_clear', { size: 5 }, []],
  ['history_clear', { item_uid: 'x' }, []],
  ['queue_item_add', { item: count, ...owner }, [queue]],
  ['queue_item_add_batch', { items: [count, count], ...owner }, [queue]],
  ['queue_item_add', { item: 5, ...owner }, []],
  ['queue_item_move', { pos: 0, pos_dest: 0 }, []],
  ['queue_item_move', { pos: 0, pos_dest: 1 }, [queue]],
  ['queue_item_move_batch', { uids: [], pos_dest: 'front' }, []],
  ['queue_item_remove', { pos: 'front' }, [queue]],
  ['queue_item_remove', { pos: 99 }, []],
  ['queue_item_get', { pos: 0 }, []],
  ['queue_mode_set', { mode: { loop: true } }, []],
  ['queue_mode_set', { mode: 'default' }, []],
  ['lock', lock, ['lock_info_uid']],
  ['lock', lock, ['lock_info_uid']],
  ['lock_info', {}, []],
  ['unlock', { lock_key: 'wrong' }, []],
  ['unlock', { lock_key: 'k' }, ['lock_info_uid']],
  ['unlock', { lock_key: 'k' }, []],
  ['permissions_set', { user_group_permissions: testPermissions }, []],
  ['permissions_set', { user_group_permissions: { user_groups: extra } }, allowed],
  ['permissions_reload', {}, allowed],
  [
    'permissions_reload',
    { restore_plans_devices: true },
    ['devices_existing_uid', 'plans_existing_uid', ...allowed],
  ],
  ['queue_autostart', { enable: false }, []],
  ['queue_stop_cancel', {}, []],
]

/** With an environment; what was left of the queue runs. */
const open: readonly Step[] = [
  ['environment_open', {}, []],
  [
    'function_execute',
    { item: { item_type: 'function', name: 'function_sleep', args: [0] }, ...owner },
    [tasks],
  ],
  ['script_upload', { script: 'x' }, [tasks]],
  ['environment_update', {}, [tasks]],
  ['queue_start', {}, [queue, history, runs]],
  ['queue_start', {}, []],
  ['queue_item_execute', { item: count, ...owner }, [queue, history, runs]],
  ['queue_item_execute', { item: planItem('fails'), ...owner }, [queue, history]],
  ['history_clear', { size: 1 }, [history]],
  ['re_pause', {}, []],
  ['environment_close', {}, []],
]

let manager: ManagerUnderTest

beforeAll(async () => {
  manager = await startTestManager()
})

afterAll(async () => {
  await manager.close()
})

for (const [method, params, renewed] of [...closed, ...open]) {
  test(`${method} ${JSON.stringify(params).slice(0, 60)} renews ${renewed.join(', ') || 'nothing'}`, async () => {
    const before = await manager.status()
    await manager.call(method, params)
    const after = await manager.until(
      'the manager to be idle',
      (status) => status.manager_state === 'idle' && status.worker_environment_state !== 'executing_task',
    )
    expect(uids.filter((name) => before[name] !== after[name]).toSorted()).toEqual([...renewed].toSorted())
  })
}
