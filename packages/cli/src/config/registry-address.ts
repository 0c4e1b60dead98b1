import { registryConfig } from '@beamtime/kafka-broker'
import { replayConfig } from '@beamtime/stream-replay'
import { clusterServers } from './bus-address.ts'
import type { Config } from './load-config.ts'

/** URL of the schema registry: the one of `[replay] registry`, else that of the embedded broker; empty when there is none. */
export function registryUrl(config: Config): string {
  const { registry } = config.read(replayConfig)
  if (registry !== '' || clusterServers(config).length > 0) return registry
  const { listen } = config.read(registryConfig)
  return listen === '' ? '' : `http://${listen}`
}
