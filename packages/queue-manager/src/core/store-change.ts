import type { HistoryEntry, QueueItem } from './item.ts'

/** Small values that are kept as JSON by name. */
export const storedValueNames = [
  'plan_queue_mode',
  'user_group_permissions',
  'lock_info',
  'autostart_mode_info',
  'stop_pending_info',
  'proposals',
] as const
export type StoredValueName = (typeof storedValueNames)[number]

/** One durable change. Changes of one step are applied together or not at all. */
export type StoreChange =
  /** `index` counts in the queue as it is before this change. */
  | { readonly kind: 'insert-items'; readonly index: number; readonly items: readonly QueueItem[] }
  | { readonly kind: 'remove-items'; readonly uids: readonly string[] }
  | { readonly kind: 'replace-item'; readonly uid: string; readonly item: QueueItem }
  | { readonly kind: 'clear-items' }
  | { readonly kind: 'set-running'; readonly item: QueueItem | null }
  | { readonly kind: 'append-history'; readonly entry: HistoryEntry }
  | { readonly kind: 'drop-oldest-history'; readonly count: number }
  | { readonly kind: 'clear-history' }
  /** The item went back to the queue, or round the loop, under another uid. */
  | { readonly kind: 'link-items'; readonly from: string; readonly to: string }
  | { readonly kind: 'set-value'; readonly name: StoredValueName; readonly value: unknown }

/** What a store holds when a manager starts. */
export interface StoredState {
  readonly items: readonly QueueItem[]
  readonly running: QueueItem | null
  readonly history: readonly HistoryEntry[]
  readonly values: Readonly<Partial<Record<StoredValueName, unknown>>>
  readonly links: readonly (readonly [from: string, to: string])[]
}
