import { clusterServers } from './bus-address.ts'
import { daqNames } from './daq-names.ts'
import { liveDataProcesses } from './live-data-services.ts'
import type { Config } from './load-config.ts'
import { queueNames } from './queue-names.ts'

/** Roles of the services that a configuration has, as their health sockets are named. */
export function serviceRoles(config: Config): readonly string[] {
  return [
    ...(clusterServers(config).length > 0 ? [] : ['bus']),
    'store',
    ...queueNames(config).map((name) => `queue@${name}`),
    ...daqNames(config).map((name) => `daq@${name}`),
    ...liveDataProcesses(config).map(({ role }) => role),
    'replay',
    'http',
  ]
}
