import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StatusObject } from '../src/index.ts'
import { waitFor } from '@beamtime/service-kit/testing'
import { listen, owner, planItem, startTestManager, type ManagerUnderTest } from './manager-under-test.ts'

let manager: ManagerUnderTest

beforeEach(async () => {
  manager = await startTestManager()
})

afterEach(async () => {
  await manager.close()
})

async function add(name: string, kwargs: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const reply = await manager.call('queue_item_add', { item: planItem(name, kwargs), ...owner })
  expect(reply).toMatchObject({ success: true, msg: '' })
  return String((reply['item'] as Record<string, unknown>)['item_uid'])
}

async function history(): Promise<Record<string, unknown>[]> {
  return (await manager.call('history_get'))['items'] as Record<string, unknown>[]
}

async function queue(): Promise<Record<string, unknown>[]> {
  return (await manager.call('queue_get'))['items'] as Record<string, unknown>[]
}

async function runQueue(): Promise<StatusObject> {
  expect(await manager.call('queue_start')).toMatchObject({ success: true, msg: '' })
  return await manager.until('the queue to end', (status) => status.manager_state === 'idle')
}

async function runUntilPaused(): Promise<void> {
  await manager.call('queue_start')
  await manager.until('the plan to run', (status) => status.re_state === 'running')
  expect(await manager.call('re_pause', { option: 'immediate' })).toMatchObject({ success: true })
  await manager.until('the pause', (status) => status.manager_state === 'paused')
}

describe('outcomes of a plan', () => {
  test('a completed plan goes to history with its runs and the queue goes on', async () => {
    await manager.open()
    const uid = await add('count', { detectors: ['det1'] })
    await add('count', { detectors: ['det2'] })
    await runQueue()
    const [first, second] = await history()
    expect(first).toMatchObject({
      item_uid: uid,
      item_type: 'plan',
      name: 'count',
      user: 'tester',
      user_group: 'primary',
      result: { exit_status: 'completed', msg: '', traceback: '', scan_ids: [1] },
    })
    expect(first).not.toHaveProperty('properties')
    expect(second).toMatchObject({ result: { exit_status: 'completed', scan_ids: [2] } })
    expect(await queue()).toEqual([])
  })

  test('a failed plan returns to the front under a new uid with its result and autostart goes off', async () => {
    await manager.open()
    const uid = await add('fails')
    await add('count', { detectors: [] })
    await manager.call('queue_autostart', { enable: true })
    await manager.until(
      'the failure',
      (status) => status.items_in_history === 1 && status.manager_state === 'idle',
    )
    const [front, next] = await queue()
    expect(front).toMatchObject({
      name: 'fails',
      result: { exit_status: 'failed', msg: 'Plan failed: ValueError: no' },
    })
    expect(front?.['item_uid']).not.toBe(uid)
    expect(next).toMatchObject({ name: 'count' })
    expect(await manager.status()).toMatchObject({ queue_autostart_enabled: false })
    expect((await history())[0]).toMatchObject({
      item_uid: uid,
      result: { traceback: expect.stringContaining('Traceback') },
    })
  })

  test('with ignore_failures a failed plan is gone and the queue goes on', async () => {
    await manager.open()
    await manager.call('queue_mode_set', { mode: { ignore_failures: true } })
    await add('fails')
    await add('count', { detectors: [] })
    await runQueue()
    expect(
      (await history()).map((entry) => (entry['result'] as { exit_status: string }).exit_status),
    ).toEqual(['failed', 'completed'])
    expect(await queue()).toEqual([])
  })

  test('in loop mode a completed plan comes back at the end under a new uid', async () => {
    await manager.open()
    await manager.call('queue_mode_set', { mode: { loop: true } })
    const uid = await add('count', { detectors: [] })
    await manager.call('queue_item_add', { item: { item_type: 'instruction', name: 'queue_stop' }, ...owner })
    await runQueue()
    const items = await queue()
    expect(items.map((item) => item['name'])).toEqual(['count', 'queue_stop'])
    expect(items[0]?.['item_uid']).not.toBe(uid)
    expect(await history()).toHaveLength(1)
    expect(await manager.call('queue_item_status', { uid })).toMatchObject({
      status: { state: 'completed', next_uid: items[0]?.['item_uid'] },
    })
  })

  test.each([
    ['re_stop', 'stopped', 0],
    ['re_abort', 'aborted', 1],
    ['re_halt', 'halted', 1],
  ])('%s of a paused plan gives %s and leaves %i item in the queue', async (method, exitStatus, left) => {
    await manager.open()
    await add('waits')
    await runUntilPaused()
    expect(await manager.status()).toMatchObject({ worker_environment_state: 'idle', re_state: 'paused' })
    expect(await manager.call(method)).toMatchObject({ success: true, msg: '' })
    await manager.until('the end', (status) => status.manager_state === 'idle')
    expect((await history())[0]).toMatchObject({ result: { exit_status: exitStatus } })
    expect(await queue()).toHaveLength(left)
  })

  test('re_resume goes on and a client that asks at once sees executing_queue', async () => {
    await manager.open()
    await add('waits')
    await runUntilPaused()
    expect(await manager.call('re_resume')).toMatchObject({ success: true })
    expect(await manager.status()).toMatchObject({ manager_state: 'executing_queue', re_state: 'running' })
    await manager.call('function_execute', {
      item: { item_type: 'function', name: 'finish' },
      run_in_background: true,
      ...owner,
    })
    await manager.until('the end', (status) => status.manager_state === 'idle')
    expect((await history())[0]).toMatchObject({ result: { exit_status: 'completed' } })
  })

  test('a deferred pause without a checkpoint lets the plan end and stops the queue', async () => {
    await manager.open()
    await add('waits')
    await add('count', { detectors: [] })
    await manager.call('queue_start')
    await manager.until('the plan to run', (status) => status.re_state === 'running')
    await manager.call('re_pause', { option: 'deferred' })
    expect(await manager.status()).toMatchObject({ pause_pending: true })
    await manager.call('function_execute', {
      item: { item_type: 'function', name: 'finish' },
      run_in_background: true,
      ...owner,
    })
    const idle = await manager.until('idle', (status) => status.manager_state === 'idle')
    expect(idle).toMatchObject({ pause_pending: false, items_in_queue: 1, items_in_history: 1 })
  })

  test('queue_stop lets the running plan end and then stops; a cancelled one does not', async () => {
    await manager.open()
    await add('waits')
    await add('count', { detectors: [] })
    await manager.call('queue_start')
    await manager.until('the plan to run', (status) => status.re_state === 'running')
    await manager.call('queue_stop')
    expect(await manager.status()).toMatchObject({ queue_stop_pending: true })
    await manager.call('queue_stop_cancel')
    expect(await manager.status()).toMatchObject({ queue_stop_pending: false })
    await manager.call('queue_stop')
    await manager.call('function_execute', {
      item: { item_type: 'function', name: 'finish' },
      run_in_background: true,
      ...owner,
    })
    const idle = await manager.until('idle', (status) => status.manager_state === 'idle')
    expect(idle).toMatchObject({ queue_stop_pending: false, items_in_queue: 1, items_in_history: 1 })
  })

  test('an executed item never enters the queue, not even when it fails', async () => {
    await manager.open()
    await add('count', { detectors: [] })
    const reply = await manager.call('queue_item_execute', { item: planItem('fails'), ...owner })
    expect(reply).toMatchObject({ success: true, qsize: 1, item: { name: 'fails' } })
    await manager.until('idle', (status) => status.manager_state === 'idle' && status.items_in_history === 1)
    expect((await queue()).map((item) => item['name'])).toEqual(['count'])
  })

  test('a plan that the worker refuses is failed and returns to the front', async () => {
    await manager.open()
    await add('refused')
    await runQueue()
    expect((await history())[0]).toMatchObject({
      result: { exit_status: 'failed', msg: expect.stringContaining('the worker does not like it') },
    })
    expect(await queue()).toHaveLength(1)
  })

  test('a worker that dies fails the plan at once and the item is at the front again', async () => {
    await manager.open()
    const uid = await add('dies')
    await manager.call('queue_start')
    const idle = await manager.until(
      'idle',
      (status) => status.manager_state === 'idle' && status.items_in_history === 1,
    )
    expect(idle).toMatchObject({
      worker_environment_exists: false,
      worker_environment_state: 'closed',
      re_state: null,
    })
    expect((await history())[0]).toMatchObject({
      item_uid: uid,
      result: { exit_status: 'failed', msg: 'RE Worker process terminated unexpectedly' },
    })
    const [front] = await queue()
    expect(front).toMatchObject({ name: 'dies' })
    expect(front?.['item_uid']).not.toBe(uid)
    await manager.open()
  })

  test('environment_destroy during a plan fails it with that text', async () => {
    await manager.open()
    await add('waits')
    await manager.call('queue_start')
    await manager.until('the plan to run', (status) => status.re_state === 'running')
    expect(await manager.call('environment_destroy')).toMatchObject({ success: true })
    await manager.until('idle', (status) => status.manager_state === 'idle')
    expect((await history())[0]).toMatchObject({
      result: { exit_status: 'failed', msg: 'RE Worker environment was destroyed' },
    })
    expect(await queue()).toHaveLength(1)
  })
})

test('autostart starts whatever is added and stays on when the queue runs dry', async () => {
  await manager.open()
  await manager.call('queue_autostart', { enable: true })
  await add('count', { detectors: [] })
  await manager.until(
    'the plan',
    (status) => status.items_in_history === 1 && status.manager_state === 'idle',
  )
  await add('count', { detectors: [] })
  const done = await manager.until(
    'the next',
    (status) => status.items_in_history === 2 && status.manager_state === 'idle',
  )
  expect(done.queue_autostart_enabled).toBe(true)
})

test('a status subscriber sees the states of one plan in the order of the contract', async () => {
  const info = listen(manager.config.queue.info)
  await waitFor(() => info.messages.some(({ topic }) => topic === 'QS_Info'), { what: 'a heartbeat' })
  await manager.open()
  await add('count', { detectors: [] })
  info.messages.length = 0
  await runQueue()
  await manager.call('environment_close')
  await manager.until(
    'the close',
    (status) => !status.worker_environment_exists && status.manager_state === 'idle',
  )
  await waitFor(() =>
    info.messages.some(({ body }) => JSON.stringify(body).includes('"closing_environment"')),
  )
  const seen = info.messages.flatMap(({ topic, body }) => {
    const status = (body['msg'] as { status?: StatusObject }).status
    if (topic !== 'QS_Info' || status === undefined) return []
    const {
      manager_state: state,
      items_in_queue: items,
      items_in_history: past,
      running_item_uid: running,
    } = status
    return [
      `${state} ${status.worker_environment_state} ${status.re_state} q${items} h${past} ${running === null ? '-' : 'run'}`,
    ]
  })
  // What the contract fixes; the worker may show more states between.
  const expected = [
    'starting_queue idle idle q1 h0 -',
    'starting_queue idle idle q0 h0 run',
    'executing_queue idle idle q0 h0 run',
    'executing_queue executing_plan running q0 h0 run',
    'executing_queue idle idle q0 h0 run',
    'executing_queue idle idle q0 h1 -',
    'idle idle idle q0 h1 -',
    'closing_environment idle idle q0 h1 -',
    'closing_environment closing idle q0 h1 -',
    'closing_environment closed null q0 h1 -',
    'idle closed null q0 h1 -',
  ]
  const inOrder = seen.filter((line, index) => expected.includes(line) && line !== seen[index - 1])
  expect(inOrder).toEqual(expected)
  info.close()
})

test('the heartbeat repeats an unchanged status at least each second', async () => {
  const info = listen(manager.config.queue.info)
  await waitFor(() => info.messages.filter(({ topic }) => topic === 'QS_Info').length >= 3, {
    timeoutMs: 5000,
  })
  const uids = info.messages
    .filter(({ topic }) => topic === 'QS_Info')
    .map(({ body }) => (body['msg'] as { status: StatusObject }).status.status_uid)
  expect(new Set(uids).size).toBe(1)
  info.close()
})

test('an environment that is destroyed while its first plan starts leaves the plan in front', async () => {
  await manager.open()
  await manager.call('queue_item_add', { item: planItem('count', { detectors: ['det1'] }), ...owner })
  // Both are on their way before the worker has answered anything.
  await Promise.all([manager.call('queue_start'), manager.call('environment_destroy')])
  const status = await manager.until(
    'the environment to be gone',
    (now) => !now.worker_environment_exists && now.manager_state === 'idle',
  )
  expect(status).toMatchObject({ items_in_queue: 1, running_item_uid: null })
})

test('an environment that is destroyed before its worker has started leaves an idle manager', async () => {
  const replies = await Promise.all([manager.call('environment_open'), manager.call('environment_destroy')])
  expect(replies.map((reply) => reply.success)).toEqual([true, true])
  const status = await manager.until(
    'the manager to be idle',
    (now) => now.manager_state === 'idle' && now.worker_environment_state === 'closed',
  )
  expect(status.worker_environment_exists).toBe(false)
  await manager.open()
})
