import type { Metrics } from '@beamtime/service-kit'

/** The metrics of the store, names as the monitoring reference lists them. */
export interface StoreMetrics {
  documents(catalog: string, name: string, count: number): void
  wrote(seconds: number): void
  lag(
    labels: { readonly group: string; readonly topic: string; readonly partition: number },
    records: number,
  ): void
  rejected(catalog: string, code: string): void
}

export function createStoreMetrics(
  metrics: Metrics,
  openRuns: () => ReadonlyMap<string, number>,
): StoreMetrics {
  const documents = metrics.counter('beamtime_store_documents_total', 'Documents stored.', [
    'catalog',
    'name',
  ])
  const writeSeconds = metrics.histogram(
    'beamtime_store_write_seconds',
    'Time to write one batch of documents.',
  )
  const lastWrite = metrics.gauge(
    'beamtime_store_last_write_timestamp_seconds',
    'UNIX time of the last write.',
  )
  const runsOpen = metrics.gauge('beamtime_store_runs_open', 'Runs without a stop document.', ['catalog'])
  const rejected = metrics.counter(
    'beamtime_store_rejected_total',
    'Documents that went to the dead-letter topic.',
    ['catalog', 'code'],
  )
  const lag = metrics.gauge('beamtime_bus_consumer_lag', 'Records behind the end of the topic.', [
    'group',
    'topic',
    'partition',
  ])
  metrics.onCollect(() => {
    for (const [catalog, n] of openRuns()) runsOpen.set({ catalog }, n)
  })
  return {
    documents: (catalog, name, count) => documents.inc({ catalog, name }, count),
    wrote(seconds) {
      writeSeconds.observe({}, seconds)
      lastWrite.set({}, Date.now() / 1000)
    },
    lag: (labels, records) => lag.set(labels, records),
    rejected: (catalog, code) => rejected.inc({ catalog, code }),
  }
}
