/** A worker that is ended from outside (SIGTERM at the end of a platform) while the manager goes on. */
import { expect, test } from 'vitest'
import { idleWorker, startCore, type CoreUnderTest } from './core-under-test.ts'

const item = { item_type: 'plan', name: 'waits', user: 'Ada', user_group: 'primary', item_uid: 'item-1' }

function coreWithWorker(): CoreUnderTest {
  const core = startCore({ stored: { items: [item] }, reattached: true, restarted: true })
  core.greet({})
  core.answer('request_task_results', { task_results: [], running: [] })
  core.answer('request_plan_report', null)
  return core
}

function ends(core: CoreUnderTest): void {
  const state = { ...idleWorker, environment_state: 'closing' } as const
  core.event({ kind: 'worker-event', event: { event: 'state', state } })
}

function start(core: CoreUnderTest): unknown {
  core.event({ kind: 'request', id: 1, body: { method: 'queue_start' } })
  return core.actions.findLast((action) => action.kind === 'reply')
}

test('starts no queue', () => {
  const core = coreWithWorker()
  ends(core)
  expect(start(core)).toMatchObject({
    body: { success: false, msg: 'RE Worker environment does not exist.' },
  })
  expect(core.core.status).toMatchObject({ manager_state: 'idle', items_in_queue: 1 })
})

test('leaves the plan that it does not take any more in the queue, with its uid and without a failure', () => {
  const core = coreWithWorker()
  expect(start(core)).toMatchObject({ body: { success: true } })
  core.answer('command_reset_worker', null)
  ends(core)
  core.refuse('command_run_plan', 'The worker environment is closing.')
  expect(core.core.status).toMatchObject({
    manager_state: 'idle',
    running_item_uid: null,
    items_in_queue: 1,
    items_in_history: 0,
  })
  core.event({ kind: 'request', id: 2, body: { method: 'queue_get' } })
  expect(core.actions.findLast((action) => action.kind === 'reply')).toMatchObject({
    body: { items: [item] },
  })
})
