import { join } from 'node:path'
import type { RunningService, SectionValues, ServiceContext } from '@beamtime/service-kit'
import { type BrokerConfig, openBroker } from './broker.ts'
import type { registryConfig } from './config.ts'

export interface BrokerServiceConfig {
  readonly broker: BrokerConfig
  /** Read with the rest; the registry comes with a later release. */
  readonly registry: SectionValues<typeof registryConfig>
}

/** Starts the broker as a service on `<dataDir>/broker`. */
export async function startBroker(
  config: BrokerServiceConfig,
  context: ServiceContext,
): Promise<RunningService> {
  const { dataDir, log, metrics, health } = context
  const broker = await openBroker({ config: config.broker, directory: join(dataDir, 'broker'), log, metrics })
  health.set('broker', { ok: true })
  return {
    endpoints: broker.addresses.map(({ name, host, port }) => ({
      name,
      url: `kafka://${host.includes(':') ? `[${host}]` : host}:${port}`,
    })),
    status: () => {
      const { topics, partitions, groups } = broker.counts()
      return `${topics} topics, ${partitions} partitions, ${groups} groups, ${broker.clients().length} clients`
    },
    close: () => broker.close(),
  }
}
