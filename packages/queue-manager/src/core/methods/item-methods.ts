import type { MethodTable } from '../method.ts'
import type { Manager } from '../manager.ts'
import { submittedItem, type QueueItem } from '../item.ts'
import type { PlainObject } from '../plain-object.ts'
import { pyRepr } from '@beamtime/python-notation'
import { asText } from '../positions.ts'
import { Refusal } from '../refusal.ts'
import { validateItem } from '../validate-item.ts'
import { requestedItem, requestOwner, requireNoReview, submittedAsIs } from './item-request.ts'

const itemTypes = ['plan', 'instruction'] as const

/** Methods that concern one item of the queue. */
export const itemMethods: MethodTable = {
  queue_item_add: {
    params: ['item', 'user', 'user_group', 'pos', 'before_uid', 'after_uid'],
    lock: 'queue',
    prefix: 'Failed to add an item: ',
    onFailure: (_m, params) => ({ qsize: null, item: submittedAsIs(params) }),
    handle: ({ m, params }) => {
      requireNoReview(m)
      m.log('Adding new item to the queue ...')
      const item = newItem(m, params)
      const place = sendingBack(item, () => m.queue.placementIndex(params))
      m.queue.insert(place, [item])
      m.renew('plan_queue_uid')
      logItem(m, 'Item added', item)
      return { qsize: m.queue.size, item }
    },
  },
  queue_item_update: {
    params: ['item', 'user', 'user_group', 'replace'],
    lock: 'queue',
    prefix: 'Failed to add an item: ',
    onFailure: (_m, params) => ({ qsize: 0, item: submittedAsIs(params) }),
    handle: ({ m, params }) => {
      const submitted = requestedItem(params, itemTypes)
      const owner = requestOwner(m, params)
      requireValid(m, submitted, owner.userGroup)
      const given = submitted['item_uid']
      if (given === undefined)
        throw new Refusal('Item description contains no UID and UID generation is skipped')
      const uid = asText(given)
      const replace = params['replace'] === true
      const item = submittedItem(submitted, {
        user: owner.user,
        user_group: owner.userGroup,
        item_uid: replace ? m.ports.newUid() : uid,
      })
      if (sendingBack(item, () => m.queue.replace(uid, item))) m.renew('plan_queue_uid')
      logItem(m, 'Item updated', item)
      return { qsize: m.queue.size, item }
    },
  },
  queue_item_get: {
    params: ['pos', 'uid'],
    prefix: 'Failed to get an item: ',
    onFailure: () => ({ item: {} }),
    handle: ({ m, params }) => ({ item: m.queue.get(params) }),
  },
  queue_item_remove: {
    params: ['pos', 'uid'],
    lock: 'queue',
    prefix: 'Failed to remove an item: ',
    onFailure: () => ({ item: {}, qsize: null }),
    handle: ({ m, params }) => {
      m.log('Removing item from the queue ...')
      const item = m.queue.remove(params)
      m.renew('plan_queue_uid')
      return { item, qsize: m.queue.size }
    },
  },
  queue_item_move: {
    params: ['pos', 'uid', 'pos_dest', 'before_uid', 'after_uid'],
    lock: 'queue',
    prefix: 'Failed to move the item: ',
    onFailure: () => ({ item: {}, qsize: null }),
    handle: ({ m, params }) => {
      const { item, changed } = m.queue.move(params)
      if (changed) m.renew('plan_queue_uid')
      return { item, qsize: m.queue.size }
    },
  },
}

/** A valid item that is refused is sent back as it would have entered the queue. */
export function sendingBack<T>(item: PlainObject, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(error.message, error.kind, { item }) : error
  }
}

function newItem(m: Manager, params: PlainObject): QueueItem {
  const submitted = requestedItem(params, itemTypes)
  const owner = requestOwner(m, params)
  requireValid(m, submitted, owner.userGroup)
  return submittedItem(submitted, {
    user: owner.user,
    user_group: owner.userGroup,
    item_uid: m.ports.newUid(),
  })
}

/** Throws Refusal for a plan that the group may not run, or not with these arguments. */
export function requireValid(m: Manager, item: PlainObject, userGroup: string): void {
  const problem = validateItem(m, item, userGroup)
  if (problem !== null) throw new Refusal(problem)
}

function logItem(m: Manager, what: string, item: QueueItem): void {
  const { item_type, name, item_uid } = item
  m.log(
    `${what}: success=True item_type=${pyRepr(item_type)} name=${pyRepr(name)} item_uid=${pyRepr(item_uid)} qsize=${m.queue.size}.`,
  )
}
