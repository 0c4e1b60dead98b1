import { join } from 'node:path'
import type { RunningService, SectionValues, ServiceContext } from '@beamtime/service-kit'
import { type BrokerConfig, openBroker } from './broker.ts'
import { collectRarely } from './collector.ts'
import type { registryConfig } from './config.ts'

export interface BrokerServiceConfig {
  readonly broker: BrokerConfig
  readonly registry: SectionValues<typeof registryConfig>
  /** Makes paths of the configuration absolute. Default: from the working directory. */
  readonly resolvePath?: (path: string) => string
}

/** Starts the broker as a service on `<dataDir>/broker`. */
export async function startBroker(
  config: BrokerServiceConfig,
  context: ServiceContext,
): Promise<RunningService> {
  const { dataDir, log, metrics, health } = context
  collectRarely()
  const broker = await openBroker({
    config: config.broker,
    registry: config.registry,
    directory: join(dataDir, 'broker'),
    log,
    metrics,
    ...(config.resolvePath === undefined ? {} : { resolvePath: config.resolvePath }),
  })
  health.set('broker', { ok: true })
  return {
    endpoints: [
      ...broker.addresses.map(({ name, ...address }) => ({ name, url: `kafka://${hostPort(address)}` })),
      ...(broker.registryAddress === null
        ? []
        : [{ name: 'registry', url: `http://${hostPort(broker.registryAddress)}` }]),
    ],
    status: () => {
      const { topics, partitions, groups } = broker.counts()
      return `${topics} topics, ${partitions} partitions, ${groups} groups, ${broker.clients().length} clients`
    },
    close: () => broker.close(),
  }
}

function hostPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
