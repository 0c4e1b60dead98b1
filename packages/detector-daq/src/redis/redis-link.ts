import { Redis } from 'ioredis'
import { DaqError } from '../error.ts'

/** Where a Redis is. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
  readonly db: number
  readonly username?: string
  readonly password?: string
  readonly tls: boolean
  /** The option, variable or key that names it, for messages. */
  readonly key: string
}

const defaultPort = 6379
const timeoutMs = 5_000
const retryMaxMs = 5_000

/** Reads `HOST`, `HOST:PORT` or a `redis://` address. Throws DAQ_CONFIG_INVALID that names `key`. */
export function redisAddress(text: string, key: string, port = defaultPort): RedisAddress {
  const whole = text.includes('://') ? text : `redis://${text}`
  const url = text !== '' && URL.canParse(whole) ? new URL(whole) : undefined
  const db = url?.pathname.replace(/^\//, '') ?? ''
  if (
    url === undefined ||
    !['redis:', 'rediss:'].includes(url.protocol) ||
    url.hostname === '' ||
    !/^\d*$/.test(db)
  )
    throw new DaqError({
      code: 'DAQ_CONFIG_INVALID',
      message: `${key}: "${text.replace(/:[^:@/]*@/, ':***@')}" is no address of a Redis`,
      fault: 'caller',
      remedy: `Give ${key} as HOST, HOST:PORT or redis://USER:PASSWORD@HOST:PORT/DB.`,
      key,
    })
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? port : Number(url.port),
    db: Number(db),
    tls: url.protocol === 'rediss:',
    key,
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
  }
}

/**
 * Connects to Redis. Rejects with DAQ_REDIS_UNREACHABLE that names the key. A connection that is lost later is made again; commands
 * given meanwhile reject at once, so that nothing piles up.
 */
export async function openRedis(address: RedisAddress): Promise<Redis> {
  const { host, port, db, username, password } = address
  let isOpen = false
  const redis = new Redis({
    host,
    port,
    db,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(address.tls ? { tls: {} } : {}),
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // Commands of one turn leave in one write: an EPICS buffer adds thousands a second.
    enableAutoPipelining: true,
    retryStrategy: (attempt) => (isOpen ? Math.min(retryMaxMs, 100 * 2 ** Math.min(attempt, 10)) : null),
  })
  redis.on('error', () => undefined) // each command that fails says so itself
  try {
    await redis.connect()
    await redis.ping()
    isOpen = true
    return redis
  } catch (cause) {
    redis.disconnect()
    throw redisUnreachable(address, cause)
  }
}

export function redisUnreachable({ host, port, key }: RedisAddress, cause: unknown): DaqError {
  return new DaqError({
    code: 'DAQ_REDIS_UNREACHABLE',
    message: `Redis at ${host}:${port} (${key}) does not serve us: ${cause instanceof Error ? cause.message : String(cause)}`,
    fault: 'environment',
    remedy: `Start Redis, or correct ${key}.`,
    canRetry: true,
    key,
    cause,
  })
}

/** Ends the connection once what was sent is answered. */
export async function closeRedis(redis: Redis): Promise<void> {
  try {
    await redis.quit()
  } catch {
    redis.disconnect()
  }
}
