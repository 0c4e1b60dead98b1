import type { HistoryItem } from '@beamtime/queue-client'
import { GatewayError } from '../error.ts'
import { listeners } from '../listeners.ts'
import type { Listeners } from '../listeners.ts'
import { pageHistory } from './history-filter.ts'
import type { HistoryQuery, HistorySlice } from './history-filter.ts'
import type { QueueLink } from './queue-link.ts'

/** Items kept for the channel and for estimates when the manager pages by itself. */
const recentItems = 200

export type HistoryNews =
  | { readonly op: 'add'; readonly uid: string; readonly total: number; readonly item: HistoryItem }
  | { readonly op: 'reset'; readonly uid: string; readonly total: number }

/**
 * The history of a manager, read again only when plan_history_uid changes. Pages come from the manager's
 * `history_page` where it has it; of another manager the whole history is read and paged here.
 */
export interface HistoryMirror {
  /** Newest first; empty before the first answer. */
  readonly recent: readonly HistoryItem[]
  readonly uid: string | null
  readonly total: number
  readonly onChange: Listeners<HistoryNews>['listen']
  page(query: HistoryQuery): Promise<HistorySlice & { readonly uid: string }>
  close(): void
}

interface Reading {
  readonly uid: string
  readonly total: number
  /** Oldest first; of a manager that pages only the newest ones. */
  readonly items: readonly HistoryItem[]
}

export function mirrorHistory(link: QueueLink): HistoryMirror {
  return new LinkHistoryMirror(link)
}

class LinkHistoryMirror implements HistoryMirror {
  readonly #link: QueueLink
  readonly #news = listeners<HistoryNews>()
  readonly #stop: readonly (() => void)[]
  #reading: Reading | null = null
  #busy = false
  /** null: not known yet. */
  #pagesItself: boolean | null = null

  constructor(link: QueueLink) {
    this.#link = link
    const refresh = (): void => this.#refresh()
    this.#stop = [link.onStatus(refresh), link.onReachability(refresh)]
    this.#refresh()
  }

  get recent(): readonly HistoryItem[] {
    return (this.#reading?.items.slice(-recentItems) ?? []).toReversed()
  }
  get uid(): string | null {
    return this.#reading?.uid ?? null
  }
  get total(): number {
    return this.#reading?.total ?? 0
  }
  readonly onChange: HistoryMirror['onChange'] = (callback) => this.#news.listen(callback)

  async page(query: HistoryQuery): Promise<HistorySlice & { readonly uid: string }> {
    if (this.#pagesItself !== false) {
      const page = await this.#managerPage(query)
      if (page !== null) return page
    }
    const reading = await this.#upToDate()
    return { ...pageHistory(reading.items, query), uid: reading.uid }
  }

  close(): void {
    for (const end of this.#stop) end()
  }

  #refresh(): void {
    const { status } = this.#link
    if (this.#busy || status === null || status.plan_history_uid === this.#reading?.uid) return
    this.#busy = true
    void this.#follow().finally(() => {
      this.#busy = false
    })
  }

  async #follow(): Promise<void> {
    let reading: Reading | null
    do {
      try {
        reading = await this.#read()
      } catch (error) {
        // The manager is away; its next status starts another attempt.
        if (error instanceof GatewayError) return
        throw error
      }
      if (reading === null || reading.uid === this.#reading?.uid) return
      const before = this.#reading
      this.#reading = reading
      this.#tell(before, reading)
    } while (this.#link.status?.plan_history_uid !== reading.uid)
  }

  /** What was appended since, or a reset when something was taken away. */
  #tell(before: Reading | null, after: Reading): void {
    const { uid, total } = after
    const last = before?.items.at(-1)?.item_uid
    const at = last === undefined ? -1 : after.items.findLastIndex((item) => item.item_uid === last)
    const added = after.items.slice(at + 1)
    const appended =
      before !== null && (at >= 0 || before.total === 0) && total === before.total + added.length
    if (!appended) this.#news.emit({ op: 'reset', uid, total })
    else for (const item of added) this.#news.emit({ op: 'add', uid, total, item })
  }

  async #read(): Promise<Reading | null> {
    if (this.#pagesItself !== false) {
      const page = await this.#managerPage(everything(recentItems))
      if (page !== null) return { uid: page.uid, total: page.total, items: page.items.toReversed() }
    }
    const reply = await this.#link.read('history_get')
    const { items, plan_history_uid: uid } = reply
    if (typeof uid !== 'string' || !Array.isArray(items)) return null
    const known = items.filter(isHistoryItem)
    return { uid, items: known, total: known.length }
  }

  /** The whole history as it is now; read again unless the uid says that it is unchanged. */
  async #upToDate(): Promise<Reading> {
    const status = await this.#link.read('status')
    if (this.#reading !== null && status['plan_history_uid'] === this.#reading.uid) return this.#reading
    const reading = (await this.#read()) ?? { uid: '', items: [], total: 0 }
    this.#reading ??= reading
    return reading
  }

  async #managerPage(query: HistoryQuery): Promise<(HistorySlice & { readonly uid: string }) | null> {
    const given = Object.entries(query).filter(([, value]) => value !== null)
    const reply = await this.#link.read('history_page', Object.fromEntries(given))
    const { items, total, next, plan_history_uid: uid } = reply
    this.#pagesItself = reply.success === true && Array.isArray(items)
    if (!Array.isArray(items) || typeof total !== 'number' || typeof uid !== 'string') return null
    return { items: items.filter(isHistoryItem), total, next: typeof next === 'string' ? next : null, uid }
  }
}

function everything(limit: number): HistoryQuery {
  return { limit, before: null, q: null, plan: null, user: null, status: null, from: null, to: null }
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
