import type { ItemEstimate, QueueEvent, QueueItem, QueueSnap } from '@beamtime/http-gateway/ui-types'

export interface QueueState {
  readonly isLoaded: boolean
  readonly uid: string
  readonly running: QueueItem | null
  readonly items: readonly QueueItem[]
  readonly estimates: Readonly<Record<string, ItemEstimate>>
}

export const emptyQueue: QueueState = { isLoaded: false, uid: '', running: null, items: [], estimates: {} }

export function queueFromSnap(snap: QueueSnap): QueueState {
  return {
    isLoaded: true,
    uid: snap.uid,
    running: snap.running,
    items: snap.items,
    estimates: snap.estimates,
  }
}

/** Applies one event. Items are found by uid, not by position, so an event that was applied before changes nothing. */
export function applyQueueEvent(state: QueueState, event: QueueEvent): QueueState {
  const uid = event.uid
  switch (event.op) {
    case 'add':
    case 'update':
      return {
        ...state,
        uid,
        items: placed(state.items, event.item, event.pos),
        estimates:
          event.estimate === null
            ? state.estimates
            : { ...state.estimates, [event.item.item_uid]: event.estimate },
      }
    case 'remove':
      return { ...state, uid, items: state.items.filter((item) => item.item_uid !== event.item.item_uid) }
    case 'move':
      return { ...state, uid, items: placed(state.items, event.item, event.pos) }
    case 'clear':
      return { ...state, uid, items: [] }
    case 'running':
      return { ...state, uid, running: event.item }
  }
}

function placed(items: readonly QueueItem[], item: QueueItem, pos: number): readonly QueueItem[] {
  const rest = items.filter((other) => other.item_uid !== item.item_uid)
  return [...rest.slice(0, pos), item, ...rest.slice(pos)]
}

/** Where a block of items goes; the wire names of `queue_item_move_batch`. */
export type MoveTarget =
  | { readonly pos_dest: 'front' | 'back' }
  | { readonly before_uid: string }
  | { readonly after_uid: string }

/** Order after moving `uids` as one block that keeps its queue order; null when the target is gone or part of the block. */
export function movedOrder(
  order: readonly string[],
  uids: ReadonlySet<string>,
  target: MoveTarget,
): readonly string[] | null {
  const block = order.filter((uid) => uids.has(uid))
  const rest = order.filter((uid) => !uids.has(uid))
  if ('pos_dest' in target) return target.pos_dest === 'front' ? [...block, ...rest] : [...rest, ...block]
  const anchor = 'before_uid' in target ? target.before_uid : target.after_uid
  const index = rest.indexOf(anchor)
  if (index < 0) return null
  const at = 'before_uid' in target ? index : index + 1
  return [...rest.slice(0, at), ...block, ...rest.slice(at)]
}

/** Target of a step by Alt+arrow: the block passes its neighbour. Null at the end of the queue. */
export function stepTarget(
  order: readonly string[],
  uids: ReadonlySet<string>,
  direction: 'up' | 'down',
): MoveTarget | null {
  const places = order.flatMap((uid, index) => (uids.has(uid) ? [index] : []))
  const first = places[0]
  const last = places.at(-1)
  if (first === undefined || last === undefined) return null
  const isBlock = last - first + 1 === places.length
  if (direction === 'up') {
    const neighbour = order[isBlock ? first - 1 : first]
    if (isBlock) return neighbour === undefined ? null : { before_uid: neighbour }
    return gather(order, uids, first)
  }
  const neighbour = order[last + 1]
  if (isBlock) return neighbour === undefined ? null : { after_uid: neighbour }
  return gather(order, uids, first)
}

/** A scattered selection first comes together at its first item. */
function gather(order: readonly string[], uids: ReadonlySet<string>, first: number): MoveTarget {
  const before = order.slice(0, first).findLast((uid) => !uids.has(uid))
  return before === undefined ? { pos_dest: 'front' } : { after_uid: before }
}

/** Items in the order of `order`; items that it does not name stay behind their neighbours at the end. */
export function inOrder(items: readonly QueueItem[], order: readonly string[]): readonly QueueItem[] {
  const byUid = new Map(items.map((item) => [item.item_uid, item]))
  const named = order.flatMap((uid) => {
    const item = byUid.get(uid)
    byUid.delete(uid)
    return item === undefined ? [] : [item]
  })
  return [...named, ...byUid.values()]
}
