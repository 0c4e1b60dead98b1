import type {
  DocumentsPage,
  HistoryPage,
  PlanCheck,
  QueueItem,
  RunsPage,
  RunSummary,
} from '@beamtime/http-gateway/ui-types'
import { movedOrder, type MoveTarget } from '../../src/stores/queue-state.ts'
import { getDetectors } from './detectors.ts'
import { begin, endPlan, startNext } from './engine.ts'
import { newUid } from './items.ts'
import { changeLiveData, getLiveData } from './live-data.ts'
import { fakeLayouts } from './layouts.ts'
import { fakeMasks } from './masks.ts'
import { fakeDevices, fakePlans } from './plans.ts'
import { fakeRun, snapOf, type FakeRun } from './run-data.ts'
import { bootstrapOf, servicesOf } from './answers.ts'
import { getStreams } from './streams.ts'
import { historyItem, nowS, pastSeed, type World } from './world.ts'

type Body = Readonly<Record<string, unknown>>
type Answer = unknown

class Refused extends Error {}

const startOfGallery = nowS()

/** Answers the routes of the interface from the world. */
export function fakeAnswer(
  world: World,
  {
    method,
    url,
    body,
    bytes = null,
  }: { readonly method: string; readonly url: URL; readonly body: Body; readonly bytes?: Uint8Array | null },
): { status: number; body: Answer } {
  const path = url.pathname.replace(/^\/api/, '')
  try {
    const query = url.searchParams
    const answer =
      fakeMasks({ method, path, query, body, bytes }) ??
      fakeLayouts({ method, path, body }) ??
      (method === 'GET' ? get(world, path, query) : post(world, path, body))
    return answer === undefined
      ? { status: 404, body: { detail: 'Not Found' } }
      : { status: 200, body: answer }
  } catch (error) {
    if (error instanceof Refused) return { status: 200, body: { success: false, msg: error.message } }
    throw error
  }
}

function get(world: World, path: string, query: URLSearchParams): Answer {
  switch (path) {
    case '/ui/bootstrap':
      return bootstrapOf(world)
    case '/ui/plans':
      return fakePlans
    case '/devices/allowed':
      return { success: true, msg: '', devices_allowed: fakeDevices }
    case '/queue/history':
      return historyPage(world, query)
    case '/runs':
      return runsPage(world, query)
    case '/services':
      return servicesOf(world)
    default:
      return (
        getStreams(path, query) ??
        getDetectors(path, query) ??
        getLiveData(world, path, query) ??
        getRun(world, path)
      )
  }
}

function getRun(world: World, path: string): Answer {
  if (/^\/services\/[^/]+\/logs$/.test(path)) return { lines: logLines(), before: null }
  const single = /^\/runs\/([^/]+)$/.exec(path)?.[1]
  const one = single === undefined ? undefined : findRun(world, single)
  if (one !== undefined) return { ...snapOf(one), assets: [] }
  const found = /^\/runs\/([^/]+)\/documents$/.exec(path)
  if (found?.[1] === undefined) return undefined
  const run = findRun(world, found[1])
  return run === undefined ? undefined : documentsOf(run)
}

function documentsOf(run: FakeRun): DocumentsPage {
  const snap = snapOf(run)
  const events = Array.from({ length: Math.min(run.rows, 60) }, (_, i) => ({
    name: 'event',
    doc: {
      seq_num: i + 1,
      time: run.columns.get('time')?.[i] ?? 0,
      data: Object.fromEntries(
        [...run.columns]
          .filter(([name]) => name !== 'time' && name !== 'seq_num')
          .map(([name, values]) => [name, values[i]]),
      ),
    },
  }))
  return {
    documents: [
      { name: 'start', doc: snap.start },
      ...snap.descriptors.map((doc) => ({ name: 'descriptor', doc })),
      ...events,
    ],
    next: null,
  }
}

function logLines(): readonly Readonly<Record<string, unknown>>[] {
  const texts = [
    'batch.written',
    'batch.written',
    'checkpoint.written',
    'store.behind',
    'batch.written',
    'store.behind',
  ]
  return texts.map((msg, i) => ({
    t: Date.now() - (texts.length - i) * 12_000,
    level: msg === 'store.behind' ? 'warn' : 'info',
    role: 'store',
    msg,
    fields: { documents: 64 * (i + 1), ms: 12 + i },
  }))
}

export function findRun(world: World, uid: string): FakeRun | undefined {
  const live = world.runs.find((run) => run.summary.uid === uid)
  if (live !== undefined) return live
  const id = Number(/^run-(\d+)$/.exec(uid)?.[1])
  return Number.isInteger(id) && id > 0 ? fakeRun(pastSeed(id, startOfGallery)) : undefined
}

function historyPage(world: World, query: URLSearchParams): HistoryPage {
  const limit = Number(query.get('limit') ?? 50)
  const from = Number(query.get('before') ?? 0)
  const wanted = query.get('q')?.toLowerCase() ?? ''
  const total = wanted === '' ? world.historyTotal : Math.min(world.historyTotal, 40)
  const end = Math.min(total, from + limit)
  const items = Array.from({ length: Math.max(0, end - from) }, (_, i) =>
    historyItem(world, from + i),
  ).filter((item) => wanted === '' || JSON.stringify(item).toLowerCase().includes(wanted))
  return { items, next: end < total ? String(end) : null, total, uid: `h-${world.historyTotal}` }
}

function runsPage(world: World, query: URLSearchParams): RunsPage {
  const limit = Number(query.get('limit') ?? 50)
  const offset = Number(query.get('offset') ?? 0)
  const words = (query.get('q') ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && !word.startsWith('since:') && !word.startsWith('proposal:'))
  const plan = query.get('plan')
  const all = (index: number): RunSummary => {
    const live = world.runs.toReversed()[index]
    return live === undefined
      ? fakeRun(pastSeed(2040 - (index - world.runs.length), startOfGallery)).summary
      : { ...live.summary, points: live.rows, num_events: { primary: live.rows } }
  }
  const isFiltered = words.length > 0 || plan !== null
  const matches = (run: RunSummary): boolean =>
    (plan === null || run.plan_name === plan) &&
    words.every((word) => {
      const value = word.includes(':') ? word.slice(word.indexOf(':') + 1) : word
      return JSON.stringify(run).toLowerCase().includes(value)
    })
  const pool = isFiltered
    ? Array.from({ length: Math.min(200, world.runsTotal) }, (_, i) => all(i)).filter(matches)
    : null
  const total = pool?.length ?? world.runsTotal
  const count = Math.max(0, Math.min(limit, total - offset))
  const runs = Array.from({ length: count }, (_, i) => pool?.[offset + i] ?? all(offset + i))
  return {
    runs,
    next: null,
    total,
    problems: [],
    tookMs: 31,
    ...(query.get('facets') === '1' && world.runsTotal > 0 ? { facets: facets() } : {}),
  }
}

function facets(): NonNullable<RunsPage['facets']> {
  const list = (
    ...pairs: readonly (readonly [string, number])[]
  ): readonly { value: string; count: number }[] => pairs.map(([value, count]) => ({ value, count }))
  const day = Array.from({ length: 42 }, (_, i) => ({
    value: new Date(Date.now() - i * 86_400_000).toISOString().slice(0, 10),
    count: i > 6 && i < 15 ? 0 : 24 + ((i * 37) % 17),
  })).filter(({ count }) => count > 0)
  return {
    status: list(['success', 291], ['fail', 11], ['abort', 15], ['running', 1]),
    plan: list(
      ['scan', 104],
      ['xafs_scan', 62],
      ['rel_scan', 51],
      ['grid_scan', 38],
      ['count', 33],
      ['tomo_fly', 18],
    ),
    sample: list(['FeO-12', 121], ['Si-111', 64], ['Fossil 03', 41], ['Fe foil', 22]),
    user: list(['mara', 133], ['jonas', 97], ['priya', 54], ['chen', 34]),
    day,
  }
}

type Handler = (world: World, body: Body) => Answer
const ok = { success: true, msg: '' }
const done =
  (act: (world: World, body: Body) => void): Handler =>
  (world, body) => {
    act(world, body)
    world.events.status()
    return ok
  }
const itemOf = (body: Body): QueueItem => ({
  user: 'mara',
  user_group: 'primary',
  ...(body['item'] as QueueItem),
  item_uid: newUid(),
})

const posts: Readonly<Record<string, Handler>> = {
  '/ui/login': (world, body) => {
    if (body['api_key'] === 'wrong') throw new Refused('The key is not accepted.')
    world.isLoggedIn = true
    return { ok: true }
  },
  '/ui/logout': (world) => {
    world.isLoggedIn = false
    return ok
  },
  '/ui/plans/check': (_world, body) => checkPlan(body['item'] as QueueItem),
  '/queue/start': done((world) => startNext(world)),
  '/queue/stop': done((world) => void (world.isStopPending = true)),
  '/queue/stop/cancel': done((world) => void (world.isStopPending = false)),
  '/queue/autostart': done((world, body) => void (world.isAutostart = body['enable'] === true)),
  '/queue/mode/set': done((world, body) => void Object.assign(world.mode, body['mode'])),
  '/re/pause': done((world, body) => {
    if (body['option'] === 'immediate') world.manager = 'paused'
    else world.isPausePending = true
  }),
  '/re/resume': done((world) => void (world.manager = 'executing_queue')),
  '/re/stop': done((world) => endPlan(world, 'stopped')),
  '/re/abort': done((world) => endPlan(world, 'aborted')),
  '/re/halt': done((world) => endPlan(world, 'halted')),
  '/environment/open': done((world) => void (world.isOpen = true)),
  '/environment/close': done((world) => void (world.isOpen = false)),
  '/environment/update': done(() => undefined),
  '/environment/destroy': done((world) => {
    endPlan(world, 'failed')
    world.isOpen = false
  }),
  '/queue/item/add': (world, body) => addItem(world, itemOf(body), body),
  '/queue/item/add/batch': (world, body) => {
    for (const item of body['items'] as QueueItem[]) addItem(world, itemOf({ item }), { pos: 'back' })
    return { ...ok, items: body['items'] }
  },
  '/queue/item/execute': done((world, body) => begin(world, itemOf(body))),
  '/queue/item/update': (world, body) => {
    const item = body['item'] as QueueItem
    const pos = world.items.findIndex((other) => other.item_uid === item.item_uid)
    if (pos < 0)
      throw new Refused(`Failed to replace item: Item with UID '${item.item_uid}' is not in the queue`)
    const next = { user: 'mara', user_group: 'primary', ...item }
    world.items[pos] = next
    world.events.queue({ op: 'update', uid: newUid(), pos, item: next, estimate: null })
    return { ...ok, item: next }
  },
  '/queue/item/remove': (world, body) => removeItems(world, [String(body['uid'])]),
  '/queue/item/remove/batch': (world, body) => removeItems(world, body['uids'] as string[]),
  '/queue/item/move/batch': (world, body) => moveItems(world, body),
  '/queue/clear': (world) => {
    world.items = []
    world.events.queue({ op: 'clear', uid: newUid() })
    world.events.status()
    return ok
  },
  '/history/clear': done((world) => void (world.historyTotal = 0)),
}

function post(world: World, path: string, body: Body): Answer {
  return posts[path]?.(world, body) ?? changeLiveData(world, path, body)
}

function addItem(world: World, item: QueueItem, body: Body): Answer {
  const check = checkPlan(item)
  if (!check.ok) throw new Refused(`Failed to add an item: ${check.text}`)
  const after = world.items.findIndex((other) => other.item_uid === body['after_uid'])
  const pos = body['pos'] === 'front' ? 0 : after >= 0 ? after + 1 : world.items.length
  world.items.splice(pos, 0, item)
  const estimate = { seconds: (check.points ?? 1) * 2.5, points: check.points ?? 1, from: 'points' } as const
  world.estimates[item.item_uid] = estimate
  world.events.queue({ op: 'add', uid: newUid(), pos, item, estimate })
  world.events.status()
  return { ...ok, qsize: world.items.length, item }
}

function removeItems(world: World, uids: readonly string[]): Answer {
  for (const uid of uids) {
    const pos = world.items.findIndex((item) => item.item_uid === uid)
    const item = world.items[pos]
    if (item === undefined) continue
    world.items.splice(pos, 1)
    world.events.queue({ op: 'remove', uid: newUid(), pos, item })
  }
  world.events.status()
  return ok
}

function moveItems(world: World, body: Body): Answer {
  const uids = new Set(body['uids'] as string[])
  const order = movedOrder(
    world.items.map((item) => item.item_uid),
    uids,
    body as unknown as MoveTarget,
  )
  if (order === null)
    throw new Refused('Failed to move the batch of items: the destination is not in the queue')
  const byUid = new Map(world.items.map((item) => [item.item_uid, item]))
  world.items = order.flatMap((uid) => byUid.get(uid) ?? [])
  world.events.queueSnap()
  return ok
}

/** Knows limits and names; enough to show every kind of refusal. */
function checkPlan(item: QueueItem): PlanCheck {
  if (item.item_type === 'instruction') return { ok: true, fieldErrors: {}, text: '', warnings: [] }
  const model = fakePlans.find((plan) => plan.name === item.name)
  if (model === undefined)
    return {
      ok: false,
      fieldErrors: {},
      text: `Plan '${item.name}' is not in the list of allowed plans`,
      warnings: [],
    }
  const fieldErrors: Record<string, string> = {}
  const isOk = Object.keys(fieldErrors).length === 0
  const points = pointsOf(item)
  return {
    ok: isOk,
    fieldErrors,
    text: isOk ? '' : 'Plan validation failed',
    points,
    seconds: points * 2.55,
    warnings: [],
  }
}

function pointsOf(item: QueueItem): number {
  if (item.name === 'grid_scan')
    return (item.args ?? [])
      .filter((value) => typeof value === 'number' && Number.isInteger(value) && value > 2)
      .reduce<number>((product, n) => product * Number(n), 1)
  return Number(item.kwargs?.['num'] ?? item.kwargs?.['points'] ?? 1)
}
