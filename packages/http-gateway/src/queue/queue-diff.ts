import type { QueueItem } from '@beamtime/queue-client'

/** One step from an old list of items to a new one. Apply the steps in order. */
export type QueueChange =
  | { readonly op: 'remove'; readonly pos: number; readonly item: QueueItem }
  | { readonly op: 'add'; readonly pos: number; readonly item: QueueItem }
  | { readonly op: 'update'; readonly pos: number; readonly item: QueueItem }
  | { readonly op: 'move'; readonly from: number; readonly pos: number; readonly item: QueueItem }

/**
 * Finds few steps that turn `before` into `after`; null when there are more than `limit`.
 * Removed items go first (from the back), then the list is walked from the front.
 */
export function diffQueue(
  before: readonly QueueItem[],
  after: readonly QueueItem[],
  limit: number,
): readonly QueueChange[] | null {
  const changes: QueueChange[] = []
  const wanted = new Map(after.map((item) => [item.item_uid, item]))
  const list = [...before]
  for (let pos = list.length - 1; pos >= 0; pos -= 1) {
    const item = list[pos]
    if (item === undefined || wanted.has(item.item_uid)) continue
    changes.push({ op: 'remove', pos, item })
    list.splice(pos, 1)
    if (changes.length > limit) return null
  }
  const known = new Set(list.map((item) => item.item_uid))
  for (const [pos, item] of after.entries()) {
    const step = placeItem(list, { pos, item, known, after })
    if (step !== null) changes.push(...step)
    if (changes.length > limit) return null
  }
  return changes
}

function placeItem(
  list: QueueItem[],
  want: {
    readonly pos: number
    readonly item: QueueItem
    readonly known: ReadonlySet<string>
    readonly after: readonly QueueItem[]
  },
): readonly QueueChange[] | null {
  const { pos, item, known, after } = want
  if (!known.has(item.item_uid)) {
    list.splice(pos, 0, item)
    return [{ op: 'add', pos, item }]
  }
  const steps: QueueChange[] = []
  if (list[pos]?.item_uid !== item.item_uid) steps.push(bringHere(list, want, after))
  if (list[pos]?.item_uid === item.item_uid && !sameItem(list[pos], item)) {
    list[pos] = item
    steps.push({ op: 'update', pos, item })
  }
  // The item was not brought here but the one in front was sent away: then look again.
  return list[pos]?.item_uid === item.item_uid ? steps : [...steps, ...(placeItem(list, want) ?? [])]
}

/** An item moved down leaves its followers shifted up by one; moving it away is one step, pulling each follower up is many. */
function bringHere(
  list: QueueItem[],
  want: { readonly pos: number; readonly item: QueueItem },
  after: readonly QueueItem[],
): QueueChange {
  const here = list[want.pos]
  const next = list[want.pos + 1]
  if (here !== undefined && next?.item_uid === want.item.item_uid) {
    const pos = after.findIndex((item) => item.item_uid === here.item_uid)
    if (pos > want.pos) {
      list.splice(want.pos, 1)
      const to = Math.min(pos, list.length)
      list.splice(to, 0, here)
      return { op: 'move', from: want.pos, pos: to, item: here }
    }
  }
  const from = list.findIndex((item, at) => at > want.pos && item.item_uid === want.item.item_uid)
  const [moved = want.item] = list.splice(from, 1)
  list.splice(want.pos, 0, moved)
  return { op: 'move', from, pos: want.pos, item: want.item }
}

function sameItem(a: QueueItem, b: QueueItem): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
