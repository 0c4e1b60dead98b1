import { pyRepr, pyTypeName } from '@beamtime/python-notation'
import { isEqualJson, isInteger } from './plain-object.ts'
import type { QueueItem } from './item.ts'
import { asText, elementIndex, insertionIndex } from './positions.ts'
import { Refusal } from './refusal.ts'
import type { StoreChange } from './store-change.ts'

export interface Placement {
  readonly pos?: unknown
  readonly before_uid?: unknown
  readonly after_uid?: unknown
}

/** The queue with its running item. Every method either does all of its change or throws a Refusal and does nothing. */
export class PlanQueue {
  #items: QueueItem[]
  #uids: Set<string>
  #running: QueueItem | null
  readonly #record: (change: StoreChange) => void

  constructor(
    stored: { items: readonly QueueItem[]; running: QueueItem | null },
    record: (c: StoreChange) => void,
  ) {
    this.#items = [...stored.items]
    this.#uids = new Set(this.#items.map((item) => item.item_uid))
    this.#running = stored.running
    this.#record = record
  }

  get items(): readonly QueueItem[] {
    return this.#items
  }

  get size(): number {
    return this.#items.length
  }

  get running(): QueueItem | null {
    return this.#running
  }

  setRunning(item: QueueItem | null): void {
    this.#running = item
    this.#record({ kind: 'set-running', item })
  }

  has(uid: string): boolean {
    return this.#uids.has(uid)
  }

  indexOf(uid: unknown): number {
    if (typeof uid !== 'string' || !this.#uids.has(uid)) return -1
    return this.#items.findIndex((item) => item.item_uid === uid)
  }

  #isRunning(uid: unknown): boolean {
    return this.#running !== null && this.#running.item_uid === uid
  }

  /** Where new items go. Throws for an ambiguous or impossible place. */
  placementIndex({ pos, before_uid, after_uid }: Placement): number {
    const given = [pos, before_uid, after_uid].filter((value) => value !== undefined && value !== null)
    if (given.length > 1) {
      const both = pos === undefined || pos === null
      throw new Refusal(
        both
          ? 'Ambiguous parameters: request to insert the plan before and after the reference plan'
          : 'Ambiguous parameters: plan position and UID is specified',
      )
    }
    if (before_uid !== undefined && before_uid !== null) {
      if (this.#isRunning(before_uid)) {
        throw new Refusal('Can not insert a plan in the queue before a currently running plan.')
      }
      return this.#referenceIndex(before_uid)
    }
    if (after_uid !== undefined && after_uid !== null) {
      return this.#isRunning(after_uid) ? 0 : this.#referenceIndex(after_uid) + 1
    }
    return insertionIndex(this.size, pos)
  }

  #referenceIndex(uid: unknown): number {
    const index = this.indexOf(uid)
    if (index < 0) throw new Refusal(`Plan with UID '${asText(uid)}' is not in the queue.`)
    return index
  }

  insert(index: number, items: readonly QueueItem[]): void {
    if (items.length === 0) return
    this.#items = this.#items.toSpliced(index, 0, ...items)
    for (const item of items) this.#uids.add(item.item_uid)
    this.#record({ kind: 'insert-items', index, items })
  }

  pushFront(item: QueueItem): void {
    this.insert(0, [item])
  }

  pushBack(item: QueueItem): void {
    this.insert(this.size, [item])
  }

  /** Takes the first item; the queue must not be empty. */
  takeFirst(): QueueItem | null {
    const [first] = this.#items
    if (first !== undefined) this.#removeAll(new Set([first.item_uid]))
    return first ?? null
  }

  #removeAll(uids: ReadonlySet<string>): void {
    if (uids.size === 0) return
    this.#items = this.#items.filter((item) => !uids.has(item.item_uid))
    for (const uid of uids) this.#uids.delete(uid)
    this.#record({ kind: 'remove-items', uids: Array.from(uids) })
  }

  get(request: { readonly pos?: unknown; readonly uid?: unknown }): QueueItem {
    const index = this.#find(request, {
      missing: (uid) => `Item with UID '${asText(uid)}' is not in the queue.`,
      running: (uid) => `Item with UID '${asText(uid)}' is currently running.`,
      badPosition: (pos) =>
        `Parameter 'pos' has incorrect type: pos=${asText(pos)} (type=${pyTypeName(pos)})`,
      empty: null,
    })
    return this.#at(index)
  }

  remove(request: { readonly pos?: unknown; readonly uid?: unknown }): QueueItem {
    const index = this.#find(request, {
      missing: (uid) => `Plan with UID '${asText(uid)}' is not in the queue.`,
      running: () => 'Can not remove an item which is currently running.',
      badPosition: (pos) =>
        `Parameter 'pos' has incorrect value: pos=${asText(pos)} (type=${pyTypeName(pos)})`,
      empty: 'Queue is empty',
    })
    const item = this.#at(index)
    this.#removeAll(new Set([item.item_uid]))
    return item
  }

  #at(index: number): QueueItem {
    const item = this.#items[index]
    if (item === undefined) throw new RangeError(`no item at ${index}`)
    return item
  }

  #find(request: { readonly pos?: unknown; readonly uid?: unknown }, texts: FindTexts): number {
    const { uid } = request
    const byUid = uid !== undefined && uid !== null
    if (byUid && request.pos !== undefined && request.pos !== null) {
      throw new Refusal('Ambiguous parameters: plan position and UID is specified')
    }
    if (byUid) {
      if (this.#isRunning(uid)) throw new Refusal(texts.running(uid))
      const index = this.indexOf(uid)
      if (index < 0) throw new Refusal(texts.missing(uid))
      return index
    }
    return this.#elementIndex(request.pos ?? 'back', texts)
  }

  #elementIndex(pos: unknown, texts: Pick<FindTexts, 'badPosition' | 'empty'>): number {
    const number = pos === 'front' ? 0 : pos === 'back' ? -1 : pos
    if (!isInteger(number)) throw new Refusal(texts.badPosition(pos))
    if (this.size === 0 && texts.empty !== null && typeof pos === 'string') throw new Refusal(texts.empty)
    const index = elementIndex(this.size, number)
    if (index === null) {
      throw new Refusal(`Index '${number}' is out of range (parameter pos = '${asText(pos)}')`)
    }
    return index
  }

  /** Returns false when the new item says the same as the old one. */
  replace(uid: string, item: QueueItem): boolean {
    if (this.#isRunning(uid)) {
      throw new Refusal(`Failed to replace item: Item with UID '${uid}' is currently running`)
    }
    const index = this.indexOf(uid)
    if (index < 0) throw new Refusal(`Failed to replace item: Item with UID '${uid}' is not in the queue`)
    if (isEqualJson(this.#items[index], item)) return false
    this.#items = this.#items.with(index, item)
    this.#uids.delete(uid)
    this.#uids.add(item.item_uid)
    this.#record({ kind: 'replace-item', uid, item })
    return true
  }

  clear(): void {
    this.#items = []
    this.#uids.clear()
    this.#record({ kind: 'clear-items' })
  }

  /** Moves one item. `changed` is false when it already is there. */
  move(request: MoveRequest): { readonly item: QueueItem; readonly changed: boolean } {
    const from = this.#moveEnd('Source', { pos: request.pos, uid: request.uid })
    const to = this.#moveDestination(request)
    const item = this.#at(from)
    if (from === to.index) return { item, changed: false }
    const before = to.side === 'before' || (to.side === 'place' && from > to.index)
    const gap = before ? to.index : to.index + 1
    this.#rearrange([item], this.#items.toSpliced(from, 1), gap > from ? gap - 1 : gap)
    return { item, changed: true }
  }

  #moveDestination(request: MoveRequest): { index: number; side: 'before' | 'after' | 'place' } {
    const { pos_dest, before_uid, after_uid } = request
    const given = [pos_dest, before_uid, after_uid].filter((value) => value !== undefined && value !== null)
    if (given.length === 0) throw new Refusal('Destination position or UID is not specified.')
    if (given.length > 1) throw ambiguousEnd('destination')
    if (pos_dest !== undefined && pos_dest !== null) {
      const index = this.#moveEnd('Destination', { pos: pos_dest })
      return { index, side: pos_dest === 'front' ? 'before' : pos_dest === 'back' ? 'after' : 'place' }
    }
    const uid = before_uid ?? after_uid
    return { index: this.#moveEnd('Destination', { uid }), side: uid === before_uid ? 'before' : 'after' }
  }

  #moveEnd(
    end: 'Source' | 'Destination',
    request: { readonly pos?: unknown; readonly uid?: unknown },
  ): number {
    const { pos, uid } = request
    const byPosition = pos !== undefined && pos !== null
    const byUid = uid !== undefined && uid !== null
    if (!byPosition && !byUid) throw new Refusal(`${end} position or UID is not specified.`)
    if (byPosition && byUid) throw ambiguousEnd('source')
    try {
      return this.indexOf(this.get(request).item_uid)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const what = byUid ? `UID '${asText(uid)}'` : `position ${asText(pos)}`
      throw noEnd(end, what, error.message)
    }
  }

  moveBatch(request: MoveBatchRequest): { readonly items: readonly QueueItem[]; readonly changed: boolean } {
    const uids = uidList(request.uids)
    const { pos_dest, before_uid, after_uid } = request
    const given = [pos_dest, before_uid, after_uid].filter((value) => value !== undefined && value !== null)
    if (given.length === 0) {
      throw new Refusal(
        "Destination for the batch is not specified: use parameters 'pos_dest', 'before_uid' or 'after_uid'",
      )
    }
    if (given.length > 1) {
      throw new Refusal(
        'The function was called with more than one mutually exclusive parameter ' +
          "('pos_dest', 'before_uid', 'after_uid')",
      )
    }
    this.#requireAll(uids)
    const wanted = new Set(uids)
    for (const [name, uid] of Object.entries({ before_uid, after_uid })) {
      if (typeof uid === 'string' && wanted.has(uid)) {
        throw new Refusal(`Parameter '${name}': item with UID '${uid}' is in the batch`)
      }
    }
    const batch = this.#batch(uids, request.reorder === true)
    const rest = this.#items.filter((item) => !wanted.has(item.item_uid))
    const index = this.#batchIndex(rest, request)
    const changed = batch.some((item, position) => item !== this.#items[index + position])
    if (changed) this.#rearrange(batch, rest, index)
    return { items: batch, changed }
  }

  #batch(uids: readonly string[], inQueueOrder: boolean): QueueItem[] {
    const wanted = new Set(uids)
    const found = this.#items.filter((item) => wanted.has(item.item_uid))
    if (inQueueOrder) return found
    const byUid = new Map(found.map((item) => [item.item_uid, item]))
    return uids.flatMap((uid) => byUid.get(uid) ?? [])
  }

  #batchIndex(rest: readonly QueueItem[], { pos_dest, before_uid, after_uid }: MoveBatchRequest): number {
    if (pos_dest !== undefined && pos_dest !== null) {
      if (!isInteger(pos_dest) && pos_dest !== 'front' && pos_dest !== 'back') {
        const found = `Parameter 'pos' has incorrect type: pos=${asText(pos_dest)} (type=${pyTypeName(pos_dest)})`
        throw noDestination(`position ${asText(pos_dest)}`, found)
      }
      return insertionIndex(rest.length, pos_dest)
    }
    const uid = before_uid ?? after_uid
    const after = before_uid === undefined || before_uid === null
    if (this.#isRunning(uid)) {
      if (after) return 0
      throw new Refusal('Can not insert a plan in the queue before a currently running plan.')
    }
    const index = rest.findIndex((item) => item.item_uid === uid)
    if (index < 0) {
      throw noDestination(`UID '${asText(uid)}'`, `Item with UID '${asText(uid)}' is not in the queue.`)
    }
    return after ? index + 1 : index
  }

  removeBatch(uidsGiven: unknown, ignoreMissing: boolean): readonly QueueItem[] {
    const uids = uidList(uidsGiven)
    if (!ignoreMissing) this.#requireAll(uids)
    const batch = this.#batch(Array.from(new Set(uids)), false)
    this.#removeAll(new Set(batch.map((item) => item.item_uid)))
    return batch
  }

  #requireAll(uids: readonly string[]): void {
    const repeated = uids.length - new Set(uids).size
    if (repeated > 0) throw new Refusal(`The list of contains repeated UIDs (${repeated} UIDs)`)
    const missing = uids.filter((uid) => !this.#uids.has(uid))
    if (missing.length > 0) {
      throw new Refusal(`The queue does not contain items with the following UIDs: ${pyRepr(missing)}`)
    }
  }

  /** Puts `moved` back at `index` of the items that stayed. */
  #rearrange(moved: readonly QueueItem[], rest: readonly QueueItem[], index: number): void {
    this.#items = rest.toSpliced(index, 0, ...moved)
    this.#record({ kind: 'remove-items', uids: moved.map((item) => item.item_uid) })
    this.#record({ kind: 'insert-items', index, items: moved })
  }
}

interface FindTexts {
  readonly missing: (uid: unknown) => string
  readonly running: (uid: unknown) => string
  readonly badPosition: (pos: unknown) => string
  /** null: an empty queue is an index out of range. */
  readonly empty: string | null
}

export interface MoveRequest {
  readonly pos?: unknown
  readonly uid?: unknown
  readonly pos_dest?: unknown
  readonly before_uid?: unknown
  readonly after_uid?: unknown
}

export interface MoveBatchRequest {
  readonly uids?: unknown
  readonly pos_dest?: unknown
  readonly before_uid?: unknown
  readonly after_uid?: unknown
  readonly reorder?: unknown
}

/** With the full stop that the inner text may have already, as the queue server writes it. */
function noEnd(end: 'Source' | 'Destination', what: string, reason: string): Refusal {
  return new Refusal(`${end} plan (${what}) was not found: ${reason}.`)
}

function noDestination(what: string, reason: string): Refusal {
  return noEnd('Destination', what, reason)
}

function ambiguousEnd(end: 'source' | 'destination'): Refusal {
  return new Refusal(`Ambiguous parameters: Both position and uid is specified for the ${end} plan.`)
}

function uidList(uids: unknown): readonly string[] {
  if (uids === undefined || uids === null) throw new Refusal('Request does not contain the list of UIDs')
  if (!Array.isArray(uids)) {
    throw new Refusal(`Parameter 'uids' must be a list: type(uids) = ${pyTypeName(uids)}`)
  }
  return uids.map((uid: unknown) => (typeof uid === 'string' ? uid : asText(uid)))
}
