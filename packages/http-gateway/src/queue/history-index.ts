import type { HistoryItem } from '@beamtime/queue-client'

/** Items that are searchable; older ones go first. */
const maxEntries = 200_000

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

/** What searching needs of an item; the item itself stays text, which takes a fraction of the memory. */
interface Entry {
  readonly uid: string
  readonly name: string
  readonly user: string | null
  readonly status: string
  readonly endS: number
  readonly json: string
}

/** A history that is held oldest first, searched and paged newest first. */
export class HistoryIndex {
  #entries: Entry[] = []

  get length(): number {
    return this.#entries.length
  }
  get lastUid(): string | null {
    return this.#entries.at(-1)?.uid ?? null
  }

  add(items: readonly HistoryItem[]): void {
    for (const item of items) this.#entries.push(entryOf(item))
    if (this.#entries.length > maxEntries) this.#entries = this.#entries.slice(-maxEntries)
  }

  clear(): void {
    this.#entries = []
  }

  /** The newest items, newest first. */
  recent(count: number): readonly HistoryItem[] {
    return this.#entries.slice(-count).toReversed().map(itemOf)
  }

  page(query: HistoryQuery): HistorySlice {
    const matches = matcher(query)
    const found: Entry[] = []
    let total = 0
    let isBelow = query.before === null
    let more = false
    for (let at = this.#entries.length - 1; at >= 0; at -= 1) {
      const entry = this.#entries[at]
      if (entry === undefined) continue
      const fits = matches(entry)
      if (fits) total += 1
      if (isBelow && fits) {
        if (found.length < query.limit) found.push(entry)
        else more = true
      }
      if (entry.uid === query.before) isBelow = true
    }
    return { items: found.map(itemOf), next: more ? (found.at(-1)?.uid ?? null) : null, total }
  }
}

function entryOf(item: HistoryItem): Entry {
  const { item_uid: uid, name, user = null, result } = item
  return { uid, name, user, status: result.exit_status, endS: result.time_stop, json: JSON.stringify(item) }
}

function itemOf(entry: Entry): HistoryItem {
  return JSON.parse(entry.json) as HistoryItem
}

function matcher(query: HistoryQuery): (entry: Entry) => boolean {
  const words = (query.q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  return (entry) =>
    (query.plan === null || entry.name === query.plan) &&
    (query.user === null || entry.user === query.user) &&
    (query.status === null || entry.status === query.status) &&
    (query.from === null || entry.endS >= query.from) &&
    (query.to === null || entry.endS < query.to) &&
    hasWords(entry, words)
}

function hasWords(entry: Entry, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const text = entry.json.toLowerCase()
  return words.every((word) => text.includes(word))
}
