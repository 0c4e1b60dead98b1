import { openBus, type Bus } from '@beamtime/bus'
import { isReachable } from '../config/online-checks.ts'
import { loadConfig } from '../config/load-config.ts'
import { CliError } from '../error.ts'
import { findPlatform } from '../platform-access.ts'
import { busOf } from '../services/service-config.ts'
import type { TopicOptions } from './topic-options.ts'

/** Opens the bus of the platform (or of --bootstrap), does one thing, closes it. */
export async function withBus(options: TopicOptions, action: (bus: Bus) => Promise<number>): Promise<number> {
  const servers = await serversOf(options)
  // The client would try for ever; a person wants to know at once.
  const answers = await Promise.all(servers.map(isReachable))
  if (!answers.includes(true))
    throw new CliError({
      code: 'CLI_NOT_RUNNING',
      message: `no broker answers on ${servers.join(', ')}`,
      fault: 'environment',
      remedy: 'start the platform with `beamtime up`, or name brokers with --bootstrap host:port',
    })
  const bus = openBus({ ...busOf(loadConfig(options), 'beamtime-cli'), bootstrapServers: servers })
  try {
    return await action(bus)
  } finally {
    await bus.close()
  }
}

/** Brokers of --bootstrap, of the running platform, or of the configuration. */
export async function serversOf(options: TopicOptions): Promise<readonly string[]> {
  if (options.bootstrap !== undefined) return options.bootstrap.split(',').map((server) => server.trim())
  const { config, record } = await findPlatform(options)
  const running = record?.bootstrap_servers ?? []
  return running.length > 0 ? running : busOf(config, 'beamtime-cli').bootstrapServers
}
