import { isPlainObject, type PlainObject } from './plain-object.ts'

/** A plan or instruction in the queue; wire spelling, order of keys as submitted. Never changed in place. */
export type QueueItem = PlainObject & { readonly item_uid: string }

export type ExitStatus = 'completed' | 'failed' | 'stopped' | 'aborted' | 'halted' | 'unknown'

export interface ItemResult {
  readonly exit_status: ExitStatus
  readonly run_uids: readonly string[]
  readonly scan_ids: readonly (number | null)[]
  /** Unix seconds. */
  readonly time_start: number
  readonly time_stop: number
  readonly msg: string
  readonly traceback: string
  /** What the plan returned, when JSON can carry it. */
  readonly return_value?: unknown
}

export type HistoryEntry = QueueItem & { readonly result: ItemResult }

/** Keys of an item that survive its submission. */
const itemKeys: ReadonlySet<string> = new Set([
  'item_uid',
  'item_type',
  'name',
  'args',
  'kwargs',
  'meta',
  'user',
  'user_group',
  'properties',
])

const internalProperties: ReadonlySet<string> = new Set(['time_start', 'immediate_execution'])

export interface ItemOwner {
  readonly user: unknown
  readonly user_group: unknown
  readonly item_uid: string
}

/** A submitted item as it enters the queue: unknown keys dropped, owner and uid set. */
export function submittedItem(item: PlainObject, owner: ItemOwner): QueueItem {
  // A key that was submitted keeps its place, with the value that counts.
  const kept = Object.entries(item).filter(([key]) => itemKeys.has(key))
  return withoutInternals({ ...Object.fromEntries(kept), ...owner })
}

/** Drops the properties that only mean something while the item runs. */
export function withoutInternals<T extends QueueItem>(item: T): T {
  const { properties } = item
  if (!isPlainObject(properties)) return item
  const kept = Object.entries(properties).filter(([key]) => !internalProperties.has(key))
  const { properties: _dropped, ...rest } = item
  return (kept.length === 0 ? rest : { ...rest, properties: Object.fromEntries(kept) }) as T
}

/** The item as it is shown while it runs. */
export function runningItem(item: QueueItem, timeStart: number, immediate: boolean): QueueItem {
  const properties = isPlainObject(item['properties']) ? item['properties'] : {}
  const marks = immediate ? { immediate_execution: true, time_start: timeStart } : { time_start: timeStart }
  return { ...item, properties: { ...properties, ...marks } }
}

export function runningProperties(item: QueueItem): { immediate: boolean; timeStart: number | null } {
  const properties = isPlainObject(item['properties']) ? item['properties'] : {}
  const timeStart = properties['time_start']
  return {
    immediate: properties['immediate_execution'] === true,
    timeStart: typeof timeStart === 'number' ? timeStart : null,
  }
}

export function historyEntry(item: QueueItem, result: ItemResult): HistoryEntry {
  const { result: _before, ...rest } = withoutInternals(item)
  return { ...rest, result }
}

export function withUid<T extends QueueItem>(item: T, itemUid: string): T {
  return { ...item, item_uid: itemUid }
}

/** True for a value of the store or of a worker that can stand in the queue. */
export function isQueueItem(value: unknown): value is QueueItem {
  return isPlainObject(value) && typeof value['item_uid'] === 'string' && value['item_uid'] !== ''
}
