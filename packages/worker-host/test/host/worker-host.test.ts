import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { join } from 'node:path'
import { tempDir, waitFor, type TempDir } from '@beamtime/service-kit/testing'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectWorker, type WorkerConnection, type WorkerEvent } from '../../src/client.ts'
import { startFakeWorker, type FakeWorker, type FakeWorkerOptions } from '../../src/testing.ts'

let folder: TempDir
let worker: FakeWorker
let events: WorkerEvent[]
let connections: WorkerConnection[]

beforeEach(() => {
  folder = tempDir()
  events = []
  connections = []
})

afterEach(async () => {
  for (const connection of connections) connection.close()
  await worker.close()
  await folder.close()
})

const socketPath = (): string => join(folder.path, 'w.sock')

async function start(extra: Partial<FakeWorkerOptions> = {}): Promise<WorkerConnection> {
  worker = await startFakeWorker({ socketPath: socketPath(), ...extra })
  return connectAgain()
}

async function connectAgain(onClose: (reason: string) => void = () => undefined): Promise<WorkerConnection> {
  const connection = await connectWorker(socketPath(), { onEvent: (event) => events.push(event), onClose })
  connections.push(connection)
  return connection
}

function named<E extends WorkerEvent['event']>(name: E): Extract<WorkerEvent, { event: E }>[] {
  return events.filter((event): event is Extract<WorkerEvent, { event: E }> => event.event === name)
}

async function until<E extends WorkerEvent['event']>(
  name: E,
  count = 1,
): Promise<Extract<WorkerEvent, { event: E }>> {
  return waitFor(() => named(name)[count - 1], { what: `event ${name}` })
}

const plan = (name = 'count'): { name: string; item_uid: string } => ({ name, item_uid: randomUUID() })

test('a manager that connects hears state, runs and the uid of the lists first', async () => {
  await start()
  const hello = await until('hello')
  expect(events[0]).toBe(hello)
  expect(hello).toMatchObject({ protocol: 1, pid: process.pid, queue: 'main', run_list: [] })
  expect(hello.state).toMatchObject({ environment_state: 'idle', re_state: 'idle', running_item_uid: null })
})

test('a plan goes from accepted over running to a report with uids, scan ids and return value', async () => {
  const manager = await start()
  const item = plan()
  expect(await manager.request('command_run_plan', { plan: item })).toEqual({ item_uid: item.item_uid })
  const uid = worker.engine.run(3)
  worker.engine.end()
  const { report } = await until('plan_report')
  expect(report).toMatchObject({
    item_uid: item.item_uid,
    plan_state: 'completed',
    success: true,
    uids: [uid],
    scan_ids: [1],
    err_msg: '',
  })
  expect(named('state').map(({ state }) => `${state.environment_state}/${state.re_state}`)).toContain(
    'executing_plan/running',
  )
  const stateBefore = events
    .slice(
      0,
      events.findIndex((event) => event.event === 'plan_report'),
    )
    .toReversed()
  expect(stateBefore.find((event) => event.event === 'state')).toMatchObject({
    state: { environment_state: 'idle', re_state: 'idle', re_report_available: true },
  })
  expect((await until('run_list', 3)).run_list).toEqual([])
})

test('the report stays until it is acknowledged, and no plan starts before', async () => {
  const manager = await start({ plans: 'at-once' })
  const item = plan()
  await manager.request('command_run_plan', { plan: item })
  await until('plan_report')
  expect(await manager.request('request_plan_report', {})).toMatchObject({ item_uid: item.item_uid })
  await expect(manager.request('command_run_plan', { plan: plan() })).rejects.toMatchObject({
    code: 'WORKER_REJECTED',
    reason: 'The report of the previous plan has not been acknowledged.',
  })
  expect(await manager.request('ack_report', { item_uid: item.item_uid })).toEqual({ acknowledged: true })
  expect(await manager.request('request_plan_report', {})).toBeNull()
  await manager.request('command_run_plan', { plan: plan() })
})

test('a second manager replaces the first and can collect the report of the plan that ended in between', async () => {
  const first = await start()
  let reason = ''
  const item = plan()
  await first.request('command_run_plan', { plan: item })
  first.close()
  worker.engine.run(1)
  worker.engine.end('failed', 'the motor is stuck')
  const second = await connectAgain((why) => {
    reason = why
  })
  expect(await second.request('request_plan_report', {})).toMatchObject({
    plan_state: 'failed',
    err_msg: 'Plan failed: the motor is stuck',
    stop_queue: true,
  })
  await connectAgain()
  await waitFor(() => reason !== '')
})

test('facts about the item and the merged meta go into the run, the first of a list of metas wins', async () => {
  const manager = await start()
  const item = { ...plan(), user: 'mara', user_group: 'primary', meta: [{ a: 1 }, { a: 2, b: 3 }] }
  await manager.request('command_run_plan', { plan: item })
  expect(worker.engine.started[0]?.metadata).toEqual({
    a: 1,
    b: 3,
    queue_item_uid: item.item_uid,
    queue_user: 'mara',
    queue_user_group: 'primary',
  })
})

test('pause, resume and stop are told as they happen', async () => {
  const manager = await start()
  await manager.request('command_run_plan', { plan: plan() })
  await manager.request('command_pause_plan', { option: 'deferred' })
  expect((await manager.request('request_state', {})).pause_pending).toBe(true)
  worker.engine.pause()
  expect((await until('plan_report')).report.plan_state).toBe('paused')
  expect(await manager.request('request_state', {})).toMatchObject({
    pause_pending: false,
    environment_state: 'idle',
    re_state: 'paused',
  })
  await manager.request('command_continue_plan', { option: 'resume' })
  expect(await manager.request('request_plan_report', {})).toBeNull()
  await expect(manager.request('command_continue_plan', { option: 'stop' })).rejects.toMatchObject({
    code: 'WORKER_REJECTED',
  })
  await manager.request('command_pause_plan', { option: 'immediate' })
  await manager.request('command_continue_plan', { option: 'halt' })
  expect((await until('plan_report', 3)).report).toMatchObject({ plan_state: 'halted', success: false })
})

test('progress counts points of the newest run and its total', async () => {
  const manager = await start()
  const item = plan()
  await manager.request('command_run_plan', { plan: item })
  worker.engine.run(7)
  worker.engine.end()
  await until('plan_report')
  expect(named('progress').at(-1)).toMatchObject({ item_uid: item.item_uid, n: 7, total: 7, devices: [] })
})

test('a plan that is refused after its manager died is told to the next manager as not running', async () => {
  const first = await start()
  let refuse = (): void => undefined
  worker.engine.startPlan = () => new Promise((_resolve, reject) => (refuse = () => reject(new Error('no'))))
  const item = plan()
  const asked = first.request('command_run_plan', { plan: item }).catch(() => 'lost')
  await waitFor(async () =>
    (await first.request('request_state', {})).running_item_uid === item.item_uid ? true : null,
  )
  first.close()
  expect(await asked).toBe('lost')
  await connectAgain()
  expect((await until('hello', 2)).state).toMatchObject({
    running_item_uid: item.item_uid,
    environment_state: 'executing_plan',
  })
  refuse()
  await waitFor(() =>
    named('state').find(({ state }) => state.running_item_uid === null && state.environment_state === 'idle'),
  )
})

test('a refused plan leaves the worker idle and without a report', async () => {
  const manager = await start()
  worker.engine.refuses = 'no such thing'
  await expect(manager.request('command_run_plan', { plan: plan() })).rejects.toMatchObject({
    code: 'WORKER_FAILED',
    reason: 'no such thing',
  })
  expect(await manager.request('request_state', {})).toMatchObject({
    environment_state: 'idle',
    running_item_uid: null,
    re_report_available: false,
  })
})

test('a function gives its result, a failing one its text, and both stay until acknowledged', async () => {
  const manager = await start()
  worker.engine.taskResult = () => ({ answer: 42 })
  await manager.request('command_execute_function', { func_info: { name: 'f' }, task_uid: 'one' })
  await until('task_completed')
  worker.engine.taskResult = () => {
    throw new Error('out of range')
  }
  await manager.request('command_load_script', { script: 'x', task_uid: 'two', run_in_background: true })
  await until('task_completed', 2)
  const { task_results } = await manager.request('request_task_results', {})
  expect(task_results).toMatchObject([
    { task_uid: 'one', success: true, return_value: { answer: 42 } },
    { task_uid: 'two', success: false, msg: "Error occurred while executing 'Load script': out of range" },
  ])
  expect(await manager.request('ack_tasks', { task_uids: ['one', 'other'] })).toEqual({ acknowledged: 1 })
})

test('a result that JSON cannot hold fails the task', async () => {
  const manager = await start()
  worker.engine.taskResult = () => 1n
  await manager.request('command_execute_function', { func_info: { name: 'f' }, task_uid: 'one' })
  expect((await until('task_completed')).result.msg).toContain('Task result can not be serialized as JSON: ')
})

test('a foreground task keeps the worker busy, a background task does not', async () => {
  const manager = await start()
  let release: (value: unknown) => void = () => undefined
  worker.engine.taskResult = () =>
    new Promise((resolve) => {
      release = resolve
    })
  await manager.request('command_execute_function', { func_info: { name: 'f' }, task_uid: 'one' })
  await waitFor(() => worker.engine.calls.length === 1)
  expect(await manager.request('request_state', {})).toMatchObject({
    environment_state: 'executing_task',
    running_task_uid: 'one',
  })
  await expect(manager.request('command_run_plan', { plan: plan() })).rejects.toMatchObject({
    code: 'WORKER_REJECTED',
  })
  release(1)
  await until('task_completed')
  await manager.request('command_execute_function', {
    func_info: { name: 'f' },
    task_uid: 'two',
    run_in_background: true,
  })
  expect(await manager.request('request_state', {})).toMatchObject({
    environment_state: 'idle',
    background_tasks_num: 1,
  })
  await waitFor(() => worker.engine.calls.length === 2)
  release(1)
})

test('console text comes in order, and what was printed meanwhile reaches the next manager', async () => {
  const manager = await start()
  worker.print('one\n')
  await waitFor(() => named('console').some(({ msg }) => msg === 'one\n'))
  manager.close()
  await waitFor(() => {
    worker.print('')
    return true
  })
  for (let n = 0; n < 500; n += 1) worker.print(`line ${n}\n`)
  events = []
  await connectAgain()
  await waitFor(() => named('console').filter(({ msg }) => msg.startsWith('line')).length >= 500)
  const lines = named('console').flatMap(({ msg }) => (msg.startsWith('line') ? [msg] : []))
  expect(lines).toEqual(Array.from({ length: 500 }, (_, n) => `line ${n}\n`))
})

test('an operation that is not known or has wrong parameters is rejected in words', async () => {
  const manager = await start()
  const anything = manager as unknown as { request(op: string, params: unknown): Promise<unknown> }
  await expect(anything.request('make_coffee', {})).rejects.toMatchObject({
    reason: 'Unknown operation: make_coffee',
  })
  await expect(anything.request('command_run_plan', { plan: { name: 5 } })).rejects.toMatchObject({
    reason: "Parameter 'name' must be a string.",
  })
  await expect(anything.request('command_pause_plan', { option: 'later' })).rejects.toMatchObject({
    reason: "Parameter 'option' must be one of deferred, immediate.",
  })
})

test('whatever bytes arrive, the worker lives and serves the next manager', async () => {
  const manager = await start()
  manager.close()
  const line = fc.oneof(
    fc.json(),
    fc.string(),
    fc.record({ id: fc.anything(), op: fc.anything() }).map((value) => safeJson(value)),
    fc
      .tuple(
        fc.integer(),
        fc.constantFrom('command_run_plan', 'command_load_script', 'ack_tasks', 'toString'),
        fc.jsonValue(),
      )
      .map(([id, op, plan_]) => JSON.stringify({ id, op, plan: plan_, task_uids: plan_, script: plan_ })),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 5 }),
      fc.uint8Array({ maxLength: 20 }),
      async (lines, tail) => {
        await new Promise<void>((resolve) => {
          const socket = connect(socketPath())
          socket.on('error', () => resolve())
          socket.on('close', () => resolve())
          socket.on('data', () => undefined)
          socket.write(
            Buffer.concat([Buffer.from(lines.map((text) => `${text}\n`).join('')), tail, Buffer.from('\n')]),
          )
          socket.end()
        })
      },
    ),
    { numRuns: 100 },
  )
  const next = await connectAgain()
  expect(await next.request('request_state', {})).toMatchObject({ environment_state: 'idle' })
})

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null'
  } catch {
    return '{}'
  }
}

test('an engine that dies closes the environment and tells that nobody asked for it', async () => {
  const manager = await start()
  await manager.request('command_run_plan', { plan: plan() })
  worker.engine.die('The Python process is gone: it was ended by SIGKILL')
  const last = await waitFor(() => named('state').find(({ state }) => state.unexpected_shutdown))
  expect(last.state).toMatchObject({ environment_state: 'closed' })
  expect(await worker.finished).toBe('gone')
  await expect(manager.request('command_run_plan', { plan: plan() })).rejects.toMatchObject({
    code: 'WORKER_REJECTED',
  })
})

test('permissions reach the engine with the rules that they were made from', async () => {
  const manager = await start()
  const rules = { user_groups: { root: {} } }
  await manager.request('command_permissions_reload', {
    user_group_permissions: rules,
    allowed: { root: { plans: ['count'], devices: [] } },
  })
  expect(worker.engine.permissions).toEqual(rules)
  expect(worker.engine.allowed).toEqual({ root: { plans: ['count'], devices: [] } })
})
