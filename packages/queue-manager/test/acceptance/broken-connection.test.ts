/** The connection to the worker breaks and mends, or the manager is another, while a plan is on its way to the worker. */
import { expect, test } from 'vitest'
import { idleWorker, startCore, type CoreUnderTest } from './core-under-test.ts'

const item = { item_type: 'plan', name: 'waits', user: 'Ada', user_group: 'primary', item_uid: 'item-1' }
const runs = { running_item_uid: 'item-1', re_state: 'running', environment_state: 'executing_plan' } as const

/** The plan was sent to the worker, which has not answered. */
function coreThatSentItsPlan(): CoreUnderTest {
  const core = startCore({ stored: { items: [item] }, reattached: true, restarted: true })
  core.greet({})
  core.answer('request_task_results', { task_results: [], running: [] })
  core.answer('request_plan_report', null)
  core.event({ kind: 'request', id: 1, body: { method: 'queue_start' } })
  core.answer('command_reset_worker', null)
  return core
}

/** A manager that found the plan in the worker. */
function coreThatFollowsItsPlan(): CoreUnderTest {
  const running = { ...item, properties: { time_start: 5 } }
  const core = startCore({ stored: { running }, reattached: true, restarted: true })
  core.greet(runs)
  core.answer('request_task_results', { task_results: [], running: [] })
  core.answer('request_plan_report', null)
  return core
}

function plansSent(core: CoreUnderTest): readonly string[] {
  return core.actions.flatMap((action) =>
    action.kind === 'ask-worker' && action.op === 'command_run_plan' && 'plan' in action.params
      ? [action.params.plan.item_uid]
      : [],
  )
}

test('a plan whose command was lost on the way is sent again, under its uid and without a history entry', () => {
  const core = coreThatSentItsPlan()
  core.greet({})
  core.lose('command_run_plan')
  expect(core.core.status).toMatchObject({ running_item_uid: 'item-1', items_in_history: 0 })
  core.answer('command_reset_worker', null)
  expect(plansSent(core)).toEqual(['item-1', 'item-1'])
})

test('a plan that the worker took, though its answer was lost, goes on and is not sent again', () => {
  const core = coreThatSentItsPlan()
  core.greet(runs)
  core.lose('command_run_plan')
  expect(core.core.status).toMatchObject({
    manager_state: 'executing_queue',
    running_item_uid: 'item-1',
    items_in_history: 0,
  })
  expect(plansSent(core)).toEqual(['item-1'])
})

test('a plan that a worker refuses to its dead manager is asked for by the next, which hears the refusal', () => {
  const core = coreThatFollowsItsPlan()
  expect(core.core.status).toMatchObject({ manager_state: 'executing_queue' })
  core.event({ kind: 'worker-event', event: { event: 'state', state: idleWorker } })
  core.answer('command_reset_worker', null)
  expect(plansSent(core)).toEqual(['item-1'])
  core.refuse('command_run_plan', 'no such plan')
  expect(core.core.status).toMatchObject({
    manager_state: 'idle',
    running_item_uid: null,
    items_in_history: 1,
    items_in_queue: 1,
  })
})

test('a plan that was followed and ended is reported, not started again', () => {
  const core = coreThatFollowsItsPlan()
  const state = { ...idleWorker, running_item_uid: 'item-1', running_plan_completed: true }
  core.event({ kind: 'worker-event', event: { event: 'state', state } })
  expect(plansSent(core)).toEqual([])
  expect(core.core.status).toMatchObject({ manager_state: 'executing_queue', running_item_uid: 'item-1' })
})

test('an environment whose answer to its closing was lost counts as closing until it is gone', () => {
  const core = startCore({ reattached: true, restarted: true })
  core.greet({})
  core.answer('request_task_results', { task_results: [], running: [] })
  core.answer('request_plan_report', null)
  core.event({ kind: 'request', id: 1, body: { method: 'environment_close' } })
  core.greet({ environment_state: 'closing' })
  core.lose('command_close_env')
  expect(core.core.status).toMatchObject({ manager_state: 'closing_environment' })
  core.event({ kind: 'worker-gone', reason: 'it ended' })
  expect(core.core.status).toMatchObject({ manager_state: 'idle', worker_environment_exists: false })
})

test('a plan that is on its way to the worker is not missed there', () => {
  const core = coreThatSentItsPlan()
  core.event({ kind: 'worker-event', event: { event: 'state', state: idleWorker } })
  expect(plansSent(core)).toEqual(['item-1'])
  core.event({ kind: 'worker-event', event: { event: 'state', state: { ...idleWorker, ...runs } } })
  core.answer('command_run_plan', { item_uid: 'item-1' })
  expect(plansSent(core)).toEqual(['item-1'])
  expect(core.core.status).toMatchObject({ manager_state: 'executing_queue', running_item_uid: 'item-1' })
})
