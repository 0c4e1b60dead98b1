import type { MethodCall, MethodTable } from '../method.ts'
import { submittedItem, type QueueItem } from '../item.ts'
import { Refusal } from '../refusal.ts'
import { checkedItem, requestOwner, requireNoReview, type RequestOwner } from './item-request.ts'
import { requireValid } from './item-methods.ts'
import type { Job } from '../jobs.ts'

interface BatchResult {
  readonly success: boolean
  readonly msg: string
}

/** Methods that concern many items. Validation of a large batch is done in slices, so that others are served between. */
export function batchMethods(startJob: (job: Job) => void): MethodTable {
  return {
    queue_item_add_batch: {
      params: ['items', 'user', 'user_group', 'pos', 'before_uid', 'after_uid'],
      lock: 'queue',
      prefix: 'Failed to add an item: ',
      onFailure: (m, params) => ({
        qsize: m.queue.size,
        items: Array.isArray(params['items']) ? params['items'] : [],
        results: [],
      }),
      handle: (call) => {
        const { m, params } = call
        requireNoReview(m)
        m.log('Adding a batch of items to the queue ...')
        const { items } = params
        if (!Array.isArray(items)) throw new Refusal('Invalid request format: the list of items is not found')
        startJob(batchJob(call, items, requestOwner(m, params)))
        return null
      },
    },
    queue_item_remove_batch: {
      params: ['uids', 'ignore_missing'],
      lock: 'queue',
      prefix: 'Failed to remove a batch of items: ',
      onFailure: () => ({ items: [], qsize: null }),
      handle: ({ m, params }) => {
        const items = m.queue.removeBatch(params['uids'], params['ignore_missing'] !== false)
        if (items.length > 0) m.renew('plan_queue_uid')
        return { items, qsize: m.queue.size }
      },
    },
    queue_item_move_batch: {
      params: ['uids', 'pos_dest', 'before_uid', 'after_uid', 'reorder'],
      lock: 'queue',
      prefix: 'Failed to move the batch of items: ',
      onFailure: () => ({ qsize: null, items: [] }),
      handle: ({ m, params }) => {
        const { items, changed } = m.queue.moveBatch(params)
        if (changed) m.renew('plan_queue_uid')
        return { qsize: m.queue.size, items }
      },
    },
  }
}

function batchJob(call: MethodCall, items: readonly unknown[], owner: RequestOwner): Job {
  const prepared: QueueItem[] = []
  const results: BatchResult[] = []
  let next = 0
  return {
    workOn: () => {
      if (next >= items.length) return false
      results.push(prepare(call, items[next], { owner, prepared }))
      next += 1
      return true
    },
    finish: () => finishBatch(call, { items, prepared, results }),
  }
}

function prepare(
  { m }: MethodCall,
  item: unknown,
  { owner, prepared }: { readonly owner: RequestOwner; readonly prepared: QueueItem[] },
): BatchResult {
  try {
    const checked = checkedItem(item, ['plan', 'instruction'])
    requireValid(m, checked, owner.userGroup)
    const ready = submittedItem(checked, {
      user: owner.user,
      user_group: owner.userGroup,
      item_uid: m.ports.newUid(),
    })
    m.ports.itemReady(ready)
    prepared.push(ready)
    return { success: true, msg: '' }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { success: false, msg: `Failed to add a plan: ${error.message}` }
  }
}

function finishBatch(
  call: MethodCall,
  batch: {
    readonly items: readonly unknown[]
    readonly prepared: readonly QueueItem[]
    readonly results: readonly BatchResult[]
  },
): void {
  const { m, params } = call
  const { items, prepared, results } = batch
  if (results.some((result) => !result.success)) return refuseBatch(call, items, results)
  try {
    m.queue.insert(m.queue.placementIndex(params), prepared)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const msg = `Failed to add item to queue: ${error.message}`
    if (items.length === 0) return call.refuse(new Refusal(error.message))
    // They go back as they would have entered the queue.
    return refuseBatch(
      call,
      prepared,
      items.map(() => ({ success: false, msg })),
    )
  }
  if (prepared.length > 0) m.renew('plan_queue_uid')
  m.log(`Batch of items added: success=True items=${prepared.length} qsize=${m.queue.size}.`)
  call.succeed({ qsize: m.queue.size, items: prepared, results })
}

function refuseBatch(call: MethodCall, items: readonly unknown[], results: readonly BatchResult[]): void {
  const failed = results.filter((result) => !result.success).length
  const text = `Failed to add all items: validation of ${failed} out of ${items.length} submitted items failed`
  call.refuse(new Refusal(text, 'whole', { items, results }))
}
