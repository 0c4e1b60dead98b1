import { channel } from 'node:diagnostics_channel'
import type { Logger, Metrics } from '@beamtime/service-kit'
import type { ConnectionEvent } from './connection-event.ts'
import { kafkaErrorName } from './core/error-codes.ts'
import type { CoordinatorEvent } from './groups/group-coordinator.ts'
import type { BrokerCoreEvent } from './handlers/api.ts'
import type { LogEvent } from './log/log-context.ts'
import type { TransactionEvent } from './transactions/transaction-coordinator.ts'
import type { RegistryEvent } from './registry/registry-server.ts'

/** Everything that the parts of the broker report. Published on the diagnostics channel `kafka-broker:event`. */
export type BrokerEvent =
  | LogEvent
  | BrokerCoreEvent
  | ConnectionEvent
  | CoordinatorEvent
  | RegistryEvent
  | TransactionEvent
  | { readonly kind: 'connection-refused'; readonly remote: string }
  | { readonly kind: 'tls-failed'; readonly remote: string; readonly reason: string }
  | { readonly kind: 'disk-full'; readonly freeBytes: number }
  | { readonly kind: 'disk-free-again'; readonly freeBytes: number }
  | { readonly kind: 'retention-forced'; readonly log: string; readonly freedBytes: number }

/** Small and frequent: seconds of a request. */
const secondsBuckets = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30,
]

/** Turns events into log lines and metrics. */
export function brokerDiagnostics(log: Logger, metrics: Metrics): (event: BrokerEvent) => void {
  const events = channel('kafka-broker:event')
  const count = metricsOf(metrics)
  return (event) => {
    if (events.hasSubscribers) events.publish(event)
    count(event)
    logEvent(log, event)
  }
}

function metricsOf(metrics: Metrics): (event: BrokerEvent) => void {
  const topic = ['topic'] as const
  const recordsIn = metrics.counter('beamtime_broker_records_in_total', 'Records appended', topic)
  const bytesIn = metrics.counter('beamtime_broker_bytes_in_total', 'Bytes of batches appended', topic)
  const bytesOut = metrics.counter(
    'beamtime_broker_bytes_out_total',
    'Bytes of batches sent to readers',
    topic,
  )
  const recordsOut = metrics.counter('beamtime_broker_records_out_total', 'Records sent to readers', topic)
  const deleted = metrics.counter('beamtime_broker_segments_deleted_total', 'Segments deleted by retention')
  const compactedBytes = metrics.counter('beamtime_broker_compacted_bytes_total', 'Bytes freed by compaction')
  const errorAnswers = metrics.counter('beamtime_broker_errors_total', 'Error codes in answers', [
    'api',
    'error',
  ])
  const refusals = metrics.counter('beamtime_broker_produce_refused_total', 'Batches refused', ['error'])
  const requests = metrics.histogram('beamtime_broker_request_seconds', 'From request to answer', {
    labels: ['api'],
    buckets: secondsBuckets,
  })
  const fsyncs = metrics.histogram('beamtime_broker_fsync_seconds', 'Duration of fdatasync', {
    buckets: secondsBuckets,
  })
  const rebalances = metrics.counter('beamtime_broker_rebalances_total', 'Group rebalances begun', ['group'])
  const transactions = metrics.counter('beamtime_broker_transactions_total', 'Transactions that ended', [
    'result',
  ])
  const malformed = metrics.counter(
    'beamtime_broker_malformed_requests_total',
    'Connections closed for bad bytes',
  )
  const failures = metrics.counter(
    'beamtime_broker_write_failures_total',
    'Failed writes to the data directory',
  )
  const logins = metrics.counter('beamtime_broker_logins_total', 'Logins of clients', ['result'])
  const counters: EventCounters = {
    'logged-in': () => logins.inc({ result: 'ok' }),
    'login-failed': () => logins.inc({ result: 'failed' }),
    'login-missing': () => logins.inc({ result: 'missing' }),
    produced: (event) => {
      recordsIn.inc({ topic: event.topic }, event.records)
      bytesIn.inc({ topic: event.topic }, event.bytes)
    },
    fetched: (event) => {
      recordsOut.inc({ topic: event.topic }, event.records)
      bytesOut.inc({ topic: event.topic }, event.bytes)
    },
    'segments-deleted': (event) => deleted.inc({}, event.count),
    compacted: (event) => compactedBytes.inc({}, Math.max(0, event.freedBytes)),
    request: ({ api, seconds, errors }) => {
      requests.observe({ api }, seconds)
      for (const code of errors) errorAnswers.inc({ api, error: kafkaErrorName(code) })
    },
    'produce-refused': (event) => refusals.inc({ error: kafkaErrorName(event.errorCode) }),
    fsync: (event) => fsyncs.observe({}, event.seconds),
    rebalance: (event) => rebalances.inc({ group: event.groupId }),
    'transaction-ended': (event) => transactions.inc({ result: event.isCommitted ? 'committed' : 'aborted' }),
    malformed: () => malformed.inc(),
    unsupported: () => malformed.inc(),
    'write-failed': () => failures.inc(),
  }
  return (event) => (counters[event.kind] as ((event: BrokerEvent) => void) | undefined)?.(event)
}

type EventCounters = {
  readonly [K in BrokerEvent['kind']]?: (event: Extract<BrokerEvent, { kind: K }>) => void
}

type Level = 'debug' | 'info' | 'warn' | 'error'

/** How each event is logged; null = it happens too often for a log. */
const levels: Readonly<Record<BrokerEvent['kind'], Level | null>> = {
  produced: null,
  fetched: null,
  request: null,
  fsync: null,
  'topic-created': 'info',
  'topic-deleted': 'info',
  'topic-configured': 'info',
  'topic-names-collide': 'warn',
  'replication-reduced': 'warn',
  'produce-refused': 'warn',
  'segment-rolled': 'debug',
  'segments-deleted': 'info',
  compacted: 'info',
  'tail-truncated': 'warn',
  'segment-damaged': 'error',
  'write-failed': 'error',
  malformed: 'warn',
  unsupported: 'warn',
  'request-failed': 'error',
  'connection-refused': 'warn',
  'tls-failed': 'warn',
  'login-missing': 'warn',
  'reader-dropped': 'warn',
  'sender-dropped': 'warn',
  'login-failed': 'warn',
  'logged-in': 'debug',
  'user-changed': 'info',
  'registry-changed': 'info',
  'registry-refused': 'warn',
  'registry-failed': 'error',
  rebalance: 'info',
  'member-removed': 'info',
  'transaction-ended': 'debug',
  'transaction-timed-out': 'warn',
  'transaction-stuck': 'error',
  'disk-full': 'error',
  'disk-free-again': 'info',
  'retention-forced': 'warn',
}

function logEvent(log: Logger, event: BrokerEvent): void {
  const level = levels[event.kind]
  if (level === null) return
  const { kind, ...fields } = event
  const { error, ...rest } = fields as { error?: unknown }
  log[level](`broker.${kind}`, error === undefined ? rest : { ...rest, err: error })
}
