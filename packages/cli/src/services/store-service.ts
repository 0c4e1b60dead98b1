import { startStore, storeConfig } from '@beamtime/document-store'
import { queueCatalogs } from '../config/queue-catalogs.ts'
import type { ServiceSetup } from './run-as-service.ts'
import { busOf } from './service-config.ts'

/** Role `store`: from the bus into the catalogs. */
export const storeService: ServiceSetup = {
  role: 'store',
  prepare(config) {
    const store = config.read(storeConfig)
    const bus = busOf(config, 'beamtime-store')
    const topics = queueCatalogs(config).map(({ queue, topic, catalog }) => ({
      queueName: queue,
      topic,
      catalog,
    }))
    return (context) => startStore({ store, bus, queueTopics: topics }, context)
  },
}
