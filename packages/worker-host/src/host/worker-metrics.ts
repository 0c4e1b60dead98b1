import type { Metrics } from '@beamtime/service-kit'
import type { DocumentsSink } from '../sink/documents-sink.ts'

/** Documents and spool of a worker, under the names that all services use. */
export function addWorkerMetrics(options: {
  readonly metrics: Metrics
  readonly queue: string
  readonly documents: () => Readonly<Record<string, number>>
  readonly sink: DocumentsSink | null
}): void {
  const { metrics, queue, sink } = options
  const documents = metrics.counter('beamtime_documents_total', 'Documents emitted by the run engine.', [
    'queue',
    'name',
  ])
  const spoolBytes = metrics.gauge('beamtime_spool_bytes', 'Bytes of documents that wait for the bus.', [
    'queue',
  ])
  const told: Record<string, number> = {}
  metrics.onCollect(() => {
    for (const [name, count] of Object.entries(options.documents())) {
      documents.inc({ queue, name }, count - (told[name] ?? 0))
      told[name] = count
    }
    spoolBytes.set({ queue }, sink?.state.pendingBytes ?? 0)
  })
}
