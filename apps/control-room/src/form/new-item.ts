import type { QueueItem } from '@beamtime/http-gateway/ui-types'

/** What a client may send of an item. */
export interface NewItem {
  readonly item_type: QueueItem['item_type']
  readonly name: string
  readonly args?: readonly unknown[]
  readonly kwargs?: Readonly<Record<string, unknown>>
  readonly meta?: unknown
}

/** Place of a new item; the wire names of `queue_item_add`. */
export type AddPlace =
  | { readonly pos: 'front' | 'back' }
  | { readonly after_uid: string }
  | { readonly before_uid: string }

/** The content of an item without what the manager sets. */
export function contentOf(item: QueueItem | NewItem): NewItem {
  const { item_type, name, args, kwargs, meta } = item
  return {
    item_type,
    name,
    ...(args === undefined ? {} : { args }),
    ...(kwargs === undefined ? {} : { kwargs }),
    ...(meta === undefined ? {} : { meta }),
  }
}
