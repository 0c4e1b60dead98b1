import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '@beamtime/service-kit'
import type { Redis } from 'ioredis'
import { DaqError } from '../error.ts'
import { closeRedis, openRedis } from '../redis/redis-link.ts'
import { fetchServiceConfig, parseServiceConfig } from '../redis/service-config.ts'
import { keepServiceStatus, type StatusKeeper } from '../redis/service-status.ts'
import { isYes, redisOfEnvironment, type Environment } from './service-setup.ts'

/** What the container holds open while its command runs. */
export interface PreparedContainer {
  /** Where the configuration came from. */
  readonly source: 'file' | 'redis' | 'empty'
  /** Takes the status of the service back. */
  close(): Promise<void>
}

/**
 * Prepares the folder of a service container (daq contract 13): `config.json` that is mounted, else what Redis holds under
 * `config.<SERVICE_NAME>`, else `{}`; and keeps `status.<SERVICE_NAME>` alive. With REDIS_SKIP no Redis is asked. Rejects with
 * DAQ_SERVICE_INVALID when SERVICE_NAME is missing, DAQ_REDIS_UNREACHABLE, DAQ_CONFIG_INVALID.
 */
export async function prepareContainer(
  folder: string,
  env: Environment,
  log: Logger,
): Promise<PreparedContainer> {
  const file = join(folder, 'config.json')
  if (isYes(env['REDIS_SKIP'])) {
    const source = localConfig(file)
    return { source, close: () => Promise.resolve() }
  }
  const name = env['SERVICE_NAME'] ?? ''
  if (name === '')
    throw new DaqError({
      code: 'DAQ_SERVICE_INVALID',
      message: 'Environment variable SERVICE_NAME not defined.',
      fault: 'caller',
      remedy: 'Set SERVICE_NAME to facility.beamline.name, or REDIS_SKIP=true to run without Redis.',
      key: 'SERVICE_NAME',
    })
  const redis = await openRedis(redisOfEnvironment(env))
  try {
    const source = await configFrom(redis, file, name)
    log.info('config.found', { source, file })
    const keeper = await keepServiceStatus(
      redis,
      { name, config: readFileSync(file, 'utf8'), startedAt: Date.now() / 1000 },
      (error) => log.warn('status.not-refreshed', { key: `status.${name}`, message: error.message }),
    )
    return { source, close: () => closeAll(keeper, redis) }
  } catch (error) {
    await closeRedis(redis)
    throw error
  }
}

async function configFrom(redis: Redis, file: string, name: string): Promise<PreparedContainer['source']> {
  if (existsSync(file)) return localConfig(file)
  const stored = await fetchServiceConfig(redis, name)
  if (stored === undefined) return localConfig(file)
  parseServiceConfig(stored, `config.${name}`)
  writeFileSync(file, stored)
  return 'redis'
}

/** A mounted file counts as it is; without one an empty object is written. */
function localConfig(file: string): 'file' | 'empty' {
  if (existsSync(file)) {
    parseServiceConfig(readFileSync(file, 'utf8'), file)
    return 'file'
  }
  writeFileSync(file, '{}\n')
  return 'empty'
}

async function closeAll(keeper: StatusKeeper, redis: Redis): Promise<void> {
  await keeper.close()
  await closeRedis(redis)
}
