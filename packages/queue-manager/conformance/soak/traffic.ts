/** Requests that change the queue, of every method, chosen at random. The ledger hears of each. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply } from './client.ts'
import { engineTraffic } from './engine-traffic.ts'
import type { SoakItem } from './snapshot.ts'
import { owner, type SoakState } from './soak-state.ts'

export type Act = (soak: SoakState) => Promise<unknown>

/** More would only wait. */
const enoughItems = 150

/** Actions by weight. */
const actions: readonly (readonly [weight: number, act: Act])[] = [
  [30, add],
  [6, remove],
  [3, removeBatch],
  [4, move],
  [4, moveBatch],
  [4, update],
  [3, execute],
  [2, propose],
  [3, changeMode],
  [1, clearQueue],
  [2, addStop],
  [3, nonsense],
  ...engineTraffic,
]
const totalWeight = actions.reduce((sum, [weight]) => sum + weight, 0)

export async function actAtRandom(soak: SoakState): Promise<void> {
  let rest = soak.random(totalWeight)
  for (const [weight, act] of actions) {
    rest -= weight
    if (rest < 0) return void (await act(soak))
  }
}

export function planOf(soak: SoakState, key: string): Reply {
  const { random } = soak
  if (random(12) === 0) return { item_type: 'plan', name: 'mark_and_fail', kwargs: { key } }
  if (random(6) === 0) return { item_type: 'plan', name: 'mark_run', kwargs: { key } }
  return { item_type: 'plan', name: 'mark', kwargs: { key, seconds: random(3) === 0 ? random(40) / 100 : 0 } }
}

async function queued(soak: SoakState): Promise<readonly SoakItem[]> {
  const reply = await soak.call('queue_get')
  return (reply?.['items'] as readonly SoakItem[] | undefined) ?? []
}

function one<T>(soak: SoakState, values: readonly T[]): T | undefined {
  return values[soak.random(values.length)]
}

function place(soak: SoakState, items: readonly SoakItem[]): Reply {
  const uid = one(soak, items)?.item_uid
  const places: readonly Reply[] = [
    {},
    {},
    { pos: 'front' },
    { pos: 'back' },
    { pos: soak.random(20) - 10 },
    { before_uid: uid },
    { after_uid: uid },
  ]
  return one(soak, places) ?? {}
}

async function add(soak: SoakState): Promise<void> {
  const items = await queued(soak)
  if (items.length >= enoughItems) return
  const keys = soak.newKeys(soak.random(8) === 0 ? 1 + soak.random(20) : 1)
  const plans = keys.map((key) => planOf(soak, key))
  const where = place(soak, items)
  soak.ledger.ask(keys)
  const reply =
    keys.length === 1
      ? await soak.call('queue_item_add', { item: plans[0], ...where, ...owner })
      : await soak.call('queue_item_add_batch', { items: plans, ...where, ...owner })
  settleAdd(soak, keys, reply)
}

function settleAdd(soak: SoakState, keys: readonly string[], reply: Reply | null): void {
  if (reply === null) return
  if (reply['success'] === true) soak.ledger.confirm(keys)
  else soak.ledger.refuse(keys)
}

async function remove(soak: SoakState): Promise<void> {
  const item = one(soak, await queued(soak))
  const key = item?.kwargs?.key
  if (item === undefined || key === undefined) return
  soak.ledger.askRemoval([key])
  settleRemoval(soak, [key], await soak.call('queue_item_remove', { uid: item.item_uid }))
}

async function removeBatch(soak: SoakState): Promise<void> {
  const some = (await queued(soak)).filter(() => soak.random(8) === 0)
  const keys = keysOf(some)
  soak.ledger.askRemoval(keys)
  const reply = await soak.call('queue_item_remove_batch', {
    uids: some.map(({ item_uid }) => item_uid),
    ignore_missing: soak.random(2) === 0,
  })
  settleRemoval(soak, keys, reply)
}

function settleRemoval(soak: SoakState, keys: readonly string[], reply: Reply | null): void {
  if (reply === null) return
  const removed = (reply['items'] ?? [reply['item']]) as readonly SoakItem[]
  const gone = new Set(reply['success'] === true ? keysOf(removed) : [])
  // What is out of the queue does not begin any more: what has begun by now did so before.
  soak.marks.read()
  soak.ledger.confirmRemoval(
    keys.filter((key) => gone.has(key)),
    soak.marks,
  )
  soak.ledger.refuseRemoval(keys.filter((key) => !gone.has(key)))
}

function keysOf(items: readonly SoakItem[]): readonly string[] {
  return items.flatMap(({ kwargs }) => (kwargs?.key === undefined ? [] : [kwargs.key]))
}

async function move(soak: SoakState): Promise<void> {
  const items = await queued(soak)
  const source = soak.random(3) === 0 ? { pos: soak.random(12) - 6 } : { uid: one(soak, items)?.item_uid }
  const uid = one(soak, items)?.item_uid
  const targets = [
    { pos_dest: 'front' },
    { pos_dest: 'back' },
    { pos_dest: soak.random(12) - 6 },
    { before_uid: uid },
    { after_uid: uid },
  ]
  await soak.call('queue_item_move', { ...source, ...one(soak, targets) })
}

async function moveBatch(soak: SoakState): Promise<void> {
  const items = await queued(soak)
  const uids = items.filter(() => soak.random(4) === 0).map(({ item_uid }) => item_uid)
  const uid = one(soak, items)?.item_uid
  const targets = [{ pos_dest: 'front' }, { pos_dest: 'back' }, { before_uid: uid }, { after_uid: uid }]
  await soak.call('queue_item_move_batch', { uids, reorder: soak.random(2) === 0, ...one(soak, targets) })
}

async function update(soak: SoakState): Promise<void> {
  const item = one(soak, await queued(soak))
  if (item === undefined) return
  const { kwargs } = item
  const changed = soak.random(2) === 0 ? item : { ...item, meta: { turn: soak.random(100) }, kwargs }
  await soak.call('queue_item_get', { uid: item.item_uid })
  await soak.call('queue_item_update', { item: changed, replace: soak.random(2) === 0, ...owner })
}

async function execute(soak: SoakState): Promise<void> {
  const keys = soak.newKeys(1)
  soak.ledger.ask(keys, 'executed')
  const reply = await soak.call('queue_item_execute', { item: planOf(soak, keys[0] ?? ''), ...owner })
  if (reply?.['success'] === false) soak.ledger.refuse(keys)
}

/** Submits a plan for review and decides on it. */
async function propose(soak: SoakState): Promise<void> {
  const keys = soak.newKeys(1)
  await soak.call('queue_proposal_add', { item: planOf(soak, keys[0] ?? ''), ...owner })
  const list = await soak.call('queue_proposal_list')
  const proposals = (list?.['proposals'] ?? []) as readonly {
    proposal_uid: string
    item: { kwargs: { key: string } }
  }[]
  for (const { proposal_uid, item } of proposals) {
    const key = item.kwargs.key
    if (soak.random(3) === 0) {
      await soak.call('queue_proposal_refuse', { proposal_uid })
      continue
    }
    soak.ledger.ask([key])
    settleAdd(soak, [key], await soak.call('queue_proposal_approve', { proposal_uid, ...place(soak, []) }))
  }
}

async function changeMode(soak: SoakState): Promise<void> {
  const { possible } = soak.ledger
  const what = soak.random(3)
  if (what === 0) possible.loop = true
  if (what === 1) possible.ignoreFailures = true
  await soak.call('queue_mode_set', {
    mode: [{ loop: true }, { ignore_failures: true }, {}][what],
  })
  await sleep(soak.random(300))
  await soak.call('queue_mode_set', { mode: 'default' })
}

async function clearQueue(soak: SoakState): Promise<void> {
  if (soak.random(4) > 0) return
  const reply = await soak.call('queue_get')
  if (reply === null) return
  // The running one may come back to the queue before it is cleared.
  const running = reply['running_item'] as SoakItem
  soak.ledger.askRemoval(keysOf([...(reply['items'] as readonly SoakItem[]), running]))
  await soak.call('queue_clear')
}

async function addStop(soak: SoakState): Promise<void> {
  const item = { item_type: 'instruction', name: 'queue_stop' }
  await soak.call('queue_item_add', { item, pos: soak.random(5), ...owner })
}

async function nonsense(soak: SoakState): Promise<void> {
  const requests: readonly (readonly [string, Reply?])[] = [
    ['nope'],
    ['queue_item_add', { item: 5, ...owner }],
    ['queue_item_add_batch', { items: { a: 1 }, ...owner }],
    ['queue_item_add', { item: { item_type: 'plan', name: 'mark' }, ...owner }],
    ['queue_item_move', { pos: {}, pos_dest: [] }],
    ['queue_item_get', { pos: 1e9 }],
    ['queue_item_remove', { pos: 'x' }],
    ['queue_item_execute', { item: { item_type: 'plan', name: 'none' }, ...owner }],
    ['history_clear', { size: 'x' }],
    ['lock', { lock_key: '', user: 5 }],
    ['unlock', { lock_key: 5 }],
    ['permissions_set', { user_group_permissions: { user_groups: {} } }],
    ['queue_mode_set', { mode: { loop: 1 } }],
    ['re_pause', { option: 'never' }],
    ['task_result', { task_uid: ['a'] }],
    ['queue_get', { unknown: 1 }],
  ]
  const [method, params] = one(soak, requests) ?? ['nope']
  const reply = await soak.call(method, params)
  if (reply !== null && reply['success'] !== false) soak.problem(`nonsense was taken: ${method}`)
}
