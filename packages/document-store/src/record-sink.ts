import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'
import type { BusRecord } from '@beamtime/bus'
import { retryDelay, type Health, type Logger } from '@beamtime/service-kit'
import type { CatalogWriter, Rejection } from './catalog-writer.ts'
import { StoreError } from './error.ts'
import type { StoreMetrics } from './store-metrics.ts'

/** A catalog as the service holds it. */
export interface OpenCatalog {
  readonly name: string
  readonly writer: CatalogWriter
  /** Documents new since the last look, by name; emptied by who looks. */
  readonly counts: Map<string, number>
}

export interface RejectedRecord {
  readonly record: BusRecord
  readonly rejection: Rejection
}

export interface RecordSinkOptions {
  readonly log: Logger
  readonly health: Health
  readonly metrics: StoreMetrics
  readonly signal: AbortSignal
  /** First and longest wait before a failed write is tried again. Default 100 and 10 000 ms. */
  readonly retry?: { readonly minMs?: number; readonly maxMs?: number }
}

/** Other work gets its turn after this many documents. */
const sliceSize = 1000

/** Writes records into a catalog, in order, and returns the ones that cannot be stored. When it resolves the others are
 * committed. A full or failing disk is waited for. Rejects with STORE_UNWRITABLE only when `signal` aborts meanwhile. */
export async function writeRecords(
  catalog: OpenCatalog,
  records: readonly BusRecord[],
  options: RecordSinkOptions,
): Promise<readonly RejectedRecord[]> {
  const rejected: RejectedRecord[] = []
  for (let from = 0; from < records.length; from += sliceSize) {
    if (from > 0) await nextTurn()
    const slice = records.slice(from, from + sliceSize)
    for (const rejection of await writeSlice(catalog, slice, options)) {
      const record = slice[rejection.index]
      if (record) rejected.push({ record, rejection })
    }
  }
  return rejected
}

async function writeSlice(
  catalog: OpenCatalog,
  records: readonly BusRecord[],
  options: RecordSinkOptions,
): Promise<readonly Rejection[]> {
  const documents = records.map(({ value, topic, partition, offset }) => ({
    bytes: value ?? new Uint8Array(0),
    position: { topic, partition, offset },
  }))
  for (let attempt = 0; ; attempt++) {
    const start = performance.now()
    try {
      const rejections = catalog.writer.apply(documents)
      options.metrics.wrote((performance.now() - start) / 1000)
      for (const [name, count] of catalog.counts) options.metrics.documents(catalog.name, name, count)
      options.health.set(`catalog:${catalog.name}`, { ok: true })
      return rejections
    } catch (error) {
      if (!(error instanceof StoreError) || !error.canRetry || options.signal.aborted) throw error
      options.health.set(`catalog:${catalog.name}`, { ok: false, detail: error.message })
      options.log.error('store.write.failed', {
        catalog: catalog.name,
        attempt,
        error: error.message,
        remedy: error.remedy,
      })
      await delay(retryDelay(attempt, { minMs: 100, maxMs: 10_000, ...options.retry }), undefined, {
        signal: options.signal,
      }).catch(() => undefined)
    } finally {
      catalog.counts.clear()
    }
  }
}
