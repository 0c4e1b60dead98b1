import type { HistoryItem } from '@beamtime/queue-client'
import { GatewayError } from '../error.ts'
import { listeners } from '../listeners.ts'
import type { Listeners } from '../listeners.ts'
import { HistoryIndex } from './history-index.ts'
import type { HistoryQuery, HistorySlice } from './history-index.ts'
import type { QueueLink } from './queue-link.ts'

/** Items read at once of a manager that pages. */
const chunkItems = 2_000
/** Items that the channel and the estimates look at. */
const recentItems = 200

export type HistoryNews =
  | { readonly op: 'add'; readonly uid: string; readonly total: number; readonly item: HistoryItem }
  | { readonly op: 'reset'; readonly uid: string; readonly total: number }

/**
 * The history of a manager, read again only when plan_history_uid changes. A manager that knows `history_page` is asked
 * for what was appended; of another one the whole history is read.
 */
export interface HistoryMirror {
  /** Newest first; empty before the first answer. */
  readonly recent: readonly HistoryItem[]
  readonly uid: string | null
  readonly total: number
  readonly onChange: Listeners<HistoryNews>['listen']
  /** Rejects with GATEWAY_MANAGER_TIMEOUT when nothing was read yet and the manager is away. */
  page(query: HistoryQuery): Promise<HistorySlice & { readonly uid: string }>
  close(): void
}

export function mirrorHistory(link: QueueLink): HistoryMirror {
  return new LinkHistoryMirror(link)
}

/** A part of the history, oldest first, from `offset`. */
interface Part {
  readonly uid: string
  readonly total: number
  readonly offset: number
  readonly items: readonly HistoryItem[]
}

class LinkHistoryMirror implements HistoryMirror {
  readonly #link: QueueLink
  readonly #news = listeners<HistoryNews>()
  readonly #stop: readonly (() => void)[]
  readonly #index = new HistoryIndex()
  #uid: string | null = null
  #total = 0
  #reading: Promise<void> | null = null
  #hasPages = true

  constructor(link: QueueLink) {
    this.#link = link
    const refresh = (): void => {
      const { status } = link
      if (status !== null && status.plan_history_uid !== this.#uid)
        void this.#refresh().catch(leaveForNextStatus)
    }
    this.#stop = [link.onStatus(refresh), link.onReachability(refresh)]
    refresh()
  }

  get recent(): readonly HistoryItem[] {
    return this.#index.recent(recentItems)
  }
  get uid(): string | null {
    return this.#uid
  }
  get total(): number {
    return this.#total
  }
  readonly onChange: HistoryMirror['onChange'] = (callback) => this.#news.listen(callback)

  async page(query: HistoryQuery): Promise<HistorySlice & { readonly uid: string }> {
    const status = await this.#link.read('status')
    if (status['plan_history_uid'] !== this.#uid) await this.#refresh()
    return { ...this.#index.page(query), uid: this.#uid ?? '' }
  }

  close(): void {
    for (const end of this.#stop) end()
  }

  /** One reading at a time; it goes on until the history is as the status says. */
  #refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null
    })
    return this.#reading
  }

  async #read(): Promise<void> {
    do {
      const before = { uid: this.#uid, total: this.#total }
      // The last known item is read again, to see whether the history only grew.
      const last = await this.#part(Math.max(0, before.total - 1))
      const isGrown = before.total > 0 && last.items[0]?.item_uid === this.#index.lastUid
      if (isGrown) {
        const added = await this.#take({ ...last, offset: last.offset + 1, items: last.items.slice(1) })
        this.#tell(true, added)
      } else {
        this.#index.clear()
        const added = await this.#take(last.offset === 0 ? last : await this.#part(0))
        this.#tell(before.uid !== null && before.total === 0, added)
      }
    } while (this.#link.status !== null && this.#link.status.plan_history_uid !== this.#uid)
  }

  /** Adds a part and all that follow; returns the newest of what was added. */
  async #take(first: Part): Promise<readonly HistoryItem[]> {
    let added: readonly HistoryItem[] = []
    let part = first
    for (;;) {
      this.#index.add(part.items)
      added = [...added, ...part.items].slice(-recentItems)
      this.#uid = part.uid
      this.#total = part.total
      const end = part.offset + part.items.length
      if (end >= part.total || part.items.length === 0) return added
      part = await this.#part(end)
    }
  }

  #tell(isGrown: boolean, added: readonly HistoryItem[]): void {
    const [uid, total] = [this.#uid ?? '', this.#total]
    if (!isGrown) this.#news.emit({ op: 'reset', uid, total })
    else for (const item of added) this.#news.emit({ op: 'add', uid, total, item })
  }

  async #part(offset: number): Promise<Part> {
    if (this.#hasPages) {
      const page = await this.#link.read('history_page', { offset, limit: chunkItems, newest_first: false })
      const part = partOf(page, offset)
      if (part !== null) return part
      this.#hasPages = false
    }
    const all = partOf(await this.#link.read('history_get'), 0)
    if (all === null) return { uid: '', total: 0, offset, items: [] }
    return { ...all, offset, items: all.items.slice(offset) }
  }
}

function partOf(reply: Readonly<Record<string, unknown>>, offset: number): Part | null {
  const { items, total, plan_history_uid: uid, success } = reply
  if (success !== true || !Array.isArray(items) || typeof uid !== 'string') return null
  const known = items.filter(isHistoryItem)
  return { uid, offset, items: known, total: typeof total === 'number' ? total : known.length }
}

/** The manager is away; its next status starts another attempt. */
function leaveForNextStatus(error: unknown): void {
  if (!(error instanceof GatewayError)) throw error
}

function isHistoryItem(value: unknown): value is HistoryItem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'item_uid' in value &&
    'result' in value &&
    typeof value.result === 'object' &&
    value.result !== null
  )
}
