import type { ItemEstimate } from './status.ts'
import type { HistoryItem, QueueItem } from '@beamtime/queue-client/wire'

/** Snap of the channel `queue`. */
export interface QueueSnap {
  /** plan_queue_uid */
  readonly uid: string
  readonly running: QueueItem | null
  readonly items: readonly QueueItem[]
  /** By item_uid. */
  readonly estimates: Readonly<Record<string, ItemEstimate>>
}

/**
 * Events of the channel `queue`. `uid` is the new plan_queue_uid. Apply them in order: `pos` is the index at the moment
 * of the operation (remove: where it was; move: where it goes after it was taken out, `from` where it was).
 * More than 100 changes at once, or a clear with other changes, arrive as a new snap.
 */
export type QueueEvent =
  | {
      readonly op: 'add' | 'update'
      readonly uid: string
      readonly pos: number
      readonly item: QueueItem
      readonly estimate: ItemEstimate | null
    }
  | { readonly op: 'remove'; readonly uid: string; readonly pos: number; readonly item: QueueItem }
  | {
      readonly op: 'move'
      readonly uid: string
      readonly from: number
      readonly pos: number
      readonly item: QueueItem
    }
  | { readonly op: 'clear'; readonly uid: string }
  | { readonly op: 'running'; readonly uid: string; readonly item: QueueItem | null }

/** Snap of the channel `history`: the newest items, newest first. */
export interface HistorySnap {
  readonly uid: string
  readonly total: number
  readonly items: readonly HistoryItem[]
}
export type HistoryEvent =
  | { readonly op: 'add'; readonly uid: string; readonly total: number; readonly item: HistoryItem }
  | { readonly op: 'reset'; readonly uid: string; readonly total: number }

/** GET /api/queue/history?limit=&before=&q=&plan=&user=&status=&from=&to= ; newest first; `next` is the `before` of the next page. */
export interface HistoryPage {
  readonly items: readonly HistoryItem[]
  readonly next: string | null
  /** Items that match. */
  readonly total: number
  readonly uid: string
}
