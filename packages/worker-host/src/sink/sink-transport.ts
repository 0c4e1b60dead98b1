import type { Bus, BusOptions, BusProducer } from '@beamtime/bus'
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
  let opened: { readonly bus: Bus; readonly producer: BusProducer } | null = null

  async function open(): Promise<Bus> {
    if (opened !== null) return opened.bus
    // The client library is large: loaded here, it does not hold up the socket, nor a host that does not publish.
    const { openBus } = await import('@beamtime/bus')
    // The manager passes on what the configuration section of the bus has checked.
    const settings = options.bus as Partial<BusOptions>
    const { bootstrapServers } = options.bus
    const bus = openBus({ clientId: 'worker', ...settings, bootstrapServers, log: options.log })
    // No delivery timeout: the producer's own retries double nothing, ours could. A stall is seen by the sink's clock.
    opened = { bus, producer: bus.producer({ idempotent: true, lingerMs: 0, deliveryTimeoutMs: 0 }) }
    return bus
  }

  return {
    async prepare(signal) {
      const bus = await open()
      await bus.ensureTopics([{ name: topic, partitions: 1 }], { signal })
    },
    async send(key, payloads) {
      await open()
      const keyBytes = Buffer.from(key)
      await opened?.producer.sendBatch(payloads.map((value) => ({ topic, key: keyBytes, value })))
    },
    async close() {
      await opened?.bus.close()
    },
  }
}
