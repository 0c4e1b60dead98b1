import { facilityConfig } from '@beamtime/service-kit'
import type { Config } from './load-config.ts'
import { defaultCatalog, defaultTopic, queueNames } from './queue-names.ts'

/** Topic and catalog of one queue's documents. */
export interface QueueTopic {
  readonly queue: string
  readonly topic: string
  readonly catalog: string
}

/** Where each queue's documents go. A written store.topic_map replaces the default catalogs. */
export function queueCatalogs(config: Config): readonly QueueTopic[] {
  const { instrument_id: instrumentId } = config.pick('facility', {
    instrument_id: facilityConfig.fields.instrument_id,
  })
  const { topic_map: map } = config.pick('store', {
    topic_map: { type: 'table', default: {}, doc: 'Topic to catalog.' },
  })
  return queueNames(config).map((queue) => {
    const { topic: written } = config.pick(`queue.${queue}`, {
      topic: { type: 'string', default: '', doc: 'Documents topic.' },
    })
    const topic = written === '' ? defaultTopic(instrumentId, queue) : written
    const named = map[topic]
    return { queue, topic, catalog: typeof named === 'string' ? named : defaultCatalog(instrumentId, queue) }
  })
}
