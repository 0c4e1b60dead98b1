/** With everything at rest: which uids each request renews, and that a killed manager comes back as it was. */
import { isDeepStrictEqual } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StatusObject } from '../../src/index.ts'
import { run } from './engine-traffic.ts'
import { killManager } from './kills.ts'
import type { SoakItem } from './snapshot.ts'
import { owner, type SoakState } from './soak-state.ts'

const uidNames = [
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
type UidName = (typeof uidNames)[number]

interface Probe {
  readonly name: string
  readonly renews: readonly UidName[]
  readonly act: (soak: SoakState) => Promise<unknown>
}

const mark = (key: string): Record<string, unknown> => ({ item_type: 'plan', name: 'mark', kwargs: { key } })

/** queueserver contract, 6.6. They follow each other: the later ones find what the earlier left. */
const probes: readonly Probe[] = [
  { name: 'queue cleared', renews: ['plan_queue_uid'], act: clearQueue },
  { name: 'an empty queue cleared', renews: ['plan_queue_uid'], act: clearQueue },
  { name: 'history cleared', renews: ['plan_history_uid'], act: clearHistory },
  { name: 'an empty history cleared', renews: ['plan_history_uid'], act: clearHistory },
  { name: 'mode set', renews: [], act: (soak) => soak.call('queue_mode_set', { mode: { loop: false } }) },
  { name: 'item added', renews: ['plan_queue_uid'], act: (soak) => addItems(soak, 1) },
  { name: 'item moved to its place', renews: [], act: (soak) => move(soak, 0, 0) },
  { name: 'batch added', renews: ['plan_queue_uid'], act: (soak) => addItems(soak, 3) },
  { name: 'item moved', renews: ['plan_queue_uid'], act: (soak) => move(soak, 0, 2) },
  { name: 'item updated with itself', renews: [], act: (soak) => update(soak, {}) },
  { name: 'item updated', renews: ['plan_queue_uid'], act: (soak) => update(soak, { meta: { probe: 1 } }) },
  { name: 'item removed', renews: ['plan_queue_uid'], act: removeFirst },
  { name: 'history longer than it is', renews: [], act: (soak) => soak.call('history_clear', { size: 1e6 }) },
  { name: 'locked', renews: ['lock_info_uid'], act: lock },
  { name: 'manager killed', renews: [], act: killAndCompare },
  { name: 'unlocked', renews: ['lock_info_uid'], act: unlock },
  { name: 'unlocked again', renews: [], act: unlock },
  { name: 'same permissions', renews: [], act: setSamePermissions },
  {
    name: 'permissions read again',
    renews: ['plans_allowed_uid', 'devices_allowed_uid'],
    act: (soak) => soak.call('permissions_reload'),
  },
  { name: 'function called', renews: ['task_results_uid'], act: callFunction },
  {
    name: 'script uploaded',
    renews: ['task_results_uid'],
    act: (soak) => soak.call('script_upload', { script: soak.script(1) }),
  },
  {
    name: 'environment updated',
    renews: ['task_results_uid'],
    act: (soak) => soak.call('environment_update'),
  },
  {
    name: 'queue run',
    renews: ['plan_queue_uid', 'plan_history_uid'],
    act: (soak) => soak.call('queue_start'),
  },
  {
    name: 'plan with a run executed',
    renews: ['plan_queue_uid', 'plan_history_uid', 'run_list_uid'],
    act: executeRun,
  },
  { name: 'empty queue started', renews: [], act: (soak) => soak.call('queue_start') },
  { name: 'environment closed', renews: [], act: (soak) => soak.call('environment_close') },
]

/** Nothing ends for so long: it does not go on. */
const patienceMs = 60_000

/** Lets the queue run empty. */
export async function runDry(soak: SoakState): Promise<void> {
  let last = ''
  let lastMs = performance.now()
  while (performance.now() - lastMs < patienceMs) {
    const status = await soak.status()
    if (status?.items_in_queue === 0 && status.running_item_uid === null) return
    const now = `${status?.items_in_queue} ${status?.items_in_history}`
    if (now !== last) lastMs = performance.now()
    last = now
    await run(soak)
    await sleep(20)
  }
  soak.problem(`the queue does not go on: ${JSON.stringify(await soak.status())}`)
}

/** Runs all probes; the caller has seen to it that nothing is killed meanwhile. */
export async function probeUids(soak: SoakState): Promise<void> {
  // Mostly what is left is run, so that what was lost would be missed.
  if (soak.random(4) > 0) await runDry(soak)
  if (!(await comeToRest(soak))) return
  await soak.check()
  for (const probe of probes) {
    const before = await soak.status()
    await probe.act(soak)
    const idle = await soak.until((status) => status.manager_state === 'idle' && isWorkerAtRest(status))
    const after = await soak.status()
    if (!idle || before === null || after === null) {
      soak.problem(`probe '${probe.name}' did not come to an end: ${JSON.stringify(after)}`)
      return
    }
    soak.probes += 1
    if (probe.name === 'manager killed') continue
    const renewed = uidNames.filter((name) => before[name] !== after[name])
    const expected = uidNames.filter((name) => probe.renews.includes(name))
    if (isDeepStrictEqual(renewed, expected)) continue
    soak.problem(
      `probe '${probe.name}' renewed ${renewed.join(', ') || 'nothing'}, expected ${expected.join(', ') || 'nothing'}`,
    )
  }
  await soak.check()
}

function isWorkerAtRest(status: StatusObject): boolean {
  const { worker_environment_state: state } = status
  return state === 'idle' || state === 'closed'
}

/** Autostart and modes off, nothing running, environment open. */
async function comeToRest(soak: SoakState): Promise<boolean> {
  await soak.call('queue_autostart', { enable: false })
  await soak.call('queue_mode_set', { mode: 'default' })
  const deadline = performance.now() + 60_000
  while (performance.now() < deadline) {
    const status = await soak.status()
    if (status === null) continue
    const { manager_state: state, worker_environment_exists: exists } = status
    const rests = state === 'idle' && status.worker_background_tasks === 0 && isWorkerAtRest(status)
    if (rests && exists) return true
    if (state === 'idle' && !exists) await soak.call('environment_open')
    else if (state === 'paused') await soak.call('re_resume')
    else if (state === 'executing_queue') await soak.call('queue_stop')
    await sleep(20)
  }
  soak.problem(`it did not come to rest: ${JSON.stringify(await soak.status())}`)
  return false
}

async function items(soak: SoakState): Promise<readonly SoakItem[]> {
  return ((await soak.call('queue_get'))?.['items'] ?? []) as readonly SoakItem[]
}

function keysOf(some: readonly SoakItem[]): readonly string[] {
  return some.flatMap(({ kwargs }) => kwargs?.key ?? [])
}

async function clearQueue(soak: SoakState): Promise<void> {
  const keys = keysOf(await items(soak))
  soak.ledger.askRemoval(keys)
  await soak.call('queue_clear')
  soak.marks.read()
  soak.ledger.confirmRemoval(keys, soak.marks)
}

async function clearHistory(soak: SoakState): Promise<void> {
  await soak.check()
  await soak.call('history_clear')
}

async function addItems(soak: SoakState, count: number): Promise<void> {
  const keys = soak.newKeys(count)
  soak.ledger.ask(keys)
  if (count === 1) await soak.call('queue_item_add', { item: mark(keys[0] ?? ''), ...owner })
  else await soak.call('queue_item_add_batch', { items: keys.map(mark), ...owner })
  soak.ledger.confirm(keys)
}

async function move(soak: SoakState, pos: number, posDest: number): Promise<void> {
  await soak.call('queue_item_move', { pos, pos_dest: posDest })
}

async function update(soak: SoakState, change: Readonly<Record<string, unknown>>): Promise<void> {
  const [first] = await items(soak)
  await soak.call('queue_item_update', { item: { ...first, ...change }, ...owner })
}

async function removeFirst(soak: SoakState): Promise<void> {
  const keys = keysOf((await items(soak)).slice(0, 1))
  soak.ledger.askRemoval(keys)
  await soak.call('queue_item_remove', { pos: 'front' })
  soak.marks.read()
  soak.ledger.confirmRemoval(keys, soak.marks)
}

async function lock(soak: SoakState): Promise<void> {
  await soak.call('lock', { lock_key: 'probe', user: 'soak', environment: true, queue: true })
}

async function unlock(soak: SoakState): Promise<void> {
  await soak.call('unlock', { lock_key: 'probe' })
}

async function setSamePermissions(soak: SoakState): Promise<void> {
  const { user_group_permissions } = (await soak.call('permissions_get')) ?? {}
  await soak.call('permissions_set', { user_group_permissions })
}

async function callFunction(soak: SoakState): Promise<void> {
  const item = { item_type: 'function', name: 'answer', args: [1] }
  await soak.call('function_execute', { item, ...owner })
}

async function executeRun(soak: SoakState): Promise<void> {
  const keys = soak.newKeys(1)
  soak.ledger.ask(keys, 'executed')
  const item = { item_type: 'plan', name: 'mark_run', kwargs: { key: keys[0] } }
  await soak.call('queue_item_execute', { item, ...owner })
}

/** Everything that clients can read, without the uids that say when to read it. */
async function everything(soak: SoakState): Promise<readonly unknown[]> {
  const bare = (reply: Readonly<Record<string, unknown>> | null): unknown =>
    Object.entries(reply ?? {}).filter(
      ([name]) => name === 'lock_info_uid' || (!name.endsWith('_uid') && name !== 'time'),
    )
  const status = await soak.status()
  const methods = ['queue_get', 'history_get', 'permissions_get', 'lock_info', 'queue_proposal_list']
  const replies = await Promise.all(methods.map((method) => soak.call(method)))
  const lists = await soak.call('plans_existing')
  return [bare(status), ...replies.map(bare), bare(lists)]
}

async function killAndCompare(soak: SoakState): Promise<void> {
  const before = await everything(soak)
  await killManager(soak)
  await soak.until((status) => status.manager_state === 'idle')
  const after = await everything(soak)
  if (isDeepStrictEqual(before, after)) return
  const differing = before.findIndex((part, index) => !isDeepStrictEqual(part, after[index]))
  soak.problem(
    `a killed manager came back with another ${JSON.stringify(after[differing])}, it was ${JSON.stringify(before[differing])}`,
  )
}
