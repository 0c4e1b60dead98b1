import type { Bus, BusProducer } from '@beamtime/bus'
import type { Logger } from '@beamtime/service-kit'
import type { RejectedRecord } from './record-sink.ts'

/** Puts records that cannot be stored into the dead-letter topic of their topic. */
export interface DeadLetters {
  /** Never rejects: what cannot be sent within 10 s stays in the catalog's table of rejected documents and in the log. */
  send(rejected: readonly RejectedRecord[]): Promise<void>
  close(): Promise<void>
}

/** How long the bus may take, in normal operation and while the service stops. */
const waitMs = 10_000
const stoppingMs = 1_000

export function createDeadLetters(options: {
  readonly bus: Bus
  readonly suffix: string
  readonly log: Logger
  readonly signal: AbortSignal
}): DeadLetters {
  let producer: BusProducer | null = null
  const known = new Set<string>()

  const sendOne = async ({ record, rejection }: RejectedRecord): Promise<void> => {
    const topic = `${record.topic}${options.suffix}`
    const signal = AbortSignal.timeout(options.signal.aborted ? stoppingMs : waitMs)
    if (!known.has(topic)) {
      await options.bus.ensureTopics([{ name: topic }], { signal })
      known.add(topic)
    }
    producer ??= options.bus.producer({ deliveryTimeoutMs: waitMs })
    const header = (key: string, value: string): { key: string; value: Buffer } => ({
      key,
      value: Buffer.from(value),
    })
    await producer.send({
      topic,
      key: record.key,
      value: record.value,
      headers: [
        ...record.headers,
        header('error-code', rejection.code),
        header('error-message', rejection.message.slice(0, 1000)),
        header('source', `${record.topic}/${record.partition}/${record.offset}`),
      ],
    })
  }

  return {
    async send(rejected) {
      for (const { record, rejection } of rejected) {
        const where = { topic: record.topic, partition: record.partition, offset: String(record.offset) }
        options.log.warn('store.document.rejected', {
          ...where,
          code: rejection.code,
          message: rejection.message,
        })
        try {
          await sendOne({ record, rejection })
        } catch (error) {
          options.log.error('store.dead-letter.failed', { ...where, error: String(error) })
        }
      }
    },
    async close() {
      await producer?.close()
      producer = null
    },
  }
}
