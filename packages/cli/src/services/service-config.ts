import { facilityConfig, opsConfig, type SectionValues } from '@beamtime/service-kit'
import { busConfig } from '@beamtime/bus/config'
import { bootstrapServers } from '../config/bus-address.ts'
import type { Config } from '../config/load-config.ts'
import { busOptions, type BusAccess } from './bus-access.ts'

export function facilityOf(config: Config): SectionValues<typeof facilityConfig> {
  return config.read(facilityConfig)
}

export function opsOf(config: Config): SectionValues<typeof opsConfig> {
  return config.read(opsConfig)
}

/** How this process reaches the bus: section `bus` and, without a cluster, the embedded broker's address. */
export function busOf(config: Config, clientId: string): BusAccess {
  return busOptionsOf(config, clientId, config.read(busConfig))
}

/** As {@link busOf}, with what a worker needs to know about a bus that is away. */
export function workerBusOf(config: Config, clientId: string): WorkerBus {
  const values = config.read(busConfig)
  return {
    ...busOptionsOf(config, clientId, values),
    onUnavailable: values.on_unavailable,
    spoolMaxBytes: values.spool_max_bytes,
  }
}

type WorkerBus = BusAccess & {
  readonly onUnavailable: 'spool' | 'block' | 'fail'
  readonly spoolMaxBytes: number
}

// oxlint-disable-next-line max-params -- where, who, and what the section says
function busOptionsOf(config: Config, clientId: string, values: SectionValues<typeof busConfig>): BusAccess {
  return busOptions(values, {
    clientId,
    bootstrapServers: bootstrapServers(config),
    resolvePath: (path) => config.resolvePath(path),
  })
}
