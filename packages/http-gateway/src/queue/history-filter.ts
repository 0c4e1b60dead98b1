import type { HistoryItem } from '@beamtime/queue-client'

/** Query of GET /api/queue/history. Times are Unix seconds of the end of the item. */
export interface HistoryQuery {
  readonly limit: number
  /** item_uid of the oldest item already shown. */
  readonly before: string | null
  readonly q: string | null
  readonly plan: string | null
  readonly user: string | null
  readonly status: string | null
  readonly from: number | null
  readonly to: number | null
}

export interface HistorySlice {
  readonly items: readonly HistoryItem[]
  readonly next: string | null
  readonly total: number
}

/** Filters and pages a history that is held oldest first; the page is newest first. */
export function pageHistory(history: readonly HistoryItem[], query: HistoryQuery): HistorySlice {
  const matches = matcher(query)
  const found: HistoryItem[] = []
  let total = 0
  let counting = query.before === null
  let more = false
  for (let at = history.length - 1; at >= 0; at -= 1) {
    const item = history[at]
    if (item === undefined) continue
    const fits = matches(item)
    if (fits) total += 1
    if (counting && fits) {
      if (found.length < query.limit) found.push(item)
      else more = true
    }
    if (item.item_uid === query.before) counting = true
  }
  return { items: found, next: more ? (found.at(-1)?.item_uid ?? null) : null, total }
}

function matcher(query: HistoryQuery): (item: HistoryItem) => boolean {
  const words = (query.q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  return (item) => {
    if (query.plan !== null && item.name !== query.plan) return false
    if (query.user !== null && item.user !== query.user) return false
    if (query.status !== null && item.result.exit_status !== query.status) return false
    if (query.from !== null && item.result.time_stop < query.from) return false
    if (query.to !== null && item.result.time_stop >= query.to) return false
    if (words.length === 0) return true
    const text = JSON.stringify(item).toLowerCase()
    return words.every((word) => text.includes(word))
  }
}
