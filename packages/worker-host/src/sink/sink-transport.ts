import { openBus, type BusOptions } from '@beamtime/bus'
import type { Logger } from '@beamtime/service-kit'

/** Where documents go. Order is kept by sending one batch at a time. */
export interface SinkTransport {
  /** Resolves when the topic exists. May wait for the broker for ever. */
  prepare(signal: AbortSignal): Promise<void>
  /** Resolves when all are acknowledged. Rejects with an error that has `code` and perhaps `canRetry`. */
  send(key: string, payloads: readonly Uint8Array[]): Promise<void>
  close(): Promise<void>
}

/** Documents go to one topic of the bus, acknowledged by all replicas, each record once. */
export function busTransport(options: {
  readonly bus: Readonly<Record<string, unknown>> & { readonly bootstrapServers: readonly string[] }
  readonly topic: string
  readonly log: Logger
}): SinkTransport {
  const { topic } = options
  // The manager passes on what the configuration section of the bus has checked.
  const bus = openBus({
    clientId: 'worker',
    ...(options.bus as Partial<BusOptions>),
    ...options.bus,
    log: options.log,
  })
  // No delivery timeout: the producer's own retries double nothing, ours could. A stall is seen by the sink's clock.
  const producer = bus.producer({ idempotent: true, lingerMs: 0, deliveryTimeoutMs: 0 })
  return {
    async prepare(signal) {
      await bus.ensureTopics([{ name: topic, partitions: 1 }], { signal })
    },
    async send(key, payloads) {
      const keyBytes = Buffer.from(key)
      await producer.sendBatch(payloads.map((value) => ({ topic, key: keyBytes, value })))
    },
    async close() {
      await bus.close()
    },
  }
}
