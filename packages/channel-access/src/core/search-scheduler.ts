/* When which name is searched.
 * The first try is at once; the period starts at 30 ms and doubles, with 10 % jitter, up to a maximum. A channel that was lost
 * waits 0.2 to 1 s and goes on from 0.5 s, so that the clients of a restarted server do not all ask in the same instant.
 * Names are packed into datagrams of at most 1,024 bytes (EPICS base MAX_UDP_SEND), sent within a budget a second: names that wait for
 * their first try go before retries, because they are due earlier.
 * Source: EPICS base udpiiu.cpp and searchTimer.cpp; the numbers of the ladder are ours. */
import { minorVersion } from '../messages/header.ts'
import { searchDontReply, searchRequest } from '../messages/search.ts'
import { datagramVersion } from '../messages/version.ts'
import { createDueQueue } from './due-queue.ts'
import { between, jittered, type Random } from './random.ts'

export const datagramMaxBytes = 1_024
const firstPeriodMs = 30
const restartPeriodMs = 500
const restartLowMs = 200
const restartHighMs = 1_000
const jitterFraction = 0.1
/** The receive buffer of a server on a stock Linux holds about 90. */
const burstDatagrams = 64

export interface SearchOptions {
  readonly maxPeriodMs: number
  /** Datagrams a second over all addresses. */
  readonly datagramsPerS: number
  readonly random: Random
}

/** One round of a search: the same names as a datagram and as bare messages for name servers. */
export interface SearchBatch {
  readonly ids: readonly number[]
  readonly datagram: Uint8Array
  /** Bytes of VERSION in front of the datagram's searches. */
  readonly searchesAt: number
}

export interface SearchScheduler {
  /** Searches at once. */
  add(id: number, name: string, nowMs: number): void
  /** Searches in 0.2 to 1 s, twice as late for each failure before. */
  addLater(id: number, name: string, when: { readonly nowMs: number; readonly failures: number }): void
  remove(id: number): void
  has(id: number): boolean
  /** Brings every waiting search forward to 0.2 to 1 s from now. */
  hurry(nowMs: number): void
  /** The batches that are due within the budget; each costs `addresses` datagrams. */
  take(nowMs: number, addresses: number): readonly SearchBatch[]
  /** Everything that is searched, for a name server that just connected. */
  all(): readonly SearchBatch[]
  nextMs(): number
  readonly size: number
}

interface Candidate {
  readonly key: number
  readonly dueMs: number
}

interface Search {
  readonly message: Uint8Array
  periodMs: number
}

export function createSearchScheduler(options: SearchOptions): SearchScheduler {
  const searches = new Map<number, Search>()
  const queue = createDueQueue<number>()
  let sequence = 0
  let tokens = burstDatagrams
  let refilledMs: number | undefined
  let blockedUntilMs = 0

  function refill(nowMs: number): void {
    if (refilledMs !== undefined)
      tokens = Math.min(burstDatagrams, tokens + ((nowMs - refilledMs) / 1000) * options.datagramsPerS)
    refilledMs = nowMs
  }

  function insert(
    id: number,
    search: { readonly name: string; readonly periodMs: number; readonly dueMs: number },
  ): void {
    const message = searchRequest.encode({
      reply: searchDontReply,
      minor: minorVersion,
      searchId: id,
      searchIdAgain: id,
      name: search.name,
    })
    searches.set(id, { message, periodMs: search.periodMs })
    queue.set(id, search.dueMs)
  }

  function pack(ids: readonly number[]): SearchBatch {
    sequence = (sequence + 1) >>> 0
    const head = datagramVersion.encode({ minor: minorVersion, sequence })
    const parts = ids.map((id) => searches.get(id)?.message ?? new Uint8Array(0))
    const datagram = new Uint8Array(parts.reduce((sum, part) => sum + part.length, head.length))
    datagram.set(head)
    let at = head.length
    for (const part of parts) {
      datagram.set(part, at)
      at += part.length
    }
    return { ids, datagram, searchesAt: head.length }
  }

  function nextBatch(
    next: () => Candidate | undefined,
    unused: (candidate: Candidate) => void,
  ): SearchBatch | undefined {
    const ids: number[] = []
    let bytes = 16
    for (let candidate = next(); candidate !== undefined; candidate = next()) {
      const size = searches.get(candidate.key)?.message.length ?? 0
      if (ids.length > 0 && bytes + size > datagramMaxBytes) {
        unused(candidate)
        break
      }
      ids.push(candidate.key)
      bytes += size
    }
    return ids.length === 0 ? undefined : pack(ids)
  }

  function reschedule(id: number, nowMs: number): void {
    const search = searches.get(id)
    if (search === undefined) return
    queue.set(id, nowMs + jittered(search.periodMs, jitterFraction, options.random))
    search.periodMs = Math.min(search.periodMs * 2, options.maxPeriodMs)
  }

  return {
    add: (id, name, nowMs) => insert(id, { name, periodMs: firstPeriodMs, dueMs: nowMs }),
    addLater(id, name, { nowMs, failures }) {
      const factor = 2 ** Math.min(failures, 20)
      const delayMs = between(restartLowMs, restartHighMs, options.random) * factor
      insert(id, {
        name,
        periodMs: Math.min(restartPeriodMs * factor, options.maxPeriodMs),
        dueMs: nowMs + Math.min(delayMs, options.maxPeriodMs),
      })
    },
    remove(id) {
      searches.delete(id)
      queue.delete(id)
    },
    has: (id) => searches.has(id),
    hurry(nowMs) {
      for (const [id, search] of searches) {
        search.periodMs = restartPeriodMs
        queue.set(id, nowMs + between(restartLowMs, restartHighMs, options.random))
      }
    },
    take(nowMs, addresses) {
      refill(nowMs)
      const cost = Math.max(1, addresses)
      const batches: SearchBatch[] = []
      while (queue.nextMs() <= nowMs) {
        if (tokens < Math.min(cost, burstDatagrams)) {
          blockedUntilMs =
            nowMs + Math.ceil(((Math.min(cost, burstDatagrams) - tokens) / options.datagramsPerS) * 1000)
          break
        }
        const batch = nextBatch(
          () => queue.take(nowMs),
          // At its own time, or it would fall behind retries.
          ({ key, dueMs }) => queue.set(key, dueMs),
        )
        if (batch === undefined) break
        tokens -= cost
        for (const id of batch.ids) reschedule(id, nowMs)
        batches.push(batch)
      }
      return batches
    },
    all() {
      const ids = searches.keys()
      let held: Candidate | undefined
      const batches: SearchBatch[] = []
      for (;;) {
        const batch = nextBatch(
          () => {
            const kept = held
            held = undefined
            if (kept !== undefined) return kept
            const { value } = ids.next()
            return value === undefined ? undefined : { key: value, dueMs: 0 }
          },
          (candidate) => (held = candidate),
        )
        if (batch === undefined) return batches
        batches.push(batch)
      }
    },
    nextMs: () => Math.max(queue.nextMs(), blockedUntilMs),
    get size() {
      return searches.size
    },
  }
}
