import { pyRepr, pyTypeName } from '@beamtime/python-notation'
import { runningProperties, submittedItem } from '../item.ts'
import type { Manager } from '../manager.ts'
import type { MethodTable } from '../method.ts'
import { isInteger, isPlainObject, type PlainObject } from '../plain-object.ts'
import { isWorkerEnding, startQueue } from '../queue-runner.ts'
import { asText } from '../positions.ts'
import { Refusal } from '../refusal.ts'
import type { QueueMode } from '../status.ts'
import { requireValid, sendingBack } from './item-methods.ts'
import { requestedItem, requestOwner, requireNoReview, submittedAsIs } from './item-request.ts'

/** Methods that concern the queue as a whole, its execution and its history. */
export const queueMethods: MethodTable = {
  queue_get: {
    params: [],
    prefix: 'Error: ',
    onFailure: () => ({ items: [], running_item: {}, plan_queue_uid: '' }),
    handle: ({ m }) => ({
      items: m.queue.items,
      running_item: m.queue.running ?? {},
      plan_queue_uid: m.uids.plan_queue_uid,
    }),
  },
  queue_clear: {
    params: [],
    lock: 'queue',
    prefix: 'Error: ',
    handle: ({ m }) => {
      m.log('Clearing the queue ...')
      m.queue.clear()
      m.renew('plan_queue_uid')
      return {}
    },
  },
  queue_mode_set: {
    params: ['mode'],
    lock: 'queue',
    prefix: 'Failed to set queue mode: ',
    handle: ({ m, params }) => {
      if (!Object.hasOwn(params, 'mode')) {
        throw new Refusal(`Parameter 'mode' is not found in request ${pyRepr(params)}`)
      }
      m.mode = newMode(m.mode, params['mode'])
      m.store('plan_queue_mode', m.mode)
      return {}
    },
  },
  queue_start: {
    params: [],
    lock: 'environment',
    prefix: 'Error: ',
    bareStateTexts: true,
    handle: ({ m, succeed }) => {
      requireReady(m)
      startQueue(m, { onStarting: () => succeed() })
      return null
    },
  },
  queue_item_execute: {
    params: ['item', 'user', 'user_group'],
    lock: 'environment',
    prefix: 'Failed to start execution of the item: ',
    onFailure: (_m, params) => ({ qsize: null, item: submittedAsIs(params) }),
    handle: ({ m, params, succeed }) => {
      requireNoReview(m)
      const submitted = requestedItem(params, ['plan', 'instruction'])
      const owner = requestOwner(m, params)
      requireValid(m, submitted, owner.userGroup)
      const item = submittedItem(submitted, {
        user: owner.user,
        user_group: owner.userGroup,
        item_uid: m.ports.newUid(),
      })
      sendingBack(item, () => requireReady(m))
      startQueue(m, { immediate: item, onStarting: () => succeed({ qsize: m.queue.size, item }) })
      return null
    },
  },
  queue_stop: {
    params: [],
    lock: 'environment',
    prefix: 'Error: ',
    bareStateTexts: true,
    handle: ({ m }) => {
      if (m.state !== 'starting_queue' && m.state !== 'executing_queue') {
        const state = `MState.${m.state.toUpperCase()}`
        throw new Refusal(`Failed to pause the queue. Queue is not running. Manager state: ${state}`, 'state')
      }
      m.setStopPending(true)
      return {}
    },
  },
  queue_stop_cancel: {
    params: [],
    lock: 'environment',
    prefix: 'Error: ',
    handle: ({ m }) => {
      m.setStopPending(false)
      return {}
    },
  },
  queue_autostart: {
    params: ['enable'],
    lock: 'environment',
    prefix: 'Error: ',
    handle: ({ m, params }) => {
      if (!Object.hasOwn(params, 'enable')) {
        throw new Refusal("Required 'enable' parameter is missing in 'queue_autostart' API call.")
      }
      const { enable } = params
      if (typeof enable !== 'boolean') {
        throw new Refusal(`Required 'enable' parameter must be boolean: type(enable)=${pyTypeName(enable)}.`)
      }
      m.setAutostart(enable)
      return {}
    },
  },
  queue_item_status: {
    params: ['uid'],
    prefix: 'Error: ',
    onFailure: () => ({ status: null }),
    handle: ({ m, params }) => {
      const { uid } = params
      if (typeof uid === 'string') return { status: itemStatus(m, uid) }
      if (!Array.isArray(uid) || !uid.every((one) => typeof one === 'string')) {
        throw new Refusal(`'uid' must be a string or a list of strings: type(uid)=${pyTypeName(uid)}`)
      }
      return { status: Object.fromEntries(uid.map((one: string) => [one, itemStatus(m, one)])) }
    },
  },
  history_get: {
    params: [],
    prefix: 'Error: ',
    onFailure: () => ({ items: [], plan_history_uid: '' }),
    handle: ({ m }) => ({ items: m.history, plan_history_uid: m.uids.plan_history_uid }),
  },
  history_page: {
    params: ['offset', 'limit', 'newest_first'],
    prefix: 'Error: ',
    onFailure: () => ({ items: [], total: 0, plan_history_uid: '' }),
    handle: ({ m, params }) => historyPage(m, params),
  },
  history_clear: {
    params: ['size', 'item_uid'],
    lock: 'queue',
    prefix: 'Error: ',
    handle: ({ m, params }) => {
      clearHistory(m, params)
      return {}
    },
  },
}

function requireReady(m: Manager): void {
  if (!m.worker.exists || isWorkerEnding(m))
    throw new Refusal('RE Worker environment does not exist.', 'state')
  if (m.worker.state?.re_state === null) {
    throw new Refusal('Run Engine is not found in the RE Worker environment.', 'state')
  }
  if (m.state !== 'idle') throw new Refusal('RE Manager is busy.', 'state')
  if (m.worker.state?.ip_kernel_state === 'busy') {
    throw new Refusal('IPython kernel (RE Worker) is busy.', 'state')
  }
}

const modeKeys = ['loop', 'ignore_failures'] as const

function newMode(current: QueueMode, mode: unknown): QueueMode {
  if (mode === 'default') return { loop: false, ignore_failures: false }
  if (!isPlainObject(mode)) {
    throw new Refusal(
      `Queue mode is passed using object of unsupported type '${pyTypeName(mode)}': (${asText(mode)}). ` +
        `Supported types: ('dict', 'str'), supported string value: 'default'`,
    )
  }
  for (const [key, value] of Object.entries(mode)) {
    if (!modeKeys.some((known) => known === key)) {
      throw new Refusal(
        `Unsupported plan queue mode parameter '${key}': supported parameters ${pyRepr([...modeKeys])}`,
      )
    }
    if (typeof value !== 'boolean') {
      throw new Refusal(
        `Unsupported type '${pyTypeName(value)}' of the parameter '${key}': expected type '<class 'bool'>'`,
      )
    }
  }
  return {
    loop: typeof mode['loop'] === 'boolean' ? mode['loop'] : current.loop,
    ignore_failures:
      typeof mode['ignore_failures'] === 'boolean' ? mode['ignore_failures'] : current.ignore_failures,
  }
}

/** A push-back gives an item a new uid; nobody's item goes round this often. */
const maxFollowed = 1000

/** What became of a submitted item: its own fate, and where it is now if it went back to the queue. */
function itemStatus(m: Manager, uid: string): PlainObject {
  const own = itemFate(m, uid)
  const next = m.links.get(uid)
  if (next === undefined) return own
  let current = next
  for (let step = 0; step < maxFollowed; step += 1) {
    const after = m.links.get(current)
    if (after === undefined) break
    current = after
  }
  return { ...own, next_uid: next, current: { item_uid: current, ...itemFate(m, current) } }
}

function itemFate(m: Manager, uid: string): PlainObject {
  const position = m.queue.indexOf(uid)
  if (position >= 0) return { state: 'queued', position }
  const { running } = m.queue
  if (running?.item_uid === uid) return { state: 'running', time_start: runningProperties(running).timeStart }
  const entry = m.history.findLast((item) => item.item_uid === uid)
  return entry === undefined
    ? { state: 'not_found' }
    : { state: entry.result.exit_status, result: entry.result }
}

const maxPageItems = 10_000

function historyPage(m: Manager, params: PlainObject): PlainObject {
  const { offset = 0, limit = 100, newest_first: newestFirst = true } = params
  requireCount('offset', offset, { min: 0, max: Number.MAX_SAFE_INTEGER })
  requireCount('limit', limit, { min: 1, max: maxPageItems })
  const total = m.history.length
  const end = Math.max(0, total - offset)
  const items =
    newestFirst === false
      ? m.history.slice(offset, offset + limit)
      : m.history.slice(Math.max(0, end - limit), end).toReversed()
  return { items, total, plan_history_uid: m.uids.plan_history_uid }
}

function requireCount(
  name: string,
  value: unknown,
  { min, max }: { min: number; max: number },
): asserts value is number {
  if (isInteger(value) && value >= min && value <= max) return
  throw new Refusal(
    `The '${name}' parameter must be an integer from ${min} to ${max}: ${name}=${pyRepr(value)}`,
  )
}

function clearHistory(m: Manager, params: PlainObject): void {
  const { size = null, item_uid: itemUid = null } = params
  if (size !== null && itemUid !== null) {
    throw new Refusal("Parameters 'size' and 'item_uid' are mutually exclusive.")
  }
  if (size !== null && !isInteger(size)) {
    throw new Refusal(`The 'size' parameter must be an integer: size=${pyRepr(size)}`)
  }
  if (itemUid !== null && typeof itemUid !== 'string') {
    throw new Refusal(`The 'item_uid' parameter must be a string: item_uid=${pyRepr(itemUid)}`)
  }
  m.log('Clearing the plan execution history ...')
  if (size === null && itemUid === null) return dropHistory(m, m.history.length, true)
  if (size !== null) return dropHistory(m, m.history.length - Math.max(0, size), size <= 0)
  dropHistory(m, m.history.findIndex((entry) => entry.item_uid === itemUid) + 1, false)
}

/** `clearing`: clients are told even if there was nothing. */
function dropHistory(m: Manager, count: number, clearing: boolean): void {
  if (count <= 0 && !clearing) return
  if (count >= m.history.length) m.record({ kind: 'clear-history' })
  else m.record({ kind: 'drop-oldest-history', count })
  m.history = m.history.slice(Math.max(0, count))
  m.renew('plan_history_uid')
}
