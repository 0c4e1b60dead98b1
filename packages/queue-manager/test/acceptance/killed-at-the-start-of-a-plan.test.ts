/** A manager that was killed after it took an item from the queue, and before or after the worker heard of it. */
import { expect, test } from 'vitest'
import type { StoredState } from '../../src/core/store-change.ts'
import { idleWorker, startCore, type CoreUnderTest } from './core-under-test.ts'

const item = { item_type: 'plan', name: 'waits', user: 'Ada', user_group: 'primary', item_uid: 'item-1' }
const taken = { ...item, properties: { time_start: 5 } }

function coreBesideWorker(stored: Partial<StoredState>): CoreUnderTest {
  return startCore({ stored, reattached: true, restarted: true })
}

function takeOver(core: CoreUnderTest): void {
  core.answer('request_task_results', { task_results: [], running: [] })
  core.answer('request_plan_report', null)
}

function plansSent(core: CoreUnderTest): readonly unknown[] {
  return core.actions.flatMap((action) =>
    action.kind === 'ask-worker' && action.op === 'command_run_plan' ? [action.params] : [],
  )
}

test('an item that the worker never heard of is run, once, under its own uid and without a history entry', () => {
  const core = coreBesideWorker({ running: taken })
  core.greet({})
  takeOver(core)
  expect(core.core.status).toMatchObject({
    manager_state: 'starting_queue',
    running_item_uid: 'item-1',
    items_in_queue: 0,
    items_in_history: 0,
  })
  core.answer('command_reset_worker', null)
  expect(plansSent(core)).toMatchObject([{ plan: { name: 'waits', item_uid: 'item-1' } }])
})

test('an item to be executed at once that the worker never heard of is executed and leaves the queue alone', () => {
  const waiting = { ...item, item_uid: 'item-2' }
  const properties = { immediate_execution: true, time_start: 5 }
  const core = coreBesideWorker({ running: { ...item, properties }, items: [waiting] })
  core.greet({})
  takeOver(core)
  expect(core.core.status).toMatchObject({ running_item_uid: 'item-1', items_in_queue: 1 })
})

test('where the queue was to stop the item is in front again', () => {
  const core = coreBesideWorker({ running: taken, values: { stop_pending_info: { enabled: true } } })
  core.greet({})
  takeOver(core)
  expect(core.core.status).toMatchObject({
    manager_state: 'idle',
    running_item_uid: null,
    items_in_queue: 1,
    queue_stop_pending: false,
  })
  expect(plansSent(core)).toEqual([])
})

test('an item that the worker runs is followed and not sent again', () => {
  const core = coreBesideWorker({ running: taken })
  core.greet({ running_item_uid: 'item-1', re_state: 'running', environment_state: 'executing_plan' })
  takeOver(core)
  expect(core.core.status).toMatchObject({ manager_state: 'executing_queue', running_item_uid: 'item-1' })
  expect(plansSent(core)).toEqual([])
})

test('a plan that ends while the next manager gets to know the worker does not count for the plan after it', () => {
  const core = coreBesideWorker({ running: taken, items: [{ ...item, item_uid: 'item-2' }] })
  const report = {
    item_uid: 'item-1',
    plan_state: 'completed',
    success: true,
    uids: [],
    scan_ids: [],
    err_msg: '',
    traceback: '',
    stop_queue: false,
    time_start: 5,
    time_stop: 6,
  } as const
  core.greet({ running_item_uid: 'item-1', re_state: 'running', environment_state: 'executing_plan' })
  core.event({ kind: 'worker-event', event: { event: 'state', state: idleWorker } })
  core.event({ kind: 'worker-event', event: { event: 'plan_report', report } })
  core.answer('request_task_results', { task_results: [], running: [] })
  core.answer('request_plan_report', report)
  // The worker tells its state once more, before it has answered anything about the second plan.
  core.event({ kind: 'worker-event', event: { event: 'state', state: idleWorker } })
  expect(core.core.status).toMatchObject({ items_in_history: 1, running_item_uid: 'item-2' })
  core.answer('command_reset_worker', null)
  expect(plansSent(core)).toMatchObject([{ plan: { item_uid: 'item-2' } }])
})
