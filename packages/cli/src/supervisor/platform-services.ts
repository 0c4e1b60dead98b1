import { fileURLToPath } from 'node:url'
import { ConfigError, opsConfig } from '@beamtime/service-kit'
import type { Config } from '../config/load-config.ts'
import { clusterServers } from '../config/bus-address.ts'
import { daqNames } from '../config/daq-names.ts'
import { liveDataProcesses } from '../config/live-data-services.ts'
import { queueNames } from '../config/queue-names.ts'
import { defaultRestartPolicy, immediateRestartPolicy } from './restart-policy.ts'
import type { ServiceSpec } from './service-process.ts'

/**
 * The program that runs any command of ours with this Node. New objects get 3 x 4 MB instead of 3 x 16 MB
 * before they are collected, which takes about 25 MB off each service (bench/platform.ts).
 */
export function beamtimeCommand(): readonly [string, string, string] {
  const launcher = fileURLToPath(new URL('../../../../bin/beamtime.mjs', import.meta.url))
  return [process.execPath, '--max-semi-space-size=4', launcher]
}

/** Budget of an orderly stop on a terminal, where nobody wants to wait a minute. */
const terminalShutdownS = 4.5

/** The services of a configuration in the order of their dependencies, and how long they may take to stop. */
export function platformServices(
  config: Config,
  options: { readonly profile: string | undefined },
): {
  readonly services: readonly ServiceSpec[]
  readonly shutdownMs: number
} {
  const isShutdownWritten = config.has(['ops', 'shutdown_s'])
  const shutdownS = isShutdownWritten
    ? config.pick('ops', { shutdown_s: opsConfig.fields.shutdown_s }).shutdown_s
    : terminalShutdownS
  const environment = isShutdownWritten ? {} : { BEAMTIME__OPS__SHUTDOWN_S: String(terminalShutdownS - 0.5) }
  const place = [
    '--data',
    config.dataDir,
    ...(options.profile !== undefined
      ? ['--profile', options.profile]
      : config.file === null
        ? []
        : ['--config', config.file]),
  ]
  const service = (role: string, ...command: readonly string[]): ServiceSpec => ({
    role,
    command: [...beamtimeCommand(), ...command, ...place],
    environment,
    policy: role.startsWith('queue@') ? immediateRestartPolicy : defaultRestartPolicy,
  })
  return {
    services: [
      ...(usesCluster(config) ? [] : [service('bus', 'broker')]),
      service('store', 'store'),
      ...queueNames(config).map((name) => service(`queue@${name}`, 'manager', name)),
      ...daqNames(config).map((name) => service(`daq@${name}`, 'daq', 'run', name)),
      service('replay', 'replay'),
      ...liveDataProcesses(config).map(({ role, command }) => service(role, ...command)),
      service('http', 'gateway'),
    ],
    shutdownMs: shutdownS * 1_000,
  }
}

/** True when the bus is a Kafka cluster elsewhere, so that no broker is started. */
function usesCluster(config: Config): boolean {
  return clusterServers(config).length > 0
}

export function alreadyRunning(dataDir: string, pid: number): ConfigError {
  return new ConfigError({
    code: 'CONFIG_ALREADY_RUNNING',
    message: `the platform already runs on ${dataDir} (process ${pid})`,
    remedy: 'stop it with `beamtime down`, or give another --data DIR',
  })
}
