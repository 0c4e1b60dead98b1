import type { Redis } from 'ioredis'

/* `status.<SERVICE_NAME>`: a hash that lives as long as the service (daq contract 12). */

const expireS = 15
const refreshMs = 10_000

export interface StatusKeeper {
  close(): Promise<void>
}

export interface ServiceIdentity {
  readonly name: string
  /** The configuration as text. */
  readonly config: string
  /** Unix seconds. */
  readonly startedAt: number
}

/** Writes the status of a service and refreshes it every 10 s; without refresh it is gone after 15 s. */
export async function keepServiceStatus(
  redis: Redis,
  identity: ServiceIdentity,
  onFailure: (error: Error) => void,
): Promise<StatusKeeper> {
  const key = `status.${identity.name}`
  // The whole hash each time: it comes back when Redis was restarted.
  const write = async (): Promise<void> => {
    await redis
      .multi()
      .hset(key, {
        config: identity.config,
        service_name: identity.name,
        start_timestamp: String(Math.floor(identity.startedAt)),
      })
      .expire(key, expireS)
      .exec()
  }
  await write()
  const timer = setInterval(() => {
    write().catch((error: unknown) => onFailure(error instanceof Error ? error : new Error(String(error))))
  }, refreshMs)
  return {
    async close() {
      clearInterval(timer)
      await redis.del(key).catch(() => undefined)
    },
  }
}
