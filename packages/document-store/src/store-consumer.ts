import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { Bus, BusRecord } from '@beamtime/bus'
import { retryDelay, type Health, type Logger } from '@beamtime/service-kit'
import { fillGap, findGaps } from './catch-up.ts'
import { createDeadLetters } from './dead-letters.ts'
import { writeRecords, type OpenCatalog } from './record-sink.ts'
import type { StoreMetrics } from './store-metrics.ts'

/** Records of one topic and partition, in order. */
export interface ConsumedRecords {
  readonly topic: string
  readonly partition: number
  readonly records: readonly BusRecord[]
}

export interface StoreConsumerOptions {
  readonly bus: Bus
  /** By topic. */
  readonly catalogs: ReadonlyMap<string, OpenCatalog>
  readonly groupId: string
  readonly offsetReset: 'earliest' | 'latest'
  readonly deadLetterSuffix: string
  readonly log: Logger
  readonly health: Health
  readonly metrics: StoreMetrics
  readonly signal: AbortSignal
  /** First and longest wait before the bus or the disk is tried again. Default 100 and 10 000 ms. */
  readonly retry?: { readonly minMs?: number; readonly maxMs?: number }
  /** How often the lag is looked up. Default 5 000 ms. */
  readonly lagIntervalMs?: number
}

/** Moves documents from the bus into the catalogs until `signal` aborts. Offsets are committed after the write; whatever
 * fails is tried again for ever, with back-off, and told in health. */
export async function consumeDocuments(options: StoreConsumerOptions): Promise<void> {
  const { bus, log, health, signal } = options
  const topics = [...options.catalogs.keys()]
  const deadLetters = createDeadLetters({ bus, suffix: options.deadLetterSuffix, log, signal })
  const onRecords = async ({ topic, records }: ConsumedRecords): Promise<void> => {
    const catalog = options.catalogs.get(topic)
    if (!catalog || records.length === 0) return
    const rejected = await writeRecords(catalog, records, options)
    for (const { rejection } of rejected) options.metrics.rejected(catalog.name, rejection.code)
    await deadLetters.send(rejected)
  }
  const lagTimer = setInterval(() => void reportLag(options), options.lagIntervalMs ?? 5_000)
  try {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await bus.ensureTopics(
          topics.map((name) => ({ name })),
          { signal },
        )
        await fillGaps(options, onRecords)
        await bus.consume({
          groupId: options.groupId,
          // A killed store takes its place again at once.
          instanceId: `store@${hostname()}`,
          topics,
          from: options.offsetReset,
          signal,
          onBatch: onRecords,
          onState(state) {
            if (state === 'connected') attempt = 0
            health.set('bus', { ok: state === 'connected', detail: state })
          },
        })
      } catch (error) {
        if (signal.aborted) break
        const detail = error instanceof Error ? error.message : String(error)
        health.set('bus', { ok: false, detail })
        log.error('store.bus.failed', { attempt, error: detail })
        const waitMs = retryDelay(attempt, { minMs: 100, maxMs: 10_000, ...options.retry })
        await delay(waitMs, undefined, { signal }).catch(() => undefined)
      }
    }
  } finally {
    clearInterval(lagTimer)
    await deadLetters.close()
  }
}

async function fillGaps(
  options: StoreConsumerOptions,
  onRecords: (batch: ConsumedRecords) => Promise<void>,
): Promise<void> {
  if (options.offsetReset === 'latest') return
  const gaps = await findGaps(options.bus, options.groupId, options.catalogs).catch((error: unknown) => {
    // A group that does not exist yet has no gaps.
    if (error instanceof Error && 'code' in error && error.code === 'BUS_GROUP_UNKNOWN') return []
    throw error
  })
  for (const gap of gaps) await fillGap(gap, { ...options, onRecords })
}

async function reportLag(options: StoreConsumerOptions): Promise<void> {
  try {
    let behind = 0n
    for (const { topic, partition, lag } of await options.bus.admin.groupLag(options.groupId)) {
      if (!options.catalogs.has(topic)) continue
      behind += lag
      options.metrics.lag({ group: options.groupId, topic, partition }, Number(lag))
    }
    options.health.set('lag', { ok: true, detail: `${behind} records behind` })
  } catch (error) {
    options.log.debug('store.lag.unknown', { error: String(error) })
    options.health.set('lag', { ok: false, detail: 'unknown while the bus is away' })
  }
}
